package mqtt

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"
)

var (
	errInbound = errors.New("the recipient sent something other than CONNACK and PINGRESP")
	errHeard   = errors.New("the recipient sent something that is no short message on a topic that is listened to")
	errFlood   = errors.New("the recipient sends more than anybody could wish")
)

// What may be heard: topics and payloads of at most so many bytes, and so many
// messages at once and then one in a second. More ends the window.
const (
	heardTopic   = 256
	heardPayload = 4 << 10
	heardBurst   = 5
	heardPeriod  = time.Second
)

// inbound watches what the recipient sends. A client that subscribes to nothing is
// owed one CONNACK without a session and then only PINGRESPs; everything else,
// a packet of 256 MB that paho would make room for included, ends the window. One
// that listens is owed one SUBACK besides, and short messages on those topics.
type inbound struct {
	listen []string // exact topics; none: the recipient is not heard
	heard  func(topic string, retained bool, payload []byte)
	now    func() time.Time

	welcomed bool
	acked    bool   // the SUBACK has come
	n        int    // bytes of the current fixed packet seen
	packet   []byte // of the current one, if it is another
	tokens   int    // messages it may still send at once
	refilled time.Time
}

var (
	connack  = []byte{0x20, 2, 0} // no session is present: ours are clean (MQTT 3.1.1, 3.2.2.2)
	pingresp = []byte{0xd0, 0}
)

// feed takes the next bytes of the stream, in pieces of any size.
func (in *inbound) feed(b []byte) error {
	for _, c := range b {
		switch {
		case in.packet != nil || in.welcomed && in.n == 0 && c != pingresp[0] && len(in.listen) > 0:
			if err := in.collect(c); err != nil {
				return err
			}
			continue
		case !in.welcomed && in.n == len(connack):
			in.welcomed, in.n = true, 0 // c is the return code, which paho explains
			continue
		case !in.welcomed && c != connack[in.n],
			in.welcomed && c != pingresp[in.n]:
			return errInbound
		}
		in.n++
		if in.welcomed && in.n == len(pingresp) {
			in.n = 0
		}
	}
	return nil
}

// The first bytes of the packets a listener is owed: SUBACK, and PUBLISH with quality
// of service 0, as it was asked for, retained or not (MQTT 3.1.1, 3.9 and 3.3.1).
const (
	suback          = 0x90
	publishNew      = 0x30
	publishRetained = 0x31
)

// collect takes a byte of a packet that has a body. Its length is judged before room
// is made for it.
func (in *inbound) collect(c byte) error {
	in.packet = append(in.packet, c)
	switch first := in.packet[0]; {
	case len(in.packet) > 1:
	case first == suback && !in.acked, first == publishNew, first == publishRetained: // the last two also before the SUBACK (3.8.4)
		return nil
	default:
		return errHeard
	}
	length, size := remaining(in.packet[1:])
	switch {
	case size == 0 && len(in.packet) <= 3: // a length of at most three bytes: 2 + 256 + 4096 needs two
		if c&0x80 == 0 {
			return errHeard // not in its shortest form
		}
		return nil
	case size == 0 || length > 2+heardTopic+heardPayload:
		return errHeard
	case len(in.packet) < 1+size+length:
		return nil
	}
	body, first := in.packet[1+size:], in.packet[0]
	in.packet = nil
	if first == suback {
		in.acked = true
		if length != 2+len(in.listen) {
			return errHeard
		}
		return nil // a topic it may not read stays silent, which is no reason not to speak
	}
	return in.message(first == publishRetained, body)
}

// message takes the body of a PUBLISH: the topic, with its length, and the payload.
func (in *inbound) message(retained bool, body []byte) error {
	if len(body) < 2 {
		return errHeard
	}
	n := int(binary.BigEndian.Uint16(body))
	if n > heardTopic || n > len(body)-2 || len(body)-2-n > heardPayload {
		return errHeard
	}
	topic, payload := string(body[2:2+n]), body[2+n:]
	if !slices.Contains(in.listen, topic) {
		return errHeard
	}
	if !in.spare() {
		return errFlood
	}
	in.heard(topic, retained, payload)
	return nil
}

// spare takes one from what the recipient may send, if there is any left.
func (in *inbound) spare() bool {
	now := in.now()
	if in.refilled.IsZero() {
		in.tokens, in.refilled = heardBurst, now
	}
	for in.tokens < heardBurst && now.Sub(in.refilled) >= heardPeriod {
		in.tokens++
		in.refilled = in.refilled.Add(heardPeriod)
	}
	if in.tokens == heardBurst {
		in.refilled = now
	}
	in.tokens--
	return in.tokens >= 0
}
