package sim

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"periph.io/x/conn/v3/gpio"

	"quietstat/hvac"
)

// Frames between Dial and Serve. A frame is a two-byte length (big endian, of the body)
// and the body; requests and replies alternate.
//
//	request                      reply
//	B name                       0
//	T addr(2) readlen(1) bytes   0 bytes
//	P chiplen(1) chip name       0 handle
//	I handle pull edge           0
//	R handle                     0 level
//	O handle level               0
//	A handle...                  0 level...
//	F down name                  0
//
// A reply that begins with another byte than 0 is an error: 1 ErrNoAcknowledge, 2
// ErrRelayWrite, 3 followed by its text.
const (
	opBus   = 'B'
	opTx    = 'T'
	opPin   = 'P'
	opIn    = 'I'
	opRead  = 'R'
	opOut   = 'O'
	opBatch = 'A'
	opPress = 'F'

	replyOK          = 0
	replyNoAck       = 1
	replyRelayWrite  = 2
	replyOtherError  = 3
	maxBody          = 256
	maxTransfer      = 64                // bytes each way of one bus transfer
	maxBatch         = hvac.MaxDoors + 2 // every input of one board
	maxName          = 32
	frameHeaderBytes = 2
)

// request is one decoded request; which fields count depends on op.
type request struct {
	op      byte
	name    string
	chip    string
	addr    uint16
	readLen byte
	handle  byte
	pull    gpio.Pull
	edge    gpio.Edge
	level   gpio.Level
	bytes   []byte // bytes to write, or handles of a batch
}

var errFrame = errors.New("sim: malformed frame")

// append writes the body. A request built by the client is always within the limits
// that parse enforces.
func (q *request) append(b []byte) []byte {
	b = append(b, q.op)
	switch q.op {
	case opBus:
		b = append(b, q.name...)
	case opTx:
		b = binary.BigEndian.AppendUint16(b, q.addr)
		b = append(append(b, q.readLen), q.bytes...)
	case opPin:
		b = append(append(b, byte(len(q.chip))), q.chip...)
		b = append(b, q.name...)
	case opIn:
		b = append(b, q.handle, byte(q.pull), byte(q.edge))
	case opRead:
		b = append(b, q.handle)
	case opOut:
		b = append(b, q.handle, levelByte(q.level))
	case opBatch:
		b = append(b, q.bytes...)
	case opPress:
		b = append(append(b, levelByte(q.level)), q.name...)
	}
	return b
}

// parseRequest accepts exactly what append writes. bytes aliases body.
func parseRequest(body []byte) (request, error) {
	if len(body) == 0 || len(body) > maxBody {
		return request{}, errFrame
	}
	q := request{op: body[0]}
	rest := body[1:]
	ok := false
	switch q.op {
	case opBus:
		q.name, ok = string(rest), len(rest) <= maxName
	case opTx:
		if len(rest) >= 3 {
			q.addr, q.readLen, q.bytes = binary.BigEndian.Uint16(rest), rest[2], rest[3:]
			ok = q.readLen <= maxTransfer && len(q.bytes) <= maxTransfer
		}
	case opPin:
		if len(rest) >= 1 && int(rest[0]) <= min(len(rest)-1, maxName) {
			n := 1 + int(rest[0])
			q.chip, q.name = string(rest[1:n]), string(rest[n:])
			ok = len(q.name) <= maxName
		}
	case opIn:
		if len(rest) == 3 {
			q.handle, q.pull, q.edge = rest[0], gpio.Pull(rest[1]), gpio.Edge(rest[2])
			ok = q.pull <= gpio.PullUp && q.edge <= gpio.BothEdges
		}
	case opRead:
		if ok = len(rest) == 1; ok {
			q.handle = rest[0]
		}
	case opOut:
		if ok = len(rest) == 2 && rest[1] <= 1; ok {
			q.handle, q.level = rest[0], rest[1] == 1
		}
	case opBatch:
		q.bytes, ok = rest, len(rest) >= 1 && len(rest) <= maxBatch
	case opPress:
		if ok = len(rest) >= 1 && rest[0] <= 1 && len(rest)-1 <= maxName; ok {
			q.level, q.name = rest[0] == 1, string(rest[1:])
		}
	}
	if !ok {
		return request{}, errFrame
	}
	return q, nil
}

func levelByte(l gpio.Level) byte {
	if l {
		return 1
	}
	return 0
}

// appendError writes an error reply.
func appendError(b []byte, err error) []byte {
	switch {
	case errors.Is(err, ErrNoAcknowledge):
		return append(b, replyNoAck)
	case errors.Is(err, ErrRelayWrite):
		return append(b, replyRelayWrite)
	}
	text := err.Error()
	return append(append(b, replyOtherError), text[:min(len(text), maxBody-1)]...)
}

// parseReply splits a reply into its payload, of exactly want bytes, or its error.
func parseReply(body []byte, want int) ([]byte, error) {
	if len(body) == 0 || len(body) > maxBody {
		return nil, errFrame
	}
	switch body[0] {
	case replyOK:
		if len(body)-1 != want {
			return nil, errFrame
		}
		return body[1:], nil
	case replyNoAck, replyRelayWrite:
		if len(body) != 1 {
			return nil, errFrame
		}
		if body[0] == replyNoAck {
			return nil, ErrNoAcknowledge
		}
		return nil, ErrRelayWrite
	case replyOtherError:
		return nil, errors.New(string(body[1:]))
	}
	return nil, errFrame
}

// beginFrame and endFrame put the length in front of what is appended in between.
func beginFrame(b []byte) []byte { return append(b[:0], 0, 0) }

func endFrame(b []byte) []byte {
	binary.BigEndian.PutUint16(b, uint16(len(b)-frameHeaderBytes))
	return b
}

// readFrame reads one body into buf, which has room for maxBody.
func readFrame(r *bufio.Reader, buf []byte) ([]byte, error) {
	head, err := r.Peek(frameHeaderBytes)
	if err != nil {
		if len(head) > 0 && errors.Is(err, io.EOF) {
			return nil, io.ErrUnexpectedEOF
		}
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(head))
	if n == 0 || n > maxBody {
		return nil, fmt.Errorf("%w: length %d", errFrame, n)
	}
	if _, err := r.Discard(frameHeaderBytes); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(r, buf[:n]); err != nil {
		return nil, fmt.Errorf("sim: incomplete frame: %w", err)
	}
	return buf[:n], nil
}
