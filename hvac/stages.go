package hvac

import "time"

const (
	// nearFull is the demand from which on the first stage is short of what is asked:
	// the controller would give more if it could.
	nearFull = 0.95
	// relief is the demand at which the first stage can carry the house again.
	relief = 0.75
	// lockoutRise is the hysteresis of both lock-outs, in kelvin: an outdoor sensor
	// that flickers about a limit must not move equipment.
	lockoutRise = 1
)

// stage decides whether the first stage needs help. lack is how much the room is too
// cold in kelvin, 0 where nobody knows.
func (q *Plant) stage(call Call, demand, lack float64, dt time.Duration, e *Equipment) {
	if call != CallHeat || !e.Second && !e.Aux {
		q.Short, q.Helped = 0, false
		return
	}
	if demand >= nearFull {
		q.Short = grow(q.Short, dt)
	} else {
		q.Short = 0
	}
	switch {
	case q.Short >= e.SecondAfter, lack >= e.SecondError:
		q.Helped = true
	case demand < relief:
		q.Helped = false
	}
}

// lockouts follows the outdoor temperature. An unknown one locks nothing out: the
// house must be heated, and time and error still say with what.
func (q *Plant) lockouts(o Outdoor, e *Equipment) {
	t := float64(o.Temperature)
	if !o.Known || !finite(t) {
		q.AuxLocked, q.PumpLocked = false, false
		return
	}
	switch limit := float64(e.AuxAbove); {
	case t > limit:
		q.AuxLocked = true
	case t <= limit-lockoutRise:
		q.AuxLocked = false
	}
	switch limit := float64(e.CompressorBelow); {
	case t < limit:
		q.PumpLocked = true
	case t >= limit+lockoutRise:
		q.PumpLocked = false
	}
}

// target is the work that a call asks for, before any dwell. A call for what is not
// wired, which an experiment may make, is none.
func (q *Plant) target(call Call, dry bool, p *Params, rs *Reasons) Work {
	e := &p.Equipment
	switch {
	case call == CallCool && !p.CanCool, call == CallHeat && !p.CanHeat:
		return WorkNone
	case call == CallCool:
		return WorkCool
	case call != CallHeat && dry:
		return WorkDry
	case call != CallHeat:
		return WorkNone
	case !e.Pump && e.Second && q.Helped:
		return WorkHeat2
	case !e.Pump || !e.Aux:
		return WorkHeat
	case q.PumpLocked:
		rs.add(Reason{Kind: CompressorLocked, Value: float64(e.CompressorBelow)})
		return WorkAux
	case q.Helped && q.AuxLocked:
		rs.add(Reason{Kind: AuxLocked, Value: float64(e.AuxAbove)})
		return WorkHeat
	case q.Helped:
		return WorkHeatAux
	}
	return WorkHeat
}
