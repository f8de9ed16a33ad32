package keeper

import (
	"testing"

	"pgregory.net/rapid"

	"quietstat/consent"
)

func TestButtonObserve(t *testing.T) {
	snap := func(seq uint64, talk, quiet, holds uint32) consent.Snapshot {
		return consent.Snapshot{Seq: seq, TalkPresses: talk, QuietPresses: quiet, QuietHolds: holds}
	}
	for _, test := range []struct {
		name  string
		snaps []consent.Snapshot
		want  presses // of the last
	}{
		{"the first snapshot is no press, whatever its counters", []consent.Snapshot{snap(5, 3, 2, 1)}, presses{}},
		{"nothing moved", []consent.Snapshot{snap(1, 3, 2, 1), snap(2, 3, 2, 1)}, presses{}},
		{"talk", []consent.Snapshot{snap(1, 3, 2, 1), snap(2, 4, 2, 1)}, presses{Talk: true}},
		{"quiet", []consent.Snapshot{snap(1, 3, 2, 1), snap(2, 3, 3, 1)}, presses{Quiet: true}},
		{"hold comes with a press", []consent.Snapshot{snap(1, 0, 0, 0), snap(2, 0, 1, 1)}, presses{Quiet: true, Hold: true}},
		{"a dropped frame loses nothing", []consent.Snapshot{snap(1, 0, 0, 0), snap(9, 1, 0, 0)}, presses{Talk: true}},
		{"the counter wraps", []consent.Snapshot{snap(1, 1<<32-1, 0, 0), snap(2, 0, 0, 0)}, presses{Talk: true}},
		{"control restarted: its counters begin again", []consent.Snapshot{snap(900, 3, 2, 1), snap(1, 0, 0, 0)}, presses{}},
		{"control restarted, and is older than the last we heard of the other", []consent.Snapshot{snap(2, 3, 2, 1), snap(9, 0, 0, 0)}, presses{Quiet: true, Hold: true}},
		{"the same snapshot twice", []consent.Snapshot{snap(7, 0, 0, 0), snap(7, 1, 1, 1)}, presses{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b button
			var got presses
			for _, s := range test.snaps {
				got = b.observe(&s)
			}
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestButtonForgets(t *testing.T) {
	var b button
	b.observe(&consent.Snapshot{Seq: 1})
	b.forget()
	if got := b.observe(&consent.Snapshot{Seq: 2, TalkPresses: 1}); got != (presses{}) {
		t.Errorf("a press from before the link stood counted: %+v", got)
	}
}

// No press is invented and none is lost, whichever snapshots are dropped.
func TestButtonLosesNoPress(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b button
		var talk, seenAt uint32
		b.observe(&consent.Snapshot{Seq: 1})
		for seq := uint64(2); seq < 60; seq++ {
			if rapid.Bool().Draw(t, "press") {
				talk++
			}
			if rapid.Bool().Draw(t, "dropped") {
				continue
			}
			got := b.observe(&consent.Snapshot{Seq: seq, TalkPresses: talk})
			if got.Talk != (talk != seenAt) {
				t.Fatalf("snapshot %d: pressed %d, last seen %d, heard %v", seq, talk, seenAt, got.Talk)
			}
			seenAt = talk
		}
	})
}
