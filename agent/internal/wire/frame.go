package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
)

// MaxFrame bounds every frame, kind byte included. A release is at most 4 KiB of
// payload, which base64 and the envelope bring to 6.
const MaxFrame = 8 << 10

// Kind is the first byte of every frame.
type Kind byte

const (
	KindSnapshot Kind = 'S' // control -> keeper
	KindPanel    Kind = 'P' // keeper -> control
	KindHello    Kind = 'H' // uplink -> keeper
	KindOpen     Kind = 'O' // keeper -> uplink
	KindOpened   Kind = 'o' // uplink -> keeper
	KindDelivery Kind = 'D' // keeper -> uplink
	KindOutcome  Kind = 'R' // uplink -> keeper
	KindLease    Kind = 'L' // keeper -> uplink
	KindShut     Kind = 'X' // keeper -> uplink
	KindClosed   Kind = 'x' // uplink -> keeper
	KindCommand  Kind = 'C' // uplink -> keeper
	KindHeard    Kind = 'V' // voice -> keeper
	KindIntent   Kind = 'I' // voice -> keeper
	KindAnswer   Kind = 'A' // keeper -> voice
)

// ErrFrame is wrapped by every error about the form of a frame.
var ErrFrame = errors.New("malformed frame")

// Encode writes a frame with a JSON body.
func Encode(kind Kind, body any) ([]byte, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("frame %q: %w", kind, err)
	}
	if len(b)+1 > MaxFrame {
		return nil, fmt.Errorf("frame %q: %w: %d bytes, at most %d fit", kind, ErrFrame, len(b)+1, MaxFrame)
	}
	return append([]byte{byte(kind)}, b...), nil
}

// Decode reads the JSON body of a frame, strictly.
func Decode(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", ErrFrame, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: something follows the body", ErrFrame)
	}
	return nil
}

// Receive reads one frame into buf, which must hold MaxFrame+1 bytes, and returns
// its kind and body. The body aliases buf. The end of the link is io.EOF.
func Receive(conn net.Conn, buf []byte) (Kind, []byte, error) {
	n, err := conn.Read(buf)
	switch {
	case err != nil:
		return 0, nil, err
	case n == 0:
		return 0, nil, io.EOF
	case n > MaxFrame:
		return 0, nil, fmt.Errorf("%w: more than %d bytes", ErrFrame, MaxFrame)
	}
	return Kind(buf[0]), buf[1:n], nil
}

// Send writes one JSON frame.
func Send(conn net.Conn, kind Kind, body any) error {
	b, err := Encode(kind, body)
	if err != nil {
		return err
	}
	_, err = conn.Write(b)
	return err
}
