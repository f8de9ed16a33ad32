package main

import (
	"time"

	"quietstat/hvac"
)

// A controller drives one heating relay. A new one is made for every run.
type controller interface {
	tick(now time.Duration, sample hvac.Reading, setpoint hvac.Celsius) (heat bool)
	sampling() time.Duration // how often it gets a new sample
	String() string
}

// quietstat is hvac.Step as shipped.
type quietstat struct {
	state  hvac.State
	params hvac.Params
}

func (q *quietstat) String() string          { return "quietstat as shipped" }
func (q *quietstat) sampling() time.Duration { return 10 * time.Second }
func (q *quietstat) tick(now time.Duration, sample hvac.Reading, setpoint hvac.Celsius) bool {
	var out hvac.Outputs
	q.state, out, _ = hvac.Step(q.state, hvac.Input{
		Now: now, Reading: sample, Setpoint: setpoint, Mode: hvac.ModeHeat, Params: &q.params,
	})
	return out.Call == hvac.CallHeat
}

// generic is Home Assistant's generic_thermostat as shipped: on at setpoint -
// 0.3 K, off at setpoint + 0.3 K, judged with every sample, no minimum times.
type generic struct{ on bool }

func (g *generic) String() string          { return "HA generic_thermostat 0.3/0.3" }
func (g *generic) sampling() time.Duration { return time.Minute }
func (g *generic) tick(now time.Duration, sample hvac.Reading, setpoint hvac.Celsius) bool {
	if sample.At != now {
		return g.on
	}
	switch t := sample.Temperature; {
	case !g.on && setpoint >= t+0.3:
		g.on = true
	case g.on && t >= setpoint+0.3:
		g.on = false
	}
	return g.on
}

// esphome is ESPHome's thermostat climate with a deadband and overrun of 0.5 K
// and the usual minimum run and off times of 5 min.
type esphome struct {
	on      bool
	since   time.Duration
	changed bool
}

func (e *esphome) String() string          { return "ESPHome thermostat 0.5/0.5" }
func (e *esphome) sampling() time.Duration { return time.Minute }
func (e *esphome) tick(now time.Duration, sample hvac.Reading, setpoint hvac.Celsius) bool {
	want := e.on
	switch t := sample.Temperature; {
	case t < setpoint-0.5:
		want = true
	case t > setpoint+0.5:
		want = false
	}
	if want != e.on && (!e.changed || now-e.since >= 5*time.Minute) {
		e.on, e.since, e.changed = want, now, true
	}
	return e.on
}
