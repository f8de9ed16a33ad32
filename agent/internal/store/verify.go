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
	var d Disk
	r := Report{Key: w.Key, Kinds: make(map[string]int)}
	key, err := witnessKey(&d, dir, w.Key)
	if err != nil {
		return Report{}, err
	}
	r.Key = key
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return Report{}, fmt.Errorf("the ledger's key %q is not a verifier key: %w", key, err)
	}
	tree, err := readCheckpoint(&d, dir, verifier)
	if err != nil {
		return Report{}, err
	}
	t := tiles{disk: &d, dir: dir}
	count := func(seq uint64, record []byte) error {
		e, err := readEntry(seq, record)
		if err == nil {
			r.Kinds[e.Kind.String()]++
			visit(e)
		}
		return err
	}
	if err := t.check(tree, count); err != nil {
		return Report{}, err
	}
	r.Sealed, r.Root = uint64(tree.N), tree.Hash.String()
	if err := r.tail(&d, t, tree, count); err != nil {
		return Report{}, err
	}
	if r.Since, err = t.extends(tree, w.Checkpoint, verifier); err != nil {
		return Report{}, err
	}
	return r, nil
}

// tail reads the tail without repairing it.
func (r *Report) tail(d *Disk, t tiles, tree tlog.Tree, count func(uint64, []byte) error) error {
	path := filepath.Join(t.dir, "tail")
	data, err := d.read(path)
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
	r.Torn = errors.Is(err, errTorn)
	if err != nil && !r.Torn {
		return &DamagedError{Path: path, Reason: err.Error(), Remedy: ledgerRemedy}
	}
	pending, err := joinTail(t, tree, base, records)
	if err != nil {
		return err
	}
	r.Pending = uint64(len(pending))
	for i, record := range pending {
		if err := count(uint64(tree.N)+uint64(i), record); err != nil {
			return &DamagedError{Path: path, Reason: err.Error(), Remedy: ledgerRemedy}
		}
	}
	return nil
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
	if witness = strings.TrimSpace(witness); witness != "" && witness != key {
		return "", &DamagedError{Path: path, Reason: "it is not the key that was noted elsewhere", Remedy: "the ledger is another one or has been signed anew; keep it as evidence"}
	}
	return key, nil
}

// Verify checks this ledger as it stands on the disk, as the function Verify does.
// Nothing can be appended meanwhile.
func (l *Ledger) Verify(w Witness) (Report, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return Verify(l.dir, w)
}
