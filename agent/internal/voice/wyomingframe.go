package voice

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// Bounds on one Wyoming event, in bytes. The reference implementation reads
// whatever is claimed; these are a hundred times what the events here need, and an
// audio chunk is 2 KiB.
const (
	wyomingLine    = 8 << 10
	wyomingData    = 64 << 10
	wyomingPayload = 1 << 20
)

// wyomingWithin is how long an event that has begun may take to be whole.
const wyomingWithin = 5 * time.Second

// errWyoming is wrapped by every error about the form of an event.
var errWyoming = errors.New("not a Wyoming event")

// wyomingHeader is the first line of an event: what it is and how much follows it,
// first data in JSON, then a payload. The data may also stand in the line itself;
// it is not looked at here.
type wyomingHeader struct {
	Type          string `json:"type"`
	DataLength    int64  `json:"data_length"`
	PayloadLength int64  `json:"payload_length"`
}

// parseWyoming reads a header line, and refuses lengths that are negative or beyond
// the bounds before anybody makes room for them.
func parseWyoming(line []byte) (wyomingHeader, error) {
	var h wyomingHeader
	if err := json.Unmarshal(line, &h); err != nil {
		return wyomingHeader{}, errWyoming // the cause could quote what was said
	}
	switch {
	case h.Type == "" || len(h.Type) > 64:
		return wyomingHeader{}, fmt.Errorf("%w: it has no type", errWyoming)
	case h.DataLength < 0 || h.DataLength > wyomingData:
		return wyomingHeader{}, fmt.Errorf("%w: it claims more than %d bytes of data", errWyoming, wyomingData)
	case h.PayloadLength < 0 || h.PayloadLength > wyomingPayload:
		return wyomingHeader{}, fmt.Errorf("%w: it claims more than %d bytes of payload", errWyoming, wyomingPayload)
	}
	return h, nil
}

// wyomingConn reads events from one peer.
type wyomingConn struct {
	conn net.Conn
	r    *bufio.Reader
}

func newWyomingConn(conn net.Conn) *wyomingConn {
	return &wyomingConn{conn: conn, r: bufio.NewReaderSize(conn, wyomingLine)}
}

// next waits for an event, as long as the deadline allows (none: for ever), and
// reads its header. What follows the header must be taken with data or skip. The
// line is valid until then.
func (c *wyomingConn) next(deadline time.Time) (h wyomingHeader, line []byte, err error) {
	if err = c.conn.SetReadDeadline(deadline); err == nil {
		_, err = c.r.Peek(1)
	}
	if err == nil {
		err = c.conn.SetReadDeadline(time.Now().Add(wyomingWithin)) // no half an event
	}
	if err != nil {
		return wyomingHeader{}, nil, withoutAddress(err)
	}
	line, err = c.r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return wyomingHeader{}, nil, fmt.Errorf("%w: its first line is longer than %d bytes", errWyoming, wyomingLine)
	case err != nil:
		return wyomingHeader{}, nil, withoutAddress(err)
	}
	h, err = parseWyoming(line)
	return h, line, err
}

// data takes what follows a header: its data, and drops its payload.
func (c *wyomingConn) data(h wyomingHeader) ([]byte, error) {
	b := make([]byte, h.DataLength)
	if _, err := io.ReadFull(c.r, b); err != nil {
		return nil, withoutAddress(err)
	}
	return b, c.drop(h.PayloadLength)
}

// skip drops everything that follows a header.
func (c *wyomingConn) skip(h wyomingHeader) error { return c.drop(h.DataLength + h.PayloadLength) }

func (c *wyomingConn) drop(n int64) error {
	if _, err := io.CopyN(io.Discard, c.r, n); err != nil {
		return withoutAddress(err)
	}
	return nil
}

// send writes an event without a payload.
func (c *wyomingConn) send(kind string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	line, err := json.Marshal(struct {
		wyomingHeader
		Version string `json:"version"`
	}{wyomingHeader{Type: kind, DataLength: int64(len(b))}, "1.8.0"})
	if err != nil {
		return err
	}
	if err := c.conn.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	_, err = c.conn.Write(append(append(line, '\n'), b...))
	return err
}
