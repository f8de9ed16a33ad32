package control

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"quietstat/agent/internal/clock"
)

// longestNap bounds one sleep, so that the end of the program is noticed in time
// however long the period is.
const longestNap = time.Second

// settledTick is the tick after which the start is over: sockets are served, the keeper
// has connected, the sensor has answered.
const settledTick = 5

// onRealClock runs the loop in a thread of its own until the context ends.
// started is called after the first tick, settle once the start is over.
func (l *loop) onRealClock(ctx context.Context, period time.Duration, schedule func() string, settle func(), started func(realtime string)) error {
	// The thread is never unlocked: it ends with this goroutine and takes its
	// scheduling class with it.
	runtime.LockOSThread()
	realtime := schedule()
	var stop atomic.Bool
	defer context.AfterFunc(ctx, func() { stop.Store(true) })()
	l.cadence = cadence{period: period, next: clock.Boottime()}
	for {
		if err := l.sleep(&stop); err != nil {
			return fmt.Errorf("the control loop cannot sleep: %w", err)
		}
		if stop.Load() {
			return nil
		}
		now := clock.System{}.Now()
		l.cadence.woke(now.Boot)
		l.tick(now)
		switch l.seq {
		case 1:
			started(realtime)
		case settledTick:
			settle()
		}
	}
}

// tick is one tick on the real clock. The relays come before anything a keeper
// could have sent; doors, buttons and samples are gathered by other goroutines.
func (l *loop) tick(now clock.Instant) {
	pressed := l.step(now)
	asked := l.panel.receive()
	l.indicate(asked, now)
	l.tell()
	if pressed || asked.sample {
		l.sample.ring()
	}
}

// sleep sleeps to the next deadline. On the way it keeps the light's rhythm, which
// is faster than the ticks: the loop does it because a goroutine beside it could
// hold the drivers' lock while it waits for the processor.
func (l *loop) sleep(stop *atomic.Bool) error {
	for {
		now := clock.Boottime()
		if now >= l.cadence.next || stop.Load() {
			return nil
		}
		l.light.step(now)
		wake := min(l.cadence.next, now+longestNap)
		if next := l.light.next(now); next > 0 {
			wake = min(wake, next)
		}
		if err := clock.SleepUntil(wake); err != nil {
			return err
		}
	}
}
