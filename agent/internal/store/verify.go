package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"quietstat/consent"
)

// Witness is what Verify is told from outside the folder. The zero Witness holds
// the folder to nothing but itself.
type Witness struct {
	// Key is the verifier string of the ledger, as key.pub had it when it was
	// noted elsewhere. "" trusts key.pub in the folder: then whoever made the
	// folder can have made the signature too.
	Key string

	// Checkpoint is an earlier signed checkpoint of the ledger that was kept
	// elsewhere; "" = none. The ledger must be an extension of it.
	Checkpoint string
}

// Report is what Verify has found. It is meaningful only without an error.
type Report struct {
	Key     string         // verifier string the signatures were checked with
	Sealed  uint64         // entries under the signed checkpoint
	Root    string         // base64 root of those
	Pending uint64         // whole entries of the tail that no checkpoint covers yet
	Torn    bool           // the tail ends in a torn record, as after a power cut
	Since   uint64         // size of the witness's checkpoint that was found to be a part; 0 = none
	Kinds   map[string]int // entries by kind, sealed and pending
}

// Verify checks the ledger in a folder, or a copy of it, without writing and
// without its private key: every signature, tile, record and frame, and that every
// entry is in canonical form and in its place. Anything wrong is an error that
// names the file. The ledger must be at rest: copy the folder, or stop the keeper.
func Verify(dir string, w Witness) (Report, error) {
	return Read(dir, w, func(consent.Entry) {})
}

// Read is Verify, and shows every entry in order on the way. What it has shown is
// true only when it returns without an error.
func Read(dir string, w Witness, visit func(consent.Entry)) (Report, error) {
	r, err := begin(tiles{disk: new(Disk), dir: dir}, w)
	if err != nil {
		return Report{}, err
	}
	return r.check(w, visit)
}

// reading is a ledger's folder as it was at one moment: the key, the signed tree and
// what follows it. Its complete tiles are read later.
type reading struct {
	tiles    tiles
	key      string
	verifier note.Verifier
	tree     tlog.Tree
	pending  [][]byte
	torn     bool
}

// begin reads what a Seal would change.
func begin(t tiles, w Witness) (r reading, err error) {
	r.tiles = t
	if r.key, err = witnessKey(t.disk, t.dir, w.Key); err != nil {
		return reading{}, err
	}
	if r.verifier, err = note.NewVerifier(r.key); err != nil {
		return reading{}, fmt.Errorf("the ledger's key %q is not a verifier key: %w", r.key, err)
	}
	if r.tree, err = readCheckpoint(t.disk, t.dir, r.verifier); err != nil {
		return reading{}, err
	}
	if err := r.readTail(); err != nil {
		return reading{}, err
	}
	return r, nil
}

// check proves the reading against its tree, entry by entry.
func (r reading) check(w Witness, visit func(consent.Entry)) (Report, error) {
	report := Report{Key: r.key, Kinds: make(map[string]int), Sealed: uint64(r.tree.N), Root: r.tree.Hash.String(), Pending: uint64(len(r.pending)), Torn: r.torn}
	count := func(seq uint64, record []byte) error {
		e, err := readEntry(seq, record)
		if err == nil {
			report.Kinds[e.Kind.String()]++
			visit(e)
		}
		return err
	}
	if err := r.tiles.check(r.tree, count); err != nil {
		return Report{}, err
	}
	for i, record := range r.pending {
		if err := count(uint64(r.tree.N)+uint64(i), record); err != nil {
			return Report{}, &DamagedError{Path: filepath.Join(r.tiles.dir, "tail"), Reason: err.Error(), Remedy: ledgerRemedy}
		}
	}
	var err error
	if report.Since, err = r.tiles.extends(r.tree, w.Checkpoint, r.verifier); err != nil {
		return Report{}, err
	}
	return report, nil
}

// readTail reads the tail without repairing it.
func (r *reading) readTail() error {
	path := filepath.Join(r.tiles.dir, "tail")
	data, err := r.tiles.disk.read(path)
	if notThere(err) {
		return &DamagedError{Path: path, Reason: "it is missing", Remedy: ledgerRemedy}
	}
	if err != nil {
		return fmt.Errorf("cannot read the ledger's tail: %w", err)
	}
	var base int64
	var records [][]byte
	_, err = eachFrame(data, func(at int64, record []byte) (err error) {
		if at == 0 {
			base, err = parseTailHeader(record)
			return err
		}
		records = append(records, record)
		return nil
	})
	r.torn = errors.Is(err, errTorn)
	if err != nil && !r.torn {
		return &DamagedError{Path: path, Reason: err.Error(), Remedy: ledgerRemedy}
	}
	r.pending, err = joinTail(r.tiles, r.tree, base, records)
	return err
}

// extends checks that the tree is an extension of a checkpoint kept elsewhere.
func (t tiles) extends(tree tlog.Tree, checkpoint string, verifier note.Verifier) (since uint64, err error) {
	if checkpoint == "" {
		return 0, nil
	}
	old, err := openCheckpoint([]byte(checkpoint), verifier)
	if err != nil {
		return 0, fmt.Errorf("the checkpoint from outside is not one of this ledger: %w", err)
	}
	rewritten := func(reason string) error {
		return &DamagedError{Path: t.dir, Reason: reason, Remedy: "the ledger has been rewritten since the checkpoint was taken; keep both as evidence"}
	}
	if old.N > tree.N {
		return 0, rewritten(fmt.Sprintf("it ends at entry %d while a checkpoint of %d was signed", tree.N, old.N))
	}
	root, err := consent.Root(uint64(old.N), t.hashes(tree))
	if err != nil {
		return 0, err
	}
	if root != old.Hash {
		return 0, rewritten(fmt.Sprintf("its first %d entries are not those of the checkpoint", old.N))
	}
	return uint64(old.N), nil
}

// witnessKey is the verifier string to check with: the witness's, which key.pub
// must agree with, or that of key.pub alone.
func witnessKey(d *Disk, dir, witness string) (string, error) {
	path := filepath.Join(dir, "key.pub")
	data, err := d.read(path)
	if err != nil {
		return "", fmt.Errorf("cannot read the key of the ledger: %w", err)
	}
	key, ok := strings.CutSuffix(string(data), "\n")
	if !ok || !canonicalVerifier(key) {
		return "", &DamagedError{Path: path, Reason: "it is not a verifier key", Remedy: keyRemedy}
	}
	if witness != "" && strings.TrimSpace(witness) != key {
		return "", &DamagedError{Path: path, Reason: "it is not the key that was noted elsewhere", Remedy: "the ledger is another one or has been signed anew; keep it as evidence"}
	}
	return key, nil
}

// Verify checks this ledger as it stands on the disk, as the function Verify does.
// The ledger is locked only while what a Seal would change is read, so that entries
// can be appended while the rest of a long ledger is checked.
func (l *Ledger) Verify(w Witness) (Report, error) {
	r, err := l.reading(w)
	if err != nil {
		return Report{}, err
	}
	return r.check(w, func(consent.Entry) {})
}

func (l *Ledger) reading(w Witness) (reading, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.tiles()
	if err := t.hold(l.tree); err != nil {
		return reading{}, err
	}
	return begin(t, w)
}
