package hvac

// Step decides what the equipment does next. It is total and pure: the same
// State and Input give the same result on every machine, no input makes it panic
// (NaN, infinities, clocks that jump either way, nil Params), and it does not
// allocate. Call it every Params.Tick and drive the relays from Outputs.Call
// before anything else.
//
// The order of authority, strongest first: overheat cut-out, dwell, frost floor,
// trust in the sensor, doors, mode, comfort.
func Step(s State, in Input) (State, Outputs, Reasons) {
	var rs Reasons
	if in.Params == nil {
		rs.add(Reason{Kind: ParamsMissing})
		return s.halt(&in), Outputs{Action: ActionFault}, rs
	}
	p := in.Params
	if _, _, bad := p.first(); bad {
		rs.add(Reason{Kind: ParamsInvalid})
		return s.halt(&in), Outputs{Action: ActionFault}, rs
	}
	dt, learn := s.advance(&in, &rs)
	s.Relay.hold(dt)
	s.Plant.pass(dt)
	s.PID.repair()
	s.resume(p)
	s.Weather.meet(in.Outdoor, learn)
	_, seen := s.newest(&in)
	r := s.look(&in, dt, &rs)
	if r.trusted {
		s.Blind = 0
		if call, known := s.acts(&in); known {
			s.needs(call, learn)
		}
	} else {
		s.Blind = grow(s.Blind, dt)
	}
	s.envelope(r, p)
	paused := s.doors(&in, dt, &rs)
	paused = s.falling(&in, r.trusted, paused, dt, learn, &rs) || paused
	s.notice(&in, r, seen, learn, paused)

	var out Outputs
	comfort, dry := false, false
	switch {
	case !r.trusted:
		out.Demand = s.blind(&in, paused, &rs)
	case s.Frost && p.CanHeat:
		out.Demand = 1
		rs.add(Reason{Kind: FrostFloor, Value: float64(p.FrostFloor)})
	case paused:
		if in.Mode == ModeOff {
			rs.add(Reason{Kind: ModeIsOff})
		}
	case in.Mode == ModeDry:
		dry = s.dry(&in, &out, &rs)
	default:
		comfort = s.comfort(&in, learn, &out, &rs)
	}
	s.PID.Active = comfort || paused && s.PID.Active && r.trusted
	if s.Hot {
		rs.add(Reason{Kind: Overheat, Value: float64(p.Overheat)})
		out.Demand = min(out.Demand, 0)
	}
	rest, bar := false, false
	if !in.Other.Drives {
		rest, bar = s.watch(r, out.Demand, dt, p, &rs)
	}

	want := CallNone
	if in.Probe.Active && comfort {
		want = in.Probe.Call
		s.Relay.Remainder = 0
	} else if comfort || out.Demand != 0 {
		want = s.Relay.wish(out.Demand, learn, s.cycles(p), p)
	}
	if rest || bar && want == CallHeat && !s.Frost {
		want = CallNone
	}
	before := s.Relay
	out.Call = s.Relay.guard(want, s.Hot, p, &rs)
	out.Call = s.equip(before, out.Call, dry, dt, &in, &out, &rs)
	out.Action = action(&s, &in, r, paused, out.Call)
	out.Action = s.Plant.drying(out.Action, in.Mode)
	rs.add(Reason{Kind: s.Plant.chain(out.Call)})
	return s, out, rs
}

// halt is Step without parameters: nothing may be on, dwell or not, because
// nobody knows what is wired. The time is kept so that dwell counts from here.
func (s State) halt(in *Input) State {
	s.Released()
	s.PID.Active = false
	s.Started, s.At = true, in.Now
	return s
}

// action says in one word what the house sees.
func action(s *State, in *Input, r room, paused bool, call Call) Action {
	switch {
	case !r.trusted:
		return ActionFault
	case paused && !s.Frost && in.Mode != ModeOff: // what is off cannot pause
		return ActionPaused
	case call == CallHeat:
		return ActionHeating
	case call == CallCool:
		return ActionCooling
	case in.Mode == ModeOff || !in.Mode.Valid():
		return ActionOff
	}
	return ActionIdle
}

func chain(call Call) ReasonKind {
	switch call {
	case CallHeat:
		return Heating
	case CallCool:
		return Cooling
	}
	return Idle
}
