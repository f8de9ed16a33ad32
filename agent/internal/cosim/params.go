package cosim

import (
	"time"

	"quietstat/hvac"
)

// Bounds of what hvac.Params may say about time (hvac/bounds.go).
const (
	longestTick  = 60 * time.Second
	longestStale = 900 * time.Second
)

// longestRun bounds one run of the port; hvac counts no further than a century.
const longestRun = 3e9 // s

// DefaultParams is the controller of a port without a configuration: as shipped, with
// heating and cooling wired, so that every mode works.
func DefaultParams() hvac.Params {
	p := hvac.DefaultParams()
	p.CanCool = true
	return p
}

// paced is base for lines that are dt apart. The loop of a thermostat ticks every
// second and a standstill of half a minute is a fault; here the distance of the lines
// is the model's choice. So a line is a tick, however long, up to the half hour in
// which nothing can be called control; and a sample counts until two lines later, as
// far as a sample may count at all.
func paced(base hvac.Params, dt time.Duration) hvac.Params {
	p := base
	p.Tick = min(max(base.Tick, dt), longestTick)
	if 2*dt > base.StaleAfter {
		p.StaleAfter = min(dt+base.StaleAfter, longestStale)
	}
	return p
}

// span is so many seconds as a duration, bounded so that it cannot overflow.
func span(seconds float64) time.Duration {
	return time.Duration(min(max(seconds, -longestRun), longestRun) * 1e9)
}
