package keeper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/consent"
)

// book is the ledger with its values, to be read beside the core.
type book struct {
	ledger *store.Ledger
	values *store.Values
}

// open asks the core for the ledger. What is then read of it does not hold the core
// up, however long it is.
func (c *core) open(ctx context.Context) (book, error) {
	return ask(ctx, c, func() (book, error) {
		if c.ledger == nil {
			return book{}, local.Unavailable("the ledger is closed: "+c.problem.Error(), "quietstat ledger verify --dir DIR tells what is wrong")
		}
		return book{c.ledger, c.values}, nil
	})
}

// reader makes a handler of a question about the ledger.
func reader[A any](c *core, what string, answer func(book, A) (any, error)) local.Handler {
	return func(ctx context.Context, caller local.Caller, raw json.RawMessage) (any, error) {
		var a A
		if err := local.Arguments(raw, &a); err != nil {
			return nil, err
		}
		if err := caller.MustOwn(what); err != nil {
			return nil, err
		}
		b, err := c.open(ctx)
		if err != nil {
			return nil, err
		}
		result, err := answer(b, a)
		if errors.Is(err, store.ErrNoRecord) {
			err = local.Refuse("the ledger has no such entry", "see quietstat ledger show")
		}
		return result, problem(err)
	}
}

// mostEntries is how many entries one statement may be made of; more would neither
// fit a reply nor the memory of a small Pi.
const mostEntries = 20_000

// statement prints the record like a bank statement. Only what was asked for is kept
// while a long ledger is read.
func (b book) statement(a local.LedgerArguments) (any, error) {
	from, size := uint64(0), b.ledger.Size()
	if a.Last > 0 && a.Recipient == "" && a.Category == "" {
		from = size - min(size, 2*uint64(a.Last)) // a line is an entry, or two
	}
	var entries []consent.Entry
	err := b.ledger.Records(from, size, func(e consent.Entry) bool {
		if wanted(e, a) {
			entries = append(entries, e)
		}
		return len(entries) <= mostEntries
	})
	if err != nil {
		return nil, err
	}
	if len(entries) > mostEntries {
		return nil, local.Refuse(fmt.Sprintf("that is a statement of more than %d entries", mostEntries),
			"ask for less with --since, --last or --recipient, or read the folder with --dir")
	}
	return Statement(entries, a, b.values)
}

// verify checks the whole ledger on the disk, also against what is known elsewhere.
func (b book) verify(a local.VerifyArguments) (any, error) {
	return b.ledger.Verify(store.Witness{Key: a.Key, Checkpoint: a.Checkpoint})
}

func (b book) prove(a local.ProofArguments) (any, error) {
	p, err := b.ledger.Prove(a.Seq)
	if err != nil {
		return nil, err
	}
	return local.ProofAnswer{Proof: string(p.Format()), Key: b.ledger.PublicKey()}, nil
}

// receipt is the record of one opt-in.
func (b book) receipt(records string, a local.ID) (any, error) {
	var about []consent.Entry
	err := b.ledger.Records(0, b.ledger.Size(), func(e consent.Entry) bool {
		if e.IsAbout(a.ID) {
			about = append(about, e)
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	return Receipt(about, b.ledger.PublicKey(), records, a.ID, b.ledger.Prove)
}

// Receipt writes the receipt of an opt-in out of the entries about it, with the
// record that is kept of it in a folder, if it is.
func Receipt(about []consent.Entry, key, records, id string, prove func(seq uint64) (consent.Proof, error)) (consent.Receipt, error) {
	if len(about) == 0 {
		return consent.Receipt{}, local.Refuse("the ledger has no opt-in "+id, "see quietstat ledger show; opt-ins are listed by quietstat consent list")
	}
	proof, err := prove(about[0].Seq)
	if err != nil {
		return consent.Receipt{}, err
	}
	var kept *consent.BasisRecord
	switch record, err := store.LoadRecord(new(store.Disk), records, id); {
	case err == nil:
		kept = &record
	case !errors.Is(err, store.ErrNoRecord):
		return consent.Receipt{}, err
	}
	origin, _, _ := strings.Cut(key, "+")
	return consent.NewReceipt(about, proof, origin, kept)
}

// exportCheckpoint gives out a signed checkpoint over everything up to now, and notes
// that it did.
func (c *core) exportCheckpoint(ctx context.Context, caller local.Caller, raw json.RawMessage) (any, error) {
	if err := local.Arguments(raw, &struct{}{}); err != nil {
		return nil, err
	}
	if err := caller.MustOwn("a checkpoint"); err != nil {
		return nil, err
	}
	return ask(ctx, c, func() (local.CheckpointAnswer, error) {
		if c.ledger == nil {
			return local.CheckpointAnswer{}, local.Unavailable("the ledger is closed: "+c.problem.Error(), "")
		}
		if _, err := c.Append(c.now().Entry(consent.EntryCheckpointExported)); err != nil {
			c.ledgerFailed(err)
			return local.CheckpointAnswer{}, err
		}
		c.sealedAt = c.now().Boot
		if err := c.ledger.Seal(); err != nil {
			c.ledgerFailed(err)
			return local.CheckpointAnswer{}, err
		}
		text, err := c.ledger.Checkpoint()
		return local.CheckpointAnswer{Checkpoint: text, Key: c.ledger.PublicKey()}, err
	})
}

// purgeValues deletes exact values by age; the ledger stays whole without them.
func (c *core) purgeValues(ctx context.Context, caller local.Caller, raw json.RawMessage) (any, error) {
	var a local.PurgeArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	if err := caller.MustOwn("deleting values"); err != nil {
		return nil, err
	}
	if a.All == (a.OlderS > 0) || !(a.OlderS >= 0 && a.OlderS <= 100*366*24*3600) {
		return nil, local.Usage("say how old, or all of them", "")
	}
	return ask(ctx, c, func() (local.PurgeAnswer, error) {
		if c.values == nil {
			return local.PurgeAnswer{}, local.Unavailable("the values cannot be reached: "+c.problem.Error(), "")
		}
		now := c.source.Now()
		if !a.All && !now.Trusted {
			return local.PurgeAnswer{}, local.Refuse("nobody knows what day it is, so nobody knows what is old", "wait until the clock is set, or delete all of them")
		}
		n, err := c.values.Purge(now, time.Duration(a.OlderS*float64(time.Second)))
		return local.PurgeAnswer{Days: n}, err
	})
}

func (c *core) recordsFolder() string { return filepath.Join(c.o.Folder, "records") }
