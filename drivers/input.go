package drivers

import (
	"context"
	"fmt"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"

	"quietstat/hvac"
)

// edgeWait is the longest time one wait for an edge may take. gpioioctl treats -1 as
// "now" and 0 as "for ever", so only positive timeouts are used, and every timeout is
// also a poll: kernels have lost edges.
const edgeWait = 100 * time.Millisecond

// Task is a long-running part of the board. Run returns nil when ctx ends.
type Task interface {
	Run(ctx context.Context) error
	Ready() <-chan struct{} // closed after the first sample
	String() string
}

// input is one door or button: a pulled-up line to ground.
type input struct {
	pin   gpio.PinIO
	what  string
	edges bool // the line can report edges

	read  sync.Mutex // held from reading the level to feeding it, so samples stay in order
	mu    sync.Mutex // guards state; never held across a read
	state button
}

// openInput configures the line. Where edges cannot be had the input is polled.
func openInput(hw Hardware, chip, pin, what string, settle time.Duration) (*input, error) {
	p, err := hw.Pin(chip, pin)
	if err != nil {
		return nil, fmt.Errorf("drivers: %s on pin %s: %w", what, pin, err)
	}
	in := &input{pin: p, what: what, edges: true}
	in.state.settle = settle
	if err := p.In(gpio.PullUp, gpio.BothEdges); err != nil {
		in.edges = false
		if err := p.In(gpio.PullUp, gpio.NoEdge); err != nil {
			return nil, fmt.Errorf("drivers: %s: cannot make pin %s%s a pulled-up input (is it used by another program?): %w", what, pin, holder(p), err)
		}
	}
	return in, nil
}

// sample reads the level and feeds it; clock is asked after the lock is held so that
// the stamps of a poller and an edge waiter come in order.
func (in *input) sample(clock func() time.Duration, edge bool) {
	in.read.Lock()
	defer in.read.Unlock()
	in.feed(clock(), in.pin.Read(), edge)
}

func (in *input) feed(now time.Duration, level gpio.Level, edge bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.state.feed(now, level == gpio.Low, edge)
}

func (in *input) contact() hvac.Contact {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.state.contact()
}

func (in *input) counts() (presses, holds uint32) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.state.presses, in.state.holds
}

func (in *input) settling(now time.Duration) time.Duration {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.state.settling(now)
}

// watch is the Task of one input.
type watch struct {
	in    *input
	clock func() time.Duration
	ready chan struct{}
}

func (w *watch) String() string         { return "input " + w.in.what }
func (w *watch) Ready() <-chan struct{} { return w.ready }

// Run samples on every edge and at least every edgeWait, sooner while a new level is
// settling. A wait that comes back early without an edge (an error looks like a
// timeout) is filled up with sleep, so that a broken line cannot burn the processor.
func (w *watch) Run(ctx context.Context) error {
	w.in.sample(w.clock, false)
	close(w.ready)
	pause := time.NewTimer(0)
	defer pause.Stop()
	for ctx.Err() == nil {
		wait := edgeWait
		if left := w.in.settling(w.clock()); left > 0 {
			wait = min(wait, left+time.Millisecond)
		}
		begun := time.Now()
		edge := w.in.edges && w.in.pin.WaitForEdge(wait)
		if rest := wait - time.Since(begun); !edge && rest > 0 {
			pause.Reset(rest)
			select {
			case <-ctx.Done():
				return nil
			case <-pause.C:
			}
		}
		w.in.sample(w.clock, edge)
	}
	return nil
}
