package tune

import "quietstat/hvac"

// Score is how gains did on the fitted house: over step, setback and change of load,
// on the house as fitted and with gain and dead time off by 30 %.
type Score struct {
	Rule      string     `json:"rule"`
	Gains     hvac.Gains `json:"gains"`
	Error     float64    `json:"error_kh"`     // K·h, integral of the absolute error, mean over the variants
	Step      float64    `json:"step_kh"`      // K·h of it in the step on the house as fitted
	Overshoot float64    `json:"overshoot_k"`  // K, the worst
	Swing     float64    `json:"swing_k"`      // K, half the range in the last hours, the worst
	Cycles    float64    `json:"cycles_per_h"` // the worst
	Stable    bool       `json:"stable"`       // it came to rest in every variant
}
