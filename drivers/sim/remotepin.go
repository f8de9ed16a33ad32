package sim

import (
	"errors"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// edgePoll is how often a remote WaitForEdge looks.
const edgePoll = 20 * time.Millisecond

// remotePin is one line of a Remote. When the board is gone an input reads high: an
// open door, a button that is not pressed.
type remotePin struct {
	m      *Remote
	handle byte
	name   string
	pull   atomic.Uint32 // gpio.Pull of the last In
	seen   atomic.Bool   // last level read, to notice that it moved
}

func (p *remotePin) String() string         { return p.name }
func (p *remotePin) Name() string           { return p.name }
func (p *remotePin) Number() int            { return int(p.handle) }
func (p *remotePin) Halt() error            { return nil }
func (p *remotePin) Pull() gpio.Pull        { return gpio.Pull(p.pull.Load()) }
func (p *remotePin) DefaultPull() gpio.Pull { return gpio.PullNoChange }

// Function reads the line and so turns an output into an input, as gpioioctl does.
func (p *remotePin) Function() string { return "In/" + p.Read().String() }

func (p *remotePin) In(pull gpio.Pull, edge gpio.Edge) error {
	p.pull.Store(uint32(pull))
	return p.m.exchange(&request{op: opIn, handle: p.handle, pull: pull, edge: edge}, nil)
}

func (p *remotePin) Out(l gpio.Level) error {
	return p.m.exchange(&request{op: opOut, handle: p.handle, level: l}, nil)
}

func (p *remotePin) Read() gpio.Level {
	l, err := p.read()
	if err != nil {
		return gpio.High
	}
	p.seen.Store(bool(l))
	return l
}

func (p *remotePin) read() (gpio.Level, error) {
	var level [1]byte
	err := p.m.exchange(&request{op: opRead, handle: p.handle}, level[:])
	return level[0] == 1, err
}

// WaitForEdge looks every 20 ms whether the level differs from the last one read. What
// happens in between is lost. A board that is gone ends the wait.
func (p *remotePin) WaitForEdge(timeout time.Duration) bool {
	if timeout < 0 {
		return false
	}
	before := gpio.Level(p.seen.Load())
	for begun := time.Now(); ; {
		l, err := p.read()
		if err != nil {
			return false
		}
		if l != before {
			p.seen.Store(bool(l))
			return true
		}
		pause := edgePoll
		if timeout > 0 {
			left := timeout - time.Since(begun)
			if left <= 0 {
				return false
			}
			pause = min(pause, left)
		}
		time.Sleep(pause)
	}
}

func (p *remotePin) PWM(gpio.Duty, physic.Frequency) error {
	return errors.New("sim: no PWM on this line")
}

var _ gpio.PinIO = (*remotePin)(nil)
