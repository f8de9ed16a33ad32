package control

import (
	"sync/atomic"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/tune"
)

// tuner is the loop's side of an experiment. People start and abort it through
// atomics; the loop steps it, which costs little and allocates nothing; what is
// learnt is worked out elsewhere once it has ended.
type tuner struct {
	session atomic.Pointer[session] // the newest; nil: there was none
	ended   bell                    // rung when one ends
	action  hvac.Action             // of the last step; owned by the loop
}

// session is one experiment from start to result. Everything of it belongs to the loop
// until ended is set, and to the worker afterwards.
type session struct {
	method     tune.Method
	params     hvac.Params // at the start; their gains are the old ones
	change     uint64      // of the orders at the start: any other ends it
	experiment *tune.Experiment
	abort      atomic.Bool // asked for
	ended      atomic.Bool
	handled    atomic.Bool // the worker has it
	first      tune.Status // before its first step
	final      tune.Status // once ended
}

// probe is what the experiment, if there is one, wants of this step.
func (t *tuner) probe(now time.Duration, change uint64, s *hvac.State) (hvac.Probe, tune.Status) {
	k := t.session.Load()
	if k == nil {
		return hvac.Probe{}, tune.Status{}
	}
	if k.ended.Load() {
		return hvac.Probe{}, k.final
	}
	var call hvac.Call
	var status tune.Status
	if k.abort.Load() || change != k.change || t.action == hvac.ActionOff {
		status = k.experiment.Abort()
	} else {
		// What the last step made of the sensor: spikes are refused and offsets added.
		sample := tune.Sample{At: s.Sensor.SeenAt, Valid: s.Sensor.Seen && t.action != hvac.ActionFault, Temperature: hvac.Celsius(s.Sensor.Good)}
		call, status = k.experiment.Step(now, sample, s.Relay.Call == hvac.CallHeat, t.action == hvac.ActionPaused)
	}
	if status.Running() {
		return hvac.Probe{Active: true, Call: call}, status
	}
	k.final = status
	k.ended.Store(true)
	t.ended.ring()
	return hvac.Probe{}, status
}
