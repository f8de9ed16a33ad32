package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quietstat/consent"
)

// damageTemplate is a ledger with complete and partial tiles and a tail.
func damageTemplate(t *testing.T) string {
	t.Helper()
	dir := ledgerTemplate(t, 260)
	d := new(Disk)
	l := openLedger(t, d, dir)
	fill(t, l, 2)
	// Close seals; a killed program does not.
	d.Inject(failing(errDead))
	_ = l.Close() // fails, as it must
	return dir
}

// evidence lists every file of a ledger but the lock.
func evidence(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && e.Name() != "lock" {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	return files
}

// refused checks that a damaged ledger is neither opened nor verified, and that
// opening it changed nothing.
func refused(t *testing.T, dir, what string) {
	t.Helper()
	var damaged *DamagedError
	l, err := OpenLedger(new(Disk), dir)
	if err == nil {
		t.Errorf("%s: opened", what)
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	} else if !errors.As(err, &damaged) || damaged.Path == "" || damaged.Remedy == "" {
		t.Errorf("%s: %v is not typed", what, err)
	}
	if _, err := Verify(dir, Witness{}); !strings.HasPrefix(what, "key ") && !errors.As(err, &damaged) {
		t.Errorf("%s: verified with %v", what, err)
	}
}

func TestAnyFlippedByteIsRefused(t *testing.T) {
	dir := damageTemplate(t)
	for _, path := range evidence(t, dir) {
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		step := 1 + len(whole)/23 // every byte of the small files, a sample of the large
		for at := 0; at < len(whole); at += step {
			write(t, path, flip(whole, at))
			name, _ := filepath.Rel(dir, path)
			refused(t, dir, name+" byte "+string(whole[at:at+1]))
		}
		write(t, path, whole)
	}
	if _, err := Verify(dir, Witness{}); err != nil {
		t.Errorf("put back as it was: %v", err)
	}
}

func TestAnyMissingOrShortenedFileIsRefused(t *testing.T) {
	dir := damageTemplate(t)
	for _, path := range evidence(t, dir) {
		name := filepath.Base(path)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if name != "key.pub" { // made again from the key, and Verify has no other
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			refused(t, dir, name+" missing")
		}
		write(t, path, whole[:0])
		refused(t, dir, name+" emptied")
		write(t, path, append(whole[:len(whole):len(whole)], 'x', 0, 0, 0, 0, 0, 0, 0, 0))
		refused(t, dir, name+" prolonged")
		write(t, path, whole)
	}
}

func TestATornTailIsRepairedAndTold(t *testing.T) {
	template := damageTemplate(t)
	tail, err := os.ReadFile(filepath.Join(template, "tail"))
	if err != nil {
		t.Fatal(err)
	}
	var starts []int64
	if _, err := eachFrame(tail, func(at int64, _ []byte) error {
		starts = append(starts, at)
		return nil
	}); err != nil || len(starts) != 3 {
		t.Fatal(starts, err)
	}
	for end := starts[1] + 1; end < int64(len(tail)); end++ {
		if end == starts[2] {
			continue // a whole record fewer: nothing is torn
		}
		dir := copyDir(t, template)
		write(t, filepath.Join(dir, "tail"), tail[:end])
		size, cut := uint64(260), end-starts[1]
		if end > starts[2] {
			size, cut = 261, end-starts[2]
		}
		r, err := Verify(dir, Witness{})
		if err != nil || !r.Torn || r.Sealed+r.Pending != size {
			t.Fatalf("cut at %d: %+v, %v", end, r, err)
		}
		l := openLedger(t, new(Disk), dir)
		if l.Repaired() != cut || l.Size() != size {
			t.Errorf("cut at %d: %d bytes repaired, %d entries", end, l.Repaired(), l.Size())
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		l = openLedger(t, new(Disk), dir)
		if l.Repaired() != 0 {
			t.Error("the same repair is told twice")
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// An older copy of one file among newer ones is damage, not a crash.
func TestAMixtureOfTimesIsRefused(t *testing.T) {
	old := ledgerTemplate(t, 256)
	for _, name := range []string{"checkpoint", "tail"} {
		dir := copyDir(t, old)
		l := openLedger(t, new(Disk), dir)
		fill(t, l, 4)
		if err := l.Seal(); err != nil {
			t.Fatal(err)
		}
		fill(t, l, 1)
		d := l.disk
		d.Inject(failing(errDead))
		_ = l.Close() // leaves the entry in the tail
		data, err := os.ReadFile(filepath.Join(old, name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), data)
		if name == "tail" {
			// An old tail is what a crash before the new one leaves, unless it
			// lacks entries the checkpoint covers.
			write(t, filepath.Join(dir, name), append(data[:len(data):len(data)], appendFrame(nil, mustFormat(t, 256))...))
		}
		refused(t, dir, "old "+name)
	}
}

func mustFormat(t *testing.T, seq int) []byte {
	t.Helper()
	e := entry(seq)
	e.Seq = uint64(seq)
	data, err := e.Format()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A tail whose frames are whole but whose entries are not in their place.
func TestATailOfOtherEntriesIsRefused(t *testing.T) {
	dir := ledgerTemplate(t, 3)
	path := filepath.Join(dir, "tail")
	tail, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range [][]byte{mustFormat(t, 2), mustFormat(t, 4), []byte("{}\n"), {}} {
		write(t, path, appendFrame(tail[:len(tail):len(tail)], record))
		refused(t, dir, "tail with "+string(record))
	}
	write(t, path, appendFrame(nil, tailHeader(2)))
	refused(t, dir, "tail that lacks an entry")
	write(t, path, appendFrame(appendFrame(nil, tailHeader(2)), mustFormat(t, 9)))
	refused(t, dir, "tail that disagrees")
}

func TestAnOldCheckpointHoldsTheLedgerToItsWord(t *testing.T) {
	dir := scratch(t)
	l := openLedger(t, new(Disk), dir)
	var kept []string
	for _, n := range []int{1, 254, 1, 1, 300} {
		fill(t, l, n)
		if err := l.Seal(); err != nil {
			t.Fatal(err)
		}
		c, err := l.Checkpoint()
		if err != nil || c == "" {
			t.Fatal(c, err)
		}
		kept = append(kept, c)
	}
	for i, c := range kept {
		r, err := l.Verify(Witness{Key: l.PublicKey(), Checkpoint: c})
		if err != nil || r.Since != []uint64{1, 255, 256, 257, 557}[i] {
			t.Errorf("checkpoint %d: %+v, %v", i, r, err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	other := ledgerTemplate(t, 3)
	if _, err := Verify(other, Witness{Checkpoint: kept[0]}); err == nil {
		t.Error("a checkpoint of another ledger was taken")
	}
	if _, err := Verify(other, Witness{Key: l.PublicKey()}); err == nil {
		t.Error("the key of another ledger was taken")
	}
	if _, err := Verify(other, Witness{Key: " "}); err == nil {
		t.Error("a blank was taken for no key at all")
	}
}

// Root rewrites the past with the real key: only the checkpoint kept elsewhere tells.
func TestARewrittenPastIsFoundByTheWitness(t *testing.T) {
	dir := ledgerTemplate(t, 40)
	data, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	witness := Witness{Checkpoint: string(data)}
	for _, n := range []int{39, 41} {
		forged := scratch(t)
		l := openLedger(t, new(Disk), forged)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"key", "key.pub"} {
			key, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(forged, name), key)
		}
		l = openLedger(t, new(Disk), forged)
		for i := range n {
			e := entry(i)
			if i == 7 {
				e.Recipient = "nobody"
			}
			if _, err := l.Append(e); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := Verify(forged, Witness{}); err != nil {
			t.Errorf("%d entries, nobody to tell: %v", n, err)
		}
		if _, err := Verify(forged, witness); err == nil {
			t.Errorf("%d entries: the rewriting was not found", n)
		}
	}
}

func TestVerifyWritesNothingAndNeedsNoKey(t *testing.T) {
	dir := damageTemplate(t)
	if err := os.Remove(filepath.Join(dir, "key")); err != nil {
		t.Fatal(err)
	}
	before := evidence(t, dir)
	r, err := Verify(dir, Witness{})
	if err != nil || r.Sealed != 260 || r.Pending != 2 || r.Kinds[consent.EntryReleaseIntent.String()] != 262 || r.Root == "" {
		t.Errorf("%+v, %v", r, err)
	}
	if after := evidence(t, dir); len(after) != len(before) {
		t.Errorf("%d files became %d", len(before), len(after))
	}
	if _, err := Verify(t.TempDir(), Witness{}); err == nil {
		t.Error("an empty folder verifies")
	}
}

func TestNoRecord(t *testing.T) {
	l := openLedger(t, new(Disk), scratch(t))
	defer l.Close()
	fill(t, l, 2)
	if e, err := l.Record(1); err != nil || e.Fields != 1 {
		t.Errorf("%+v, %v", e, err)
	}
	if _, err := l.Record(2); !errors.Is(err, ErrNoRecord) {
		t.Errorf("beyond the end: %v", err)
	}
}

// A tile that changes while the ledger is open is noticed when it is read.
func TestDamageUnderAnOpenLedgerIsRefused(t *testing.T) {
	dir := ledgerTemplate(t, 3)
	l := openLedger(t, new(Disk), dir)
	defer l.Close()
	path := filepath.Join(dir, "tile/entries/000.p/3")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, flip(data, 20))
	var damaged *DamagedError
	if _, err := l.Record(0); !errors.As(err, &damaged) {
		t.Errorf("Record: %v", err)
	}
}
