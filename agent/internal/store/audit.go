package store

import (
	"golang.org/x/mod/sumdb/tlog"

	"quietstat/consent"
)

// openBundles is how many full bundles of entries OpenLedger checks: more than a
// month of one opt-in at the default period, and some seconds on the slowest Pi.
const openBundles = 64

// checkNewest checks a tree whole if it is short. Of a longer one it checks the last
// openBundles bundles against hashes that the signed root vouches for. It returns the
// first entry it has looked at.
func (t tiles) checkNewest(tree tlog.Tree) (from int64, err error) {
	bundles := (tree.N + tileWidth - 1) / tileWidth
	if bundles <= openBundles {
		return 0, t.check(tree, nil)
	}
	if err := t.checkRoot(tree); err != nil {
		return 0, err
	}
	for n := bundles - openBundles; n < bundles; n++ {
		records, err := t.bundle(n, widthAt(n, tree.N))
		if err != nil {
			return 0, err
		}
		if err := t.authentic(tree, n, records); err != nil {
			return 0, err
		}
	}
	return (bundles - openBundles) * tileWidth, nil
}

// Audited reports whether every entry has been checked since the ledger was opened.
func (l *Ledger) Audited() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.audited == 0
}

// Audit checks the whole ledger as Verify does. It takes as long as the ledger is
// long and may run beside everything else; a *DamagedError means that nothing may
// leave any more.
func (l *Ledger) Audit() error {
	r, err := l.reading(Witness{})
	if err != nil {
		return err
	}
	if _, err := r.check(Witness{}, func(consent.Entry) {}); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.audited = 0
	return nil
}
