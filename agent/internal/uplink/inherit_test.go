package uplink

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// number duplicates a socket as a parent hands it down: a bare number, which take
// closes when it takes it.
func number(t *testing.T, c syscall.Conn) int {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var fd int
	if err := errors.Join(raw.Control(func(from uintptr) { fd, err = unix.FcntlInt(from, unix.F_DUPFD_CLOEXEC, 3) }), err); err != nil {
		t.Fatal(err)
	}
	return fd
}

func TestTakesAConnection(t *testing.T) {
	ours, theirs := pair(t)
	conn, err := take(number(t, theirs.(*net.UnixConn)))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := ours.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if n, err := conn.Read(make([]byte, 2)); n != 1 || err != nil {
		t.Errorf("read %d, %v", n, err)
	}
}

func TestTakesAListener(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.ListenUnix("unixpacket", &net.UnixAddr{Name: path, Net: "unixpacket"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ours, err := net.Dial("unixpacket", path)
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	conn, err := take(number(t, l))
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the socket was removed: %v", err)
	}
}

func TestTakesNothingElse(t *testing.T) {
	dir := t.TempDir()
	stream, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "s"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	tcp, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	file, err := os.Create(filepath.Join(dir, "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for name, fd := range map[string]int{"stream": number(t, stream), "tcp": number(t, tcp), "file": number(t, file), "nothing": 1 << 20} {
		if _, err := take(fd); !errors.Is(err, ErrLink) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInheritWantsExactlyOneSocketForUs(t *testing.T) {
	for _, test := range [][2]string{{"2", ""}, {"1", "1"}, {"0", ""}} {
		t.Setenv("LISTEN_FDS", test[0])
		t.Setenv("LISTEN_PID", test[1])
		if _, err := Inherit(); !errors.Is(err, ErrLink) {
			t.Errorf("LISTEN_FDS=%s LISTEN_PID=%s: %v", test[0], test[1], err)
		}
	}
}
