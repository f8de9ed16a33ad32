package tune

import (
	"math"

	"quietstat/hvac/exact"
)

// grown is e^x with |x| kept below 600: what a search does to a positive quantity.
func grown(x float64) float64 {
	if x > 0 {
		return 1 / exact.Exp(-min(x, 600))
	}
	return exact.Exp(max(x, -600))
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// clamp brings x between lo and hi; a NaN becomes lo.
func clamp(x, lo, hi float64) float64 {
	if !(x > lo) {
		return lo
	}
	return min(x, hi)
}
