package house

import (
	"time"

	"quietstat/hvac"
	"quietstat/hvac/exact"
)

// Weather is a synthetic climate: a daily wave with its peak at 15:00, a sun that
// is a half-sine from 08:00 to 17:00 behind clouds that come and go, and one
// front after which the mean is lower (or higher) for good.
type Weather struct {
	Mean      hvac.Celsius
	Amplitude float64       // K, half the difference between day and night
	Sun       float64       // W/m², noon of a clear day; 0 for none
	Front     float64       // K added to Mean from FrontAt on
	FrontAt   time.Duration // since the start
}

// Winter is the weather New starts with: a Danish January day.
func Winter() Weather { return Weather{Mean: 2, Amplitude: 4, Sun: 250} }

// Life is what people add: 150 W asleep to 350 W in the evening, away from 08:30
// to 16:00 in part, and cooking of 1.5 kW for 40 minutes at noon and at 18:30.
type Life struct {
	People  bool
	Cooking bool
}

// sky is the telegraph cloud: clear and covered spells of random length.
type sky struct {
	rng     random
	covered bool
	left    float64 // s of the present spell
}

const (
	clearSpell   = 1500.0 // s, mean
	coveredSpell = 900.0  // s, mean
	throughCloud = 0.25   // share of the sun that passes
)

// step advances the sky by one second and returns the share of sun that passes.
func (s *sky) step() float64 {
	if s.left--; s.left <= 0 {
		s.covered = !s.covered
		mean := clearSpell
		if s.covered {
			mean = coveredSpell
		}
		s.left = mean * (0.2 + float64(1.6*s.rng.uniform()))
	}
	if s.covered {
		return throughCloud
	}
	return 1
}

const (
	day     = 86400.0
	sunrise = 8 * 3600.0
	sunset  = 17 * 3600.0
	peak    = 15 * 3600.0
)

// outdoor is the temperature at a second of the day, since seconds after the start.
func (w *Weather) outdoor(second, since float64) float64 {
	t := float64(w.Mean) + float64(w.Amplitude*exact.SinTurn((second-peak)/day+0.25))
	if w.Front != 0 && since >= w.FrontAt.Seconds() {
		t += w.Front
	}
	return t
}

// clear is the sun of a clear day at a second of the day, in kW/m².
func (w *Weather) clear(second float64) float64 {
	if second <= sunrise || second >= sunset {
		return 0
	}
	return float64(w.Sun/1000) * exact.SinTurn((second-sunrise)/(sunset-sunrise)/2)
}

// gains is the heat people and their cooking give at a second of the day, in kW,
// and the moisture in g/s.
func (l Life) gains(second float64) (heat, moisture float64) {
	h := second / 3600
	if l.People {
		switch {
		case h < 6.5:
			heat, moisture = .15, .025
		case h < 8.5, h >= 16 && h < 22.5:
			heat, moisture = .35, .05
		case h < 16:
			heat, moisture = .2, .03
		default:
			heat, moisture = .15, .025
		}
	}
	if l.Cooking && (h >= 12 && h < 12+2./3 || h >= 18.5 && h < 18.5+2./3) {
		heat, moisture = heat+1.5, moisture+.25
	}
	return heat, moisture
}
