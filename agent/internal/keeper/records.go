package keeper

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/store"
	"quietstat/consent"
)

// How often things go to the disk while nobody acts. The card is written as
// little as durability allows: entries at once, everything else rarely.
const (
	saveEvery  = time.Hour // the clock's high-water mark; what people do is saved at once
	sealEvery  = 10 * time.Minute
	flushEvery = 10 * time.Minute
	purgeEvery = 24 * time.Hour
	probeEvery = time.Minute         // a ledger that failed is tried again
	keepValues = 30 * 24 * time.Hour // exact values of what left, unless configured
	saveRetry  = 10 * time.Second
)

// stateSchema is the format of the keeper's state file; consent has its own inside.
const stateSchema = "quietstat.keeper/1"

// stateFile wraps consent's own saved form.
type stateFile struct {
	Consent []byte `json:"consent"`
	Scanned uint64 `json:"scanned,omitempty"` // see core.scannedTo
}

var _ consent.Ledger = (*core)(nil)

// Append puts an entry on the disk, for the gate and the state machine.
func (c *core) Append(e consent.Entry) (uint64, error) {
	if c.ledger == nil {
		return 0, fmt.Errorf("the ledger is closed: %w", c.problem)
	}
	return c.ledger.Append(e)
}

// openRecords opens ledger and values. What cannot be opened leaves the gate
// closed; heating does not depend on it.
func (c *core) openRecords() {
	ledger, err := store.OpenLedger(c.o.Disk, filepath.Join(c.o.Folder, "ledger"))
	if err != nil {
		c.problem = err
		return
	}
	values, err := store.OpenValues(c.o.Disk, filepath.Join(c.o.Folder, "values"), c.bootID)
	if err != nil {
		c.problem = errors.Join(err, ledger.Close())
		return
	}
	c.ledger, c.values, c.problem = ledger, values, nil
}

// recordsReady tells the state machine whether entries can be written.
func (c *core) recordsReady() {
	if c.problem == nil {
		c.problem = c.ledger.Ready()
	}
	if err := c.problem; err != nil {
		c.problem = nil
		c.ledgerFailed(err)
		return
	}
	if !c.ledger.Audited() {
		c.problem = errAuditing
		c.audit()
		return
	}
	if torn := c.ledger.Repaired(); torn > 0 {
		c.notices = append(c.notices, fmt.Sprintf("the ledger's last %d bytes were torn by a power cut and taken off", torn))
		if _, err := c.Append(c.now().Entry(consent.EntryLedgerRecovered)); err != nil {
			c.ledgerFailed(err)
			return
		}
	}
	c.apply(consent.LedgerOK{})
}

// ledgerFailed closes the gate because nothing can be recorded.
func (c *core) ledgerFailed(err error) {
	if c.problem == nil {
		c.log.Error("the ledger cannot be written; nothing leaves the house until it can", "problem", err)
	}
	c.problem = err
	c.apply(consent.LedgerFault{})
}

// probe tries a failed ledger again: opens it anew, which verifies it.
func (c *core) probe(now time.Duration) {
	if c.problem == nil || c.auditing || now-c.probedAt < probeEvery {
		return
	}
	c.probedAt = now
	c.closeRecords()
	c.openRecords()
	c.recordsReady()
	if c.problem == nil {
		c.log.Info("the ledger can be written again")
	}
}

func (c *core) closeRecords() {
	if c.ledger != nil {
		if err := c.ledger.Close(); err != nil && c.problem == nil {
			c.log.Error("closing the ledger", "problem", err)
		}
	}
	if c.values != nil {
		if err := c.values.Close(); err != nil && c.problem == nil {
			c.log.Error("closing the values", "problem", err)
		}
	}
	c.ledger, c.values = nil, nil
}

// loadState reads what was saved. What cannot be read leaves everybody unknown
// and everything closed, and is said.
func (c *core) loadState() {
	var file stateFile
	ok, err := c.o.Disk.LoadState(c.statePath(), stateSchema, &file)
	if err != nil {
		// An older generation may be at hand, but it may also hold what has been
		// taken back since. So nobody is enrolled.
		if damaged := new(store.DamagedError); errors.As(err, &damaged) {
			unused := *damaged
			unused.Used = ""
			err = &unused
		}
		c.notices = append(c.notices, "saved consent was not used, nobody is enrolled: "+err.Error())
		c.setAside()
		return
	}
	if !ok {
		return
	}
	state, dropped, err := consent.Load(file.Consent)
	if err != nil {
		c.notices = append(c.notices, "saved consent: "+err.Error())
	}
	if err != nil || len(dropped) > 0 {
		c.setAside()
	}
	c.scanned = file.Scanned
	for _, d := range dropped {
		c.notices = append(c.notices, fmt.Sprintf("a saved %s was left out: %v", d.What, d.Err))
	}
	c.state = state
}

// setAside keeps what was not understood from being lost with the next save.
func (c *core) setAside() {
	name, err := c.o.Disk.SetAside(c.statePath())
	switch {
	case err != nil:
		c.notices = append(c.notices, "it could not be set aside, and the next save replaces it: "+err.Error())
	case name != "":
		c.notices = append(c.notices, "what was saved is kept as "+name)
	}
}

func (c *core) statePath() string { return filepath.Join(c.o.Folder, "keeper", "consent.json") }

// save writes the state and tells the state machine that it is durable.
func (c *core) save(now time.Duration) {
	c.savedAt = now
	bytes, saved, err := consent.Save(c.state)
	if err == nil {
		err = c.o.Disk.SaveState(c.statePath(), stateSchema, stateFile{Consent: bytes, Scanned: c.scannedTo()})
	}
	if err != nil {
		c.log.Error("saving consent", "problem", err)
		c.saveDue, c.saveFailed = true, true
		return
	}
	c.saveDue, c.saveFailed = false, false
	c.apply(saved)
}

// chores does what is due on the disk, at most one of each per call.
func (c *core) chores(now time.Duration) {
	if c.saveDue && (!c.saveFailed || now-c.savedAt >= saveRetry) || now-c.savedAt >= saveEvery {
		c.save(now)
	}
	if c.ledger != nil && c.problem == nil && c.ledger.Pending() > 0 && (now-c.sealedAt >= sealEvery || c.ledger.Pending() >= 256) {
		c.seal(now)
	}
	if c.history != nil && now-c.flushedAt >= flushEvery {
		c.flushedAt = now
		if err := c.history.Flush(); err != nil {
			c.log.Warn("writing the history", "problem", err)
		}
	}
	if c.values != nil && now-c.purgedAt >= purgeEvery {
		c.purgedAt = now
		if _, err := c.values.Purge(c.source.Now(), c.o.KeepValues); err != nil {
			c.log.Warn("purging old values", "problem", err)
		}
	}
	if e, due := c.gate.Summary(c.now()); due && c.problem == nil {
		if _, err := c.Append(e); err != nil {
			c.ledgerFailed(err)
		}
	}
	if c.ledger != nil && c.problem == nil && now-c.auditedAt >= auditEvery {
		c.audit()
	}
	if c.mirrorAt != 0 && now >= c.mirrorAt {
		c.mirrorRecipients()
	}
	c.probe(now)
}

func (c *core) seal(now time.Duration) {
	c.sealedAt = now
	if err := c.ledger.Seal(); err != nil {
		c.ledgerFailed(err)
	}
}

// instantOf gives the store's view of a consent instant.
func instantOf(n consent.Now) clock.Instant {
	return clock.Instant{Boot: n.Boot, Wall: n.Wall, Trusted: n.WallTrusted}
}
