package control

import (
	"errors"
	"sync"
	"time"
)

// Presser is what a simulated Hardware implements beside drivers.Hardware when its
// buttons can be pressed from control.sock (sim.Board does): it holds the button on
// a line down, or lets it go.
type Presser interface {
	Press(line string, down bool) error
}

// finger presses simulated buttons and lets them go again.
type finger struct {
	presser Presser
	slack   time.Duration // held beyond what was asked, so that the inputs see it

	mu   sync.Mutex
	held map[string]time.Duration // line -> CLOCK_BOOTTIME of letting go
	left map[string]time.Duration // line -> CLOCK_BOOTTIME from which a press is a new one
}

// slackOnRealClock is longer than a look at the inputs and their debouncing.
const slackOnRealClock = 300 * time.Millisecond

// slackTicks does the same on a virtual clock, where a press must be seen by two
// polls after the present instant.
const slackTicks = 3

// rested reports whether a press now would be a new one: the inputs have seen the
// line at rest since the last.
func (f *finger) rested(line string, now time.Duration) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, held := f.held[line]
	return !held && now >= f.left[line]
}

// press holds a line down from now on, and returns for how long.
func (f *finger) press(line string, hold, now time.Duration) (time.Duration, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.presser.Press(line, true); err != nil {
		return 0, err
	}
	hold += f.slack
	f.held[line] = max(f.held[line], now+hold)
	return hold, nil
}

// release lets go of every line whose time is over.
func (f *finger) release(now time.Duration) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var errs []error
	for line, until := range f.held {
		if until <= now {
			delete(f.held, line)
			if f.left == nil {
				f.left = map[string]time.Duration{}
			}
			f.left[line] = now + f.slack
			errs = append(errs, f.presser.Press(line, false))
		}
	}
	return errors.Join(errs...)
}

// forever is a time at which everything is over.
const forever = time.Duration(1<<63 - 1)
