package demo

import (
	"fmt"
	"io"
	"strings"
	"time"

	"quietstat/hvac/house"
)

// Options is what quietstat demo is asked for.
type Options struct {
	House byte          // A, E, R or U; 0 = A
	Speed float64       // virtual per real seconds, at most; 0 = as fast as it goes
	For   time.Duration // virtual; 0 = 24 h
	Seed  uint64        // of weather, clouds and sensor noise
	Fault string        // one of Faults, or empty
	// StateFolder keeps state, ledger and history; empty = a temporary folder that
	// is removed at the end. A second run in the same folder goes on a day later.
	StateFolder string
	JSON        bool // one object per line; the last is the summary

	Stdout, Stderr io.Writer

	script []row // nil = the day of script.go; tests bring shorter ones
}

// Exit statuses of Run.
const (
	exitKept        = 0   // all promises held
	exitBroken      = 1   // one did not, or the demo itself failed
	exitUsage       = 2   // the options make no sense; nothing was started
	exitInterrupted = 130 // Ctrl-C; the summary is that of the time so far
)

const (
	shortest = 5 * time.Minute
	longest  = 31 * day
)

// check fills in the defaults and says what is wrong, one thing at a time.
func (o *Options) check() (house.Kind, *fault, error) {
	if o.House == 0 {
		o.House = byte(house.KindA)
	}
	kind, err := house.ParseKind(string(rune(o.House)))
	if err != nil {
		return 0, nil, err
	}
	if o.For == 0 {
		o.For = day
	}
	if o.script == nil {
		o.script = script
	}
	if o.For < shortest || o.For > longest {
		return 0, nil, fmt.Errorf("--for %v: a demo lasts %v to %v; a day (24h) tells the whole story", o.For, shortest, longest)
	}
	if !(o.Speed >= 0) {
		return 0, nil, fmt.Errorf("--speed %v: use 0 for as fast as it goes, or how many times faster than life at most", o.Speed)
	}
	o.For = o.For.Truncate(period)
	if o.Fault == "" {
		return kind, nil, nil
	}
	f, ok := faultNamed(o.Fault)
	if !ok {
		return 0, nil, fmt.Errorf("--fault %q is not known: use one of %s", o.Fault, strings.Join(Faults(), ", "))
	}
	if need := at(0, f.judged); o.For < need {
		return 0, nil, fmt.Errorf("--fault %s happens at %s and is judged at %s: use --for %dh or longer", f.name,
			clockFace(at(0, f.from)), clockFace(need), int((need+time.Hour-1)/time.Hour))
	}
	return kind, f, nil
}
