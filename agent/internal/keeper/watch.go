package keeper

import (
	"context"
	"time"

	"quietstat/consent"
)

// coreSilence is how long the core may be away, in a flush that does not end, before
// every line is shut: leases are renewed beside it, so that a session would outlast
// its deadline for as long as the disk hangs.
const coreSilence = 5 * time.Second

// watch shuts what nobody is in charge of, until the context ends. The virtual clock
// stands still while the core is away, so there nothing is overdue.
func (c *core) watch(ctx context.Context) error {
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
			c.shutUnwatched(ctx, c.now().Boot)
		}
	}
}

// here says that the core has come round.
func (c *core) here() { c.seen.Store(int64(c.now().Boot)) }

func (c *core) shutUnwatched(ctx context.Context, now time.Duration) {
	if now-time.Duration(c.seen.Load()) < coreSilence || !c.fence.anyOpen() {
		return
	}
	c.log.Warn("the disk has held the keeper up for too long; every connection is cut")
	c.closeFromOutside(ctx, anyLine, consent.Tick{}) // what it found is logged
}
