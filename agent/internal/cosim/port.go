package cosim

import (
	"fmt"
	"math"
	"slices"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/trace"
)

// Options are what a port is made of. The zero Options are a fresh controller with
// DefaultParams.
type Options struct {
	Params  *hvac.Params    // nil: DefaultParams
	Doors   []string        // ids of the only doors there are, in the order of the board; nil: whatever the lines name
	Memory  Memory          // where an earlier run left off; zero: nowhere
	Tune    bool            // run the tuning experiment first
	Explain bool            // answers carry the whole chain as "chain"
	Record  *trace.Recorder // takes in every step; nil: nobody asked
}

// Port is a controller that lives on lines. It is not safe for concurrent use.
type Port struct {
	base    hvac.Params // of the configuration, with the gains in force
	params  hvac.Params // for the present distance of lines
	memory  Memory
	explain bool
	record  *trace.Recorder

	begun bool
	zero  float64       // t of the first line
	last  float64       // t of the last good line
	now   time.Duration // last - zero
	state hvac.State

	wish    float64 // °C, NaN until a line names one
	mode    hvac.Mode
	reading hvac.Reading
	fixed   bool     // no doors beside names
	names   []string // of the doors, in the order of the board
	doors   [hvac.MaxDoors]hvac.Contact

	on   bool // the last answer had an output on
	cut  bool // a bad line has switched it off behind the controller's back
	tune *tuning
}

// New makes a port. The error is that of the parameters.
func New(o Options) (*Port, error) {
	p := &Port{base: DefaultParams(), memory: o.Memory, explain: o.Explain, record: o.Record,
		wish: math.NaN(), mode: hvac.ModeHeat, fixed: o.Doors != nil, names: slices.Clone(o.Doors)}
	if o.Params != nil {
		p.base = *o.Params
	}
	if g, tuned := p.memory.Tuning.Gains(); tuned {
		p.base.Gains = g
	}
	if err := p.base.Validate(); err != nil {
		return nil, err
	}
	if o.Tune {
		p.tune = new(tuning)
	}
	return p, nil
}

// Answer takes in one line, with or without its end, and returns the answer to it: one
// JSON object with a newline behind it, whatever the line holds.
func (p *Port) Answer(text []byte) []byte {
	l, err := parse(text)
	if err == nil {
		err = p.admit(&l)
	}
	if err != nil {
		return p.Refuse(l.t, err)
	}
	a := p.step(&l)
	p.on = a.on()
	return a.bytes()
}

// Refuse answers a line that cannot be used, with everything off. t is as it stood in
// the line, nil if nobody knows.
func (p *Port) Refuse(t []byte, err error) []byte {
	p.cut = p.cut || p.on
	p.on = false
	return refusal(t, err).bytes()
}

// admit judges a line by what came before it.
func (p *Port) admit(l *line) error {
	switch {
	case p.begun && l.at <= p.last:
		return fmt.Errorf("t must grow from line to line: it is %g after %g", l.at, p.last)
	case p.begun && l.at-p.zero > longestRun:
		return fmt.Errorf("t is more than %g s after the first line: start a new run, with --state to go on where this one ended", longestRun)
	}
	return p.meet(l.doors)
}

// meet finds a place for every door of a line.
func (p *Port) meet(doors map[string]bool) error {
	var fresh []string
	for name := range doors {
		if !slices.Contains(p.names, name) {
			fresh = append(fresh, name)
		}
	}
	slices.Sort(fresh)
	switch {
	case len(fresh) > 0 && p.fixed:
		return fmt.Errorf("the configuration has no door %q", shorten(fresh[0]))
	case len(p.names)+len(fresh) > hvac.MaxDoors:
		return fmt.Errorf("door %q is one too many: a house has at most %d", shorten(fresh[0]), hvac.MaxDoors)
	}
	p.names = append(p.names, fresh...)
	return nil
}

// step lets the controller live on to the line.
func (p *Port) step(l *line) answer {
	dt := time.Duration(0)
	if !p.begun {
		p.begun, p.zero, p.last = true, l.at, l.at
		p.state = hvac.Restore(p.memory.Controller, 0)
	}
	now := span(l.at - p.zero)
	dt, p.now, p.last = now-p.now, now, l.at
	p.params = paced(p.base, dt)
	in := p.input(l)
	if dt > longestStale && in.Reading.At == now {
		// Further apart than a sample can count: the filter begins anew at every line.
		p.state.Sensor = hvac.Sensor{}
	}
	before := p.state
	report := p.tune.probe(p, &in, dt)
	state, out, why := hvac.Step(p.state, in)
	p.state = state
	tick := trace.Tick{In: in, Before: before, After: state, Out: out, Why: why}
	if p.record != nil {
		own := p.params // the port's own change from line to line
		tick.In.Params = &own
		p.record.Take(tick)
	}
	var a answer
	if p.cut {
		// The pause began at some time before this line; it counts from here.
		p.cut = false
		p.state.Released()
		a = answered(l.t, hvac.Outputs{Demand: out.Demand}, &hvac.Reasons{})
		a.Reasons = []string{"bad_line"}
	} else {
		a = answered(l.t, out, &why)
		a.Lines = p.lines()
	}
	a.Tune = report
	if p.explain {
		a.Chain = tick.Chain(p.names)
	}
	return a
}

// lines are the names of the relays that are on, for equipment that has more of them
// than the answer has words.
func (p *Port) lines() []string {
	if p.base.Equipment == hvac.DefaultParams().Equipment {
		return nil
	}
	on := []string{}
	for l := range hvac.MaxLines {
		if p.state.Plant.Lines[l].On {
			on = append(on, l.String())
		}
	}
	return on
}

// input is what the controller is told.
func (p *Port) input(l *line) hvac.Input {
	if l.setpoint.known {
		p.wish = l.setpoint.value
	}
	if l.moded {
		p.mode = l.mode
	}
	if l.room.known {
		p.reading = hvac.Reading{At: p.now, Valid: true, Temperature: hvac.Celsius(l.room.value), Humidity: hvac.Percent(l.humidity.value)}
	}
	for i, name := range p.names {
		open, known := l.doors[name]
		if was := p.doors[i]; was.Known != known || was.Open != open {
			p.doors[i] = hvac.Contact{Known: known, Open: open, Since: p.now}
		}
	}
	return hvac.Input{
		Now: p.now, Reading: p.reading, Doors: p.doors, DoorCount: len(p.names),
		Setpoint: hvac.Celsius(p.wish), Mode: p.mode,
		Outdoor: hvac.Outdoor{Known: l.outdoor.known, Temperature: hvac.Celsius(l.outdoor.value)},
		Ahead:   l.next(p.wish),
		Params:  &p.params,
	}
}

// Memory is where the run stands at its end, for the next one. An experiment that still
// runs is given up.
func (p *Port) Memory() Memory {
	p.tune.unfinished(p)
	m := p.memory
	if p.begun {
		m.Controller = p.state.Save()
	}
	return m
}
