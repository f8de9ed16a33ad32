package demo

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
)

// largest is the longest MQTT packet the reader believes in. A release is at most
// 4 KiB; whatever claims more than this is no message of ours.
const largest = 64 << 10

// MQTT 3.1.1 control packet types (§2.2.1), as far as they matter here.
const (
	typeConnect = 1
	typePublish = 3
)

// packet is one MQTT control packet as it went over the wire.
type packet struct {
	kind  byte // 1 to 15
	flags byte // low half of the first byte
	body  []byte
}

// stream cuts a byte stream into MQTT control packets. It is its own small
// reader on purpose: what is counted must not depend on the broker's or the
// client's idea of a packet.
type stream struct {
	pending []byte
	err     error // sticky: after it, bytes are counted and no longer read
}

// errPacket says that the bytes are not MQTT 3.1.1.
var errPacket = errors.New("not MQTT 3.1.1")

// feed takes the next bytes of the stream and hands every whole packet to emit.
// The packet's body is valid during the call only.
func (p *stream) feed(b []byte, emit func(packet)) {
	if p.err != nil {
		return
	}
	p.pending = append(p.pending, b...)
	for {
		head, length, err := fixedHeader(p.pending)
		if err != nil {
			p.err, p.pending = err, nil
			return
		}
		if head == 0 || len(p.pending) < head+length {
			return // more is to come
		}
		first := p.pending[0]
		emit(packet{kind: first >> 4, flags: first & 0x0f, body: p.pending[head : head+length]})
		p.pending = append(p.pending[:0], p.pending[head+length:]...)
	}
}

// fixedHeader reads §2.2: one byte, then one to four bytes of remaining length.
// head is 0 while it is not whole.
func fixedHeader(b []byte) (head, length int, err error) {
	if len(b) == 0 {
		return 0, 0, nil
	}
	if kind := b[0] >> 4; kind == 0 || kind == 15 {
		return 0, 0, errPacket
	}
	for i := 1; i <= 4; i++ {
		if i >= len(b) {
			return 0, 0, nil
		}
		length |= int(b[i]&0x7f) << (7 * (i - 1))
		if b[i] < 0x80 {
			if length > largest {
				return 0, 0, errPacket
			}
			return i + 1, length, nil
		}
	}
	return 0, 0, errPacket
}

// publication is a PUBLISH packet (§3.3).
type publication struct {
	topic   string
	payload []byte
	qos     byte
	retain  bool
}

func parsePublish(p packet) (publication, error) {
	out := publication{qos: p.flags >> 1 & 3, retain: p.flags&1 != 0}
	topic, rest, ok := text(p.body)
	if !ok || topic == "" || out.qos == 3 {
		return publication{}, errPacket
	}
	if out.qos > 0 {
		if len(rest) < 2 {
			return publication{}, errPacket
		}
		rest = rest[2:]
	}
	out.topic, out.payload = topic, slices.Clone(rest)
	return out, nil
}

// greeting is what a CONNECT packet (§3.1) promises.
type greeting struct {
	level byte // 4 is MQTT 3.1.1
	clean bool // clean session: the broker keeps nothing
	will  bool // the broker would speak for the client after it is silent
}

func parseConnect(p packet) (greeting, error) {
	name, rest, ok := text(p.body)
	if !ok || name != "MQTT" || len(rest) < 2 {
		return greeting{}, errPacket
	}
	return greeting{level: rest[0], clean: rest[1]&0x02 != 0, will: rest[1]&0x04 != 0}, nil
}

// text reads a length-prefixed string (§1.5.3).
func text(b []byte) (s string, rest []byte, ok bool) {
	if len(b) < 2 {
		return "", nil, false
	}
	n := int(binary.BigEndian.Uint16(b))
	if len(b) < 2+n {
		return "", nil, false
	}
	return string(b[2 : 2+n]), b[2+n:], true
}

// envelope are the keys a message may have beside its fields. They say what the
// message is, not what the house is like.
var envelope = []string{"v", "id", "basis", "purpose", "categories", "sampled_at", "fields", "pad"}

// fieldsOf are the names and values under "fields" of a message. A key beside the
// known envelope counts as a field of its own, so that nothing can leave next to
// the fields unseen. ok is false when the payload is no such object: then nobody
// can say what it tells.
func fieldsOf(payload []byte) (values map[string]json.RawMessage, ok bool) {
	var message, fields map[string]json.RawMessage
	if err := json.Unmarshal(payload, &message); err != nil {
		return nil, false
	}
	if err := json.Unmarshal(message["fields"], &fields); err != nil || fields == nil {
		return nil, false
	}
	for key, value := range message {
		if !slices.Contains(envelope, key) {
			fields["(beside the fields) "+key] = value
		}
	}
	var pad string
	if raw, padded := message["pad"]; padded {
		if err := json.Unmarshal(raw, &pad); err != nil || strings.Trim(pad, ". ") != "" {
			fields["(in the padding)"] = raw
		}
	}
	return fields, true
}

// sortedNames are the names of the fields in order.
func sortedNames(values map[string]json.RawMessage) []string {
	return slices.Sorted(maps.Keys(values))
}
