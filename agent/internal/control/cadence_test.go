package control

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCadence(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		name         string
		woke         []time.Duration // after the first deadline, 0
		late, missed uint64
		worst, next  time.Duration
	}{
		{"on time", []time.Duration{0, s, 2 * s}, 0, 0, 0, 3 * s},
		{"a tenth late is not late", []time.Duration{s / 10}, 0, 0, s / 10, s},
		{"a little more is", []time.Duration{s/10 + 1}, 1, 0, s/10 + 1, s},
		{"just before the next point", []time.Duration{s - 1}, 1, 0, s - 1, s},
		{"at the next point it is lost", []time.Duration{s}, 1, 1, s, 2 * s},
		{"just after", []time.Duration{s + 1}, 1, 1, s + 1, 2 * s},
		{"two and a half periods", []time.Duration{0, s, 4*s + s/2, 5 * s}, 1, 2, 2*s + s/2, 6 * s},
		{"an early wake is not late", []time.Duration{-1}, 0, 0, 0, s},
		{"the worst is kept", []time.Duration{s / 5, s + s/20}, 1, 0, s / 5, 2 * s},
		{"a night asleep", []time.Duration{0, 36000*s + 1}, 1, 35999, 35999*s + 1, 36001 * s},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := cadence{period: s}
			for _, now := range c.woke {
				got.woke(now)
			}
			if got.late != c.late || got.missed != c.missed || got.worst != c.worst || got.next != c.next {
				t.Errorf("late %d, missed %d, worst %v, next %v; want %d, %d, %v, %v",
					got.late, got.missed, got.worst, got.next, c.late, c.missed, c.worst, c.next)
			}
		})
	}
}

// Every point of the grid is either a tick or missed, deadlines stay on the grid,
// and the next one lies in the future.
func TestCadenceKeepsTheGrid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		period := time.Duration(rapid.Int64Range(1, int64(10*time.Second)).Draw(t, "period"))
		c := cadence{period: period}
		ticks := uint64(0)
		for range rapid.IntRange(1, 50).Draw(t, "ticks") {
			now := c.next + time.Duration(rapid.Int64Range(0, int64(5*period)).Draw(t, "late"))
			c.woke(now)
			ticks++
			if c.next <= now {
				t.Fatalf("woke at %v and the next deadline is %v", now, c.next)
			}
			if points := uint64(c.next / period); c.next%period != 0 || points != ticks+c.missed {
				t.Fatalf("%d points of the grid passed, %d ticks and %d missed", points, ticks, c.missed)
			}
		}
	})
}
