package clock

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

// System is the kernel's clock.
type System struct{}

var _ Source = System{}

// Now reads CLOCK_BOOTTIME, the wall clock and whether that is synchronised.
func (System) Now() Instant {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		return Instant{}
	}
	return Instant{
		Boot:    time.Duration(ts.Nano()),
		Wall:    time.Now().UTC().Round(0),
		Trusted: synchronised(unix.Adjtimex, timesync.seen),
	}
}

// Boottime is CLOCK_BOOTTIME alone, for callers that need no wall.
func Boottime() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}

// SleepUntil sleeps to an absolute CLOCK_BOOTTIME deadline in the calling
// thread. It is for the control loop only: an absolute deadline does not drift,
// and the sleep is in the kernel rather than in Go's timers, whose waking thread
// has ordinary priority. It allocates nothing.
func SleepUntil(deadline time.Duration) error {
	ts := unix.NsecToTimespec(int64(deadline))
	for {
		err := unix.ClockNanosleep(unix.CLOCK_BOOTTIME, unix.TIMER_ABSTIME, &ts, nil)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
