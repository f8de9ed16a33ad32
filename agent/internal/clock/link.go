package clock

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// LinkVariable names the environment variable in which a parent tells a role the
// number of its inherited clock link.
const LinkVariable = "QUIETSTAT_CLOCK_FD"

// Link is a role's end of the virtual clock. Next and Answer belong to one
// goroutine; Now may be called from any.
type Link struct {
	conn net.Conn
	now  atomic.Pointer[Instant]
	buf  [tickSize + 1]byte
}

var _ Source = (*Link)(nil)

// FromEnvironment opens the link a parent has handed down, or answers nil where
// there is none and the System clock is to be used.
func FromEnvironment() (*Link, error) {
	value := os.Getenv(LinkVariable)
	if value == "" {
		return nil, nil
	}
	fd, err := strconv.Atoi(value)
	if err != nil || fd < 3 {
		return nil, fmt.Errorf("%s=%q is not an inherited file number; it is set by the parent process, never by hand", LinkVariable, value)
	}
	conn, err := connOf(os.NewFile(uintptr(fd), "clock"))
	if err != nil {
		return nil, fmt.Errorf("clock link: %w", err)
	}
	return NewLink(conn), nil
}

// NewLink makes a link of a connection that keeps message boundaries.
func NewLink(conn net.Conn) *Link {
	l := &Link{conn: conn}
	l.now.Store(&Instant{})
	return l
}

// Next waits for the next instant and makes it the present. It returns io.EOF
// when the parent is gone.
func (l *Link) Next() (Tick, error) {
	n, err := l.conn.Read(l.buf[:])
	if err != nil {
		return Tick{}, err
	}
	if n == 0 {
		return Tick{}, io.EOF
	}
	t, err := parseTick(l.buf[:n])
	if err != nil {
		return Tick{}, err
	}
	l.now.Store(&t.Instant)
	return t, nil
}

// Answer tells the parent that everything due at the tick has been done.
func (l *Link) Answer(a Ack) error {
	_, err := l.conn.Write(a.append(make([]byte, 0, ackSize)))
	return err
}

// Now is the instant of the last tick.
func (l *Link) Now() Instant { return *l.now.Load() }

// Close ends the link.
func (l *Link) Close() error { return l.conn.Close() }

// Master is the parent's end of one role's link.
type Master struct {
	conn net.Conn
	seq  uint64
}

// Pair makes a link: the parent keeps the Master and hands the file to the role,
// then closes it on its own side.
func Pair() (*Master, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("clock link: %w", err)
	}
	theirs := os.NewFile(uintptr(fds[1]), "clock")
	conn, err := connOf(os.NewFile(uintptr(fds[0]), "clock"))
	if err != nil {
		return nil, nil, errors.Join(err, theirs.Close())
	}
	return &Master{conn: conn}, theirs, nil
}

// Send begins an instant; the sequence number is set here.
func (m *Master) Send(t Tick) error {
	m.seq++
	t.Seq = m.seq
	_, err := m.conn.Write(t.append(make([]byte, 0, tickSize)))
	return err
}

// Wait waits until the role has done the instant that was sent last. A role that
// does not answer within the limit of real time is an error.
func (m *Master) Wait(limit time.Duration) (Ack, error) {
	if err := m.conn.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return Ack{}, err
	}
	var buf [ackSize + 1]byte
	n, err := m.conn.Read(buf[:])
	if err != nil {
		return Ack{}, fmt.Errorf("a role did not finish its instant: %w", err)
	}
	if n == 0 {
		return Ack{}, io.EOF
	}
	a, err := parseAck(buf[:n])
	if err == nil && a.Seq != m.seq {
		err = fmt.Errorf("a role answered instant %d while %d is running", a.Seq, m.seq)
	}
	return a, err
}

// Close ends the link; the role reads end of file.
func (m *Master) Close() error { return m.conn.Close() }

func connOf(f *os.File) (net.Conn, error) {
	defer f.Close() // FileConn holds its own duplicate
	return net.FileConn(f)
}
