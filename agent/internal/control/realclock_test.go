package control

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// slowBoard holds the loop up once.
type slowBoard struct {
	fakeBoard
	ticks atomic.Int64
	on    int64 // the tick that is held up
	by    time.Duration
}

func (b *slowBoard) Poll(time.Duration) error { panic("the loop polled inputs on the real clock") }

func TestRealClockCounts(t *testing.T) {
	const period = 10 * time.Millisecond
	b := &slowBoard{on: 5, by: 35 * time.Millisecond}
	l := newLoop(t, b, nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l.watchdog = func() {
		switch n := b.ticks.Add(1); n {
		case b.on:
			time.Sleep(b.by)
		case 20:
			cancel()
		}
	}
	begun := clock.Boottime()
	asked, ready := 0, 0
	var settled []uint64 // after which ticks
	var origin time.Duration
	err := l.onRealClock(ctx, period, func() string { asked++; return "tested" }, func() { settled = append(settled, l.seq) }, func(how string) {
		if how != "tested" || l.seq != 1 {
			t.Errorf("ready with %q after tick %d", how, l.seq)
		}
		ready++
		origin = l.cadence.next - time.Duration(1+l.cadence.missed)*period
	})
	if err != nil || asked != 1 || ready != 1 {
		t.Fatalf("%v, scheduled %d times, ready %d times", err, asked, ready)
	}
	if !slices.Equal(settled, []uint64{settledTick}) {
		t.Errorf("the start was over after ticks %v, want once after tick %d", settled, settledTick)
	}
	r := l.news.read()
	s := r.snapshot
	// However slow the machine: every point of the grid was a tick or is counted
	// as missed, and the tick that was held up cost at least two.
	if points := uint64((l.cadence.next - origin) / period); s.Seq+s.TicksMissed != points {
		t.Errorf("%d ticks and %d missed over %d points of the grid", s.Seq, s.TicksMissed, points)
	}
	if s.Seq < 20 || s.TicksMissed < 2 || s.TicksLate < 1 || r.worst < 20*time.Millisecond {
		t.Errorf("%d ticks, %d missed, %d late, worst %v", s.Seq, s.TicksMissed, s.TicksLate, r.worst)
	}
	if s.Boot < begun+20*period {
		t.Errorf("20 ticks of %v in %v: the loop does not sleep", period, s.Boot-begun)
	}
}

// Between two ticks the loop keeps the light's rhythm.
func TestRealClockKeepsTheRhythm(t *testing.T) {
	b := &fakeBoard{}
	socket := panelSocket(t)
	l := newLoop(t, b, socket)
	ask(t, keeperAt(t, socket), wire.Panel{Indicator: consent.IndicatorFault, Epoch: 1})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l.watchdog = func() {
		if l.seq == 2 {
			cancel()
		}
	}
	if err := l.onRealClock(ctx, 600*time.Millisecond, func() string { return "" }, func() {}, func(string) {}); err != nil {
		t.Fatal(err)
	}
	if len(b.lights) < 3 || !b.lights[0] || b.lights[1] || !b.lights[2] {
		t.Errorf("two ticks 600 ms apart showed %v, want a flutter", b.lights)
	}
}

func TestRealClockEndsBeforeItsDeadline(t *testing.T) {
	l := newLoop(t, &fakeBoard{}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	l.watchdog = cancel
	if err := l.onRealClock(ctx, time.Hour, func() string { return "" }, func() {}, func(string) {}); err != nil {
		t.Fatal(err)
	}
	if l.seq != 1 {
		t.Errorf("%d ticks", l.seq)
	}
}

// Whatever this machine allows, the answer is one that status can show.
func TestSchedule(t *testing.T) {
	said := make(chan string)
	go func() {
		l := newLoop(t, &fakeBoard{}, nil)
		ctx, cancel := context.WithCancel(t.Context())
		l.watchdog = cancel
		if err := l.onRealClock(ctx, time.Second, fifoOnly, func() {}, func(how string) { said <- how }); err != nil {
			t.Error(err)
		}
	}()
	if how := <-said; how != "fifo" && !strings.Contains(how, "LimitRTPRIO") {
		t.Errorf("the loop's scheduling is %q, want fifo or what to do about it", how)
	}
}

func TestLockSaysWhyNot(t *testing.T) {
	err := lock()
	if err == nil {
		err = unix.Munlockall()
	} else if strings.Contains(err.Error(), "LimitMEMLOCK") {
		err = nil
	}
	if err != nil {
		t.Error(err)
	}
}

// fifoOnly leaves the memory of the test process alone.
func fifoOnly() string {
	if err := fifo(); err != nil {
		return err.Error()
	}
	return "fifo"
}
