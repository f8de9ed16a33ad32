package house

import (
	"math"
	"time"
)

// Factors change a building for tests of robustness: each multiplies what its name
// says. Zero, negative and what is no number count as 1, everything else is kept
// between 0.1 and 10, where one-second steps stay accurate.
type Factors struct {
	Air, Envelope, Emitter, Sensor float64 // heat capacities; Sensor is the lag where it only lags
	Inner                          float64 // resistance from air to envelope
	Outer                          float64 // resistances to the outdoors
	Heater                         float64 // resistance from emitter to air
	Power                          float64 // of the heater
	Delay                          float64 // dead time, at most 255 s in all
}

// Vary builds a house of this kind with its parameters changed, otherwise as New does.
func Vary(kind Kind, f Factors, seed uint64, start time.Duration) *House {
	h := New(kind, seed, start)
	p := &h.plan
	p.ci *= factor(f.Air)
	p.ce *= factor(f.Envelope)
	p.ch *= factor(f.Emitter)
	p.cs *= factor(f.Sensor)
	p.lag *= factor(f.Sensor)
	p.rie *= factor(f.Inner)
	p.rea *= factor(f.Outer)
	p.gia /= factor(f.Outer)
	p.rih *= factor(f.Heater)
	p.power *= factor(f.Power)
	p.delay = min(max(1, int(math.Round(float64(float64(p.delay)*factor(f.Delay))))), len(h.pipe)-1)
	h.SetInitial(17)
	return h
}

func factor(f float64) float64 {
	if !(f > 0) || math.IsInf(f, 1) {
		return 1
	}
	return min(max(f, 0.1), 10)
}
