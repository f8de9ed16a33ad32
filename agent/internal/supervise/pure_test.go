package supervise

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func itoa(n int) string { return strconv.Itoa(n) }

func TestPause(t *testing.T) {
	const long = 30 * time.Second
	for _, row := range []struct{ last, lived, want time.Duration }{
		{0, 0, firstPause},
		{firstPause, 0, 2 * firstPause},
		{5*time.Second - 1, 0, 10*time.Second - 2},
		{5 * time.Second, 0, lastPause},
		{5*time.Second + 1, 0, lastPause},
		{lastPause, 0, lastPause},
		{lastPause, long - 1, lastPause},
		{lastPause, long, firstPause},
		{lastPause, long + 1, firstPause},
		{-1, 0, firstPause},
	} {
		if got := pause(row.last, row.lived); got != row.want {
			t.Errorf("pause(%v, %v) = %v, want %v", row.last, row.lived, got, row.want)
		}
	}
}

func TestFind(t *testing.T) {
	for _, row := range []struct {
		name   string
		vars   string // space-separated
		fd     int
		found  bool
		reason string
	}{
		{"control.sock", "QUIETSTAT_LISTEN=control.sock:5,panel.sock:6", 5, true, "first of two"},
		{"panel.sock", "QUIETSTAT_LISTEN=control.sock:5,panel.sock:6", 6, true, "second of two"},
		{"sock", "QUIETSTAT_LISTEN=control.sock:5", 0, false, "a part of a name is no name"},
		{"control.sock", "QUIETSTAT_LISTEN=control.sock:2", 2, false, "the standard files"},
		{"control.sock", "QUIETSTAT_LISTEN=control.sock:3", 3, true, "the first that may be"},
		{"control.sock", "QUIETSTAT_LISTEN=control.sock:x", 0, false, "no number"},
		{"control.sock", "QUIETSTAT_LISTEN=control.sock", 0, false, "no colon"},
		{"", "QUIETSTAT_LISTEN=:5", 5, false, "no name"},
		{"control.sock", "LISTEN_PID=42 LISTEN_FDS=2 LISTEN_FDNAMES=panel.sock:control.sock", 4, true, "systemd"},
		{"control.sock", "LISTEN_PID=41 LISTEN_FDS=2 LISTEN_FDNAMES=panel.sock:control.sock", 0, false, "meant for another process"},
		{"control.sock", "LISTEN_PID=42 LISTEN_FDS=1 LISTEN_FDNAMES=panel.sock:control.sock", 0, false, "more names than files"},
		{"control.sock", "LISTEN_PID=42 LISTEN_FDS=x LISTEN_FDNAMES=control.sock", 0, false, "no count"},
		{"control.sock", "LISTEN_FDS=1 LISTEN_FDNAMES=control.sock", 0, false, "no pid"},
		{"a", "QUIETSTAT_LISTEN=b:9 LISTEN_PID=42 LISTEN_FDS=1 LISTEN_FDNAMES=a", 3, true, "both"},
	} {
		getenv := func(name string) string {
			for pair := range strings.FieldsSeq(row.vars) {
				if value, ok := strings.CutPrefix(pair, name+"="); ok {
					return value
				}
			}
			return ""
		}
		fd, ok := find(row.name, getenv, 42)
		if ok != row.found || ok && fd != row.fd {
			t.Errorf("%s: find(%q) = %d, %t, want %d, %t", row.reason, row.name, fd, ok, row.fd, row.found)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("control.sock", "control.sock:5", "2", "a:b")
	f.Fuzz(func(t *testing.T, name, listen, fds, names string) {
		vars := map[string]string{ListenVariable: listen, "LISTEN_PID": "42", "LISTEN_FDS": fds, "LISTEN_FDNAMES": names}
		fd, ok := find(name, func(v string) string { return vars[v] }, 42)
		if ok && fd < firstFile {
			t.Errorf("find gave out file %d", fd)
		}
	})
}

func TestClean(t *testing.T) {
	got := clean([]string{"PATH=/bin", "LISTEN_FDS=1", "all_proxy=x", "NOTIFY_SOCKET=/n", "TZ=UTC", "QUIETSTAT_CLOCK_FD=9", "odd"})
	if want := []string{"GOTRACEBACK=none", "PATH=/bin", "TZ=UTC"}; !slices.Equal(got, want) {
		t.Errorf("clean = %q, want %q", got, want)
	}
	// Whoever looks for a fault may have the stacks: of two values the last one counts.
	if got := clean([]string{"GOTRACEBACK=all"}); !slices.Equal(got, []string{"GOTRACEBACK=none", "GOTRACEBACK=all"}) {
		t.Errorf("clean = %q", got)
	}
}

func TestRecipientName(t *testing.T) {
	for name, want := range map[string]bool{
		"kitchen": true, "a-1_b": true, strings.Repeat("a", 40): true, strings.Repeat("a", 41): false,
		"": false, "..": false, "a/b": false, "a b": false, "A": false, "é": false, "a.json": false,
	} {
		if got := recipientName(name); got != want {
			t.Errorf("recipientName(%q) = %t, want %t", name, got, want)
		}
	}
}
