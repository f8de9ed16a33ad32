package hvac

// MostRestartDuty bounds Params.RestartDuty. The integral finds the rest within the
// hour; and as long as nothing else is known of a house, a dead sensor leaves it heated by
// what its integral says.
const MostRestartDuty = 0.5

// resume is the first step since the start, whatever was restored: where Params want a
// fresh start, integral and remainder begin anew. The predictive law of a house that is
// known keeps no integral, so there it changes nothing; nor do learning and the safety
// latches begin anew.
func (s *State) resume(p *Params) {
	if s.Resumed {
		return
	}
	s.Resumed = true
	if !p.FreshStart {
		return
	}
	s.PID.Heat, s.PID.Cool = p.RestartDuty, 0-p.RestartDuty // not -0
	s.Relay.Remainder = 0
}
