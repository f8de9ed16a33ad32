package mqtt

import (
	"bytes"
	"strings"
	"testing"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

func encoded(p packets.ControlPacket) []byte {
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func connectPacket(change func(*packets.ConnectPacket)) []byte {
	p := packets.NewControlPacket(packets.Connect).(*packets.ConnectPacket)
	p.ProtocolName, p.ProtocolVersion = "MQTT", 4
	p.CleanSession, p.ClientIdentifier, p.Keepalive = true, "window-1", 60
	if change != nil {
		change(p)
	}
	return encoded(p)
}

func TestParse(t *testing.T) {
	login := func(p *packets.ConnectPacket) {
		p.UsernameFlag, p.PasswordFlag, p.Username, p.Password = true, true, "user", []byte("pass")
	}
	whole := connectPacket(login)
	tests := []struct {
		name string
		in   []byte
		want packet
		ok   bool
	}{
		{"nothing", nil, packet{}, false},
		{"one byte", []byte{0xc0}, packet{}, false},
		{"ping", []byte{0xc0, 0}, packet{kind: kindPingreq}, true},
		{"ping in a longer form", []byte{0xc0, 0x80, 0}, packet{}, false},
		{"two packets", []byte{0xc0, 0, 0xc0, 0}, packet{}, false},
		{"half a packet", []byte{0x30, 4, 0, 1}, packet{}, false},
		{"length without end", []byte{0x30, 0x80, 0x80, 0x80, 0x80, 1}, packet{}, false},
		{"retained", []byte{0x31, 3, 0, 1, 'a'}, packet{kind: kindPublish, flags: 1}, true},
		{"connect", whole, packet{kind: kindConnect, connect: flagCleanSession | flagUsername | flagPassword, clientID: "window-1"}, true},
		{"connect, a byte short", retail(whole[:len(whole)-1]), packet{}, false},
		{"connect, a byte more", retail(append(bytes.Clone(whole), 0)), packet{}, false},
		{"connect of 3.1", connectPacket(func(p *packets.ConnectPacket) { p.ProtocolName, p.ProtocolVersion = "MQIsdp", 3 }), packet{}, false},
		{"connect of 5", connectPacket(func(p *packets.ConnectPacket) { p.ProtocolVersion = 5 }), packet{}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := parse(test.in)
			if (err == nil) != test.ok {
				t.Fatalf("parse: %v", err)
			}
			if test.ok && got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// retail corrects the remaining length of a packet whose body was changed.
func retail(b []byte) []byte {
	_, size := remaining(b[1:])
	body := b[1+size:]
	return append(appendRemaining([]byte{b[0]}, len(body)), body...)
}

func TestRemainingAtItsEdges(t *testing.T) {
	for _, edge := range []int{0, 1, 126, 127, 128, 129, 16382, 16383, 16384, 2097151, 2097152, maxRemaining} {
		b := appendRemaining(nil, edge)
		if got, size := remaining(b); got != edge || size != len(b) {
			t.Errorf("%d became %d in %d of %d bytes", edge, got, size, len(b))
		}
		if _, size := remaining(b[:len(b)-1]); size != 0 {
			t.Errorf("%d: a cut length was read", edge)
		}
	}
}

func TestPublishIsWhatPahoWrites(t *testing.T) {
	for _, size := range []int{0, 1, 115, 116, 117, 118, 119, 4096, 20000} {
		payload := []byte(strings.Repeat("x", size))
		want := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
		want.TopicName, want.Payload, want.Retain = "home/état", payload, size == 0 // an erasure
		got, err := publish("home/état", payload)
		if err != nil || !bytes.Equal(got, encoded(want)) {
			t.Errorf("%d bytes of payload: %v, or not what paho writes", size, err)
		}
	}
	for _, topic := range []string{"", "a/+", "a/#", "$SYS/a", "a\x00b", "\xff", strings.Repeat("t", 65536)} {
		if _, err := publish(topic, []byte("x")); err == nil {
			t.Errorf("a topic of %d bytes beginning %.4q was taken", len(topic), topic)
		}
	}
	if _, err := publish(strings.Repeat("t", 65535), []byte("x")); err != nil {
		t.Error(err)
	}
}

// FuzzParse looks for a write that is taken for one packet and is not one.
func FuzzParse(f *testing.F) {
	f.Add([]byte{0xc0, 0})
	f.Add([]byte{0xe0, 0})
	f.Add([]byte{0x30, 4, 0, 1, 'a', 'x'})
	f.Add(connectPacket(nil))
	f.Add(connectPacket(func(p *packets.ConnectPacket) {
		p.WillFlag, p.WillTopic, p.WillMessage = true, "will", []byte("gone")
	}))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := parse(b)
		if err != nil {
			return
		}
		length, size := remaining(b[1:])
		if again := appendRemaining(b[:1:1], length); !bytes.Equal(again, b[:1+size]) || len(b) != 1+size+length {
			t.Fatalf("% x is not one packet in its shortest form", b)
		}
		if p.kind != kindConnect {
			return
		}
		theirs, err := packets.ReadPacket(bytes.NewReader(b))
		if err != nil {
			t.Fatalf("% x: paho reads no CONNECT: %v", b, err)
		}
		c := theirs.(*packets.ConnectPacket)
		if c.ClientIdentifier != p.clientID || c.WillFlag != (p.connect&flagWill != 0) || c.CleanSession != (p.connect&flagCleanSession != 0) {
			t.Fatalf("% x: read as %+v, paho reads %v", b, p, c)
		}
	})
}
