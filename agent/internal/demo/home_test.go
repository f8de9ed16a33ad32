package demo

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestNoHome starts demos where the folders cannot be made: a message, exit 1, and
// nothing left behind.
func TestNoHome(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ name, temporary, state, want string }{
		{"no temporary folder", "/proc/nothing", "", "a temporary folder for the demo: "},
		{"state in a file", shortTemp(t), filepath.Join(file, "state"), "the demo's folders: "},
		{"state is a file", shortTemp(t), file, "the demo's folders: "},
		{"state where none can be", shortTemp(t), "/proc/nothing/state", "the demo's folders: "},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Setenv("TMPDIR", row.temporary)
			var out, words bytes.Buffer
			o := Options{For: time.Hour, StateFolder: row.state, Stdout: &out, Stderr: &words}
			if exit := Run(t.Context(), o); exit != exitBroken || !strings.Contains(words.String(), row.want) {
				t.Errorf("exit %d, %s", exit, &words)
			}
			if left, _ := filepath.Glob(filepath.Join(row.temporary, "quietstat-*")); len(left) != 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// TestHomeFitsTheSockets puts TMPDIR where a socket's name would just fit, and one
// byte deeper; a relative one becomes a full path.
func TestHomeFitsTheSockets(t *testing.T) {
	short := shortTemp(t)
	fits := short + "/" + strings.Repeat("d", 29-len(short)-1)
	for _, row := range []struct{ name, temporary, within string }{
		{"fits", fits, fits},
		{"one byte deeper", fits + "d", "/tmp"},
		{"far deeper", filepath.Join(fits, strings.Repeat("d", 99)), "/tmp"},
		{"relative", "d", filepath.Join(short, "d")},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Chdir(short)
			t.Setenv("TMPDIR", row.temporary)
			if err := os.MkdirAll(row.temporary, 0o700); err != nil {
				t.Fatal(err)
			}
			h, err := settleIn("")
			if err != nil {
				t.Fatal(err)
			}
			if filepath.Dir(h.folder) != row.within {
				t.Errorf("in %s, want within %s", h.folder, row.within)
			}
			if err := h.leave(); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(h.folder); !os.IsNotExist(err) {
				t.Errorf("left behind: %v", err)
			}
		})
	}
}
