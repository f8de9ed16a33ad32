package tune

import (
	"fmt"
	"time"

	"quietstat/hvac"
)

// Options say what the experiment may do. Only Setpoint is needed; zero values of the
// rest mean the defaults in brackets.
type Options struct {
	Setpoint  hvac.Celsius  // what the household wants, 5 to 35
	MinOn     time.Duration // shortest heating run, 60 s to 30 min (180 s)
	MinOff    time.Duration // shortest pause, 60 s to 30 min (180 s)
	Ceiling   hvac.Celsius  // never heat above; setpoint + 2 K is kept in any case (that)
	TimeLimit time.Duration // 30 min to 24 h (24 h)
}

const (
	cellTime      = 30 * time.Second
	longest       = 24 * time.Hour
	cells         = int(longest / cellTime)
	near          = 1.0 // K: within this of the setpoint the experiment is around the setpoint
	headroom      = 2.0 // K above the setpoint at which it ends
	defaultDwell  = 180 * time.Second
	leastDwell    = time.Minute
	mostDwell     = 30 * time.Minute
	leastTime     = 30 * time.Minute
	leastSetpoint = 5
	mostSetpoint  = 35
)

// New begins an experiment at now (any clock that only goes forward) in a room of the
// given temperature. The error names the option that is out of range, or is a
// *FailedError with TooWarm where the room is more than 1 K above the setpoint: then
// there is nothing to heat, and waiting for it to cool is no experiment.
func New(o Options, now time.Duration, temperature hvac.Celsius) (*Experiment, error) {
	if o.MinOn == 0 {
		o.MinOn = defaultDwell
	}
	if o.MinOff == 0 {
		o.MinOff = defaultDwell
	}
	if o.TimeLimit == 0 {
		o.TimeLimit = longest
	}
	if o.Ceiling == 0 {
		o.Ceiling = o.Setpoint + headroom
	}
	switch {
	case !(o.Setpoint >= leastSetpoint && o.Setpoint <= mostSetpoint):
		return nil, fmt.Errorf("tuning needs a setpoint of %d to %d °C: choose one", leastSetpoint, mostSetpoint)
	case o.MinOn < leastDwell || o.MinOn > mostDwell, o.MinOff < leastDwell || o.MinOff > mostDwell:
		return nil, fmt.Errorf("tuning needs a shortest run and pause of %v to %v: correct the parameters", leastDwell, mostDwell)
	case o.TimeLimit < leastTime || o.TimeLimit > longest:
		return nil, fmt.Errorf("tuning takes between %v and %v: choose a limit in between", leastTime, longest)
	case float64(temperature-o.Setpoint) > near:
		return nil, &FailedError{Failure: TooWarm}
	case !temperature.Finite() || !(o.Ceiling >= temperature):
		return nil, &FailedError{Failure: OverTemperature}
	}
	o.Ceiling = min(o.Ceiling, o.Setpoint+headroom)
	e := &Experiment{options: o, begun: now, last: now, cells: make([]Cell, 0, cells)}
	e.centre = float64(o.Setpoint)
	if temperature < o.Setpoint-near {
		e.centre = float64(temperature)
	}
	e.low, e.high = e.centre, e.centre
	e.status = Status{Phase: Watching, Centre: hvac.Celsius(e.centre), Left: o.TimeLimit, Needed: neededStrokes}
	return e, nil
}
