package drivers

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quietstat/hvac"
)

const ms = time.Millisecond

// TestDebouncer walks series of samples; settle is 50 ms throughout.
func TestDebouncer(t *testing.T) {
	type sample struct {
		at     time.Duration
		active bool
		edge   bool
		want   hvac.Contact
	}
	unknown := hvac.Contact{}
	closed := func(since time.Duration) hvac.Contact { return hvac.Contact{Known: true, Since: since} }
	open := func(since time.Duration) hvac.Contact { return hvac.Contact{Known: true, Open: true, Since: since} }
	const low, high = true, false

	tests := map[string][]sample{
		"unknown until it has rested": {
			{0, low, false, unknown},
			{50*ms - 1, low, false, unknown},
			{50 * ms, low, false, closed(0)},
			{50*ms + 1, low, false, closed(0)},
		},
		"a cut cable is an open door": {
			{0, high, false, unknown},
			{50 * ms, high, false, open(0)},
		},
		"opens after the settling time and since the first sample": {
			{0, low, false, unknown},
			{time.Second, low, false, closed(0)},
			{2 * time.Second, high, false, closed(0)},
			{2*time.Second + 50*ms - 1, high, false, closed(0)},
			{2*time.Second + 50*ms, high, false, open(2 * time.Second)},
			{2*time.Second + 50*ms + 1, high, false, open(2 * time.Second)},
		},
		"a bounce starts over": {
			{0, low, false, unknown},
			{time.Second, low, false, closed(0)},
			{2 * time.Second, high, false, closed(0)},
			{2*time.Second + 20*ms, low, false, closed(0)},
			{2*time.Second + 30*ms, high, false, closed(0)},
			{2*time.Second + 79*ms, high, false, closed(0)},
			{2*time.Second + 80*ms, high, false, open(2*time.Second + 30*ms)},
		},
		"an edge between equal samples starts over": {
			{0, low, false, unknown},
			{time.Second, low, false, closed(0)},
			{2 * time.Second, high, false, closed(0)},
			{2*time.Second + 40*ms, high, true, closed(0)},
			{2*time.Second + 89*ms, high, false, closed(0)},
			{2*time.Second + 90*ms, high, false, open(2*time.Second + 40*ms)},
		},
		"chatter from the start stays unknown": {
			{0, low, false, unknown},
			{60 * ms, high, false, unknown},
			{120 * ms, low, false, unknown},
			{180 * ms, low, true, unknown},
		},
		"polls a second apart settle on the second one": {
			{10 * time.Second, low, false, unknown},
			{11 * time.Second, low, false, closed(10 * time.Second)},
			{12 * time.Second, high, false, closed(10 * time.Second)},
			{13 * time.Second, high, false, open(12 * time.Second)},
		},
		"a stamp from the past counts as now": {
			{time.Second, low, false, unknown},
			{0, low, false, unknown},
			{time.Second + 50*ms - 1, low, false, unknown},
			{time.Second + 50*ms, low, false, closed(time.Second)},
		},
	}
	for name, series := range tests {
		t.Run(name, func(t *testing.T) {
			d := debouncer{settle: 50 * ms}
			for i, s := range series {
				before := d.contact()
				changed := d.feed(s.at, s.active, s.edge)
				if diff := cmp.Diff(s.want, d.contact()); diff != "" {
					t.Fatalf("sample %d (-want +got):\n%s", i, diff)
				}
				if changed != (before != d.contact()) {
					t.Fatalf("sample %d: changed = %v, contact %v -> %v", i, changed, before, d.contact())
				}
			}
		})
	}
}

func TestDebouncerSettling(t *testing.T) {
	d := debouncer{settle: 50 * ms}
	if got := d.settling(0); got != 0 {
		t.Errorf("nothing sampled: settling = %v, want 0", got)
	}
	d.feed(0, true, false)
	for at, want := range map[time.Duration]time.Duration{0: 50 * ms, 49 * ms: ms, 50 * ms: 0, time.Second: 0} {
		if got := d.settling(at); got != want {
			t.Errorf("settling(%v) = %v, want %v", at, got, want)
		}
	}
	d.feed(50*ms, true, false)
	if got := d.settling(60 * ms); got != 0 {
		t.Errorf("settled: settling = %v, want 0", got)
	}
}

// TestDebouncerProperty: whatever comes in, a change of the settled state is preceded
// by the settling time of equal samples without an edge.
func TestDebouncerProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := debouncer{settle: 50 * ms}
		type sample struct {
			at           time.Duration
			active, edge bool
		}
		var all []sample
		now := time.Duration(0)
		for range rapid.IntRange(1, 60).Draw(t, "n") {
			now += time.Duration(rapid.IntRange(0, 80).Draw(t, "dt")) * ms
			s := sample{now, rapid.Bool().Draw(t, "active"), rapid.IntRange(0, 3).Draw(t, "edge") == 0}
			all = append(all, s)
			if !d.feed(s.at, s.active, s.edge) {
				continue
			}
			if d.active != s.active {
				t.Fatalf("settled on %v while the newest sample is %v", d.active, s.active)
			}
			for i := len(all) - 1; all[i].at > d.since; i-- {
				if all[i].active != s.active || (all[i].edge && all[i].at > d.since) {
					t.Fatalf("settled since %v in spite of sample %v", d.since, all[i])
				}
			}
			if s.at-d.since < d.settle {
				t.Fatalf("settled after %v, want at least %v", s.at-d.since, d.settle)
			}
		}
	})
}

func TestButton(t *testing.T) {
	type sample struct {
		at             time.Duration
		down           bool
		presses, holds uint32
	}
	const s = time.Second
	tests := map[string][]sample{
		"press counts once it has rested": {
			{0, false, 0, 0}, {s, false, 0, 0},
			{2 * s, true, 0, 0},
			{2*s + 50*ms - 1, true, 0, 0},
			{2*s + 50*ms, true, 1, 0},
			{2*s + 50*ms + 1, true, 1, 0},
		},
		"hold after three seconds, once": {
			{0, false, 0, 0}, {s, false, 0, 0},
			{2 * s, true, 0, 0}, {3 * s, true, 1, 0},
			{5*s - 1, true, 1, 0},
			{5 * s, true, 1, 1},
			{5*s + 1, true, 1, 1},
			{60 * s, true, 1, 1},
		},
		"two presses": {
			{0, false, 0, 0}, {s, false, 0, 0},
			{2 * s, true, 0, 0}, {3 * s, true, 1, 0},
			{4 * s, false, 1, 0}, {5 * s, false, 1, 0},
			{6 * s, true, 1, 0}, {7 * s, true, 2, 0},
			{9 * s, true, 2, 1},
		},
		"a bounce is no press": {
			{0, false, 0, 0}, {s, false, 0, 0},
			{2 * s, true, 0, 0}, {2*s + 30*ms, false, 0, 0}, {3 * s, false, 0, 0},
		},
		"a finger that is leaving at three seconds is no hold": {
			{0, false, 0, 0}, {s, false, 0, 0},
			{2 * s, true, 0, 0}, {3 * s, true, 1, 0},
			{5 * s, false, 1, 0}, {6 * s, false, 1, 0},
		},
		"stuck down at the start is neither press nor hold": {
			{0, true, 0, 0}, {s, true, 0, 0}, {60 * s, true, 0, 0},
			{61 * s, false, 0, 0}, {62 * s, false, 0, 0},
			{63 * s, true, 0, 0}, {64 * s, true, 1, 0},
		},
	}
	for name, series := range tests {
		t.Run(name, func(t *testing.T) {
			b := button{debouncer: debouncer{settle: 50 * ms}}
			for i, x := range series {
				b.feed(x.at, x.down, false)
				if b.presses != x.presses || b.holds != x.holds {
					t.Fatalf("sample %d: presses %d holds %d, want %d and %d", i, b.presses, b.holds, x.presses, x.holds)
				}
			}
		})
	}
}
