package hvac

import "time"

// Relay is what Step remembers of the output stage.
type Relay struct {
	Call      Call          // what is on now
	Held      time.Duration // for how long it has been so
	Last      Call          // the last run; CallNone if none since the start
	Side      Call          // what Remainder belongs to
	Remainder float64       // s, heating (or cooling) time owed to the house
	Blocked   bool          // dwell kept the demand from its way in the last step
}

// leastSwing keeps switching at about six cycles per hour at most, whatever the
// dwell: half demand then cycles every 4·150 s.
const leastSwing = 150 * time.Second

// wish turns demand into a wanted call. What is owed grows with the demand and
// shrinks while the relay is on; it switches on when a swing m is owed and off
// when nothing is. A steady demand u then gives runs of m/(1-u) and pauses of
// m/u: never shorter than m, an exact duty, and nothing lost between cycles
// however the demand moves. At full demand and at none there is nothing to
// proportion: it asks at once.
func (r *Relay) wish(demand, dt float64, p *Params) Call {
	side, u := CallHeat, demand
	if demand < 0 {
		side, u = CallCool, -demand
	}
	m := swing(side, p)
	if !finite(r.Remainder) || demand != 0 && r.Side != side {
		r.Remainder = 0
	}
	if demand == 0 {
		r.Remainder = min(r.Remainder, 0)
		return CallNone
	}
	r.Side = side
	on := 0.0
	if r.Call == side {
		on = 1
	}
	if u >= 1 {
		r.Remainder = max(r.Remainder, m)
		return side
	}
	r.Remainder = clamp(r.Remainder+float64((u-on)*dt), -m, float64(2*m))
	if r.Remainder >= m || on == 1 && r.Remainder > 0 {
		return side
	}
	return CallNone
}

// swing is the amplitude of the modulation in seconds.
func swing(side Call, p *Params) float64 {
	if side == CallCool {
		return max(p.CoolDwell, leastSwing).Seconds()
	}
	return max(p.MinOn, p.MinOff, leastSwing).Seconds()
}

// guard is the last layer before Outputs: it lets want through only when the
// dwell times allow. cut ends a heating run at once and is for overheating alone;
// nothing else passes. Between two runs there is always a pause, so heating and
// cooling cannot follow each other directly. The time before the start is
// unknown, so the start counts as the end of a run.
func (r *Relay) guard(want Call, cut bool, p *Params, rs *Reasons) Call {
	r.Blocked = false
	switch {
	case want == r.Call && !(cut && want == CallHeat):
	case r.Call != CallNone:
		if cut && r.Call == CallHeat {
			r.set(CallNone)
			break
		}
		least := p.MinOn
		if r.Call == CallCool {
			least = p.CoolDwell
		}
		if r.Held < least {
			r.Blocked = true
			rs.add(Reason{Kind: DwellOn, Left: least - r.Held})
			break
		}
		r.set(CallNone)
	case cut && want == CallHeat:
	default:
		least, kind := r.rest(want, p)
		if r.Held < least {
			r.Blocked = true
			rs.add(Reason{Kind: kind, Left: least - r.Held})
			break
		}
		r.set(want)
	}
	return r.Call
}

// rest is how long everything must have been off before want may begin, and why.
func (r *Relay) rest(want Call, p *Params) (time.Duration, ReasonKind) {
	least := p.MinOff
	if want == CallCool {
		least = p.CoolDwell
	}
	switch {
	case r.Last == CallNone:
		return least, StartupDwell
	case r.Last != want && p.Changeover > least:
		return p.Changeover, ChangeoverPause
	}
	return least, DwellOff
}

func (r *Relay) set(c Call) {
	if c != CallNone {
		r.Last = c
	}
	r.Call, r.Held = c, 0
}

// hold lets time pass and repairs a damaged state to the safe side.
func (r *Relay) hold(dt time.Duration) {
	if r.Call > CallCool {
		r.set(CallNone)
	}
	if r.Last > CallCool || r.Side > CallCool {
		r.Last, r.Side = CallNone, CallNone
	}
	r.Held = grow(r.Held, dt)
}

// fan runs with cooling, with heating if so wired, and FanRunOn longer.
func (r *Relay) fan(p *Params) bool {
	uses := r.Last == CallCool || r.Last == CallHeat && p.FanWithHeat
	return uses && (r.Call != CallNone || r.Held < p.FanRunOn)
}
