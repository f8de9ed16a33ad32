package hvac

import "math"

// PID is what Step remembers of the controller. The law, with e = Reference - T:
//
//	demand = Kp·e + integral - Kp·Td·dT/dt
//
// T is the filtered measurement. Reference follows the setpoint: a share
// SetpointWeight of a change at once, the rest with time constant Ti, which is
// the two-degree-of-freedom PID written so that the integral stays the plain
// share of power the house needs (0 to 1 heating, -1 to 0 cooling).
type PID struct {
	Active    bool    // the controller drove the relay in the last step
	Setpoint  float64 // °C, of the last active step
	Reference float64 // °C
	Heat      float64 // integral while heating, 0 to 1
	Cool      float64 // integral while cooling, -1 to 0
	Gains     Gains   // of the last active step
	Side      Call    // of the last active step
}

// step returns the terms of the demand for one side of the house (CallHeat or
// CallCool). dt is in seconds; 0 learns nothing. hold freezes the integral.
func (c *PID) step(g Gains, band, setpoint float64, m *Sensor, side Call, dt float64, hold bool) Terms {
	c.follow(g, setpoint, m.Filtered, dt)
	e := c.Reference - m.Filtered
	t := Terms{
		Proportional: float64(g.Kp * e),
		Derivative:   -float64(float64(g.Kp*g.Td.Seconds()) * m.Slope),
	}
	sum, lo, hi := &c.Heat, 0.0, 1.0
	if side == CallCool {
		sum, lo, hi = &c.Cool, -1, 0
	}
	if c.Active && c.Side == side && c.Gains != g {
		// New gains: give the integral what the other terms lose, so that the demand stays.
		was := float64(c.Gains.Kp*e) - float64(float64(c.Gains.Kp*c.Gains.Td.Seconds())*m.Slope)
		*sum = clamp(*sum+was-(t.Proportional+t.Derivative), lo, hi)
	}
	if v := t.Proportional + t.Derivative + *sum; !hold && !(v >= hi && e > 0) && !(v <= lo && e < 0) && math.Abs(e) > band {
		*sum = clamp(*sum+float64(float64(g.Kp*standing(e, m.Trend))*(dt/g.Ti.Seconds())), lo, hi)
	}
	t.Integral = *sum
	c.Active, c.Setpoint, c.Gains, c.Side = true, setpoint, g, side
	return t
}

// follow moves Reference towards the setpoint.
func (c *PID) follow(g Gains, setpoint, temp, dt float64) {
	if !c.Active {
		c.Setpoint, c.Reference = temp, temp
	}
	c.Reference += float64(g.SetpointWeight * (setpoint - c.Setpoint))
	c.Reference += float64((setpoint - c.Reference) * (dt / (g.Ti.Seconds() + dt)))
}

// standTime is how far ahead standing looks, in seconds: about the time a house
// takes to warm up.
const standTime = 5400.0

// standing is the part of the error that would remain if the room went on as it
// does: an error the room is already closing is none of the integral's business.
// It keeps a long warm-up from filling the integral.
func standing(e, trend float64) float64 {
	ahead := float64(trend * standTime)
	if e > 0 {
		return max(0, e-max(0, ahead))
	}
	return min(0, e-min(0, ahead))
}

// repair turns a damaged state into a fresh one.
func (c *PID) repair() {
	if !finite(c.Setpoint) || !finite(c.Reference) || !finite(c.Heat) || !finite(c.Cool) {
		*c = PID{}
	}
	c.Heat, c.Cool = clamp(c.Heat, 0, 1), clamp(c.Cool, -1, 0)
}
