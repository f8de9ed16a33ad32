package mqtt

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// sendBuffer is what the kernel may hold of ours, in bytes (it doubles the
// number). A release is at most 4 KiB, and one is under way at a time.
const sendBuffer = 8 << 10

// line is the socket and, above it, TLS if the recipient wants it.
type line struct {
	raw     *counted
	top     net.Conn // raw, or TLS over it
	timeout time.Duration
	once    sync.Once
}

// counted tells how many bytes went into the socket.
type counted struct {
	net.Conn
	bytes atomic.Int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.bytes.Add(int64(n))
	return n, err
}

// openLine dials. It takes no proxy from the environment and asks for no TCP
// keepalive.
func openLine(ctx context.Context, address string, timeout time.Duration) (*line, error) {
	d := net.Dialer{KeepAlive: -1, Control: prepare}
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	raw := &counted{Conn: conn}
	return &line{raw: raw, top: raw, timeout: timeout}, nil
}

// prepare sets the socket up before it connects: a small send buffer, and linger
// zero, so that its end discards what was not sent yet, whoever ends it.
func prepare(_, _ string, c syscall.RawConn) error {
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = unix.SetsockoptLinger(int(fd), unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
		if failed == nil {
			failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_SNDBUF, sendBuffer)
		}
	})
	if err != nil {
		return err
	}
	return failed
}

// secure puts TLS on the line. Its handshake is cut by cut like everything else.
func (l *line) secure(ctx context.Context, config *tls.Config) error {
	t := tls.Client(l.raw, config)
	if err := t.HandshakeContext(ctx); err != nil {
		return err
	}
	l.top = t
	return nil
}

func (l *line) sent() int64 { return l.raw.bytes.Load() }

// write gives the socket one packet and at most the write timeout to take it.
func (l *line) write(b []byte) (int, error) {
	if err := l.raw.SetWriteDeadline(time.Now().Add(l.timeout)); err != nil {
		return 0, err
	}
	return l.top.Write(b)
}

// cut closes the socket at once. TLS is not told, as it would say goodbye. The
// close returns when no system call is using the socket any more; a second caller
// waits for the first. No other process has the socket, for an uplink starts none: a
// copy, even one that goes with exec, would keep what the kernel holds on its way.
func (l *line) cut() {
	l.once.Do(func() { _ = l.raw.Close() })
}
