package sim

import (
	"errors"
	"fmt"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/pin"
)

type direction uint8

const (
	unset direction = iota // floating, as after boot
	asInput
	asOutput
)

// simPin is one line with the manners of gpioioctl.GPIOLine. Its fields are guarded by
// the board's mutex.
type simPin struct {
	b      *Board
	number int

	dir     direction
	pull    gpio.Pull
	edge    gpio.Edge
	out     gpio.Level // what it drives as an output
	outside gpio.Level // what is put on it from outside
	wired   bool       // something outside holds it

	moved chan struct{} // one pending edge
	halt  chan struct{}
}

func newPin(b *Board, number int) *simPin {
	return &simPin{b: b, number: number, moved: make(chan struct{}, 1), halt: make(chan struct{}, 1)}
}

// level is what the line reads as an input. The caller holds the board's mutex.
func (p *simPin) level() gpio.Level {
	if p.wired {
		return p.outside
	}
	return p.pull == gpio.PullUp
}

// hold puts a level on the line from outside and raises an edge if somebody listens.
func (p *simPin) hold(l gpio.Level) {
	before := p.level()
	p.outside, p.wired = l, true
	if p.dir != asInput || before == l {
		return
	}
	if (l == gpio.High && p.edge == gpio.RisingEdge) || (l == gpio.Low && p.edge == gpio.FallingEdge) || p.edge == gpio.BothEdges {
		select {
		case p.moved <- struct{}{}:
		default:
		}
	}
}

// SetLevel holds an input at a level from outside.
func (b *Board) SetLevel(name string, l gpio.Level) error {
	p, err := b.line(name)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	p.hold(l)
	return nil
}

// SetDoor moves the reed on that line: open is high, as with the pull-up wiring. Under
// DoorStuck it has no effect.
func (b *Board) SetDoor(name string, open bool) error {
	p, err := b.line(name)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.faults[DoorStuck] {
		p.hold(gpio.Level(open))
	}
	return nil
}

// Press holds the button on that line down or lets it go.
func (b *Board) Press(name string, down bool) error { return b.SetLevel(name, gpio.Level(!down)) }

// Driven tells what the board drives that line to, and false if it drives nothing: the
// line was never an output, or somebody has read it and thereby let go of it.
func (b *Board) Driven(name string) (gpio.Level, bool) {
	p, err := b.line(name)
	if err != nil {
		return gpio.Low, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return p.out, p.dir == asOutput
}

// OnOutput sets who is told of every level written to an output, in order, also when it
// is the level that was there. It is called with no lock held, from the writer's
// goroutine, and before the write returns.
func (b *Board) OnOutput(f func(pin string, level gpio.Level)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.onOutput = f
}

func (p *simPin) String() string         { return p.Name() }
func (p *simPin) Name() string           { return fmt.Sprintf("GPIO%d", p.number) }
func (p *simPin) Number() int            { return p.number }
func (p *simPin) DefaultPull() gpio.Pull { return gpio.PullNoChange }

// Halt wakes a WaitForEdge.
func (p *simPin) Halt() error {
	select {
	case p.halt <- struct{}{}:
	default:
	}
	return nil
}

// Function and Func read the line, so they flip an output as Read does.
func (p *simPin) Function() string { return string(p.Func()) }

func (p *simPin) Func() pin.Func {
	p.b.mu.Lock()
	dir := p.dir
	p.b.mu.Unlock()
	if dir == unset {
		return pin.FuncNone
	}
	high := p.Read()
	switch {
	case dir == asOutput && bool(high):
		return gpio.OUT_HIGH
	case dir == asOutput:
		return gpio.OUT_LOW
	case bool(high):
		return gpio.IN_HIGH
	}
	return gpio.IN_LOW
}

// SupportedFuncs and SetFunc complete pin.PinFunc.
func (p *simPin) SupportedFuncs() []pin.Func { return []pin.Func{gpio.IN, gpio.OUT} }

func (p *simPin) SetFunc(f pin.Func) error {
	switch f {
	case gpio.IN:
		return p.In(gpio.PullNoChange, gpio.NoEdge)
	case gpio.OUT_HIGH:
		return p.Out(gpio.High)
	case gpio.OUT, gpio.OUT_LOW:
		return p.Out(gpio.Low)
	}
	return errors.New("sim: unsupported function")
}

func (p *simPin) In(pull gpio.Pull, edge gpio.Edge) error {
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	p.dir, p.pull, p.edge = asInput, pull, edge
	select {
	case <-p.moved:
	default:
	}
	return nil
}

func (p *simPin) Read() gpio.Level {
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	if p.dir != asInput {
		p.dir, p.pull, p.edge = asInput, gpio.PullUp, gpio.NoEdge
	}
	return p.level()
}

func (p *simPin) Pull() gpio.Pull {
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	return p.pull
}

// WaitForEdge returns at once for a negative timeout and waits for ever for zero, as
// gpioioctl does against the contract of periph.
func (p *simPin) WaitForEdge(timeout time.Duration) bool {
	p.b.mu.Lock()
	listening := p.dir == asInput && p.edge != gpio.NoEdge
	p.b.mu.Unlock()
	if !listening || timeout < 0 {
		return false
	}
	var limit <-chan time.Time
	if timeout > 0 {
		t := time.NewTimer(timeout)
		defer t.Stop()
		limit = t.C
	}
	select {
	case <-p.moved:
		return true
	case <-p.halt:
		return false
	case <-limit:
		return false
	}
}

func (p *simPin) Out(l gpio.Level) error {
	p.b.mu.Lock()
	if p.b.faults[RelayWriteFailed] {
		p.b.mu.Unlock()
		return ErrRelayWrite
	}
	p.dir, p.edge, p.pull, p.out = asOutput, gpio.NoEdge, gpio.PullNoChange, l
	told := p.b.onOutput
	p.b.mu.Unlock()
	if told != nil {
		told(p.Name(), l)
	}
	return nil
}

func (p *simPin) PWM(gpio.Duty, physic.Frequency) error {
	return errors.New("sim: no PWM on this line")
}

var (
	_ gpio.PinIO  = (*simPin)(nil)
	_ pin.PinFunc = (*simPin)(nil)
)
