package control

import "time"

// cadence is the grid of deadlines start, start+period, start+2·period, ... and
// what became of them. It never bunches: after an overrun the deadline jumps to
// the next point of the grid, because two steps in a row teach the controller
// nothing and the relays can follow only one.
type cadence struct {
	period   time.Duration
	next     time.Duration // CLOCK_BOOTTIME of the next deadline
	lateness time.Duration // of the last tick
	worst    time.Duration // of all ticks
	late     uint64        // ticks that began more than a tenth of a period late
	missed   uint64        // points of the grid at which no tick began
}

// woke notes that the tick due at next begins at now, and moves on.
func (c *cadence) woke(now time.Duration) {
	c.lateness = max(0, now-c.next)
	c.worst = max(c.worst, c.lateness)
	if c.lateness > c.period/10 {
		c.late++
	}
	c.next += c.period
	if over := now - c.next; over >= 0 {
		skipped := over/c.period + 1
		c.missed += uint64(skipped)
		c.next += skipped * c.period
	}
}
