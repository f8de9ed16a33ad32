package tune

import (
	"fmt"
	"math"
	"time"
)

// sentences say what was found and what is proposed.
func (o *Result) sentences() []string {
	if o.Failure != NoFailure {
		return []string{"no new gains: " + o.Failure.String(), "the gains stay as they are"}
	}
	hour := o.House.Response(time.Hour)
	report := []string{
		fmt.Sprintf("the house answers to the heater after %s; an hour of full power makes the room %.1f K warmer", about(o.answers()), hour),
		fmt.Sprintf("the model explains %.0f %% of what was seen; what it leaves is %.1f times the noise of the sensor (%.3f K)", 100*clamp(o.Fit.Explains, 0, 1), o.Fit.Whole, o.Noise),
	}
	if sum, dev := o.Steps.total(); dev > float64(0.25*sum) {
		report = append(report, "how warm full power would make the house in the end cannot be known from so short a test; it is learned over days")
	}
	if !o.Improved {
		return append(report, fmt.Sprintf("none of %d other sets of gains does better than the present ones on the measured house, so they stay", len(o.Tried)-1))
	}
	report = append(report, fmt.Sprintf("new gains by the rule %q: Kp %.3g 1/K, Ti %s, Td %s (before: %.3g, %s, %s)",
		o.Rule, o.Gains.Kp, o.Gains.Ti, o.Gains.Td, o.Old.Kp, o.Old.Ti, o.Old.Td))
	if o.Before.good() {
		report = append(report, fmt.Sprintf("on the measured house they keep the temperature %.0f %% closer than the old ones, overshoot by %.1f K at most and switch %.1f times an hour at most",
			100*(1-o.After.Error/o.Before.Error), o.After.Overshoot, o.After.Cycles))
	} else {
		report = append(report, fmt.Sprintf("on the measured house the old gains overshoot by %.1f K or do not come to rest; the new ones do, overshooting by %.1f K at most", o.Before.Overshoot, o.After.Overshoot))
	}
	return append(report, "that holds also for a house with 30 % more or less power and delay")
}

// answers is when a hundredth part of what an hour does has come through, or the dead
// time where that is later.
func (o *Result) answers() time.Duration {
	least := float64(0.02 * o.House.Response(time.Hour))
	t := o.House.DeadTime
	for t < 4*time.Hour && o.House.Response(t) < least {
		t += cellTime
	}
	return t
}

// total is the sum of the gains and its standard deviation.
func (s Steps) total() (sum, dev float64) {
	for i, g := range s.Gains {
		sum += g
		for j := range s.Gains {
			dev += s.Cov[i][j]
		}
	}
	return sum, math.Sqrt(max(0, dev))
}

// about is a time for people.
func about(d time.Duration) string {
	if d < time.Minute {
		return "less than a minute"
	}
	return fmt.Sprintf("about %.0f min", d.Minutes())
}
