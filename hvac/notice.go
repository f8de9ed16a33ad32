package hvac

import "time"

// notice is how the house is learned from in one step: the time that passed with the
// heating as it was, and the sample if there is a new one. It runs in every mode.
func (s *State) notice(in *Input, r room, before time.Duration, learn float64, disturbed bool) {
	h := &s.House
	h.begin()
	if learn <= 0 { // a gap, or a clock that ran backwards: nobody knows what happened
		h.forget()
		return
	}
	call, known := s.acts(in)
	if !known {
		h.forget()
		return
	}
	on := 0.0
	if call == CallHeat {
		on = 1
	}
	h.pass(learn, on)
	if !r.trusted {
		h.forget()
		return
	}
	if fresh, at := s.newest(in); fresh && at != before {
		h.sample(r.raw, !disturbed && call != CallCool && !s.Plant.Helped)
	}
}

// newest is when the sample that counts was taken, and whether it is as new as the
// newest one looked at: what was refused is not learned from.
func (s *State) newest(in *Input) (fresh bool, at time.Duration) {
	m := &s.Sensor
	if s.Beside.Sensor.Tracking && m.Age > in.Params.StaleAfter {
		m = &s.Beside.Sensor
	}
	return m.Tracking && m.Age <= in.Now-m.SeenAt, m.SeenAt
}

// Forget takes everything away that was learned of the house: after a new boiler, or
// when somebody asks for it. Gains and integral stay.
func (s *State) Forget() { s.House, s.Weather = Learned{}, Weather{} }
