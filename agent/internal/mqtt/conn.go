package mqtt

import (
	"errors"
	"fmt"
	"net"
	"time"
)

// conn is what paho is given for a connection: reads are watched, writes go
// through the fence, and its end is the fence's.
type conn struct {
	fence *fence
	line  *line
	in    inbound // used by paho's one reader
}

var _ net.Conn = (*conn)(nil)

// Read never returns net.ErrClosed: paho takes that for a close of its own and
// leaves its goroutines running.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.line.top.Read(b)
	if err == nil {
		err = c.in.feed(b[:n])
	}
	if err != nil {
		c.fence.drop()
		if errors.Is(err, net.ErrClosed) {
			return 0, ErrLost
		}
		return 0, fmt.Errorf("%w: %w", ErrLost, err)
	}
	return n, nil
}

func (c *conn) Write(b []byte) (int, error) { return c.fence.write(b, c.line) }

// Close is paho's: it drops the connection and with it the window.
func (c *conn) Close() error {
	c.fence.drop()
	return nil
}

func (c *conn) LocalAddr() net.Addr  { return c.line.raw.LocalAddr() }
func (c *conn) RemoteAddr() net.Addr { return c.line.raw.RemoteAddr() }

// SetDeadline bounds reading only: every write has a deadline of its own, set by
// the line.
func (c *conn) SetDeadline(t time.Time) error     { return c.SetReadDeadline(t) }
func (c *conn) SetReadDeadline(t time.Time) error { return c.line.raw.SetReadDeadline(t) }
func (c *conn) SetWriteDeadline(time.Time) error  { return nil }
