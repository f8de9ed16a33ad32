package hvac

import "math"

// comfort runs the controller for the asked mode and setpoint. It reports
// whether the controller is in charge; off, unwired or senseless requests leave
// it frozen and ask for nothing.
func (s *State) comfort(in *Input, dt float64, out *Outputs, rs *Reasons) bool {
	p := in.Params
	if !in.Mode.Valid() {
		rs.add(Reason{Kind: ModeUnknown, Value: float64(in.Mode)})
		return false
	}
	if in.Mode == ModeOff {
		rs.add(Reason{Kind: ModeIsOff})
		return false
	}
	sp := float64(in.Setpoint)
	if math.IsNaN(sp) {
		rs.add(Reason{Kind: SetpointInvalid})
		return false
	}
	if c := clamp(sp, float64(p.SetpointMin), float64(p.SetpointMax)); c != sp {
		rs.add(Reason{Kind: SetpointClamped, Value: c})
		sp = c
	}
	side, sp := s.side(in.Mode, sp, p)
	if side == CallHeat && !p.CanHeat {
		rs.add(Reason{Kind: CannotHeat})
		return false
	}
	if side == CallCool && !p.CanCool {
		rs.add(Reason{Kind: CannotCool})
		return false
	}
	if side == CallHeat {
		sp = s.ahead(in, sp, rs)
		s.weigh(in, sp, dt)
	}
	if side == CallHeat && p.Predict && s.House.Known() {
		out.Terms = s.predict(sp, dt)
		out.Demand = clamp(out.Terms.sum(), 0, 1)
		rs.add(Reason{Kind: HouseKnown, Since: s.House.Informed, Value: s.House.Law.Doubt})
		if s.Early.Coast {
			out.Demand = 0
		}
		s.House.strain(sp-s.Sensor.Filtered, dt, out.Demand > 0 && out.Demand < 1)
		s.PID.track(p.Gains, sp, &s.Sensor, side, dt, out.Demand)
		s.Weather.Fed = false
	} else {
		fed := s.feed(side, sp)
		out.Terms = s.PID.step(p.Gains, p.Deadband, sp, &s.Sensor, side, dt, s.borrow(in) || s.overruled(in))
		out.Terms.Integral, out.Terms.FeedForward = out.Terms.Integral-fed, fed
		if side == CallHeat {
			out.Demand = clamp(out.Terms.sum(), 0, 1)
		} else {
			out.Demand = clamp(out.Terms.sum(), -1, 0)
		}
	}
	if out.Demand == 1 || out.Demand == -1 {
		rs.add(Reason{Kind: Saturated, Value: out.Demand})
	}
	return true
}

// side chooses heating or cooling and the setpoint that goes with it. In auto,
// heating works to the setpoint and cooling to setpoint + HeatCoolDifference;
// the side changes only when the room reaches the other one's setpoint, so
// between them nothing fights.
func (s *State) side(m Mode, sp float64, p *Params) (Call, float64) {
	above := sp + p.HeatCoolDifference
	switch {
	case m == ModeHeat:
		return CallHeat, sp
	case m == ModeCool:
		return CallCool, sp
	case !p.CanCool:
		return CallHeat, sp
	case !p.CanHeat:
		return CallCool, above
	}
	t := s.Sensor.Filtered
	if t >= above || s.PID.Side == CallCool && t > sp {
		return CallCool, above
	}
	return CallHeat, sp
}

// overruled reports whether something else decided in the last step, or decides now, what
// becomes of the demand: an integral that goes on would wind.
func (s *State) overruled(in *Input) bool {
	return s.Relay.Blocked || s.Hot || s.Watch.Stuck || s.Watch.Rested || in.Probe.Active
}
