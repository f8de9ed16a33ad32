package mqtt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The control packets a client of ours writes (MQTT 3.1.1, table 2.1).
const (
	kindConnect    = 1
	kindPublish    = 3
	kindSubscribe  = 8
	kindPingreq    = 12
	kindDisconnect = 14
)

// The CONNECT flags (MQTT 3.1.1, 3.1.2.3).
const (
	flagCleanSession = 1 << 1
	flagWill         = 1 << 2
	flagsWillDetail  = 1<<3 | 1<<4 | 1<<5
	flagPassword     = 1 << 6
	flagUsername     = 1 << 7
)

// maxRemaining is the largest remaining length (MQTT 3.1.1, 2.2.3).
const maxRemaining = 268_435_455

var errPacket = errors.New("not one whole packet")

// packet is what the fence needs to know of one write.
type packet struct {
	kind     byte
	flags    byte   // low four bits of the fixed header: dup, qos, retain
	connect  byte   // CONNECT: its flags
	clientID string // CONNECT
}

// parse reads one write as exactly one packet: a fixed header with the shortest
// length encoding, and a body that ends where the write ends. Bodies of other
// packets than CONNECT are not looked into.
func parse(b []byte) (packet, error) {
	if len(b) < 2 {
		return packet{}, fmt.Errorf("%w: %d bytes", errPacket, len(b))
	}
	p := packet{kind: b[0] >> 4, flags: b[0] & 0x0f}
	length, size := remaining(b[1:])
	if size == 0 || length != len(b)-1-size {
		return packet{}, fmt.Errorf("%w: its length is not the write's", errPacket)
	}
	if p.kind != kindConnect {
		return p, nil
	}
	return p, p.parseConnect(b[1+size:])
}

// remaining reads a remaining length and tells how many bytes it took; 0 means
// that it is cut, too long, or not in its shortest form.
func remaining(b []byte) (value, size int) {
	for i := 0; i < 4 && i < len(b); i++ {
		value |= int(b[i]&0x7f) << (7 * i)
		if b[i]&0x80 == 0 {
			if i > 0 && b[i] == 0 {
				return 0, 0
			}
			return value, i + 1
		}
	}
	return 0, 0
}

// appendRemaining writes a remaining length of at most maxRemaining.
func appendRemaining(dst []byte, n int) []byte {
	for {
		c := byte(n & 0x7f)
		n >>= 7
		if n == 0 {
			return append(dst, c)
		}
		dst = append(dst, c|0x80)
	}
}

// parseConnect reads the body of a CONNECT (MQTT 3.1.1, 3.1): protocol name and
// level, flags, keepalive, then the fields the flags announce, and no more.
func (p *packet) parseConnect(b []byte) error {
	const head = "\x00\x04MQTT\x04"
	if len(b) < len(head)+3 || string(b[:len(head)]) != head {
		return fmt.Errorf("%w: not a CONNECT of version 3.1.1", errPacket)
	}
	p.connect = b[len(head)]
	b = b[len(head)+3:]
	fields := 1
	for _, announced := range []bool{
		p.connect&flagWill != 0, p.connect&flagWill != 0, // topic, message
		p.connect&flagUsername != 0, p.connect&flagPassword != 0,
	} {
		if announced {
			fields++
		}
	}
	for i := range fields {
		if len(b) < 2 || len(b)-2 < int(binary.BigEndian.Uint16(b)) {
			return fmt.Errorf("%w: a CONNECT that is cut", errPacket)
		}
		n := int(binary.BigEndian.Uint16(b))
		if i == 0 {
			p.clientID = string(b[2 : 2+n])
		}
		b = b[2+n:]
	}
	if len(b) != 0 {
		return fmt.Errorf("%w: something follows a CONNECT", errPacket)
	}
	return nil
}

// subscribes reports whether b is one whole SUBSCRIBE for exactly these topics, each
// once, in any order, with quality of service 0 (MQTT 3.1.1, 3.8).
func subscribes(b []byte, topics []string) bool {
	p, err := parse(b)
	if err != nil || p.kind != kindSubscribe || p.flags != 2 {
		return false
	}
	_, size := remaining(b[1:])
	b = b[1+size:]
	if len(b) < 2 || binary.BigEndian.Uint16(b) == 0 { // a packet identifier (2.3.1)
		return false
	}
	left := slices.Clone(topics)
	for b = b[2:]; len(b) > 0; {
		if len(b) < 2 || len(b)-3 < int(binary.BigEndian.Uint16(b)) {
			return false
		}
		n := int(binary.BigEndian.Uint16(b))
		at := slices.Index(left, string(b[2:2+n]))
		if at < 0 || b[2+n] != 0 {
			return false
		}
		left, b = slices.Delete(left, at, at+1), b[3+n:]
	}
	return len(left) == 0
}

// retains reports whether a PUBLISH carries the retain flag: an empty one alone, which
// makes a broker forget what it holds of the topic and cannot itself be held (MQTT
// 3.1.1, 3.3.1.3).
func retains(payload []byte) bool { return len(payload) == 0 }

// publish is the only PUBLISH a delivery may become: QoS 0, not a duplicate, and
// retained only if it is empty.
func publish(topic string, payload []byte) ([]byte, error) {
	switch {
	case topic == "" || len(topic) > 65535 || !utf8.ValidString(topic):
		return nil, errors.New("a topic must be 1 to 65535 bytes of UTF-8")
	case strings.ContainsAny(topic, "+#\x00"):
		return nil, errors.New("a topic to publish to must hold no wildcard")
	case topic[0] == '$':
		return nil, errors.New("a topic must not begin with '$', which belongs to the server")
	case len(payload) > maxRemaining-2-len(topic):
		return nil, errors.New("a payload of this size does not fit into a packet")
	}
	head := byte(kindPublish << 4)
	if retains(payload) {
		head |= 1
	}
	b := appendRemaining([]byte{head}, 2+len(topic)+len(payload))
	b = binary.BigEndian.AppendUint16(b, uint16(len(topic)))
	b = append(b, topic...)
	return append(b, payload...), nil
}
