package store

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"quietstat/consent"
)

func TestReadShowsEveryEntryInOrder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ledger")
	ledger, err := OpenLedger(new(Disk), dir)
	if err != nil {
		t.Fatal(err)
	}
	now := consent.Now{Boot: time.Hour, BootID: "boot", Wall: time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)}
	const sealed, pending = 300, 7 // more than one bundle, and a tail
	for i := range sealed + pending {
		if i == sealed {
			if err := ledger.Seal(); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := ledger.Append(now.Entry(consent.EntryButtonClose)); err != nil {
			t.Fatal(err)
		}
	}
	var seen []consent.Entry
	report, err := Read(dir, Witness{}, func(e consent.Entry) { seen = append(seen, e) })
	if err != nil {
		t.Fatal(err)
	}
	if report.Sealed != sealed || report.Pending != pending || len(seen) != sealed+pending {
		t.Fatalf("sealed %d, pending %d, shown %d", report.Sealed, report.Pending, len(seen))
	}
	for i, e := range seen {
		if e.Seq != uint64(i) {
			t.Fatalf("entry %d stands at place %d", e.Seq, i)
		}
	}
	if err := ledger.Close(); err != nil {
		t.Fatal(err)
	}

	path := filepath.Join(dir, "checkpoint")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 4
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir, Witness{}, func(consent.Entry) {}); err == nil {
		t.Error("a forged checkpoint was believed")
	}
}

// A device, a pipe or a folder under one of our names is refused at once: reading
// it would fill the memory or never end.
func TestOnlyFilesAreRead(t *testing.T) {
	d, dir := new(Disk), t.TempDir()
	pipe, folder, file, huge := filepath.Join(dir, "pipe"), filepath.Join(dir, "folder"), filepath.Join(dir, "file"), filepath.Join(dir, "huge")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("ours"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(huge, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(huge, maxFile+1); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, folder, huge, "/dev/zero"} {
		if data, err := d.read(path); err == nil {
			t.Errorf("%s was read: %d bytes", filepath.Base(path), len(data))
		}
	}
	if data, err := d.read(file); err != nil || string(data) != "ours" {
		t.Errorf("a file: %q, %v", data, err)
	}
}
