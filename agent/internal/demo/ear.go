package demo

import (
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// ear is one connection as the broker gets it: every byte it reads is counted
// first. It is a plain net.Conn; the methods of a TCPConn that copy without Read
// would leave the counting out.
type ear struct {
	net.Conn
	raw   syscall.RawConn
	meter *meter
	seen  *connection // guarded by meter.mu
	in    stream      // belongs to the reading goroutine
	ended bool        // likewise

	// busy is true from before a read that may take bytes out of the kernel until
	// the next read finds none. Together with an empty kernel queue, not busy means
	// that the broker has done everything it was sent: see settled.
	busy atomic.Bool
}

// Read reads for the broker.
func (e *ear) Read(p []byte) (int, error) {
	var n int
	var inner error
	err := e.raw.Read(func(fd uintptr) bool {
		e.busy.Store(true)
		n, inner = unix.Read(int(fd), p)
		if inner == unix.EAGAIN {
			e.busy.Store(false)
			return false
		}
		return true
	})
	switch {
	case err != nil: // a deadline, or closed on this side
	case inner != nil:
		n, err = 0, os.NewSyscallError("read", inner)
	case n == 0 && len(p) > 0:
		err = io.EOF
	}
	e.meter.heard(e, p[:max(n, 0)], err)
	return max(n, 0), err
}

// Close is the broker's.
func (e *ear) Close() error {
	err := e.Conn.Close()
	e.meter.forget(e)
	return err
}

// RemoteAddr is never nil: a client that is gone before it is accepted has no
// address any more, and the broker does not expect that.
func (e *ear) RemoteAddr() net.Addr {
	if a := e.Conn.RemoteAddr(); a != nil {
		return a
	}
	return new(net.TCPAddr)
}

// heard counts what was read.
func (m *meter) heard(e *ear, b []byte, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e.seen.Bytes += int64(len(b))
	before := e.in.err
	e.in.feed(b, func(p packet) { m.note(e, p) })
	if e.in.err != nil && before == nil {
		m.Malformed++
	}
	if err != nil && !os.IsTimeout(err) {
		m.end(e)
	}
}

// note writes down one packet; the caller holds mu.
func (m *meter) note(e *ear, p packet) {
	e.seen.Packets++
	var err error
	switch p.kind {
	case typeConnect:
		e.seen.Greeting, err = parseConnect(p)
		e.seen.Greeted = err == nil
	case typePublish:
		var pub publication
		if pub, err = parsePublish(p); err == nil {
			fields, legible := fieldsOf(pub.payload)
			m.Messages = append(m.Messages, message{
				Number: m.next(), At: m.now(), Topic: pub.topic, Fields: fields, Legible: legible,
				Retain: pub.retain, QoS: pub.qos, Bytes: len(pub.payload),
			})
		}
	}
	if err != nil {
		m.Malformed++
	}
}

// forget ends a connection's life.
func (m *meter) forget(e *ear) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.end(e)
}

// end is forget with mu held; only the first counts.
func (m *meter) end(e *ear) {
	if !m.live[e] {
		return
	}
	delete(m.live, e)
	e.seen.Closed, e.seen.ClosedAt = m.next(), m.now()
}
