package tune

import (
	"time"

	"quietstat/hvac"
)

// stroke is from one crossing of the band to the next, undisturbed.
type stroke struct {
	length time.Duration
	swing  float64 // K, between its extremes
}

const (
	// neededStrokes make a record: two whole waves after the first way up.
	neededStrokes = 5
	// neededAfterDoor are enough where a door took time away, and one less where it took
	// more than lateStrokes would have lasted.
	neededAfterDoor = 4
	lateStrokes     = 5
	// biasBands is how far above the centre every other way up goes, in bands.
	biasBands = 2.0
	// leastSpan is how long an experiment lasts at least: what is over sooner has seen
	// little of the slow parts of a house.
	leastSpan = 55 * time.Minute
	// rhythmic is the most by which two strokes of a kind may differ: one may be so many times the other.
	rhythmic = 4
)

// relay decides between on and off by the band.
func (e *Experiment) relay(dt time.Duration) {
	e.stroke += dt
	e.low, e.high = min(e.low, e.temp), max(e.high, e.temp)
	up := e.status.Band
	if e.rides%2 == 1 {
		up = float64(biasBands * e.status.Band)
	}
	switch {
	case e.want == hvac.CallHeat && e.temp >= e.centre+up && e.on && e.held >= e.options.MinOn:
		e.rides++
		e.crossed(hvac.CallNone)
	case e.want != hvac.CallHeat && e.temp <= e.centre-e.status.Band && !e.on && e.held >= e.options.MinOff:
		e.crossed(hvac.CallHeat)
	}
}

// crossed ends a stroke and begins the next, or ends the experiment if that is enough.
func (e *Experiment) crossed(want hvac.Call) {
	if !e.spoilt && e.rides > 0 {
		copy(e.strokes[1:], e.strokes[:])
		e.strokes[0] = stroke{e.stroke, e.high - e.low}
		e.status.Strokes++
	}
	e.want, e.stroke, e.spoilt = want, 0, e.settling()
	e.low, e.high = e.temp, e.temp
	if e.doors > 0 {
		e.status.Needed = neededAfterDoor
		if e.status.Strokes == neededAfterDoor-1 && e.status.Elapsed > lateStrokes*e.usual() {
			e.status.Needed--
		}
	}
	if e.status.Strokes >= e.status.Needed && e.status.Elapsed >= leastSpan && e.steady() {
		e.status.Phase, e.want = Done, hvac.CallNone
	}
}

// usual is the mean length of the last three strokes.
func (e *Experiment) usual() time.Duration {
	return (e.strokes[0].length + e.strokes[1].length + e.strokes[2].length) / 3
}

// steady reports whether the last strokes have a rhythm. Ways up and ways down are
// compared with their own kind.
func (e *Experiment) steady() bool {
	a, b := e.strokes[0].length, e.strokes[2].length
	return max(a, b) <= rhythmic*min(a, b) || e.doors > 0
}
