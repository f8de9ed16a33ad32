package store

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"quietstat/consent"
)

// Seal moves the pending records from the tail into tiles under a new signed
// checkpoint. The caller decides when: at SealEvery pending records, at a
// session's close, at a clean exit, and otherwise every 10 minutes at most, as
// it costs about ten fsyncs where an append costs one.
//
// Let the checkpoint on the disk cover S records and the tail reach T. Each step
// is durable before the next begins:
//
//  1. The entry bundles that records S to T-1 fall into, in their width at T.
//     Crash: the checkpoint still says S, and the files of S are untouched,
//     because a bundle of another width has another name. The files at T are
//     nobody's; the next Seal writes them again with the same content, as the
//     tail that made them is still there.
//  2. The hash tiles that differ between S and T. Crash: the same.
//  3. The checkpoint at T, by rename. This commits. Crash: T is sealed; records S
//     to T-1 stand in the tail too. OpenLedger compares the two and does step 4.
//  4. A new, empty tail that begins at T, by rename. Crash: leftovers only.
//  5. The partial bundles and tiles of S are removed, and what crashes left of
//     others. Crash: OpenLedger does it.
//
// An error before the commit leaves the ledger as it was; after it, the records
// are sealed and the error is about tidying. Either way appending goes on, or
// says why not, and the next Seal makes up for it.
func (l *Ledger) Seal() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pending) == 0 {
		return nil
	}
	if err := l.commit(); err != nil {
		return fmt.Errorf("cannot seal the ledger: %w", spaceful(err))
	}
	if err := errors.Join(l.renewTail(), l.sweep()); err != nil {
		return fmt.Errorf("the ledger is sealed but not tidy: %w", spaceful(err))
	}
	return nil
}

// commit does steps 1 to 3. First it takes from the tail what a failed append may
// have left there, so that a tail that outlives step 4 ends where the tree does.
func (l *Ledger) commit() error {
	if l.tail != nil && l.tail.unsure {
		if err := l.tail.mend(); err != nil {
			return err
		}
	}
	t := l.tiles()
	size := l.tree.N + int64(len(l.pending))
	reader, err := l.grow()
	if err != nil {
		return err
	}
	for n := l.tree.N / tileWidth; n*tileWidth < size; n++ {
		if err := l.writeBundle(t, n, size); err != nil {
			return err
		}
	}
	for _, tile := range consent.NewTiles(uint64(l.tree.N), uint64(size)) {
		data, err := tlog.ReadTileData(tile, reader)
		if err != nil {
			return err
		}
		if err := l.writeTile(t.path(tile), data); err != nil {
			return err
		}
	}
	signed, err := consent.SignCheckpoint(l.verifier.Name(), uint64(size), reader, l.signer)
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(signed, l.verifier)
	if err != nil {
		return err
	}
	if err := l.disk.WriteAtomic(l.path("checkpoint"), signed); err != nil {
		return err
	}
	l.tree = tree
	l.pending = nil
	return nil
}

// grow hashes the pending records and returns a reader of the tree with them.
func (l *Ledger) grow() (tlog.HashReader, error) {
	fresh := make(map[int64]tlog.Hash)
	sealed := l.tiles().hashes(l.tree)
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		all := make([]tlog.Hash, len(indexes))
		var old []int64
		for i, x := range indexes {
			h, ok := fresh[x]
			if all[i] = h; !ok {
				old = append(old, x)
			}
		}
		hashes, err := sealed.ReadHashes(old)
		if err != nil {
			return nil, err
		}
		for i, x := range indexes {
			if _, ok := fresh[x]; !ok {
				all[i], hashes = hashes[0], hashes[1:]
			}
		}
		return all, nil
	})
	for i, record := range l.pending {
		n := l.tree.N + int64(i)
		hashes, err := consent.StoredHashes(uint64(n), record, reader)
		if err != nil {
			return nil, err
		}
		for j, h := range hashes {
			fresh[tlog.StoredHashIndex(0, n)+int64(j)] = h
		}
	}
	return reader, nil
}

// writeBundle writes the n-th bundle as it is in a tree of the given size.
func (l *Ledger) writeBundle(t tiles, n, size int64) error {
	width := widthAt(n, size)
	var records [][]byte
	first := n * tileWidth
	if first < l.tree.N {
		old, err := t.bundle(n, int(l.tree.N-first))
		if err != nil {
			return err
		}
		records = old
	}
	from := first + int64(len(records)) - l.tree.N
	records = append(records, l.pending[from:from+int64(width-len(records))]...)
	tile := tlog.Tile{H: tileHeight, L: entriesLevel, N: n, W: width}
	data, err := formatBundle(records)
	if err != nil {
		return err
	}
	return l.writeTile(t.path(tile), data)
}

func (l *Ledger) writeTile(path string, data []byte) error {
	if err := l.disk.makeDir(filepath.Dir(path)); err != nil {
		return err
	}
	return l.disk.WriteAtomic(path, data)
}

// renewTail does step 4. Until the new tail is known to be in place the old one
// is not written to: the rename may have happened although it failed.
func (l *Ledger) renewTail() error {
	if err := l.tail.close(); err != nil {
		return err
	}
	l.tail = nil
	if err := l.disk.WriteAtomic(l.path("tail"), appendFrame(nil, tailHeader(l.tree.N))); err != nil {
		return err
	}
	return l.findTail()
}

// findTail opens the tail if it is not open. It is the old one, whose records
// are all sealed, or the new one, which is empty.
func (l *Ledger) findTail() error {
	if l.tail != nil {
		return nil
	}
	a, base, records, _, err := l.disk.readTail(l.dir)
	if err != nil {
		return err
	}
	pending, err := joinTail(l.tiles(), l.tree, base, records)
	if err == nil && len(pending) != len(l.pending) {
		err = &DamagedError{Path: l.path("tail"), Reason: "it has changed under the ledger", Remedy: ledgerRemedy}
	}
	if err != nil {
		return errors.Join(err, a.close())
	}
	l.tail, l.base = a, base
	return nil
}

// sweep does step 5: of partial tiles only those of the checkpoint stay, and no
// temporary file. Complete tiles are never removed.
func (l *Ledger) sweep() error {
	keep := make(map[string]bool)
	for _, tile := range partials(l.tree.N) {
		keep[l.tiles().path(tile)] = true
	}
	gone := make(map[string]bool)
	root := l.path("tile")
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		partial := strings.HasSuffix(filepath.Dir(path), ".p")
		if e.IsDir() || keep[path] || (!partial && filepath.Ext(path) != ".tmp") {
			return nil
		}
		gone[filepath.Dir(path)] = true
		return l.disk.remove(path)
	})
	if err != nil && !notThere(err) {
		return err
	}
	for _, dir := range slices.Sorted(maps.Keys(gone)) {
		if names, err := l.disk.list(dir); err != nil || len(names) > 0 || !strings.HasSuffix(dir, ".p") {
			continue // still in use, or looked at again by the next sweep
		}
		if err := l.disk.remove(dir); err != nil {
			return err
		}
	}
	return nil
}
