package tune

import (
	"math"
	"time"

	"quietstat/hvac"
)

// cycle is from one crossing upwards to the next.
type cycle struct {
	period time.Duration
	swing  float64 // K, half the distance between its extremes
	low    float64
	high   float64
	spoilt bool
}

const (
	// biasBands is how far above the centre every other stroke goes, in bands.
	biasBands = 2.5
	// alike are the shares by which the periods of cycles may differ and still be a rhythm.
	alike = 0.5
	// leastSpan is how long an experiment lasts at least: what is over sooner has seen
	// little of the slow parts of a house.
	leastSpan = 50 * time.Minute
	// slowCycle is from where on two cycles are enough.
	slowCycle = 90 * time.Minute
)

// relay decides between on and off by the band.
func (e *Experiment) relay(dt time.Duration) {
	e.stroke += dt
	e.cycle.period += dt
	e.low, e.high = min(e.low, e.temp), max(e.high, e.temp)
	e.cycle.low, e.cycle.high = min(e.cycle.low, e.temp), max(e.cycle.high, e.temp)
	up := e.status.Band
	if e.rides%2 == 1 {
		up = float64(biasBands * e.status.Band)
	}
	switch {
	case e.want == hvac.CallHeat && e.temp >= e.centre+up && e.on && e.held >= e.options.MinOn:
		e.crossed(hvac.CallNone)
		e.rides++
		e.complete()
	case e.want != hvac.CallHeat && e.temp <= e.centre-e.status.Band && !e.on && e.held >= e.options.MinOff:
		e.crossed(hvac.CallHeat)
	}
}

// crossed begins a stroke.
func (e *Experiment) crossed(want hvac.Call) {
	e.want, e.stroke, e.spoilt = want, 0, e.paused
	e.low, e.high = e.temp, e.temp
}

// complete ends a cycle at a crossing upwards, and the experiment if there are enough.
func (e *Experiment) complete() {
	c := e.cycle
	e.cycle = cycle{low: e.temp, high: e.temp}
	if c.spoilt || e.rides < 2 { // the first stroke began anywhere
		return
	}
	c.swing = (c.high - c.low) / 2
	copy(e.cycles[1:], e.cycles[:])
	e.cycles[0] = c
	e.status.Cycles++
	enough := e.status.Cycles >= neededCycles || e.status.Cycles >= neededCycles-1 && c.period >= slowCycle
	if enough && e.steady() && e.status.Elapsed >= leastSpan {
		e.status.Phase, e.want = Done, hvac.CallNone
	}
}

// steady reports whether the cycles have a rhythm. Those with the bias are compared
// with each other, and so are those without: two together make a comparable length.
func (e *Experiment) steady() bool {
	n := e.status.Cycles
	if n < 4 {
		return n >= 2
	}
	a, b := e.cycles[0].period+e.cycles[1].period, e.cycles[2].period+e.cycles[3].period
	return math.Abs((a - b).Seconds()) <= float64(alike*max(a, b).Seconds())
}
