package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"quietstat/agent/internal/clock"
)

// lockstep runs the loop on a virtual clock: everything that goroutines do on the
// real clock happens here within the instant, in a fixed order, so that the result
// depends on the instants alone.
type lockstep struct {
	loop   *loop
	link   *clock.Link
	saver  *saver
	plan   *planner
	letGo  func(now time.Duration) // of simulated buttons
	finish func(now clock.Instant) // works out an experiment that has ended
	period time.Duration           // of the sensor
	next   time.Duration           // when it is due
}

// run follows the parent until it is gone or the context ends.
func (k *lockstep) run(ctx context.Context, started func()) error {
	defer context.AfterFunc(ctx, func() { k.link.Close() })()
	for {
		tick, err := k.link.Next()
		switch {
		case ctx.Err() != nil, errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed):
			return nil
		case err != nil:
			return fmt.Errorf("virtual clock: %w", err)
		}
		k.saver.obey(tick.Faults)
		answer := clock.Ack{Seq: tick.Seq}
		if k.instant(tick.Instant) {
			answer.Snapshot = k.loop.seq
		}
		if k.loop.seq == 1 {
			started()
		}
		if err := k.link.Answer(answer); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("virtual clock: %w", err)
		}
	}
}

// instant is one tick. It reports whether a keeper took the snapshot.
func (k *lockstep) instant(now clock.Instant) (sent bool) {
	l := k.loop
	k.plan.instant(now)
	k.letGo(now.Boot)
	_ = l.board.Poll(now.Boot) // after an error contacts and counters stay as they were
	asked := l.panel.receive()
	if k.due(now.Boot) || asked.sample || l.board.Buttons().TalkPresses != l.talk {
		_ = l.board.Sense(now.Boot) // Latest tells the loop what went wrong
		l.sampled.Store(true)
	}
	l.step(now)
	l.indicate(asked, now)
	sent = l.tell()
	k.finish(now)
	l.recorder.drain()
	k.saver.save(now.Boot)
	return sent
}

// due reports whether the sensor's own period calls for a sample, and notes it as
// taken. Samples taken on request do not move the grid.
func (k *lockstep) due(now time.Duration) bool {
	if now < k.next {
		return false
	}
	k.next += ((now-k.next)/k.period + 1) * k.period
	return true
}
