package hvac

// predict is the controller of a house that is known, a predictive functional control
// with one coincidence point (Richalet, "Industrial applications of model based
// predictive control", Automatica 29, 1993): heat with the constant share that brings
// the room to the setpoint at the end of the outlook,
//
//	demand = (setpoint - free) / rise
//
// free being where the room goes without any heating. It looks at heat that is on its
// way, so it lets a radiator or a slab coast to the setpoint; its integral is the
// drift, which is observed and not wound up. Written as the terms of a PID, with what
// keeps the room where it is as integral and its motion as derivative. Params.Deadband
// has nothing to leave alone here: a law that kept the room where it is within the band
// would let it stay at its edge.
func (s *State) predict(setpoint, dt float64) Terms {
	h := &s.House
	free, now := h.Watch.Level+clamp(float64(h.Watch.Slope*h.Law.Ahead), -mostDrift, mostDrift), h.Watch.Level
	for i, r := range h.Recent {
		warm := float64(h.Fact[i] * r)
		now += warm
		free += float64(warm * h.Law.Gone[i])
	}
	e := setpoint - now
	hold := (now - free) / h.Law.Rise
	h.Law.Load += float64((clamp(hold, 0, 1) - h.Law.Load) * (dt / (loadTime + dt)))
	return Terms{Proportional: e / h.Law.Rise, Integral: h.Law.Load, Derivative: hold - h.Law.Load}
}

// mostDrift bounds, in kelvin, how far the drift is carried on into the future. What
// moves a room faster is an open door or a stove, and these end.
const mostDrift = 0.4

// loadTime smooths the load that is told, in seconds.
const loadTime = 1800.0

// track is the PID looking on while something else decides the demand: its integral
// is calculated back, so that taking over again changes nothing.
func (c *PID) track(g Gains, setpoint float64, m *Sensor, side Call, dt, demand float64) {
	t := c.step(g, 0, setpoint, m, side, dt, true)
	rest := demand - t.Proportional - t.Derivative
	if side == CallCool {
		c.Cool = clamp(rest, -1, 0)
		return
	}
	c.Heat = clamp(rest, 0, 1)
}
