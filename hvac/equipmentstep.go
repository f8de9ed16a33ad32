package hvac

import "time"

// Plant is what Step remembers of the equipment: the layer below the call. It turns
// a call into lines, each with a dwell of its own, and the call follows what the
// lines could do, so that Relay counts what is on the pins. The zero Plant has
// everything off since this very moment and does not know where its valve stands.
type Plant struct {
	Work  Work
	Valve Valve          // where it was last sent; ValveStay: not known
	Moved time.Duration  // since the valve was last sent anywhere
	Lines [MaxLines]Span // On follows Work, the valve's coil and the fan

	Short      time.Duration // demand has been near full for this long
	Helped     bool          // stage 2 or auxiliary heat is wanted
	AuxLocked  bool          // too warm outside for auxiliary heat
	PumpLocked bool          // too cold outside for the compressor

	Hour, FanDone time.Duration // of the present hour: passed, and with the fan on
}

// Released tells the state that the relays were driven off by somebody else, which
// the driver does after a failed write. Every dwell counts from now, and the valve is
// sent to its place again.
func (s *State) Released() {
	if s.Relay.Call != CallNone {
		s.Relay.set(CallNone)
	}
	s.Relay.Held = 0
	s.Plant.release()
}

func (q *Plant) release() {
	for l := range q.Lines {
		q.Lines[l].set(false)
		q.Lines[l].Held = 0
	}
	q.Work, q.Valve, q.Moved = WorkNone, ValveStay, 0
	q.Short, q.Helped = 0, false
}

// pass lets time go by and repairs a damaged state to the safe side.
func (q *Plant) pass(dt time.Duration) {
	if q.Work >= works || q.Valve > ValveCool {
		q.release()
	}
	q.Moved = grow(q.Moved, dt)
	for l := range q.Lines {
		q.Lines[l].pass(dt)
	}
	q.circulate(dt)
}

// equip is the layer below the guard. before is the relay as it was ahead of the
// guard; call is what the guard let through. It returns the call as the lines carry
// it out; where that differs, Relay is as if the guard had not been asked.
func (s *State) equip(before Relay, call Call, dry bool, dt time.Duration, in *Input, out *Outputs, rs *Reasons) Call {
	p, q := in.Params, &s.Plant
	if in.Mode != ModeDry {
		s.Drying = false
	}
	q.lockouts(in.Outdoor, &p.Equipment)
	demand, lack := out.Demand, s.lack(in)
	if in.Probe.Active { // an experiment is about one stage
		demand, lack = 0, 0
	}
	q.stage(call, demand, lack, dt, &p.Equipment)
	want := q.target(call, dry && !s.Hot, p, rs)
	waiting := q.follow(want, s.Hot, p, rs)
	side := q.Work.Side()
	if side != call {
		s.Relay.Blocked = true
		switch {
		case side == before.Call:
			s.Relay.Call, s.Relay.Held, s.Relay.Last, s.Relay.Ran = before.Call, before.Held, before.Last, before.Ran
		default: // the state was damaged, or stopped behind the guard's back
			s.Relay.set(side)
		}
	}
	out.Lines = Lines{Work: q.Work, Valve: q.Valve}
	out.Fan = q.fan(s.Relay.fan(p), waiting, in.Mode, p)
	return side
}

// lack is by how much a room in the controller's hands is too cold, in kelvin.
func (s *State) lack(in *Input) float64 {
	sp := float64(in.Setpoint)
	if !s.PID.Active || !finite(sp) {
		return 0
	}
	p := in.Params
	return clamp(sp, float64(p.SetpointMin), float64(p.SetpointMax)) - s.Sensor.Filtered
}

// least is the shortest run and the shortest pause of a line. The first stage and a
// cooling relay have the guard's: they are the call itself.
func (p *Params) least(l Line) (run, pause time.Duration) {
	switch l {
	case LineHeat2, LineAux:
		return p.MinOn, p.MinOff
	case LineCompressor, LineDry:
		return p.CoolDwell, p.CoolDwell
	}
	return 0, 0
}

// follow brings the work as near to want as every line's dwell allows. cut ends all
// heating and drying at once. It reports whether work waits for the fan.
func (q *Plant) follow(want Work, cut bool, p *Params, rs *Reasons) (waiting bool) {
	e := &p.Equipment
	now, wanted := q.Work.Lines(e.Pump), want.Lines(e.Pump)
	kept := q.keep(now, want, wanted, cut, p, rs)
	next := kept | q.begin(kept, now, want, wanted, p, rs)
	side := q.Work.Side()
	if kept == 0 || side == CallNone {
		side = want.Side()
	}
	work := workOf(next, side)
	if q.Work == WorkNone && work != WorkNone {
		if left, wait := q.preRun(work, p); wait {
			rs.add(Reason{Kind: FanFirst, Left: left})
			work, waiting = WorkNone, true
		}
	}
	q.Work = work
	lines := work.Lines(e.Pump)
	for l := range energy {
		q.Lines[l].set(lines.Has(l))
	}
	switch {
	case lines.Has(LineHeat2):
		rs.add(Reason{Kind: SecondStage})
	case lines.Has(LineAux):
		rs.add(Reason{Kind: AuxHeat})
	}
	return waiting
}

// keep is what of the present lines stays on: what is wanted and may stay on the same
// side, and what has not run for long enough.
func (q *Plant) keep(now LineSet, want Work, wanted LineSet, cut bool, p *Params, rs *Reasons) (kept LineSet) {
	for l := range energy {
		if !now.Has(l) || cut && q.Work.Side() != CallCool {
			continue
		}
		if wanted.Has(l) && want.Side() == q.Work.Side() {
			kept |= setOf(l)
			continue
		}
		if run, _ := p.least(l); q.Lines[l].Held < run {
			kept |= setOf(l)
			rs.add(Reason{Kind: DwellOn, Left: run - q.Lines[l].Held})
		}
	}
	if kept.Has(LineHeat2) { // a second stage cannot run without the first
		kept |= setOf(LineHeat)
	}
	return kept
}

// begin is what may be switched on beside what is kept: nothing that the kept lines
// exclude, nothing that has not rested, and no compressor before its valve has.
func (q *Plant) begin(kept, now LineSet, want Work, wanted LineSet, p *Params, rs *Reasons) (begun LineSet) {
	e := &p.Equipment
	if kept != 0 && q.Work.Side() != want.Side() {
		return 0
	}
	for l := range energy {
		if !wanted.Has(l) || kept.Has(l) {
			continue
		}
		if now.Has(l) { // it goes off in this step
			continue
		}
		if _, pause := p.least(l); q.Lines[l].Held < pause {
			rs.add(Reason{Kind: DwellOff, Left: pause - q.Lines[l].Held})
			continue
		}
		if l == LineCompressor && e.Reversing && !q.turned(valveOf(want.Side()), e, rs) {
			continue
		}
		begun |= setOf(l)
	}
	return begun
}

// turned sends the valve where it must stand before the compressor, which is off, may
// start, and reports whether it has rested there.
func (q *Plant) turned(to Valve, e *Equipment, rs *Reasons) bool {
	if q.Valve != to {
		if q.Valve == ValveStay || q.Moved >= e.ValveRest {
			q.Valve, q.Moved = to, 0
			q.Lines[LineReversing].set((to == ValveHeat) == e.PolarityB)
		}
	}
	if q.Valve == to && q.Moved >= e.ValveRest {
		return true
	}
	rs.add(Reason{Kind: ValveRests, Left: max(0, e.ValveRest-q.Moved)})
	return false
}

// chain is the last reason: what is on.
func (q *Plant) chain(call Call) ReasonKind {
	if q.Work == WorkDry {
		return Dehumidifying
	}
	return chain(call)
}

// drying puts the word for what mode dry does into the place of cooling and idle.
func (q *Plant) drying(a Action, m Mode) Action {
	if q.Work == WorkDry && a == ActionIdle || m == ModeDry && a == ActionCooling {
		return ActionDrying
	}
	return a
}
