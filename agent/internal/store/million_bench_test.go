//go:build bench

package store

import (
	"fmt"
	"os"
	"testing"
	"time"
)

// A ledger of a million entries, which is a message a minute for nearly a year:
// how long verifying all of it takes.
func TestBenchVerifyMillion(t *testing.T) {
	const entries = 1_000_000
	parent := "/dev/shm" // filling it is not what is measured
	if _, err := os.Stat(parent); err != nil {
		parent = ""
	}
	dir, err := os.MkdirTemp(parent, "qsmillion")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	l, err := OpenLedger(new(Disk), dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range entries {
		e := entry(i)
		e.Seq = uint64(i)
		data, err := e.Format()
		if err != nil {
			t.Fatal(err)
		}
		if l.pending = append(l.pending, data); len(l.pending) == 16*SealEvery {
			if err := l.Seal(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	report, err := Verify(dir, Witness{})
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(begun)
	if got := report.Sealed + report.Pending; got != entries {
		t.Errorf("%d entries verified of %d", got, entries)
	}
	fmt.Printf("ledger verify: %d entries in %v, %.1f us each\n", entries, took.Round(time.Millisecond), float64(took.Microseconds())/entries)
}
