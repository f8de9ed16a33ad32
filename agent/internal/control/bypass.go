package control

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/hvac"
)

// A door that somebody bypasses pauses nothing for a while.
const (
	leastBypass   = time.Minute
	longestBypass = 24 * time.Hour
	usualBypass   = 2 * time.Hour
)

// allDoors names every door, and the pause for a fast fall of temperature beside them.
const allDoors = "all"

// bypasses are the ends of what people have bypassed, as CLOCK_BOOTTIME. What is past
// is over by itself, and a restart ends them all: nothing is kept of them.
type bypasses struct {
	doors [hvac.MaxDoors]time.Duration
	fall  time.Duration
}

// tell puts what is left of them into the controller's input.
func (b *bypasses) tell(in *hvac.Input) {
	for i, end := range b.doors {
		in.DoorIgnored[i] = max(0, end-in.Now)
	}
	in.FallIgnored = max(0, b.fall-in.Now)
}

// bypass sets the end of the bypass of one door, or of all; 0 ends it now.
func (d *desk) bypass(doors []local.Door, id string, end time.Duration) error {
	d.changing.Lock()
	defer d.changing.Unlock()
	o := *d.load()
	found := id == allDoors
	for i := range min(len(doors), hvac.MaxDoors) {
		if id == allDoors || doors[i].ID == id {
			o.bypassed.doors[i], found = end, true
		}
	}
	if id == allDoors {
		o.bypassed.fall = end
	}
	if !found {
		return local.Refuse(fmt.Sprintf("there is no door %q", id), "quietstat door list shows the doors there are")
	}
	d.present.Store(&o)
	return nil
}

func (r *role) answerBypass(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	var a local.BypassArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	if a.ForS == 0 {
		a.ForS = usualBypass.Seconds()
	}
	if !(a.ForS >= leastBypass.Seconds() && a.ForS <= longestBypass.Seconds()) {
		return nil, local.Usage(fmt.Sprintf("a door is bypassed for %v to %v", leastBypass, longestBypass), "for example: quietstat door bypass front --for 2h")
	}
	return r.bypass(a.ID, r.now()+time.Duration(a.ForS*float64(time.Second)))
}

func (r *role) answerBypassEnd(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	var a local.BypassArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	if a.ForS != 0 {
		return nil, local.Usage("the end of a bypass has no duration", "for example: quietstat door end front")
	}
	return r.bypass(a.ID, 0)
}

func (r *role) bypass(id string, end time.Duration) (any, error) {
	if err := r.desk.bypass(r.facts.Load().doors, id, end); err != nil {
		return nil, err
	}
	return r.status(), nil
}

// bypassed adds to a Status for how much longer its doors are bypassed.
func bypassed(out *local.Status, b *bypasses, now time.Duration) {
	for i := range min(len(out.Doors), hvac.MaxDoors) {
		out.Doors[i].BypassS = max(0, b.doors[i]-now).Seconds()
	}
	out.FallBypassS = max(0, b.fall-now).Seconds()
}
