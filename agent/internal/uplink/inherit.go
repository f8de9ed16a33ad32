package uplink

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// inherited is the number of the file a parent hands down (sd_listen_fds(3)).
const inherited = 3

// acceptTimeout bounds the wait for the connection that systemd has started us
// for; it is there already.
const acceptTimeout = 5 * time.Second

// Inherit takes the link to the keeper from whoever started the process: file 3,
// which is either the connection itself (`quietstat agent`, Accept=yes) or a
// listening socket with the connection waiting on it (systemd, Accept=no). It
// must be a unix socket of type SOCK_SEQPACKET.
func Inherit() (net.Conn, error) {
	if n := os.Getenv("LISTEN_FDS"); n != "" {
		if pid := os.Getenv("LISTEN_PID"); n != "1" || pid != strconv.Itoa(os.Getpid()) {
			return nil, fmt.Errorf("%w: LISTEN_FDS is %s for pid %s; exactly one socket for this process is needed", ErrLink, n, pid)
		}
	}
	return take(inherited)
}

func take(fd int) (net.Conn, error) {
	domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if err != nil {
		return nil, fmt.Errorf("%w: file %d is no socket (%w); the role is started by quietstat agent or by its socket unit", ErrLink, fd, err)
	}
	kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil || domain != unix.AF_UNIX || kind != unix.SOCK_SEQPACKET {
		return nil, fmt.Errorf("%w: file %d is not a unix socket of type SOCK_SEQPACKET", ErrLink, fd)
	}
	listening, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLink, err)
	}
	f := os.NewFile(uintptr(fd), "uplink")
	defer f.Close() // net holds its own duplicate
	if listening == 0 {
		conn, err := net.FileConn(f)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrLink, err)
		}
		return conn, nil
	}
	return accept(f)
}

func accept(f *os.File) (net.Conn, error) {
	l, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLink, err)
	}
	u := l.(*net.UnixListener)
	u.SetUnlinkOnClose(false) // the socket in the file system is systemd's
	defer u.Close()
	if err := u.SetDeadline(time.Now().Add(acceptTimeout)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLink, err)
	}
	conn, err := u.Accept()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLink, err)
	}
	return conn, nil
}
