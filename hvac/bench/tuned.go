package main

import (
	"fmt"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/bench/trial"
	"quietstat/hvac/house"
	"quietstat/hvac/tune"
)

// A tuning is what the autotune made of one house.
type tuning struct {
	House    string     `json:"house"`
	Seed     uint64     `json:"seed"`
	Hours    float64    `json:"hours"`    // until the experiment ended
	Done     bool       `json:"done"`     // it ended well
	Failure  string     `json:"failure"`  // "none", or why there are no new gains
	Improved bool       `json:"improved"` // the gains are new
	Rule     string     `json:"rule"`     // where they come from
	Gains    hvac.Gains `json:"gains"`    // in force afterwards; durations in ns
}

// A tuner is quietstat under a tuning experiment, as control runs both.
type tuner struct {
	*quietstat
	experiment *tune.Experiment
	status     tune.Status
	heating    bool
}

// Tick lets the experiment ask and hvac.Step decide; afterwards it is quietstat again.
func (t *tuner) Tick(now time.Duration, in trial.Sight) bool {
	if t.experiment == nil {
		e, err := tune.New(tune.Options{Setpoint: in.Setpoint, MinOn: t.params.MinOn, MinOff: t.params.MinOff}, now, in.Sample.Temperature)
		if err != nil {
			panic(fmt.Sprintf("bench: a tuning scenario nobody can tune in: %v", err))
		}
		t.experiment = e
	}
	call, status := t.experiment.Step(now, tune.Sample{At: in.Sample.At, Valid: true, Temperature: in.Sample.Temperature}, t.heating, false)
	t.status = status
	t.probe = hvac.Probe{Active: status.Running(), Call: call}
	t.heating = t.quietstat.Tick(now, in)
	return t.heating
}

// autotune goes through the experiment in a calm day and leaves the gains in q.
func autotune(q *quietstat, k house.Kind, seed uint64) tuning {
	sc, t := trial.Tuning(k), &tuner{quietstat: q}
	trial.Run(&sc, t, tuningSeed+seed, nil)
	out := tuning{House: k.String(), Seed: seed, Hours: t.status.Elapsed.Hours(), Done: t.status.Phase == tune.Done, Rule: "old", Gains: q.params.Gains, Failure: t.status.Failure.Word()}
	if !out.Done {
		return out
	}
	// Whatever goes wrong in here is told by Failure, and the gains are the old ones.
	r, _ := tune.Evaluate(t.experiment.Record(), q.params, tune.Auto)
	out.Failure, out.Improved, out.Rule, out.Gains = r.Failure.Word(), r.Improved, r.Rule, r.Gains
	q.params.Gains = r.Gains
	return out
}
