package hvac

// hysteresis of the two limits that latch, in kelvin.
const (
	frostRise    = 1 // the frost floor heats to floor + 1
	overheatFall = 2 // an overheated house may heat again below overheat - 2
)

// envelope keeps the two latches of the safety envelope. They move only on a
// trusted temperature and on samples, not on the filter: safety does not wait.
func (s *State) envelope(r room, p *Params) {
	if !r.trusted {
		return
	}
	switch floor := float64(p.FrostFloor); {
	case r.raw < floor:
		s.Frost = true
	case r.raw >= floor+frostRise:
		s.Frost = false
	}
	switch limit := float64(p.Overheat); {
	case r.raw >= limit:
		s.Hot = true
	case r.raw < limit-overheatFall:
		s.Hot = false
	}
}

// blind is the demand of a house whose temperature is unknown. Nothing, unless
// it may freeze: then a small fixed share of the time, so that a sensor torn off
// in January costs some comfort and not the pipes. It begins at once if the
// house was at the frost floor when sight was lost.
func (s *State) blind(p *Params, rs *Reasons) float64 {
	warm := s.Sensor.Known && s.Sensor.Filtered >= float64(p.LostBelow)
	if !p.CanHeat || warm || !s.Frost && s.Blind < p.LostAfter {
		return 0
	}
	rs.add(Reason{Kind: FrostDuty, Since: s.Blind, Value: p.LostDuty})
	return p.LostDuty
}
