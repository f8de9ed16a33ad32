package uplink

import (
	"sync/atomic"
	"time"
)

// lease is the keeper's word that the window still stands, good for a short time.
type lease struct {
	now  func() time.Duration // CLOCK_BOOTTIME
	life time.Duration
	last atomic.Int64
}

func newLease(now func() time.Duration, life time.Duration) *lease {
	l := &lease{now: now, life: life}
	l.last.Store(int64(now()))
	return l
}

// renew takes the keeper's word for another life, and reports whether it could: a
// lease that has run out stays so. Words may have waited in the socket while the
// process was stopped or the machine slept, and the keeper may be dead since.
func (l *lease) renew() bool {
	if !l.alive() {
		return false
	}
	l.last.Store(int64(l.now()))
	return true
}

// left is how long the lease still runs; zero or less means that it has run out.
func (l *lease) left() time.Duration {
	return l.life - (l.now() - time.Duration(l.last.Load()))
}

func (l *lease) alive() bool { return l.left() > 0 }

// watch returns true when the lease has run out, or false when done is closed
// first. Its timer's clock may be slower than the lease's (it stands still in
// suspend), but never faster.
func (l *lease) watch(done <-chan struct{}) bool {
	for {
		left := l.left()
		if left <= 0 {
			return true
		}
		timer := time.NewTimer(left)
		select {
		case <-done:
			timer.Stop()
			return false
		case <-timer.C:
		}
	}
}
