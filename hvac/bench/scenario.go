package main

import (
	"math"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

// A scenario is one of the three of the package comment, for one house.
type scenario struct {
	name     string
	start    time.Duration // local time of day
	settle   time.Duration // runs before anything is measured
	length   time.Duration // total
	held     hvac.Celsius  // the house starts in the steady state of this temperature
	weather  house.Weather
	life     house.Life
	setpoint func(at time.Duration) hvac.Celsius // at: since the start
	occupied func(at time.Duration) bool         // counts towards IAE
	door     func(at time.Duration) bool
	bound    float64 // K·h: IAE of the perfect-knowledge relay, denominator of J
}

const hour = time.Hour

// bounds are the IAE of a linear programme with exact knowledge of plant and
// weather but no setpoint preview, its duty replayed through a 10 min window with
// runs of 180 s at least: step, setback, disturbance.
var bounds = map[house.Kind][3]float64{
	house.KindA: {6.88, 6.11, 4.96},
	house.KindE: {9.95, 8.80, 1.92},
	house.KindR: {5.05, 6.22, 2.80},
	house.KindU: {9.41, 5.80, 0.78},
}

func always(time.Duration) bool { return true }
func never(time.Duration) bool  { return false }

// scenarios are the three of one house.
func scenarios(k house.Kind) []scenario {
	low, night, stepLength, days := hvac.Celsius(15), hvac.Celsius(17), 30*hour, 3
	if k == house.KindU {
		low, night, stepLength, days = 19, 19, 60*hour, 4
	}
	b := bounds[k]
	step := scenario{
		name: "step", settle: 6 * hour, length: 6*hour + stepLength, held: low,
		setpoint: func(at time.Duration) hvac.Celsius {
			if at < 6*hour {
				return low
			}
			return 21
		},
		occupied: always, door: never, bound: b[0],
	}
	occupied := func(at time.Duration) bool {
		of := at % (24 * hour)
		return of >= 6*hour && of < 22*hour
	}
	setback := scenario{
		name: "setback", settle: time.Duration(days-2) * 24 * hour, length: time.Duration(days) * 24 * hour, held: night,
		weather: house.Weather{Mean: 2, Amplitude: 4},
		setpoint: func(at time.Duration) hvac.Celsius {
			if occupied(at) {
				return 21
			}
			return night
		},
		occupied: occupied, door: never, bound: b[1],
	}
	disturbance := scenario{
		name: "disturbance", start: 12 * hour, settle: 12 * hour, length: 60 * hour, held: 21,
		weather:  house.Weather{Mean: 3, Amplitude: 5, Sun: 450, Front: -5, FrontAt: 36 * hour},
		life:     house.Life{People: true, Cooking: true},
		setpoint: func(time.Duration) hvac.Celsius { return 21 },
		occupied: always,
		door: func(at time.Duration) bool {
			of := (12*hour + at) % (24 * hour)
			return at >= 12*hour && of >= 10*hour && of < 10*hour+10*time.Minute
		},
		bound: b[2],
	}
	return []scenario{step, setback, disturbance}
}

// A result is what one controller did in one scenario.
type result struct {
	House      string  `json:"house"`
	Scenario   string  `json:"scenario"`
	Controller string  `json:"controller"`
	IAE        float64 `json:"iae_kh"`       // K·h over the measured, occupied time
	J          float64 `json:"j"`            // IAE / bound
	Overshoot  float64 `json:"overshoot_k"`  // highest above the setpoint
	RMS        float64 `json:"rms_k"`        // over the measured, occupied time
	Cycles     float64 `json:"cycles_per_h"` // relay starts per measured hour
	Short      int     `json:"runs_below_180s"`
}

// run lets one controller drive one house. The temperature judged is the true one
// at the sensor's place; the controller sees it with noise, rounded to 0.01 K.
func run(k house.Kind, sc scenario, c controller, seed uint64) result {
	h := house.New(k, seed, sc.start)
	h.SetWeather(sc.weather)
	h.SetLife(sc.life)
	h.SetInitial(sc.held)
	noise := house.NewNoise(seed)
	every := c.sampling()
	r := result{House: k.String(), Scenario: sc.name, Controller: c.String(), Overshoot: math.Inf(-1)}
	var square, hours float64
	var sample hvac.Reading
	on, since, starts := false, time.Duration(0), 0
	changed := false
	for at := time.Duration(0); at < sc.length; at += time.Second {
		if at%every == 0 {
			t := float64(h.Climate().Sensor) + noise.Sample(every.Seconds())
			sample = hvac.Reading{At: at, Valid: true, Temperature: hvac.Celsius(math.Round(t*100) / 100)}
		}
		sp := sc.setpoint(at)
		heat := c.tick(at, sample, sp)
		if heat != on {
			if changed && at-since < 180*time.Second {
				r.Short++
			}
			if heat && at >= sc.settle {
				starts++
			}
			on, since, changed = heat, at, true
		}
		doors := 0
		if sc.door(at) {
			doors = 1
		}
		h.Step(1, house.Inputs{Heat: heat, DoorsOpen: doors})
		if at < sc.settle || !sc.occupied(at) {
			continue
		}
		e := float64(h.Climate().Sensor - sp)
		r.IAE += math.Abs(e) / 3600
		square += e * e / 3600
		hours += 1. / 3600
		r.Overshoot = max(r.Overshoot, e)
	}
	r.RMS = math.Sqrt(square / hours)
	r.J = r.IAE / sc.bound
	r.Cycles = float64(starts) / (sc.length - sc.settle).Hours()
	return r
}
