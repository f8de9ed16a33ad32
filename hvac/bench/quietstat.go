package main

import (
	"time"

	"quietstat/hvac"
	"quietstat/hvac/bench/trial"
)

// quietstat is hvac.Step as control calls it.
type quietstat struct {
	state  hvac.State
	params hvac.Params
	ahead  bool       // it is shown the schedule
	probe  hvac.Probe // of a tuning experiment
}

// Sampling is ten seconds, the shipped period of the BME280.
func (q *quietstat) Sampling() time.Duration { return 10 * time.Second }

// Tick is one step. It never sees the temperature outside.
func (q *quietstat) Tick(now time.Duration, in trial.Sight) bool {
	input := hvac.Input{Now: now, Reading: in.Sample, Setpoint: in.Setpoint, Mode: hvac.ModeHeat, Params: &q.params, Probe: q.probe}
	if q.ahead {
		input.Ahead = in.Ahead
	}
	var out hvac.Outputs
	q.state, out, _ = hvac.Step(q.state, input)
	return out.Call == hvac.CallHeat
}
