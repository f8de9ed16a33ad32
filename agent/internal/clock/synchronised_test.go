package clock

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSynchronised(t *testing.T) {
	for _, c := range []struct {
		name   string
		state  int
		status int32
		err    error
		marked bool
		want   bool
	}{
		{"the kernel says yes", unix.TIME_OK, 0, nil, false, true},
		{"a leap second is ahead", unix.TIME_INS, 0, nil, false, true},
		{"never set", unix.TIME_ERROR, unix.STA_UNSYNC, nil, false, false},
		{"no longer followed", unix.TIME_OK, unix.STA_UNSYNC, nil, false, false},
		{"the kernel knows better than a file", unix.TIME_ERROR, unix.STA_UNSYNC, nil, true, false},
		{"may not ask, and marked", 0, 0, unix.EPERM, true, true},
		{"may not ask, and not marked", 0, 0, unix.EPERM, false, false},
		{"another failure", 0, 0, unix.EFAULT, true, false},
	} {
		adjtimex := func(tx *unix.Timex) (int, error) {
			tx.Status = c.status
			return c.state, c.err
		}
		if got := synchronised(adjtimex, func() bool { return c.marked }); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestMarkIsSeenOnceItIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "synchronized")
	m := newMark(path)
	if m.seen() {
		t.Error("seen before it was there")
	}
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if !m.seen() {
		t.Error("not seen")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if !m.seen() {
		t.Error("what was synchronised in this boot stays so")
	}
	absent := newMark(path)
	if n := testing.AllocsPerRun(100, func() { absent.seen() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
