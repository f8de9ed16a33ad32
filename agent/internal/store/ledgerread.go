package store

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"quietstat/consent"
)

// ErrNoRecord says that a ledger or a store of values has no record of a number.
var ErrNoRecord = errors.New("there is no such record")

var _ consent.Ledger = (*Ledger)(nil)

// Append gives an entry its number, counted from 0, and makes it durable: one
// write and one fdatasync. It returns only then. When it fails the entry may
// stand in the ledger all the same after a restart, which is the safe side: what
// has left has an entry, and not every entry has left.
//
// Append does not look at the free space, so that a withdrawal is written down as
// long as it fits; whoever wants to release asks Ready first.
func (l *Ledger) Append(e consent.Entry) (uint64, error) {
	return l.append(func(seq uint64) ([]byte, error) {
		e.Seq = seq
		return e.Format()
	})
}

// Record returns the entry with the given number, or ErrNoRecord.
func (l *Ledger) Record(seq uint64) (e consent.Entry, err error) {
	err = ErrNoRecord
	walk := l.Records(seq, seq+1, func(found consent.Entry) bool {
		e, err = found, nil
		return false
	})
	return e, errors.Join(walk, err)
}

// Records yields the entries from one number up to but not including another, in
// order, sealed or not, until yield returns false. What comes from tiles is
// checked against the signed root first. The ledger is not locked while yield
// runs, which may therefore append; what is appended during the walk is included.
func (l *Ledger) Records(from, to uint64, yield func(consent.Entry) bool) error {
	for from < to {
		records, err := l.some(from)
		if err != nil || len(records) == 0 {
			return err
		}
		for _, r := range records[:min(uint64(len(records)), to-from)] {
			e, err := readEntry(from, r)
			if err != nil {
				return &DamagedError{Path: l.dir, Reason: err.Error(), Remedy: ledgerRemedy}
			}
			if !yield(e) {
				return nil
			}
			from++
		}
	}
	return nil
}

// readEntry reads a record and checks that it knows its own place.
func readEntry(seq uint64, record []byte) (consent.Entry, error) {
	e, err := consent.ParseEntry(record)
	if err == nil && e.Seq != seq {
		err = fmt.Errorf("the entry says it is number %d", e.Seq)
	}
	if err != nil {
		return consent.Entry{}, fmt.Errorf("record %d: %w", seq, err)
	}
	return e, nil
}

// some returns records from a number on, as many as are at hand; none at the end.
func (l *Ledger) some(from uint64) ([][]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	sealed := uint64(l.tree.N)
	if from >= sealed {
		return l.pending[min(from-sealed, uint64(len(l.pending))):], nil
	}
	n := int64(from / tileWidth)
	records, err := l.tiles().bundle(n, widthAt(n, l.tree.N))
	if err != nil {
		return nil, err
	}
	if err := l.tiles().authentic(l.tree, n, records); err != nil {
		return nil, err
	}
	return records[from%tileWidth:], nil
}

// authentic checks a bundle against the tree.
func (t tiles) authentic(tree tlog.Tree, n int64, records [][]byte) error {
	indexes := make([]int64, len(records))
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, n*tileWidth+int64(i))
	}
	hashes, err := t.hashes(tree).ReadHashes(indexes)
	if err != nil {
		return err
	}
	for i, h := range hashes {
		if tlog.RecordHash(records[i]) != h {
			tile := tlog.Tile{H: tileHeight, L: entriesLevel, N: n, W: len(records)}
			return t.damage(tile, errors.New("it disagrees with the checkpoint"))
		}
	}
	return nil
}

// Checkpoint returns the signed checkpoint as it stands on the disk; before the
// first Seal there is none, and it is empty. Kept elsewhere, it is what Verify
// can later hold the ledger to.
func (l *Ledger) Checkpoint() (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	data, err := l.disk.read(l.path("checkpoint"))
	if notThere(err) && l.tree.N == 0 {
		return "", nil
	}
	return string(data), err
}

// PublicKey is the verifier string of key.pub, which names the ledger.
func (l *Ledger) PublicKey() string { return l.public }
