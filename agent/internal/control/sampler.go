package control

import (
	"context"
	"sync/atomic"
	"time"
)

// sampler asks the climate sensor on the real clock, in a goroutine of its own: a
// conversion takes 10 ms and a broken bus takes seconds, and the loop has neither.
type sampler struct {
	board   board
	now     func() time.Duration // CLOCK_BOOTTIME
	period  time.Duration
	wanted  bell
	sampled *atomic.Bool
	outcome func(error) // told what each sample came to
}

// run samples at once, then every period and whenever the bell rings, until the
// context ends. What goes wrong is not an error of this task: Latest tells the
// loop, and the controller judges it; outcome is for people.
func (s *sampler) run(ctx context.Context) error {
	due := time.NewTimer(0)
	defer due.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.wanted:
		case <-due.C:
			due.Reset(s.period)
		}
		s.outcome(s.board.Sense(s.now()))
		s.sampled.Store(true)
	}
}
