package control

import (
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/store"
	"quietstat/hvac"
)

// shadow is what the loop does beside an old thermostat: it decides and touches
// nothing. The zero shadow is off.
type shadow struct {
	on      bool
	calling bool // the old thermostat calls for heat
	known   bool // calling holds
	tally   tally
	last    time.Duration // CLOCK_BOOTTIME of the last count
	counted bool
}

// look reads the old thermostat's call before a step.
func (s *shadow) look(b board, in *hvac.Input) {
	if !s.on {
		return
	}
	s.calling, s.known = b.CallForHeat()
	in.Other = hvac.Other{Drives: true, Known: s.known}
	if s.calling {
		in.Other.Call = hvac.CallHeat
	}
}

// relays is what the relays are told of a decision: nothing, in the shadow.
func (s *shadow) relays(out hvac.Outputs) hvac.Outputs {
	if s.on {
		return hvac.Outputs{}
	}
	return out
}

// does is what really runs, for whoever is told about the house: the old thermostat's
// doings in place of the decision.
func (s *shadow) does(out hvac.Outputs) hvac.Outputs {
	if !s.on {
		return out
	}
	real := hvac.Outputs{Demand: out.Demand, Action: out.Action}
	if s.calling {
		real.Call = hvac.CallHeat
	}
	switch {
	case out.Action != hvac.ActionHeating && out.Action != hvac.ActionCooling && out.Action != hvac.ActionIdle:
	case s.calling:
		real.Action = hvac.ActionHeating
	default:
		real.Action = hvac.ActionIdle
	}
	return real
}

// count takes a step into the tally.
func (s *shadow) count(now clock.Instant, in *hvac.Input, state *hvac.State, out *hvac.Outputs) {
	if !s.on {
		return
	}
	dt := (now.Boot - s.last).Seconds()
	s.last = now.Boot
	if !s.counted || dt < 0 || dt > mostCounted {
		dt, s.counted = 0, true
	}
	t := &s.tally
	if t.Since.IsZero() && now.Trusted {
		t.Since = now.Wall.Round(0).UTC()
	}
	t.Seconds += dt
	t.Ours.count(out.Call == hvac.CallHeat, dt)
	if s.known {
		t.Known += dt
		t.Old.count(s.calling, dt)
	}
	if m := &state.Sensor; m.Tracking && state.Blind == 0 && state.PID.Active && in.Setpoint.Finite() {
		e := m.Filtered - float64(in.Setpoint)
		t.Room += dt
		t.Sum += e * dt
		t.Squares += e * e * dt
	}
}

// mostCounted is the longest time between two steps that counts, in seconds: what was
// not looked at is not in the report.
const mostCounted = 60

// tally is what the report is made of. Times are in seconds.
type tally struct {
	Since   time.Time `json:"since"`   // wall clock of the first step that knew it
	Seconds float64   `json:"seconds"` // looked at
	Known   float64   `json:"known"`   // with the old thermostat's call known
	Ours    strokes   `json:"ours"`    // what quietstat would have done
	Old     strokes   `json:"old"`     // what the old thermostat did
	Room    float64   `json:"room"`    // with a temperature, and a setpoint that counted
	Sum     float64   `json:"sum"`     // Ks: too warm is positive
	Squares float64   `json:"squares"` // K²s
}

// strokes are the runs of one of the two.
type strokes struct {
	On     float64 `json:"on"` // s
	Starts int     `json:"starts"`
	Now    bool    `json:"now"`
}

func (s *strokes) count(on bool, dt float64) {
	if on && !s.Now {
		s.Starts++
	}
	if s.Now { // until now it was as it was
		s.On += dt
	}
	s.Now = on
}

const shadowSchema = "shadow/1"

// loadTally reads what was counted before the start. What cannot be used is begun
// anew: it is a comparison and keeps nobody warm.
func loadTally(disk *store.Disk, path string) tally {
	var t tally
	if disk == nil {
		return t
	}
	if ok, _ := disk.LoadState(path, shadowSchema, &t); !ok || !(t.Seconds >= 0 && t.Known >= 0 && t.Room >= 0) {
		return tally{}
	}
	t.Ours.Now, t.Old.Now = false, false
	return t
}
