package config

import (
	"quietstat/drivers"
	"quietstat/hvac"
)

// HVACParams is the configuration as the controller takes it. What no key sets
// (plausibility of samples, behaviour without a sensor) is as
// shipped. The result passes Validate for every Config that Parse returns.
func (c *Config) HVACParams() hvac.Params {
	p := hvac.DefaultParams()
	p.Gains.Kp = c.Tuning.KP
	p.Gains.Ti = c.Tuning.TI
	p.Gains.Td = c.Tuning.TD
	p.Gains.FilterTime = c.Tuning.Filter
	p.FreshStart = c.Tuning.Restart != RestartLast
	p.RestartDuty = c.Tuning.RestartDuty
	p.Deadband = c.Comfort.Deadband
	p.Tick = c.Control.Period
	p.MinOn = c.Control.MinOn
	p.MinOff = c.Control.MinOff
	p.CoolDwell = c.Control.CoolMinOff
	p.HeatCoolDifference = c.Comfort.HeatCoolDifference
	p.OpenDelay = c.Pause.OpenDelay
	p.CloseDelay = c.Pause.CloseDelay
	p.MaxDoorPause = c.Pause.Maximum
	p.FrostFloor = c.Safety.FrostFloor
	p.Overheat = c.Safety.Overheat
	p.StaleAfter = c.Sensor.StaleAfter
	p.SetpointMin = c.Comfort.SetpointMin
	p.SetpointMax = c.Comfort.SetpointMax
	c.guard(&p)
	c.equip(&p)
	return p
}

// DriversOptions is the wiring as the board takes it. Doors keep their order.
func (c *Config) DriversOptions() drivers.Options {
	relay := func(l Line) drivers.RelayOptions {
		return drivers.RelayOptions{Pin: string(l.Pin), ActiveLow: l.ActiveLow}
	}
	o := drivers.Options{
		Bus:     c.Board.Bus,
		Address: c.Board.Address,
		Second:  c.Sensor.Second.Address,
		Chip:    c.Board.Chip,
		Heat:    relay(c.Relays.Heat),
		Cool:    relay(c.Relays.Cool),
		Fan:     relay(c.Relays.Fan),

		Heat2:        relay(c.Relays.Heat2),
		Compressor:   relay(c.Relays.Compressor),
		Reversing:    relay(c.Relays.Reversing.Line),
		ReversingB:   c.Relays.Reversing.B,
		Aux:          relay(c.Relays.Aux),
		Dehumidifier: relay(c.Relays.Dehumidifier),

		Indicator: relay(c.Board.Indicator),
		TalkPin:   string(c.Board.Talk),
		QuietPin:  string(c.Board.Quiet),
		CallPin:   string(c.Board.CallForHeat),
	}
	if c.Control.Shadow {
		o = untouched(o)
	}
	for _, d := range c.Doors {
		o.Doors = append(o.Doors, drivers.DoorOptions{ID: d.ID, Pin: string(d.Pin)})
	}
	return o
}
