package store

import (
	"testing"
	"time"

	"quietstat/consent"
)

// entry makes the i-th entry of a test ledger.
func entry(i int) consent.Entry {
	return consent.Entry{
		Kind: consent.EntryReleaseIntent, Boot: time.Duration(i) * time.Second, BootID: "boot",
		Wall: time.Unix(1_800_000_000, 0).UTC(), Recipient: "hub", Fields: i,
	}
}

func openLedger(t *testing.T, d *Disk, dir string) *Ledger {
	t.Helper()
	l, err := OpenLedger(d, dir)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func fill(t *testing.T, l *Ledger, n int) {
	t.Helper()
	for range n {
		seq := l.Size()
		got, err := l.Append(entry(int(seq)))
		if err != nil || got != seq {
			t.Fatalf("Append = %d, %v, want %d", got, err, seq)
		}
	}
}

// checkEntries compares the ledger at its end with what
// fill wrote.
func checkEntries(t *testing.T, l *Ledger, n uint64) {
	t.Helper()
	if l.Size() != n {
		t.Fatalf("Size = %d, want %d", l.Size(), n)
	}
	next := int(n - min(n, 20))
	err := l.Records(uint64(next), n+10, func(e consent.Entry) bool {
		if e.Fields != next || e.Seq != uint64(next) {
			t.Fatalf("entry %d is %+v", next, e)
		}
		next++
		return true
	})
	if err != nil || uint64(next) != n {
		t.Fatalf("Records gave %d of %d: %v", next, n, err)
	}
}

func TestLedgerSurvivesEveryBoundary(t *testing.T) {
	dir := scratch(t)
	total := 0
	for _, n := range []int{0, 1, 1, 253, 1, 1, 1, 254, 1, 256, 700, 3} {
		l := openLedger(t, new(Disk), dir)
		fill(t, l, n)
		total += n
		checkEntries(t, l, uint64(total))
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := Verify(dir, Witness{})
		if err != nil || r.Sealed != uint64(total) || r.Pending != 0 || r.Torn {
			t.Fatalf("after %d: %+v, %v", total, r, err)
		}
	}
}
