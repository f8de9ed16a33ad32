package supervise

import "time"

// The pause before a child is started again.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 10 * time.Second
	livedLong  = 30 * time.Second // after this, a death counts as the first
)

// pause is how long to wait after a child that lived so long has died, when the
// wait before its start was last (0 = none).
func pause(last, lived time.Duration) time.Duration {
	if last <= 0 || lived >= livedLong {
		return firstPause
	}
	return min(2*last, lastPause)
}
