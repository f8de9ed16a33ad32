package clock

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// System is the kernel's clock.
type System struct{}

var _ Source = System{}

// Now reads CLOCK_BOOTTIME, the wall clock and the kernel's synchronisation
// state: adjtimex(2) answers TIME_ERROR until some time service has set it.
func (System) Now() Instant {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		return Instant{}
	}
	var tx unix.Timex
	state, err := unix.Adjtimex(&tx)
	return Instant{
		Boot:    time.Duration(ts.Nano()),
		Wall:    time.Now().UTC().Round(0),
		Trusted: err == nil && state != unix.TIME_ERROR && tx.Status&unix.STA_UNSYNC == 0,
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

// BootID identifies this boot of the kernel (random(4)), so that a stored
// CLOCK_BOOTTIME is never compared with another boot's.
func BootID() (string, error) {
	const path = "/proc/sys/kernel/random/boot_id"
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("cannot tell which boot this is: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}
