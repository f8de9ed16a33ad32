package hvac

import "time"

// Relay is what Step remembers of the output stage.
type Relay struct {
	Call      Call          // what is on now
	Held      time.Duration // for how long it has been so
	Last      Call          // the last run; CallNone if none since the start
	Ran       time.Duration // how long it lasted; 0 before the first since the start
	Side      Call          // what Remainder belongs to
	Remainder float64       // s, heating (or cooling) time owed to the house
	Mean      float64       // share of demand over some cycles
	Blocked   bool          // dwell kept the demand from its way in the last step
}

// cyclePeriod is an hour and a bit, so that a tick more or less stays within MostCycles.
const cyclePeriod = 3660.0 // s

// meanTime smooths the share that swing goes by, in seconds: the demand moves within
// a cycle, and the length of a cycle must not follow that.
const meanTime = 1800.0

// wish turns demand into a wanted call. What is owed grows with the demand and
// shrinks while the relay is on; it switches on when a swing m is owed and off
// when nothing is. A steady demand u then gives runs of m/(1-u) and pauses of
// m/u, an exact duty, and nothing lost between cycles however the demand moves;
// see swing for m. At full demand and at none there is nothing to proportion: it
// asks at once.
func (r *Relay) wish(demand, dt, cycles float64, p *Params) Call {
	side, u := CallHeat, demand
	if demand < 0 {
		side, u = CallCool, -demand
	}
	if !finite(r.Remainder) || !finite(r.Mean) || demand != 0 && r.Side != side {
		r.Remainder, r.Mean = 0, u
	}
	r.Mean += float64((min(u, 1) - r.Mean) * (dt / (meanTime + dt)))
	m := swing(side, r.Mean, cycles, p)
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
	near := r.Remainder + float64((u-on)*dt)/2 // the tick nearest to the crossing, not the one after it
	if near >= m && (on == 1 || r.rested(cycles)) || on == 1 && near > 0 {
		return side
	}
	return CallNone
}

// rested reports whether another run may begin: a demand that moves, or noise, would
// begin one much sooner now and then. A tenth is left to swing, which keeps the mean: a
// run that is held back to the second comes late for the room.
func (r *Relay) rested(cycles float64) bool {
	return r.Ran == 0 || (r.Ran+r.Held).Seconds() >= 0.9*3600/cycles
}

// swing is the amplitude of the modulation in seconds: as small as the dwell times
// and the cycles per hour allow at this share of demand, because it is what the room feels.
// Where a run would be shorter than its minimum, duty is rounded to longer pauses,
// not chopped.
func swing(side Call, u, cycles float64, p *Params) float64 {
	on, off := p.MinOn.Seconds(), p.MinOff.Seconds()
	if side == CallCool {
		on, off = p.CoolDwell.Seconds(), p.CoolDwell.Seconds()
	}
	u = clamp(u, 0.02, 0.98)
	m := float64(cyclePeriod/cycles) * float64(u*(1-u))
	return max(m, float64(on*(1-u)), float64(off*u))
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
	if r.Call != CallNone {
		r.Ran = r.Held
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
	r.Ran = grow(r.Ran, 0)
	r.Held = grow(r.Held, dt)
}

// fan runs with cooling, with heating if so wired, and FanRunOn longer.
func (r *Relay) fan(p *Params) bool {
	uses := r.Last == CallCool || r.Last == CallHeat && p.FanWithHeat
	return uses && (r.Call != CallNone || r.Held < p.FanRunOn)
}
