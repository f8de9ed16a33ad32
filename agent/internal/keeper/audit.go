package keeper

import (
	"errors"
	"time"

	"quietstat/agent/internal/store"
	"quietstat/consent"
)

// auditEvery is how often all of the ledger is checked while the keeper runs.
const auditEvery = 24 * time.Hour

// errAuditing is why nothing leaves right after the start of a keeper with a long
// ledger.
var errAuditing = errors.New("it is being checked from its first entry on; nothing leaves until that is done")

// audit checks all of the ledger. It runs beside the core, which heats no less and
// closes no later meanwhile; on a virtual clock, where everything has its instant, it
// runs in it.
func (c *core) audit() {
	if c.auditing {
		return
	}
	ledger := c.ledger
	c.auditing, c.auditedAt = true, c.now().Boot
	if c.o.Link != nil {
		c.auditEnded(ledger, ledger.Audit())
		return
	}
	go func() {
		err := ledger.Audit()
		c.hand(func() { c.auditEnded(ledger, err) })
	}()
}

// auditEnded opens the gate for a ledger that is whole, and closes it for one that is
// not.
func (c *core) auditEnded(ledger *store.Ledger, err error) {
	c.auditing = false
	if ledger != c.ledger {
		return
	}
	switch {
	case err != nil:
		c.ledgerFailed(err)
	case errors.Is(c.problem, errAuditing):
		c.problem = nil
		c.recordsReady()
	}
}

// scannedTo is the first entry a keeper that starts with the state as it is now has
// to read: everything before it is in that state, or has its outcome.
func (c *core) scannedTo() uint64 {
	if c.ledger == nil {
		return c.scanned
	}
	to := c.ledger.Size()
	for _, r := range c.releases {
		to = min(to, r.Seq())
	}
	return to
}

// settle reads the ledger's newest part back: messages whose outcome was lost with
// the process are recorded as unknown and never sent again, and the opt-ins the
// ledger holds an end for are returned, since a withdrawal whose state file was lost
// stays one. A ledger that is shorter than it was is read from its beginning.
func (c *core) settle() (ended []string) {
	if c.ledger == nil {
		return nil
	}
	from, size := c.scanned, c.ledger.Size()
	if from > size {
		c.notices = append(c.notices, "the ledger is shorter than it was when consent was saved: it was moved away, or put back to an earlier day")
		from = 0
	}
	var entries []consent.Entry
	err := c.ledger.Records(from, size, func(e consent.Entry) bool {
		entries = append(entries, e)
		return true
	})
	if err != nil {
		c.problem = err
		return nil
	}
	for _, e := range consent.OpenIntents(entries, c.now()) {
		if _, err := c.ledger.Append(e); err != nil {
			c.problem = err
			break
		}
	}
	return consent.EndedGrants(entries)
}
