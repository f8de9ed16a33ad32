package hvac

import (
	"math"
	"time"
)

// finite reports whether x is a number one may calculate with.
func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// clamp brings x between lo and hi; a NaN becomes lo.
func clamp(x, lo, hi float64) float64 {
	if !(x > lo) {
		return lo
	}
	return min(x, hi)
}

// forever bounds every accumulated duration, so that sums cannot overflow.
const forever = 100 * 365 * 24 * time.Hour

// elapsed is to - from, never negative and never more than forever. back tells
// that the clock went backwards.
func elapsed(from, to time.Duration) (d time.Duration, back bool) {
	if to < from {
		return 0, true
	}
	d = to - from
	if d < 0 || d > forever { // the subtraction overflowed
		return forever, false
	}
	return d, false
}

// grow is d + by without overflow; a negative d (a damaged state) counts as 0.
func grow(d, by time.Duration) time.Duration {
	return min(max(d, 0), forever) + min(max(by, 0), forever)
}
