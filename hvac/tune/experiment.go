package tune

import (
	"time"

	"quietstat/hvac"
)

// Sample is the newest reading of the room, on the clock of Step's now. Showing one
// again is harmless; an invalid or unfinite one counts as none.
type Sample struct {
	At          time.Duration
	Valid       bool
	Temperature hvac.Celsius
}

// Experiment is one relay experiment. Make it with New. It is not safe for
// concurrent use and allocates nothing after New.
type Experiment struct {
	options Options
	status  Status
	centre  float64 // °C
	begun   time.Duration
	last    time.Duration // of the last Step

	cells   []Cell
	stretch uint8

	watch   watch
	samples int           // valid ones
	sampled time.Duration // from the first to the last
	newest  time.Duration // time of the last valid one
	temp    float64       // and its temperature
	known   bool          // there was one

	want   hvac.Call
	on     bool          // what the relay did last
	held   time.Duration // for how long
	unlike time.Duration // want and relay differ for so long
	silent time.Duration // no valid sample for so long

	stroke    time.Duration // time since the last crossing, pauses left out
	low, high float64       // °C, extremes since the last crossing
	spoilt    bool          // a disturbance touched this stroke
	rides     int           // crossings upwards so far
	doors     int           // disturbances so far
	waited    time.Duration // in them
	paused    bool
	calm      time.Duration // since the last disturbance

	strokes [4]stroke // the last undisturbed ones, newest first
}

// Limits of an experiment.
const (
	longestOn   = 6 * time.Hour    // TooWeak
	longestOff  = 8 * time.Hour    // TooWarm
	noRiseAfter = 2 * time.Hour    // NoRise
	fairChance  = 20 * time.Minute // heating on for less proves nothing
	fallen      = 2.0              // K below the centre: TooCold or NoRise
	mostDoors   = 3
	mostWaiting = 2 * time.Hour
	mostSilence = 15 * time.Minute
	mostUnlike  = 20 * time.Minute
	settleTime  = 15 * time.Minute // after a door was shut, in which nothing is learnt
	mostGap     = 5 * time.Minute  // between two Steps
)

// Step advances the experiment to now. heating is what the relay really did since the
// last Step, paused that a door (or whatever else stands above) keeps it off. It
// returns what the experiment wants; once Status is no longer Running that is
// hvac.CallNone for ever.
func (e *Experiment) Step(now time.Duration, s Sample, heating, paused bool) (hvac.Call, Status) {
	if !e.status.Running() {
		return hvac.CallNone, e.status
	}
	dt := now - e.last
	if dt < 0 || dt > mostGap {
		return e.fail(ClockBack)
	}
	fresh := e.take(now, s, dt)
	e.disturb(paused, dt)
	e.fold(now, fresh, e.temp, heating, e.paused || e.settling())
	e.last = now
	e.follow(heating, dt)
	e.status.Elapsed = now - e.begun
	e.status.Left = max(0, e.options.TimeLimit-e.status.Elapsed)
	if f := e.check(); f != NoFailure {
		return e.fail(f)
	}
	switch {
	case paused:
		e.status.Phase, e.want = Waiting, hvac.CallNone
	case e.silent > time.Minute+cellTime:
		e.status.Phase = Waiting
	case !e.watch.ended(e.status.Elapsed):
		e.status.Phase = Watching
	default:
		e.begin()
		e.status.Phase = Cycling
		e.relay(dt)
	}
	return e.want, e.status
}

// Status is that of the last Step, or the first one's before it.
func (e *Experiment) Status() Status { return e.status }

// Abort ends the experiment with the reason Aborted; an ended one stays as it is.
func (e *Experiment) Abort() Status {
	if e.status.Running() {
		e.fail(Aborted)
	}
	return e.status
}

// Fail ends the experiment for a reason that the caller alone can see.
func (e *Experiment) fail(f Failure) (hvac.Call, Status) {
	e.status.Phase, e.status.Failure, e.want = Failed, f, hvac.CallNone
	return hvac.CallNone, e.status
}

// take looks at the sample and reports whether it is new.
func (e *Experiment) take(now time.Duration, s Sample, dt time.Duration) bool {
	e.silent += dt
	if !s.Valid || !s.Temperature.Finite() || s.At > now || e.known && s.At <= e.newest || now-s.At > mostSilence {
		return false
	}
	if e.known {
		e.sampled += s.At - e.newest
	}
	e.silent = now - s.At
	e.known, e.newest, e.temp = true, s.At, float64(s.Temperature)
	e.samples++
	if !e.watch.ended(e.status.Elapsed) {
		e.watch.see((s.At - e.begun).Seconds(), e.temp)
	}
	return true
}

// disturb keeps the account of pauses: a new stretch of the record begins after each.
func (e *Experiment) disturb(paused bool, dt time.Duration) {
	if paused {
		e.waited += dt
		if !e.paused {
			e.doors++
			e.spoil()
		}
		e.calm = 0
	}
	e.paused, e.calm = paused, e.calm+dt
}

// settling reports whether the air still comes back after a disturbance.
func (e *Experiment) settling() bool { return e.doors > 0 && e.calm < settleTime }

// spoil throws away the running stroke and the cell that a door was open in before
// anybody believed it.
func (e *Experiment) spoil() {
	e.spoilt = true
	for i := max(0, len(e.cells)-3); i < len(e.cells); i++ {
		e.cells[i].Skip = true
	}
	e.stretch++
}

// follow notes what the relay does.
func (e *Experiment) follow(heating bool, dt time.Duration) {
	e.held += dt
	if heating != e.on {
		e.on, e.held = heating, 0
	}
	e.unlike += dt
	if heating == (e.want == hvac.CallHeat) || e.paused {
		e.unlike = 0
	}
}

// check is the reason to end now, if there is one.
func (e *Experiment) check() Failure {
	hot := e.known && e.temp >= float64(e.options.Ceiling)
	switch {
	case hot:
		return OverTemperature
	case e.silent > mostSilence:
		return SensorLost
	case e.doors > mostDoors, e.waited > mostWaiting:
		return Disturbed
	case e.unlike > mostUnlike:
		return NotObeyed
	case e.status.Elapsed >= e.options.TimeLimit:
		return TimedOut
	case e.paused:
		return NoFailure
	}
	heats := e.want == hvac.CallHeat && e.on
	switch {
	case heats && e.held > noRiseAfter && e.temp < e.low+e.margin():
		return NoRise
	case e.want == hvac.CallHeat && e.stroke > longestOn:
		return TooWeak
	case e.want != hvac.CallHeat && e.stroke > longestOff:
		return TooWarm
	case e.spoilt || e.temp > e.centre-fallen:
		return NoFailure
	case heats && e.held > fairChance:
		return NoRise
	case e.want != hvac.CallHeat || !e.on:
		return TooCold
	}
	return NoFailure
}

// margin is a difference that is no noise, in kelvin.
func (e *Experiment) margin() float64 { return max(0.05, float64(2.5*e.status.Noise)) }
