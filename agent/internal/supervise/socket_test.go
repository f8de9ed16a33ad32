package supervise

import (
	"bufio"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestSocketSurvivesItsChild(t *testing.T) {
	dir := folder(t)
	log := filepath.Join(dir, "words")
	g := group(t, dir)
	path := filepath.Join(dir, "control.sock")
	s, err := Open("control.sock", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := g.Start(Child{Name: "server", Args: []string{"server", log}, Sockets: []*Socket{s}}); err != nil {
		t.Fatal(err)
	}
	first := ask(t, path)
	server := g.Process("server")
	if err := server.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-server.Done()
	// Nobody serves now; the call waits in the queue for the next life.
	if second := ask(t, path); second == first || second == "" {
		t.Errorf("answered by %q, then by %q", first, second)
	}
}

func ask(t *testing.T, path string) string {
	t.Helper()
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return line
}

func TestWatchdogIsHandedDown(t *testing.T) {
	t.Setenv("WATCHDOG_PID", "1")
	dir := folder(t)
	log := filepath.Join(dir, "words")
	c := Child{Name: "files", Args: []string{"files", log}, Watchdog: 90 * time.Second}
	if err := group(t, dir).Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"files WATCHDOG_USEC=90000000", "files WATCHDOG_PID="} {
		if !slices.Contains(words(log), line) {
			t.Errorf("the child was not told %q: %q", line, words(log))
		}
	}
}

func TestFilesAreHandedDown(t *testing.T) {
	t.Setenv("LISTEN_FDS", "7")
	t.Setenv("http_proxy", "http://somewhere:1")
	t.Setenv("WATCHDOG_USEC", "1") // the parent's own
	t.Setenv("WATCHDOG_PID", "1")
	dir := folder(t)
	log := filepath.Join(dir, "words")
	g := group(t, dir)
	s, err := Open("panel.sock", filepath.Join(dir, "panel.sock"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, "hello")
	w.Close()
	c := Child{Name: "files", Args: []string{"files", log}, Sockets: []*Socket{s},
		Prepare: func() ([]File, error) { return []File{{"QUIETSTAT_TEST_FD", r}}, nil }}
	if err := g.Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	want := []string{"files QUIETSTAT_LISTEN=panel.sock:3", "files QUIETSTAT_TEST_FD=4", "files LISTEN_FDS=", "files http_proxy=",
		"files WATCHDOG_USEC=", "files WATCHDOG_PID=", "files read hello"}
	if got := words(log); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the child was handed\n%q, want\n%q", got, want)
	}
	if _, err := r.Read(make([]byte, 1)); err == nil {
		t.Error("the parent kept the file it handed down")
	}
}

func TestListenerMakesItsOwn(t *testing.T) {
	for _, row := range []struct{ name, network string }{
		{"control.sock", "unix"}, {"keeper.sock", "unix"}, {"panel.sock", "unixpacket"}, {"uplink@x.sock", "unixpacket"},
	} {
		path := filepath.Join(folder(t), row.name)
		listener, err := Listener(row.name, path)
		if err != nil {
			t.Fatal(err)
		}
		if got := listener.Addr().Network(); got != row.network {
			t.Errorf("%s: network %s, want %s", row.name, got, row.network)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o660 {
			t.Errorf("%s: mode %v (%v), want 0660", row.name, info.Mode(), err)
		}
		if _, err := Listener(row.name, path); err == nil || !strings.Contains(err.Error(), "another quietstat is running") {
			t.Errorf("%s: a second listener: %v", row.name, err)
		}
		listener.Close()
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s: left behind after Close", row.name)
		}
	}
}

func TestStaleSocketIsReplaced(t *testing.T) {
	path := filepath.Join(folder(t), "control.sock")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	dead.Close()
	listener, err := Listener("control.sock", path)
	if err != nil {
		t.Fatalf("a socket left behind is in the way: %v", err)
	}
	listener.Close()
}

func TestWhatIsNoSocketStays(t *testing.T) {
	path := filepath.Join(folder(t), "control.sock")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listener("control.sock", path); err == nil {
		t.Error("a file was replaced by a socket")
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "precious" {
		t.Errorf("the file is %q (%v)", b, err)
	}
}

func TestInheritedIsTakenOnce(t *testing.T) {
	listener, err := net.Listen("unix", filepath.Join(folder(t), "x.sock"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := listener.(*net.UnixListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fd, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	handed.taken = nil // of earlier runs in this process, whose numbers come again
	t.Setenv(ListenVariable, "control.sock:"+itoa(fd)+",gone.sock:999")
	first, ok := Inherited("control.sock")
	if !ok {
		t.Fatal("not found")
	}
	defer first.Close()
	if _, ok := Inherited("control.sock"); ok {
		t.Error("handed out twice")
	}
	if _, ok := Inherited("gone.sock"); ok {
		t.Error("a file that is not there was handed out")
	}
	if _, ok := Inherited("keeper.sock"); ok {
		t.Error("a name nobody handed down was found")
	}
}
