package sim

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
)

// ioLimit bounds every exchange: a peer that does not take or give a frame for so long
// counts as gone. It is real time and far above the microseconds an exchange needs.
const ioLimit = 2 * time.Second

// Serve answers the bus and pin requests of one client on conn until the client closes
// it, ctx ends (both return nil) or a frame is malformed. Pins keep their last level
// when the client goes, and Serve may be called again for the next one, also while
// another client is being served. It closes conn.
func Serve(ctx context.Context, conn net.Conn, board *Board) error {
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	s := session{board: board}
	r := bufio.NewReaderSize(conn, 2*maxBody)
	in, out := make([]byte, maxBody), make([]byte, 0, frameHeaderBytes+maxBody)
	for {
		body, err := readFrame(r, in)
		if err == nil {
			var q request
			if q, err = parseRequest(body); err == nil {
				out = endFrame(s.answer(beginFrame(out), &q))
				if err = conn.SetWriteDeadline(time.Now().Add(ioLimit)); err == nil {
					_, err = conn.Write(out)
				}
			}
		}
		switch {
		case err == nil:
		case ctx.Err() != nil, errors.Is(err, io.EOF):
			return nil
		default:
			return fmt.Errorf("sim: serving the board: %w", err)
		}
	}
}

// session is what one client has opened: handles are positions in pins.
type session struct {
	board *Board
	bus   i2c.Bus
	pins  []gpio.PinIO
	names []string
	buf   [maxTransfer]byte
}

// answer carries out one request and appends the reply to b.
func (s *session) answer(b []byte, q *request) []byte {
	payload, err := s.do(q)
	if err != nil {
		return appendError(b, err)
	}
	return append(append(b, replyOK), payload...)
}

func (s *session) do(q *request) ([]byte, error) {
	switch q.op {
	case opBus:
		bus, err := s.board.OpenBus(q.name)
		if err == nil {
			s.bus = bus
		}
		return nil, err
	case opTx:
		if s.bus == nil {
			return nil, errors.New("sim: transfer before the bus was opened")
		}
		r := s.buf[:q.readLen]
		return r, s.bus.Tx(q.addr, q.bytes, r)
	case opPin:
		return s.open(q.chip, q.name)
	case opPress:
		return nil, s.board.Press(q.name, bool(q.level))
	case opBatch:
		r := s.buf[:0]
		for _, h := range q.bytes {
			p, err := s.pin(h)
			if err != nil {
				return nil, err
			}
			r = append(r, levelByte(p.Read()))
		}
		return r, nil
	}
	p, err := s.pin(q.handle)
	if err != nil {
		return nil, err
	}
	switch q.op {
	case opIn:
		return nil, p.In(q.pull, q.edge)
	case opOut:
		return nil, p.Out(q.level)
	}
	return append(s.buf[:0], levelByte(p.Read())), nil // opRead, the last there is
}

// open gives the same handle for the same line, so a client cannot use them up.
func (s *session) open(chip, name string) ([]byte, error) {
	p, err := s.board.Pin(chip, name)
	if err != nil {
		return nil, err
	}
	for i, n := range s.names {
		if n == name {
			return []byte{byte(i)}, nil
		}
	}
	s.pins, s.names = append(s.pins, p), append(s.names, name)
	return []byte{byte(len(s.pins) - 1)}, nil
}

func (s *session) pin(handle byte) (gpio.PinIO, error) {
	if int(handle) >= len(s.pins) {
		return nil, fmt.Errorf("sim: no pin with handle %d", handle)
	}
	return s.pins[handle], nil
}
