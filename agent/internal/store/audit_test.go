package store

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"quietstat/consent"
)

// longTemplate is a ledger of so many entries, made without a flush for each.
func longTemplate(t *testing.T, entries int) string {
	t.Helper()
	dir := scratch(t)
	l := openLedger(t, new(Disk), dir)
	for n := 0; n < entries; {
		for range min(maxPending, entries-n) {
			e := entry(n)
			e.Seq = uint64(n)
			line, err := e.Format()
			if err != nil {
				t.Fatal(err)
			}
			l.pending = append(l.pending, line)
			n++
		}
		if err := l.Seal(); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func spoil(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// The start of a long ledger looks at its newest part; the audit at all of it.
func TestOpenAndAuditShareTheWork(t *testing.T) {
	dir := longTemplate(t, (openBundles+2)*tileWidth+5)
	for _, tt := range []struct {
		name, file   string
		opens, audit bool
	}{
		{"whole", "", true, true},
		{"the newest full bundle", "tile/entries/065", false, false},
		{"the oldest bundle that is opened", "tile/entries/003", false, false},
		{"one before", "tile/entries/002", true, false},
		{"the oldest", "tile/entries/000", true, false},
		{"hashes of the oldest", "tile/0/000", true, false},
		{"the tile below the root", "tile/1/000.p/66", false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			copied := scratch(t)
			if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			if tt.file != "" {
				spoil(t, filepath.Join(copied, tt.file))
			}
			l, err := OpenLedger(new(Disk), copied)
			var damaged *DamagedError
			if (err == nil) != tt.opens || err != nil && !errors.As(err, &damaged) {
				t.Fatalf("opened with %v", err)
			}
			if err != nil {
				return
			}
			defer l.Close()
			if l.Audited() {
				t.Error("audited before the audit")
			}
			if err := l.Audit(); (err == nil) != tt.audit || l.Audited() != tt.audit || err != nil && !errors.As(err, &damaged) {
				t.Errorf("audited with %v", err)
			}
		})
	}
}

// A short ledger is checked whole when it is opened.
func TestShortLedgersNeedNoAudit(t *testing.T) {
	for _, n := range []int{0, 1, tileWidth, tileWidth + 1} {
		l := openLedger(t, new(Disk), longTemplate(t, n))
		if !l.Audited() {
			t.Errorf("%d entries are too many", n)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

// The ledger grows and is sealed while it is verified and audited.
func TestVerifyingDoesNotHoldTheLedgerUp(t *testing.T) {
	l := openLedger(t, new(Disk), ledgerTemplate(t, 3*tileWidth+7))
	defer l.Close()
	r, err := l.reading(Witness{})
	if err != nil {
		t.Fatal(err)
	}
	fill(t, l, tileWidth) // whoever verifies is held up between two tiles
	if err := l.Seal(); err != nil {
		t.Fatal(err)
	}
	report, err := r.check(Witness{}, func(consent.Entry) {})
	if err != nil || report.Sealed != 3*tileWidth+7 {
		t.Fatalf("%+v, %v", report, err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 5 {
				if _, err := l.Verify(Witness{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 20 {
		fill(t, l, 13)
		if err := l.Seal(); err != nil {
			t.Error(err)
		}
	}
	all.Wait()
}

func TestProve(t *testing.T) {
	dir := ledgerTemplate(t, 300)
	l := openLedger(t, new(Disk), dir)
	fill(t, l, 2)
	key, err := note.NewVerifier(l.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	for _, seq := range []uint64{0, 255, 256, 299, 301} { // the last is not sealed yet
		p, err := l.Prove(seq)
		if err != nil {
			t.Fatal(err)
		}
		if e, _, err := p.Check(key); err != nil || e.Fields != int(seq) {
			t.Errorf("entry %d: %+v, %v", seq, e, err)
		}
	}
	if _, err := l.Prove(302); !errors.Is(err, ErrNoRecord) {
		t.Errorf("an entry that is not there: %v", err)
	}
	fill(t, l, 1)
	copied := scratch(t)
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	p, public, err := Prove(copied, Witness{}, 301)
	if err != nil || public != key.Name()+public[len(key.Name()):] {
		t.Fatal(public, err)
	}
	if _, _, err := p.Check(key); err != nil {
		t.Error(err)
	}
	if _, _, err := Prove(copied, Witness{}, 302); err == nil || errors.Is(err, ErrNoRecord) {
		t.Errorf("an entry under no checkpoint: %v", err)
	}
	if _, _, err := Prove(copied, Witness{}, 303); !errors.Is(err, ErrNoRecord) {
		t.Errorf("an entry that is not there: %v", err)
	}
	if _, _, err := Prove(copied, Witness{Key: "another"}, 0); err == nil {
		t.Error("proven with another key than the one that was noted")
	}
	signed, public, err := SignedCheckpoint(copied, Witness{})
	if err != nil || public != l.PublicKey() {
		t.Fatal(public, err)
	}
	if cp, err := consent.OpenCheckpoint([]byte(signed), key); err != nil || cp.Size != 302 {
		t.Errorf("%+v, %v", cp, err)
	}
}

func TestProveRefusesDamage(t *testing.T) {
	dir := ledgerTemplate(t, 300)
	for _, file := range []string{"tile/0/000", "checkpoint", "key.pub"} {
		copied := scratch(t)
		if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		spoil(t, filepath.Join(copied, file))
		p, public, err := Prove(copied, Witness{}, 3)
		if err == nil { // what lies under the hash is whoever checks's to find
			key, kerr := note.NewVerifier(public)
			if kerr != nil {
				t.Fatal(kerr)
			}
			_, _, err = p.Check(key)
		}
		if err == nil {
			t.Errorf("with %s damaged an entry is proven", file)
		}
	}
}
