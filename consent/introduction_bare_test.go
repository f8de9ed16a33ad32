package consent

import (
	"math"
	"testing"
	"time"
)

// An introduction carries no value, so none can hold it up: a sensor that reads
// nonsense keeps back what it reads, not the words for it.
func TestIntroductionLooksAtNoValue(t *testing.T) {
	r := homeRig(t)
	r.give("home", GrantRequest{Scope: Scope{{Category: CategoryTemperature}}})
	r.after(time.Second)
	r.snap.Temperature = math.NaN()
	first, err := r.release("home")
	if err != nil || len(first) != 1 || !introduces(first[0]) || first[0].Fields() != 0 {
		t.Fatalf("%d releases, %v", len(first), err)
	}
	r.after(introductionSettles)
	r.snap.Temperature = math.NaN()
	if out, _ := r.release("home"); len(out) != 0 {
		t.Errorf("nonsense was told: %s", out[0].Payload())
	}
}

// Nor does it wait for a sample: it tells nothing of any time.
func TestIntroductionWaitsForNoSample(t *testing.T) {
	r := homeRig(t)
	r.sample() // the last one before the opt-in
	r.now.Boot, r.now.Wall = r.now.Boot+time.Second, r.now.Wall.Add(time.Second)
	r.give("home", GrantRequest{Scope: Scope{{Category: CategoryTemperature}}})
	first, err := r.release("home")
	if err != nil || len(first) != 1 || !introduces(first[0]) {
		t.Fatalf("before a new sample %d releases, %v", len(first), err)
	}
}
