package hvac

import "time"

// DwellLeft is how long the present call must still last: a run until it may end, a
// pause until next may begin. 0: nothing holds it. Only the overheat cut-out may do
// without. p is not nil.
func (s *State) DwellLeft(next Call, p *Params) time.Duration {
	r := &s.Relay
	least := p.MinOn
	switch r.Call {
	case CallCool:
		least = p.CoolDwell
	case CallNone:
		least, _ = r.rest(next, p)
	}
	return max(0, least-r.Held)
}
