package mqtt

import (
	"fmt"
	"net"
)

// listenPacket is the largest packet a Listener takes, in bytes: four times the
// longest message of a dialogue manager.
const listenPacket = 64 << 10

// boundedConn ends a connection whose other end announces a larger packet than
// listenPacket, before paho, which makes room for up to 256 MB, has seen the length.
type boundedConn struct {
	net.Conn
	in packetBound // used by paho's one reader
}

func (c *boundedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if err == nil {
		err = c.in.feed(b[:n])
	}
	if err != nil {
		c.Conn.Close()
		return 0, fmt.Errorf("%w: %w", ErrLost, err)
	}
	return n, nil
}

// packetBound follows the fixed headers of a stream of packets (MQTT 3.1.1, 2.2).
// The zero packetBound stands before the first.
type packetBound struct {
	length, shift int  // of the remaining length, while it is read
	inHeader      bool // the first byte has been read
	left          int  // bytes of the body still to come
}

// feed takes the next bytes of the stream, in pieces of any size.
func (p *packetBound) feed(b []byte) error {
	for len(b) > 0 {
		switch {
		case p.left > 0:
			n := min(p.left, len(b))
			p.left -= n
			b = b[n:]
		case !p.inHeader:
			*p = packetBound{inHeader: true}
			b = b[1:]
		default:
			p.length |= int(b[0]&0x7f) << p.shift
			p.shift += 7
			more := b[0]&0x80 != 0
			b = b[1:]
			if p.length > listenPacket || more && p.shift >= 28 {
				return fmt.Errorf("%w: larger than %d bytes", errPacket, listenPacket)
			}
			if !more {
				*p = packetBound{left: p.length}
			}
		}
	}
	return nil
}
