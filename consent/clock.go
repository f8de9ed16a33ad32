package consent

import "time"

// Now is one instant on both clocks, read by the shell and handed in.
type Now struct {
	Boot        time.Duration // CLOCK_BOOTTIME; leases and durations run on it
	BootID      string        // the kernel's random id of this boot
	Wall        time.Time     // CLOCK_REALTIME
	WallTrusted bool          // the kernel says it is synchronised
}

const (
	chargeAhead = 10 * time.Minute // what an unclean end may cost, and never gives back
	stepBack    = 2 * time.Second  // wall clock going back more than this is a step
	stepAhead   = time.Minute      // and going ahead of BOOTTIME by more than this
	suspicion   = 10 * time.Minute // how long a stepped clock must stand still to be trusted again
	stateAge    = 5 * time.Second  // a state older than this decides nothing
)

// clock is what the state remembers about time. It is persisted.
type clock struct {
	Boot         time.Duration `json:"boot"`
	BootID       string        `json:"boot_id"`
	Wall         time.Time     `json:"wall"`
	Trusted      bool          `json:"trusted"`
	High         time.Time     `json:"high"`          // trusted wall time never goes below this mark
	SuspectUntil time.Duration `json:"suspect_until"` // BOOTTIME until which a stepped clock is not believed
}

// broken reports a BOOTTIME that cannot be: another boot, or going back.
func (c *clock) broken(now Now) bool { return now.BootID != c.BootID || now.Boot < c.Boot }

// stepped reports a wall clock that moved apart from BOOTTIME since it was last
// seen. A clock that was not trusted may move as it likes.
func (c *clock) stepped(now Now) bool {
	if !c.Trusted || !now.WallTrusted {
		return false
	}
	d := now.Wall.Sub(c.Wall) - (now.Boot - c.Boot)
	return d < -stepBack || d > stepAhead
}

// trusted reports whether wall time may be relied on.
func (c *clock) trusted(now Now) bool {
	return now.WallTrusted && !now.Wall.Before(c.High) && now.Boot >= c.SuspectUntil
}

// see remembers an instant. The mark rises only with a wall time that is trusted.
func (c *clock) see(now Now) {
	c.Boot, c.Wall, c.Trusted = now.Boot, now.Wall, now.WallTrusted
	if c.trusted(now) && now.Wall.After(c.High) {
		c.High = now.Wall
	}
}

// start moves the clock to a new process. Durations left on the old BOOTTIME
// keep what was left of them; across boots the mark is charged ten minutes
// ahead, because that much may have passed since the state was saved. It returns
// the time to be charged to every validity, and whether the boot is the same.
func (c *clock) start(now Now) (charge time.Duration, same bool) {
	if now.BootID == c.BootID && now.Boot >= c.Boot {
		charge, same = now.Boot-c.Boot, true
	} else {
		charge = chargeAhead
		c.SuspectUntil = rebase(c.SuspectUntil, c.Boot, now.Boot)
		if !c.High.IsZero() {
			c.High = c.High.Add(chargeAhead)
		}
	}
	c.Boot, c.BootID, c.Wall, c.Trusted = now.Boot, now.BootID, now.Wall, false
	return charge, same
}

// rebase moves a BOOTTIME deadline to another boot, keeping what was left of it.
func rebase(deadline, old, new time.Duration) time.Duration {
	if deadline <= old {
		return 0
	}
	return new + (deadline - old)
}
