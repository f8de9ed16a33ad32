package peer

import (
	"time"

	"quietstat/hvac/bench/trial"
)

// Generic is Home Assistant's generic_thermostat as shipped: on at setpoint -
// 0.3 K, off at setpoint + 0.3 K, judged with every sample, no minimum times.
type Generic struct{ on bool }

// Sampling is a minute.
func (g *Generic) Sampling() time.Duration { return time.Minute }

// Tick judges a fresh sample.
func (g *Generic) Tick(now time.Duration, in trial.Sight) bool {
	if in.Sample.At != now {
		return g.on
	}
	switch t := in.Sample.Temperature; {
	case !g.on && in.Setpoint >= t+0.3:
		g.on = true
	case g.on && t >= in.Setpoint+0.3:
		g.on = false
	}
	return g.on
}

// ESPHome is its thermostat climate with a deadband and overrun of 0.5 K and the
// usual minimum run and off times of 5 min.
type ESPHome struct {
	on      bool
	since   time.Duration
	changed bool
}

// Sampling is a minute.
func (e *ESPHome) Sampling() time.Duration { return time.Minute }

// Tick judges the newest sample every second.
func (e *ESPHome) Tick(now time.Duration, in trial.Sight) bool {
	want := e.on
	switch t := in.Sample.Temperature; {
	case t < in.Setpoint-0.5:
		want = true
	case t > in.Setpoint+0.5:
		want = false
	}
	if want != e.on && (!e.changed || now-e.since >= 5*time.Minute) {
		e.on, e.since, e.changed = want, now, true
	}
	return e.on
}
