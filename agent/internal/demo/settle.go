package demo

import (
	"errors"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// settleLimit bounds how long the broker may take to digest one instant. It is
// real time, and thousands of times what it needs.
const settleLimit = 5 * time.Second

var errUnsettled = errors.New("the demo's broker did not come to rest within an instant")

// settle waits until the broker has done everything it was sent: no connection
// waits to be accepted, no byte waits in the kernel, and no reader is at work. An
// exchange with the broker is thereby finished inside the instant in which it
// began, on a slow machine as on a fast one.
func (m *meter) settle() error {
	var deadline time.Time
	for tries := 0; ; tries++ {
		if m.settled() {
			return nil
		}
		if tries < 100 {
			runtime.Gosched()
			continue
		}
		if now := time.Now(); deadline.IsZero() {
			deadline = now.Add(settleLimit)
		} else if now.After(deadline) {
			return errUnsettled
		}
		time.Sleep(50 * time.Microsecond)
	}
}

// settled looks once. The kernel is asked before the busy flag: a reader sets the
// flag before it empties the queue, so an empty queue and then an idle reader
// cannot hide bytes in between.
func (m *meter) settled() bool {
	m.mu.Lock()
	d, ears := m.door, m.ears()
	m.mu.Unlock()
	if d != nil && (waiting(d.raw.Control) || d.busy.Load()) {
		return false
	}
	for _, e := range ears {
		if waiting(e.raw.Control) || e.busy.Load() {
			return false
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.live) == len(ears) // one may have come between the two looks
}

// waiting reports whether the kernel holds something to be read or accepted. A
// socket that is closed on this side holds nothing.
func waiting(control func(func(uintptr)) error) bool {
	something := false
	err := control(func(fd uintptr) {
		fds := [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := unix.Poll(fds[:], 0)
		something = err != nil || n > 0
	})
	return err == nil && something
}
