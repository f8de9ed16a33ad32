package store

import (
	"fmt"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"quietstat/consent"
)

// Prove proves one entry under a signed checkpoint, sealing what is pending if the
// entry is. An entry that is not there is ErrNoRecord.
func (l *Ledger) Prove(seq uint64) (consent.Proof, error) {
	if seq >= l.Size() {
		return consent.Proof{}, ErrNoRecord
	}
	l.mu.Lock()
	sealed := seq < uint64(l.tree.N)
	l.mu.Unlock()
	if !sealed {
		if err := l.Seal(); err != nil {
			return consent.Proof{}, err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tiles().prove(l.tree, seq)
}

// Prove proves one entry of the ledger in a folder, or of a copy of it, and returns
// the verifier key the proof is to be checked with. Entries after the checkpoint
// cannot be proven.
func Prove(dir string, w Witness, seq uint64) (p consent.Proof, key string, err error) {
	r, err := begin(tiles{disk: new(Disk), dir: dir}, w)
	if err != nil {
		return consent.Proof{}, "", err
	}
	switch {
	case seq >= uint64(r.tree.N)+uint64(len(r.pending)):
		return consent.Proof{}, "", ErrNoRecord
	case seq >= uint64(r.tree.N):
		return consent.Proof{}, "", fmt.Errorf("entry %d is younger than the checkpoint of %d entries; take a copy after the next", seq, r.tree.N)
	}
	p, err = r.tiles.prove(r.tree, seq)
	return p, r.key, err
}

// SignedCheckpoint reads the checkpoint of the ledger in a folder, or of a copy, and
// the verifier key it was signed for, after checking the one with the other.
func SignedCheckpoint(dir string, w Witness) (signed, key string, err error) {
	r, err := begin(tiles{disk: new(Disk), dir: dir}, w)
	if err != nil {
		return "", "", err
	}
	data, err := r.tiles.disk.read(filepath.Join(dir, "checkpoint"))
	if notThere(err) {
		return "", "", fmt.Errorf("%s has no checkpoint yet", dir)
	}
	return string(data), r.key, err
}

// prove makes a proof that stands alone; whoever is given it checks it.
func (t tiles) prove(tree tlog.Tree, seq uint64) (consent.Proof, error) {
	signed, err := t.disk.read(filepath.Join(t.dir, "checkpoint"))
	if err != nil {
		return consent.Proof{}, fmt.Errorf("cannot read the checkpoint: %w", err)
	}
	path, err := consent.ProveRecord(uint64(tree.N), seq, t.hashes(tree))
	if err != nil {
		return consent.Proof{}, err
	}
	n := int64(seq / tileWidth)
	records, err := t.bundle(n, widthAt(n, tree.N))
	if err != nil {
		return consent.Proof{}, err
	}
	return consent.Proof{Seq: seq, Entry: records[seq%tileWidth], Path: path, Checkpoint: signed}, nil
}
