package hvac

import "time"

// fanUses reports whether the fan belongs to the work.
func fanUses(w Work, p *Params) bool {
	return w == WorkDry || w.Side() == CallCool || w.Side() == CallHeat && p.FanWithHeat
}

// preRun reports whether the fan has to run alone for some more time before work that
// uses it may begin.
func (q *Plant) preRun(w Work, p *Params) (left time.Duration, wait bool) {
	least := p.Equipment.FanPreRun
	if least == 0 || !fanUses(w, p) {
		return 0, false
	}
	if f := &q.Lines[LineFan]; f.On {
		least -= f.Held
	}
	return least, least > 0
}

// hour is what FanCirculate is counted against.
const hour = time.Hour

// circulate lets time pass in the present hour, which begins with the state.
func (q *Plant) circulate(dt time.Duration) {
	if q.Lines[LineFan].On {
		q.FanDone = grow(q.FanDone, dt)
	}
	if q.Hour = grow(q.Hour, dt); q.Hour >= hour {
		q.Hour, q.FanDone = 0, 0
	}
}

// due reports whether the fan must run until the end of the hour, so that it has run
// as much as it should by then.
func (q *Plant) due(p *Params) bool {
	missing := p.Equipment.FanCirculate - q.FanDone
	return missing > 0 && missing >= hour-q.Hour
}

// fan decides about the fan after the work is decided. follows is Relay.fan: with the
// run, and on after it. waiting tells that a run waits for it.
func (q *Plant) fan(follows, waiting bool, m Mode, p *Params) bool {
	on := follows || waiting || q.Work == WorkDry || m != ModeOff && m.Valid() && q.due(p)
	q.Lines[LineFan].set(on)
	return on
}
