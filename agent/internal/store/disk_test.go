package store

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"quietstat/agent/internal/clock"
)

func TestWriteAtomicSurvivesACrashBetweenAnyTwoSteps(t *testing.T) {
	for _, before := range []string{"", "old"} {
		template := scratch(t)
		if before != "" {
			write(t, filepath.Join(template, "f"), []byte(before))
		}
		done := false
		program := func(d *Disk, dir string) {
			done = d.WriteAtomic(filepath.Join(dir, "f"), []byte("new")) == nil
			_ = d.remove(filepath.Join(dir, "unrelated")) // so that there is a crash after it
		}
		everyCrash(t, template, program, func(t *testing.T, dir string) {
			data, err := os.ReadFile(filepath.Join(dir, "f"))
			if got := string(data); got != "new" && (done || got != before || (err != nil && before != "")) {
				t.Errorf("%q became %q, %v; done: %v", before, got, err, done)
			}
			if err := new(Disk).WriteAtomic(filepath.Join(dir, "f"), []byte("again")); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestFaultsCanBeTakenAway(t *testing.T) {
	d := new(Disk)
	path := filepath.Join(scratch(t), "f")
	for i, c := range []struct {
		faults clock.Fault
		want   error
	}{{0, nil}, {clock.FaultDiskFull, syscall.ENOSPC}, {clock.FaultDiskFull, syscall.ENOSPC}, {0, nil}} {
		d.Obey(c.faults)
		if err := d.WriteAtomic(path, []byte{byte(i)}); !errors.Is(err, c.want) {
			t.Errorf("step %d: %v", i, err)
		}
	}
	if data, err := os.ReadFile(path); err != nil || data[0] != 3 {
		t.Errorf("%v, %v", data, err)
	}
}

// A full disk stops what needs room, in every part, and nothing is lost by it.
func TestFullDisk(t *testing.T) {
	d := new(Disk)
	l := openLedger(t, d, scratch(t))
	defer l.Close()
	fill(t, l, 3)
	if err := l.Ready(); err != nil && !errors.Is(err, ErrSpace) { // the machine that runs this may be full
		t.Fatal(err)
	}
	d.Inject(Full())
	if err := l.Ready(); !errors.Is(err, ErrSpace) {
		t.Errorf("Ready: %v", err)
	}
	if _, err := l.Append(entry(3)); !errors.Is(err, ErrSpace) {
		t.Errorf("Append: %v", err)
	}
	d.Inject(nil)
	fill(t, l, 1)
	checkEntries(t, l, 4)
}

func TestSpaceBoundary(t *testing.T) {
	const gib = 1 << 30
	for _, c := range []struct {
		free, total uint64
		want        error
	}{
		{49, 1000, ErrSpace}, {50, 1000, nil}, {51, 1000, nil},
		{gib - 1, 100 * gib, ErrSpace}, {gib, 100 * gib, nil}, {gib + 1, 100 * gib, nil},
		{0, 0, nil}, // a file system without sizes, as some overlays are
	} {
		if err := checkSpace(c.free, c.total); !errors.Is(err, c.want) {
			t.Errorf("%d of %d: %v", c.free, c.total, err)
		}
	}
}

func TestNothingIsWrittenThroughALink(t *testing.T) {
	dir := scratch(t)
	target := filepath.Join(dir, "elsewhere")
	write(t, target, []byte("theirs"))
	path := filepath.Join(dir, "f")
	if err := os.Symlink(target, temporary(path)); err != nil {
		t.Fatal(err)
	}
	if err := new(Disk).WriteAtomic(path, []byte("ours")); err == nil {
		t.Error("a symbolic link was followed")
	}
	if data, err := os.ReadFile(target); err != nil || string(data) != "theirs" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestOperationsHaveNames(t *testing.T) {
	seen := make(map[string]bool)
	for k := OpRead; k <= OpSyncDir; k++ {
		seen[k.String()] = true
	}
	if len(seen) != int(OpSyncDir)+1 || (OpSyncDir+1).String() != "unknown operation" {
		t.Errorf("%v", seen)
	}
}

// A file where a folder belongs is told, not replaced.
func TestAFileInTheWay(t *testing.T) {
	path := filepath.Join(scratch(t), "f")
	write(t, path, nil)
	if err := new(Disk).makeDir(filepath.Join(path, "below")); err == nil {
		t.Error("made")
	}
	if _, err := OpenLedger(new(Disk), path); err == nil {
		t.Error("opened")
	}
}
