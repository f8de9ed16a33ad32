package config

import (
	"fmt"
	"time"

	"quietstat/hvac"
)

// shipped is where every default about control comes from, so that a file that
// says nothing and hvac agree.
var shipped = hvac.DefaultParams()

func (c *checker) sensor(raw rawSensor, board rawBoard) Sensor {
	s := Sensor{
		Period:     c.duration("sensor.period", raw.Period, 10*time.Second, time.Second, time.Minute),
		StaleAfter: c.duration("sensor.stale_after", raw.StaleAfter, shipped.StaleAfter, 30*time.Second, 15*time.Minute),
	}
	if s.StaleAfter < 2*s.Period {
		c.complain("sensor.stale_after", "sensor.stale_after is "+short(s.StaleAfter),
			fmt.Sprintf("at least two periods, %s", short(2*s.Period)), "one lost sample must not stop the heating: lengthen it or sample more often")
	}
	c.trust(&s, raw, board)
	return s
}

func (c *checker) control(raw rawControl) Control {
	const least, most = time.Minute, 30 * time.Minute
	return Control{
		Period:     c.duration("control.period", raw.Period, shipped.Tick, 100*time.Millisecond, MaxPeriod),
		MinOn:      c.duration("control.min_on", raw.MinOn, shipped.MinOn, least, most),
		MinOff:     c.duration("control.min_off", raw.MinOff, shipped.MinOff, least, most),
		CoolMinOff: c.duration("control.cool_min_off", raw.CoolMinOff, shipped.CoolDwell, least, most),
		Realtime:   or(raw.Realtime, true),
		Shadow:     or(raw.Shadow, false),
	}
}

func (c *checker) comfort(raw rawComfort) Comfort {
	k := Comfort{
		SetpointMin:        hvac.Celsius(c.number("comfort.setpoint_min", raw.SetpointMin, float64(shipped.SetpointMin), 5, 25, "°C")),
		SetpointMax:        hvac.Celsius(c.number("comfort.setpoint_max", raw.SetpointMax, float64(shipped.SetpointMax), 15, 35, "°C")),
		Deadband:           c.number("comfort.deadband", raw.Deadband, shipped.Deadband, 0, 1, "K"),
		HeatCoolDifference: c.number("comfort.heat_cool_difference", raw.HeatCoolDifference, shipped.HeatCoolDifference, 1.5, 10, "K"),
	}
	if k.SetpointMax < k.SetpointMin+1 {
		c.complain("comfort.setpoint_max", "comfort.setpoint_max is "+figure(float64(k.SetpointMax), "°C"),
			"at least 1 K above comfort.setpoint_min, "+figure(float64(k.SetpointMin+1), "°C"), "widen the range")
	}
	return k
}

func (c *checker) pause(raw rawPause) Pause {
	return Pause{
		OpenDelay:  c.duration("pause.open_delay", raw.OpenDelay, shipped.OpenDelay, 0, 10*time.Minute),
		CloseDelay: c.duration("pause.close_delay", raw.CloseDelay, shipped.CloseDelay, 0, 30*time.Minute),
		Maximum:    c.duration("pause.maximum", raw.Maximum, shipped.MaxDoorPause, 5*time.Minute, 24*time.Hour),

		FallMaximum: c.duration("pause.fall_maximum", raw.FallMaximum, shipped.FallPause, 0, time.Hour),
		FallRate:    c.number("pause.fall_rate", raw.FallRate, shipped.FallRate, 0.1, 2, "K/min"),
	}
}

func (c *checker) safety(raw rawSafety, comfort Comfort) Safety {
	s := Safety{
		FrostFloor: hvac.Celsius(c.number("safety.frost_floor", raw.FrostFloor, float64(shipped.FrostFloor), 4, 12, "°C")),
		Overheat:   hvac.Celsius(c.number("safety.overheat", raw.Overheat, float64(shipped.Overheat), 28, 45, "°C")),
	}
	if s.Overheat < comfort.SetpointMax+2 {
		c.complain("safety.overheat", "safety.overheat is "+figure(float64(s.Overheat), "°C"),
			"at least 2 K above comfort.setpoint_max, "+figure(float64(comfort.SetpointMax+2), "°C"),
			"raise it, or lower comfort.setpoint_max: a wish must never trip the cut-out")
	}
	c.envelope(&s, raw)
	return s
}

func (c *checker) tuning(raw rawTuning) Tuning {
	g := shipped.Gains
	t := Tuning{
		KP:     c.number("tuning.kp", raw.KP, g.Kp, 0.01, 20, "1/K"),
		TI:     c.duration("tuning.ti", raw.TI, g.Ti, time.Minute, 48*time.Hour),
		TD:     c.duration("tuning.td", raw.TD, g.Td, 0, 2*time.Hour),
		Filter: c.duration("tuning.filter", raw.Filter, g.FilterTime, time.Second, 10*time.Minute),
	}
	c.restart(&t, raw)
	return t
}
