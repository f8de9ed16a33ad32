package drivers

import (
	"errors"
	"fmt"
	"sync"

	"periph.io/x/conn/v3/gpio"

	"quietstat/hvac"
)

// line is all that an output may ever be asked. gpioioctl turns an output into a
// pulled-up input as soon as somebody reads it or asks for its function, which
// releases the relay; a type without Read cannot be read.
type line interface{ Out(gpio.Level) error }

// relay is one output and the level it was last told. A level is written only when
// it changes: the kernel keeps driving the line as long as we hold it and nobody
// else can get at it, so a refresh would repair nothing, and each write is a system
// call in the control loop.
type relay struct {
	line      line // nil: not fitted
	what      string
	activeLow bool
	known     bool // on is what the line was successfully told
	on        bool
}

func (r *relay) fitted() bool { return r.line != nil }

// set drives the line unless it is known to be there already. After an error the
// level is unknown and the next set writes again, whatever it is.
func (r *relay) set(on bool) error {
	if !r.fitted() || (r.known && r.on == on) {
		return nil
	}
	r.known = false
	if err := r.line.Out(gpio.Level(on != r.activeLow)); err != nil {
		return fmt.Errorf("drivers: cannot switch %s: %w", r.what, err)
	}
	r.known, r.on = true, on
	return nil
}

// certainlyOff is what the interlock asks: only a successful write counts.
func (r *relay) certainlyOff() bool { return !r.fitted() || (r.known && !r.on) }

// relays is the interlocked group of everything that moves the house, and the
// indicator beside it. All methods are safe for concurrent use.
type relays struct {
	mu         sync.Mutex
	lines      [hvac.MaxLines]relay
	reversingB bool
	valve      hvac.Valve // where it was last sent successfully; ValveStay: not known
	indicator  relay
	closed     bool
}

// at is the output at a place of Options.outputs.
func (g *relays) at(i int) *relay {
	if i == indicator {
		return &g.indicator
	}
	return &g.lines[i]
}

// off drives one output off. The reversing valve is left where it is while the
// compressor may be running.
func (g *relays) off(i int) error {
	if hvac.Line(i) == hvac.LineReversing && !g.lines[hvac.LineCompressor].certainlyOff() {
		return nil
	}
	return g.at(i).set(false)
}

// openRelays finds every configured output and drives it off, in that order for
// each, and goes on when one fails so that as many as possible are safe.
func openRelays(hw Hardware, o *Options) (*relays, error) {
	g := &relays{reversingB: o.ReversingB}
	var errs []error
	for i, out := range o.outputs() {
		if out.Pin == "" {
			continue
		}
		p, err := hw.Pin(o.Chip, out.Pin)
		if err != nil {
			errs = append(errs, fmt.Errorf("drivers: %s on pin %s: %w", out.what, out.Pin, err))
			continue
		}
		*g.at(i) = relay{line: p, what: fmt.Sprintf("%s (pin %s%s)", out.what, out.Pin, holder(p)), activeLow: out.ActiveLow}
		if err := g.off(i); err != nil {
			errs = append(errs, err)
			letGo(p)
		}
	}
	return g, errors.Join(errs...)
}

// apply makes the relays follow one decision. Whatever has to go off goes off first
// (break before make), the valve turns behind a compressor that is off, and only then
// something goes on. On any error everything is driven off as far as it obeys.
func (g *relays) apply(out hvac.Outputs) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return ErrClosed
	}
	err := g.follow(out)
	if err != nil {
		return errors.Join(err, g.offLocked())
	}
	return nil
}

func (g *relays) follow(out hvac.Outputs) error {
	if err := g.check(out); err != nil {
		return err
	}
	lines := out.Lines.Work.Lines(g.pump())
	for l := range hvac.LineReversing {
		if !lines.Has(l) {
			if err := g.lines[l].set(false); err != nil {
				return err
			}
		}
	}
	if err := g.turn(out.Lines.Valve); err != nil {
		return err
	}
	if err := g.lines[hvac.LineFan].set(out.Fan); err != nil {
		return err
	}
	for l := range hvac.LineReversing {
		if lines.Has(l) {
			if err := g.energise(l, out.Call); err != nil {
				return err
			}
		}
	}
	return nil
}

// offLocked drives everything off that moves the house, all of it even when one
// fails. The valve stays: moving it would not make anything safer.
func (g *relays) offLocked() error {
	var err error
	for l := range g.lines {
		if hvac.Line(l) != hvac.LineReversing {
			err = errors.Join(err, g.lines[l].set(false))
		}
	}
	return err
}

func (g *relays) setIndicator(on bool) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.closed:
		return ErrClosed
	case !g.indicator.fitted():
		return fmt.Errorf("drivers: the indicator is %w", ErrNotFitted)
	}
	return g.indicator.set(on)
}

// close drives everything off and refuses all that comes later. The levels are
// written even when they are believed to be off already: this is the last chance.
func (g *relays) close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil
	}
	g.closed = true
	var errs []error
	for i := range indicator + 1 {
		g.at(i).known = false
		errs = append(errs, g.off(i))
	}
	return errors.Join(errs...)
}

// SafeOutputs drives every configured output to its safe level and opens nothing
// else: no sensor, no inputs. It tries all of them even when one fails and returns
// what went wrong joined. It is what runs after a crash or a kill, when the program
// that held the lines is gone; the lines stay driven after it returns, because a
// Raspberry Pi's kernel keeps outputs as they were when the last user lets go.
func SafeOutputs(hw Hardware, o Options) error {
	if err := o.check(); err != nil {
		return err
	}
	_, err := openRelays(hw, &o)
	return err
}
