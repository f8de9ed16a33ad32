package hvac

import "time"

// frozenWork is how much of the time must have been spent heating or cooling before
// a sensor that never changes is suspect: nothing need change in a house left alone.
const frozenWork = 10 * time.Minute

// stand lets time pass over a sensor that shows the same.
func (s *Sensor) stand(working bool, dt time.Duration) {
	if !s.Tracking {
		s.Same, s.Worked = 0, 0
		return
	}
	s.Same = grow(s.Same, dt)
	if working {
		s.Worked = grow(s.Worked, dt)
	} else {
		s.Worked = grow(s.Worked, 0)
	}
}

// alike compares a new good sample with the last one. Any change of any channel in
// its last digit shows that somebody measures: the noise of a BME280 moves two of
// three channels in every sample (BST-BME280-DS002 §3.5 and §3.6).
func (s *Sensor) alike(r *Reading) {
	damp, air := digits(float64(r.Humidity)), digits(float64(r.Pressure))
	if !s.Tracking || float64(r.Temperature) != s.Good || damp != s.Damp || air != s.Air {
		s.Same, s.Worked = 0, 0
	}
	s.Damp, s.Air = damp, air
}

// digits is x, and 0 for what is no number: a state must be comparable.
func digits(x float64) float64 {
	if !finite(x) {
		return 0
	}
	return x
}

// frozen reports that the noise has vanished: a room that is heated or cooled does
// not stay the same to the last digit for FrozenAfter. The driver knows sooner
// (FaultStuck); this is for whoever reads through something else.
func (s *Sensor) frozen(p *Params) bool {
	return s.Same >= p.FrozenAfter && s.Worked >= frozenWork
}
