package uplink

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestLeaseAtItsEdge(t *testing.T) {
	now := 5 * time.Second
	l := newLease(func() time.Duration { return now }, 100*time.Millisecond)
	for _, test := range []struct {
		after time.Duration
		alive bool
	}{{0, true}, {100*time.Millisecond - 1, true}, {100 * time.Millisecond, false}, {100*time.Millisecond + 1, false}} {
		if now = 5*time.Second + test.after; l.alive() != test.alive {
			t.Errorf("after %v: alive is %v", test.after, l.alive())
		}
	}
	if l.renew() || l.alive() {
		t.Error("a lease that had run out was renewed")
	}
	if now = 5*time.Second + 100*time.Millisecond - 1; !l.renew() {
		t.Error("a lease that runs was not renewed")
	}
	if now += 100*time.Millisecond - 1; !l.alive() {
		t.Error("not alive after a renewal")
	}
}

func TestLeaseWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		l := newLease(func() time.Duration { return time.Since(start) }, 100*time.Millisecond)
		go func() {
			for range 50 {
				time.Sleep(99 * time.Millisecond)
				l.renew()
			}
		}()
		if !l.watch(nil) {
			t.Error("the watch ended by itself")
		}
		if got, want := time.Since(start), 50*99*time.Millisecond+100*time.Millisecond; got != want {
			t.Errorf("ran out after %v, want %v", got, want)
		}
	})
}

func TestLeaseWatchEndsWithTheWindow(t *testing.T) {
	done := make(chan struct{})
	close(done)
	if newLease(func() time.Duration { return 0 }, time.Hour).watch(done) {
		t.Error("ran out")
	}
}

// A machine that was suspended: the timer stood still, the lease did not.
func TestLeaseIsOverAfterSuspend(t *testing.T) {
	var slept time.Duration
	l := newLease(func() time.Duration { return slept }, 100*time.Millisecond)
	slept = time.Hour
	if l.alive() || !l.watch(nil) {
		t.Error("still alive")
	}
}
