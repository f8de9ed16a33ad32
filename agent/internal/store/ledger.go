package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sys/unix"
)

// SealEvery is how many unsealed records call for a Seal: a full bundle.
const SealEvery = tileWidth

// maxPending bounds the tail, in records and so in memory, when sealing fails
// again and again.
const maxPending = 16 * SealEvery

// Ledger is the durable log of what may have left the house. Its methods may be
// called from any goroutine; one process at a time may have it open.
type Ledger struct {
	disk *Disk
	dir  string

	// Set by OpenLedger and constant.
	lock     *file
	signer   note.Signer
	verifier note.Verifier
	public   string
	repaired int64

	mu sync.Mutex // guards what follows

	tree    tlog.Tree   // what the checkpoint on the disk covers
	audited int64       // entries from here on were checked by OpenLedger
	pending [][]byte    // records after it, durable in the tail alone
	tail    *appendFile // nil while it is not known which file is the tail
	base    int64       // number of the tail's first record; at most tree.N
}

// OpenLedger opens the ledger in a folder, or begins one where there is none.
// Up to openBundles of 256 entries everything is read and checked: every tile against
// the records and the signed checkpoint, and the tail against both. Of a longer
// ledger the newest part is, together with the tiles that lead from it to the signed
// root, so that a start does not take longer with every year; Audit checks the rest,
// while the ledger is used. The only damage that is repaired is a
// torn last record of the tail; Repaired tells of it. Any other is a
// *DamagedError, and as nothing can be appended, nothing can leave.
//
// A new ledger is made in an order that lets a deleted file never pass for a
// crash: the empty tail, the key, its public half. A key without a tail, a
// checkpoint without a key, or a tail with records and no key is damage.
func OpenLedger(d *Disk, dir string) (*Ledger, error) {
	l := &Ledger{disk: d, dir: dir}
	if err := d.makeDir(dir); err != nil {
		return nil, spaceful(err)
	}
	if err := l.takeLock(); err != nil {
		return nil, err
	}
	err := l.begin()
	if err == nil {
		err = l.load()
	}
	if err != nil {
		return nil, errors.Join(spaceful(err), l.Close())
	}
	return l, nil
}

func (l *Ledger) path(name string) string { return filepath.Join(l.dir, name) }
func (l *Ledger) tiles() tiles            { return tiles{disk: l.disk, dir: l.dir} }

// takeLock keeps a second keeper out; the kernel drops the lock with the process.
func (l *Ledger) takeLock() error {
	w, err := l.disk.open(l.path("lock"), os.O_CREATE)
	if err != nil {
		return spaceful(err)
	}
	if err := unix.Flock(int(w.f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return errors.Join(fmt.Errorf("the ledger in %s is in use by another process (%w); stop it first", l.dir, err), w.close())
	}
	l.lock = w
	return nil
}

// begin makes what a first start makes and a crash in it left undone.
func (l *Ledger) begin() error {
	var have [3]bool
	for i, name := range []string{"tail", "key", "checkpoint"} {
		_, err := l.disk.read(l.path(name))
		if err != nil && !notThere(err) {
			return err
		}
		have[i] = err == nil
	}
	tail, key, checkpoint := have[0], have[1], have[2]
	if !tail && (key || checkpoint) {
		return &DamagedError{Path: l.path("tail"), Reason: "it is missing", Remedy: ledgerRemedy}
	}
	if !key && checkpoint {
		return &DamagedError{Path: l.path("key"), Reason: "it is missing", Remedy: keyRemedy}
	}
	if !tail {
		if err := l.disk.createAppend(l.path("tail"), tailHeader(0)); err != nil {
			return err
		}
	}
	if key {
		return nil
	}
	a, base, records, _, err := l.disk.readTail(l.dir)
	if err != nil {
		return err
	}
	if err := a.close(); err != nil {
		return err
	}
	if base != 0 || len(records) != 0 {
		return &DamagedError{Path: l.path("key"), Reason: "it is missing", Remedy: keyRemedy}
	}
	return l.makeKey()
}

// load reads and checks everything, then finishes a Seal that a crash cut short.
func (l *Ledger) load() error {
	if err := l.loadKey(); err != nil {
		return err
	}
	var err error
	if l.tree, err = readCheckpoint(l.disk, l.dir, l.verifier); err != nil {
		return err
	}
	if l.audited, err = l.tiles().checkNewest(l.tree); err != nil {
		return err
	}
	var records [][]byte
	if l.tail, l.base, records, l.repaired, err = l.disk.readTail(l.dir); err != nil {
		return err
	}
	if l.pending, err = joinTail(l.tiles(), l.tree, l.base, records); err != nil {
		return err
	}
	if l.base < l.tree.N && len(l.pending) == 0 {
		if err := l.renewTail(); err != nil {
			return err
		}
	}
	return l.sweep()
}

// Repaired is how many bytes of a torn last record OpenLedger has cut off the
// tail; 0 means none. It is to be entered as ledger.recovered.
func (l *Ledger) Repaired() int64 { return l.repaired }

// append makes one record durable and returns its number. The record is made
// once its number is known.
func (l *Ledger) append(record func(seq uint64) ([]byte, error)) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	seq := uint64(l.tree.N) + uint64(len(l.pending))
	data, err := record(seq)
	if err != nil {
		return 0, err
	}
	if len(data) > maxFrame {
		return 0, fmt.Errorf("a ledger record of %d bytes is longer than %d", len(data), maxFrame)
	}
	if len(l.pending) >= maxPending {
		return 0, fmt.Errorf("%d ledger records wait to be sealed and sealing fails; see its error", len(l.pending))
	}
	if err := l.findTail(); err != nil {
		return 0, fmt.Errorf("cannot write to the ledger: %w", spaceful(err))
	}
	if err := l.tail.append(appendFrame(nil, data)); err != nil {
		return 0, fmt.Errorf("cannot write to the ledger: %w", spaceful(err))
	}
	l.pending = append(l.pending, data)
	return seq, nil
}

// Size is how many records the ledger holds, sealed or not.
func (l *Ledger) Size() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return uint64(l.tree.N) + uint64(len(l.pending))
}

// Pending is how many of them are not sealed yet: durable, but not under a signed
// checkpoint.
func (l *Ledger) Pending() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.pending)
}

// Ready answers nil if a decision taken now could be written down and followed
// by others: enough space is left (else ErrSpace) and the tail is in order.
func (l *Ledger) Ready() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.findTail(); err != nil {
		return fmt.Errorf("the ledger cannot be written: %w", spaceful(err))
	}
	return l.disk.enoughSpace(l.dir)
}

// Close seals what is pending and lets go of the folder. A Seal that fails loses
// nothing: the next OpenLedger finds the records in the tail.
func (l *Ledger) Close() error {
	var sealed error
	if l.signer != nil && l.tail != nil {
		sealed = l.Seal()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(sealed, l.tail.close(), l.lock.close())
}
