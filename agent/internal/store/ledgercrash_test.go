package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"pgregory.net/rapid"

	"quietstat/consent"
)

// ledgerTemplate is a folder with n sealed entries.
func ledgerTemplate(t *testing.T, n int) string {
	t.Helper()
	dir := scratch(t)
	l := openLedger(t, new(Disk), dir)
	fill(t, l, n)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// checkReopened opens what a crash left and checks every promise: what was
// acknowledged is there, at most one entry more, all of it verifies, and the
// ledger can be written, sealed and read again.
func checkReopened(t *testing.T, dir string, acked uint64) {
	t.Helper()
	l, err := OpenLedger(new(Disk), dir)
	if err != nil {
		t.Fatalf("%d entries acknowledged, and then: %v", acked, err)
	}
	size := l.Size()
	if size < acked || size > acked+1 {
		t.Fatalf("%d entries acknowledged, %d are there", acked, size)
	}
	checkEntries(t, l, size)
	if l.Pending() == 0 && l.base != l.tree.N {
		t.Fatalf("the tail still begins at %d of %d", l.base, l.tree.N)
	}
	fill(t, l, 2)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = openLedger(t, new(Disk), dir)
	if l.Size() != size+2 || l.Pending() != 0 || l.Repaired() != 0 {
		t.Fatalf("after the repair: %d entries, %d pending, %d bytes cut off", l.Size(), l.Pending(), l.Repaired())
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	checkTidy(t, dir, size+2)
}

// checkTidy finds files that a sealed ledger of this size does not need.
func checkTidy(t *testing.T, dir string, size uint64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".tmp") {
			t.Errorf("%s is left behind", path)
		}
		if strings.HasSuffix(filepath.Dir(path), ".p") && filepath.Base(path) != partialWidth(path, size) {
			t.Errorf("%s is left behind at size %d", path, size)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// partialWidth is the name a partial tile's file has at this size.
func partialWidth(path string, size uint64) string {
	if strings.Contains(path, "/tile/1/") {
		size /= tileWidth
	}
	return strconv.FormatUint(size%tileWidth, 10)
}

func TestLedgerSurvivesACrashBetweenAnyTwoSteps(t *testing.T) {
	template := ledgerTemplate(t, 254)
	var acked uint64
	program := func(d *Disk, dir string) {
		acked = 254
		l, err := OpenLedger(d, dir)
		if err != nil {
			return
		}
		defer l.Close()
		for _, n := range []int{3, 1} { // the first crosses a bundle
			for range n {
				if _, err := l.Append(entry(int(acked))); err != nil {
					return
				}
				acked++
			}
			if err := l.Seal(); err != nil {
				return
			}
		}
		if _, err := l.Append(entry(int(acked))); err == nil {
			acked++
		}
	}
	everyCrash(t, template, program, func(t *testing.T, dir string) { checkReopened(t, dir, acked) })
}

func TestLedgerSurvivesACrashAtItsFirstStart(t *testing.T) {
	var acked uint64
	program := func(d *Disk, dir string) {
		acked = 0
		l, err := OpenLedger(d, filepath.Join(dir, "ledger"))
		if err != nil {
			return
		}
		defer l.Close()
		if _, err := l.Append(entry(0)); err == nil {
			acked++
		}
	}
	everyCrash(t, scratch(t), program, func(t *testing.T, dir string) {
		checkReopened(t, filepath.Join(dir, "ledger"), acked)
	})
}

// One operation fails, lost or persisted, and the program lives on.
func TestLedgerGoesOnAfterAnyOneFailure(t *testing.T) {
	template := ledgerTemplate(t, 250)
	for name, half := range deaths {
		for fail := 0; ; fail++ {
			dir := copyDir(t, template)
			d := new(Disk)
			l := openLedger(t, d, dir)
			count := 0
			var failed Op
			d.Inject(func(op Op) Verdict {
				if op.Kind < OpOpen {
					return Verdict{}
				}
				count++
				if count-1 == fail {
					failed = op
					v := half(op)
					v.Err = syscall.EIO
					return v
				}
				return Verdict{}
			})
			acked := uint64(250)
			for range 2 {
				for range 6 {
					if seq, err := l.Append(entry(int(acked))); err == nil {
						if seq != acked {
							t.Fatalf("%s at %d: entry %d became %d", name, fail, acked, seq)
						}
						acked++
					}
				}
				_ = l.Seal() // its failure is what the test is about
			}
			if acked < 261 {
				t.Fatalf("%s at %d (%v of %s): one failure cost %d entries", name, fail, failed.Kind, failed.Path, 262-acked)
			}
			d.Inject(nil)
			checkEntries(t, l, acked)
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			checkReopened(t, dir, acked)
			if failed == (Op{}) {
				break
			}
		}
	}
}

// The same, and then the power is cut: what failed halfway, a rename whose folder
// was not synced, must not take with it what was acknowledged later.
func TestAFailureDoesNotUndermineWhatFollows(t *testing.T) {
	template := ledgerTemplate(t, 3)
	for name, half := range deaths {
		for fail := 0; ; fail++ {
			dir := copyDir(t, template)
			w := newWreck(t, dir, fail, half)
			w.once = true
			acked, values := uint64(3), []uint64(nil)
			l, err := OpenLedger(&w.disk, dir)
			if err == nil {
				for range 3 {
					if _, err := l.Append(entry(int(acked))); err == nil {
						acked++
					}
					_ = l.Seal() // may be what fails
				}
				if _, err := l.Append(entry(int(acked))); err == nil {
					acked++
				}
			}
			v, err := OpenValues(&w.disk, filepath.Join(dir, "values"), testBoot)
			if err == nil {
				for seq := range uint64(3) {
					if v.Put(trusted(noon), seq, salt(seq), payload(seq)) == nil {
						values = append(values, seq)
					}
				}
			}
			cut := w.afterPowerCut()
			w.disk.Inject(failing(errDead))
			if l != nil {
				_ = l.Close() // the process ends
			}
			checkReopened(t, cut, acked)
			kept := openValues(t, new(Disk), filepath.Join(cut, "values"))
			for _, seq := range values {
				if _, err := kept.Value(seq, consent.Commit(salt(seq), payload(seq))); err != nil {
					t.Errorf("value %d: %v", seq, err)
				}
			}
			if t.Failed() {
				t.Fatalf("%s at %d", name, fail)
			}
			if fail >= len(w.ops) {
				break
			}
		}
	}
}

// An append that failed and is on the disk all the same, then a Seal whose new
// tail does not come about: the old tail must end where the tree does.
func TestSealTakesAwayWhatAFailedAppendLeft(t *testing.T) {
	d := new(Disk)
	dir := scratch(t)
	l := openLedger(t, d, dir)
	fill(t, l, 2)
	failing := func(kind OpKind, name string) Fault {
		return func(op Op) Verdict {
			if op.Kind == kind && filepath.Base(op.Path) == name {
				return Verdict{Err: syscall.EIO}
			}
			return Verdict{}
		}
	}
	d.Inject(failing(OpSync, "tail"))
	if _, err := l.Append(entry(2)); err == nil {
		t.Fatal("appended")
	}
	d.Inject(failing(OpRename, "tail"))
	if err := l.Seal(); err == nil {
		t.Fatal("sealed and tidy")
	}
	d.Inject(nil)
	fill(t, l, 1)
	checkEntries(t, l, 3)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	checkReopened(t, dir, 3)
}

// Random sequences of appends, seals, failures, kills and power cuts.
func TestLedgerNeverLosesWhatItAcknowledged(t *testing.T) {
	template := ledgerTemplate(t, 254)
	rapid.Check(t, func(r *rapid.T) {
		dir := copyDir(t, template)
		acked := uint64(254)
		for range rapid.IntRange(1, 4).Draw(r, "lives") {
			w := newWreck(t, dir, rapid.IntRange(0, 60).Draw(r, "die"), rapid.SampledFrom([]func(Op) Verdict{
				deaths["lost"], deaths["persisted"], deaths["torn"],
			}).Draw(r, "death"))
			l, err := OpenLedger(&w.disk, dir)
			if err == nil {
				acked = l.Size()
				for _, seal := range rapid.SliceOfN(rapid.Bool(), 0, 8).Draw(r, "seal") {
					if _, err := l.Append(entry(int(acked))); err == nil {
						acked++
					}
					if seal {
						_ = l.Seal() // may fail; the records stay where they are
					}
				}
				_ = l.Close() // dead or alive
			}
			if rapid.Bool().Draw(r, "powercut") {
				dir = w.afterPowerCut()
			}
		}
		if _, err := Verify(dir, Witness{}); err != nil {
			r.Fatalf("what the crash left does not verify: %v", err)
		}
		checkReopened(t, dir, acked)
	})
}

func isErrno(err error, errno syscall.Errno) bool {
	return errors.Is(err, errno) && errors.Is(err, ErrSpace) == (errno == syscall.ENOSPC)
}

func TestRefusedWritesAreTypedAndHarmless(t *testing.T) {
	for _, errno := range []syscall.Errno{syscall.ENOSPC, syscall.EIO, syscall.EROFS} {
		dir := ledgerTemplate(t, 3)
		d := new(Disk)
		l := openLedger(t, d, dir)
		fill(t, l, 1)
		d.Inject(failing(errno))
		if _, err := l.Append(entry(4)); !isErrno(err, errno) {
			t.Errorf("Append on %v: %v", errno, err)
		}
		if err := l.Seal(); !isErrno(err, errno) {
			t.Errorf("Seal on %v: %v", errno, err)
		}
		checkEntries(t, l, 4)
		if err := l.Close(); err == nil {
			t.Errorf("Close on %v said all was sealed", errno)
		}
		if _, err := OpenLedger(d, dir); !isErrno(err, errno) {
			t.Errorf("OpenLedger on %v: %v", errno, err)
		}
		d.Inject(nil)
		checkReopened(t, dir, 4)
	}
}

func TestOneProcessAtATime(t *testing.T) {
	dir := scratch(t)
	l := openLedger(t, new(Disk), dir)
	if second, err := OpenLedger(new(Disk), dir); err == nil {
		t.Errorf("a second writer got in: %v", second.Close())
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "lock")); err != nil {
		t.Error(err)
	}
}
