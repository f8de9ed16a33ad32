package store

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestMirror(t *testing.T) {
	disk := new(Disk)
	dir := filepath.Join(t.TempDir(), "recipients")
	check := func(want map[string]string) {
		t.Helper()
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) != len(want) {
			t.Errorf("%d files, want %d", len(entries), len(want))
		}
		for name, content := range want {
			got, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil || string(got) != content {
				t.Errorf("%s holds %q, %v; want %q", name, got, err, content)
			}
		}
	}
	steps := []map[string]string{
		{},
		{"a.json": "1", "b.json": "2"},
		{"b.json": "3", "c.json": "4"},
		{"b.json": "3", "c.json": "4"},
		{},
	}
	for _, step := range steps {
		files := map[string][]byte{}
		for name, content := range step {
			files[name] = []byte(content)
		}
		if err := disk.Mirror(dir, files); err != nil {
			t.Fatal(err)
		}
		check(step)
	}
	disk.Inject(Full())
	if err := disk.Mirror(dir, map[string][]byte{"d.json": []byte("5")}); err == nil {
		t.Error("a full disk was not noticed")
	} else if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%v does not say that the disk is full", err)
	}
	check(map[string]string{})
}
