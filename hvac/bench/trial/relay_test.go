package trial

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestWitnessCountsShortRunsAndPauses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		flips  []int // s at which the relay changes, beginning with on
		short  int
		starts int
		on     time.Duration
	}{
		{"never on", nil, 0, 0, 0},
		{"the first on ends nothing anybody saw begin", []int{5}, 0, 1, 995 * time.Second},
		{"a run of 179 s", []int{300, 479}, 1, 1, 179 * time.Second},
		{"a run of 180 s", []int{300, 480}, 0, 1, 180 * time.Second},
		{"a run of 181 s", []int{300, 481}, 0, 1, 181 * time.Second},
		{"a pause of 179 s", []int{100, 300, 479}, 1, 2, 721 * time.Second},
		{"a pause of 180 s", []int{100, 300, 480}, 0, 2, 720 * time.Second},
		{"both too short", []int{100, 101, 102}, 2, 2, 899 * time.Second},
		{"the end cuts a run", []int{990}, 0, 1, 10 * time.Second},
	} {
		var w Witness
		on, next := false, 0
		for s := range 1000 {
			if next < len(tt.flips) && tt.flips[next] == s {
				on = !on
				next++
			}
			w.See(time.Duration(s)*time.Second, on, true)
		}
		w.Close(1000 * time.Second)
		if w.Short != tt.short || w.Starts != tt.starts || w.On != tt.on {
			t.Errorf("%s: %d short, %d starts, on for %v; want %d, %d, %v", tt.name, w.Short, w.Starts, w.On, tt.short, tt.starts, tt.on)
		}
	}
}

func TestWitnessCountsFromWhenItIsTold(t *testing.T) {
	var w Witness
	for s := range 1000 {
		w.See(time.Duration(s)*time.Second, s >= 100 && s < 110 || s >= 500, s > 400)
	}
	w.Close(1000 * time.Second)
	if w.Short != 1 || w.Starts != 1 || w.On != 500*time.Second {
		t.Errorf("%+v: dwell counts from the start, starts and time from second 400", w)
	}
}

// A relay that holds every state for 180 s is never blamed; shortening any one of them is.
func TestWitnessIsJust(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spans := rapid.SliceOfN(rapid.IntRange(180, 900), 2, 20).Draw(t, "spans")
		guilty := rapid.IntRange(1, len(spans)-1).Draw(t, "guilty")
		see := func(spans []int) int {
			var w Witness
			at, on := 0, true
			for _, s := range spans {
				w.See(time.Duration(at)*time.Second, on, true)
				at, on = at+s, !on
			}
			w.See(time.Duration(at)*time.Second, on, true)
			return w.Short
		}
		if n := see(spans); n != 0 {
			t.Fatalf("%d violations in %v", n, spans)
		}
		spans[guilty] = rapid.IntRange(1, 179).Draw(t, "short")
		if n := see(spans); n != 1 {
			t.Fatalf("%d violations in %v", n, spans)
		}
	})
}
