package notify

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// manager listens like a service manager and returns what it is told.
func manager(t *testing.T) (told func() string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "notify")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "s")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return func() string {
		t.Helper()
		buf := make([]byte, 256)
		n, err := c.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		return string(buf[:n])
	}
}

func TestSays(t *testing.T) {
	told := manager(t)
	n, err := FromEnvironment()
	if err != nil || n == nil {
		t.Fatalf("%v, %v", n, err)
	}
	for _, test := range []struct {
		say  func() error
		want string
	}{
		{n.Ready, "READY=1"},
		{n.Alive, "WATCHDOG=1"},
		{n.Stopping, "STOPPING=1"},
		{func() error { return n.Status("closed") }, "STATUS=closed"},
		{func() error { return n.Status("a\nREADY=1\r") }, "STATUS=a READY=1 "},
	} {
		if err := test.say(); err != nil {
			t.Error(err)
		}
		if got := told(); got != test.want {
			t.Errorf("said %q, want %q", got, test.want)
		}
	}
	if got := n.WatchdogInterval(); got != 0 {
		t.Errorf("a watchdog of %v that nobody set", got)
	}
}

func TestNilIsSilent(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	n, err := FromEnvironment()
	if n != nil || err != nil {
		t.Fatalf("%v, %v", n, err)
	}
	for _, say := range []func() error{n.Ready, n.Alive, n.Stopping, func() error { return n.Status("x") }} {
		if err := say(); err != nil {
			t.Error(err)
		}
	}
	if n.WatchdogInterval() != 0 {
		t.Error("a watchdog without a manager")
	}
}

func TestWatchdogInterval(t *testing.T) {
	manager(t)
	us := strconv.Itoa(os.Getpid())
	for _, test := range []struct {
		usec, pid string
		want      time.Duration
		ok        bool
	}{
		{"", "", 0, true},
		{"10000000", "", 5 * time.Second, true},
		{"10000000", us, 5 * time.Second, true},
		{"10000000", "1", 0, true}, // for another process
		{"0", us, 0, false},
		{"-1", us, 0, false},
		{"soon", us, 0, false},
		{"10000000", "me", 0, false},
	} {
		t.Setenv("WATCHDOG_USEC", test.usec)
		t.Setenv("WATCHDOG_PID", test.pid)
		n, err := FromEnvironment()
		if (err == nil) != test.ok || n.WatchdogInterval() != test.want {
			t.Errorf("%q, %q: %v, %v", test.usec, test.pid, n.WatchdogInterval(), err)
		}
	}
}

func TestManagerThatIsGone(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", filepath.Join(t.TempDir(), "none"))
	n, err := FromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Ready(); err == nil {
		t.Error("told nobody without an error")
	}
}
