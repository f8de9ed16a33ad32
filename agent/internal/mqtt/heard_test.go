package mqtt

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"quietstat/agent/internal/wire"
)

// utterance is one message that was heard.
type utterance struct {
	topic, payload string
	retained       bool
}

// ears is an inbound that listens to two topics, on a clock that stands still.
func ears(heard *[]utterance, now *time.Time) *inbound {
	return &inbound{
		listen: []string{"home/set/setpoint", "homeassistant/status"}, now: func() time.Time { return *now },
		heard: func(topic string, retained bool, payload []byte) {
			*heard = append(*heard, utterance{topic, string(payload), retained})
		},
	}
}

var (
	welcome = []byte{0x20, 2, 0, 0}
	granted = []byte{0x90, 4, 0, 1, 0, 0}
)

func said(topic, payload string, first byte) []byte {
	p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	p.TopicName, p.Payload = topic, []byte(payload)
	b := encoded(p)
	b[0] = first
	return b
}

// What a listener takes, in pieces of any size, and what ends its window.
func TestInboundOfAListener(t *testing.T) {
	const topic = "home/set/setpoint"
	long := strings.Repeat("x", heardPayload)
	tests := []struct {
		name string
		in   [][]byte
		want []utterance
		ok   bool
	}{
		{"silence", [][]byte{welcome, granted, pingresp, pingresp}, nil, true},
		{"one message", [][]byte{welcome, granted, said(topic, "21", publishNew), pingresp}, []utterance{{topic, "21", false}}, true},
		{"before the SUBACK", [][]byte{welcome, said(topic, "21", publishNew), granted}, []utterance{{topic, "21", false}}, true},
		{"retained", [][]byte{welcome, granted, said(topic, "21", publishRetained)}, []utterance{{topic, "21", true}}, true},
		{"empty", [][]byte{welcome, granted, said(topic, "", publishNew)}, []utterance{{topic, "", false}}, true},
		{"not readable", [][]byte{welcome, {0x90, 4, 0, 1, 0x80, 0x80}, pingresp}, nil, true},
		{"4 KiB", [][]byte{welcome, granted, said(topic, long, publishNew)}, []utterance{{topic, long, false}}, true},
		{"a byte more", [][]byte{welcome, granted, said(topic, long+"x", publishNew)}, nil, false},
		{"5 KiB", [][]byte{welcome, granted, said(topic, strings.Repeat("x", 5<<10), publishNew)}, nil, false},
		{"256 MB", [][]byte{welcome, granted, {publishNew, 0xff, 0xff, 0xff, 0x7f}}, nil, false},
		{"a long length", [][]byte{welcome, granted, {publishNew, 0x80, 0x80}}, nil, true},
		{"a longer length", [][]byte{welcome, granted, {publishNew, 0x80, 0x80, 0x01}}, nil, false},
		{"a length not in its shortest form", [][]byte{welcome, granted, {publishNew, 0x80, 0x00}}, nil, false},
		{"QoS 1", [][]byte{welcome, granted, said(topic, "21", 0x32)}, nil, false},
		{"duplicate", [][]byte{welcome, granted, said(topic, "21", 0x38)}, nil, false},
		{"another topic", [][]byte{welcome, granted, said("home/set/mode", "off", publishNew)}, nil, false},
		{"no topic", [][]byte{welcome, granted, {publishNew, 1, 0}}, nil, false},
		{"a topic longer than the packet", [][]byte{welcome, granted, {publishNew, 3, 0, 2, 'a'}}, nil, false},
		{"granted twice", [][]byte{welcome, granted, granted}, nil, false},
		{"granted too much", [][]byte{welcome, {0x90, 5, 0, 1, 0, 0, 0}}, nil, false},
		{"welcomed twice", [][]byte{welcome, granted, welcome}, nil, false},
		{"nobody is welcomed", [][]byte{granted}, nil, false},
		{"unsubscribed", [][]byte{welcome, granted, {0xb0, 2, 0, 1}}, nil, false},
		{"disconnected", [][]byte{welcome, granted, {0xe0, 0}}, nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			all := slices.Concat(test.in...)
			for _, piece := range []int{1, 2, 3, 7, len(all)} {
				var heard []utterance
				now := time.Now()
				in, err := ears(&heard, &now), error(nil)
				for b := all; len(b) > 0 && err == nil; b = b[min(piece, len(b)):] {
					err = in.feed(b[:min(piece, len(b))])
				}
				if (err == nil) != test.ok || test.ok && !slices.Equal(heard, test.want) {
					t.Errorf("in pieces of %d: heard %d, %v", piece, len(heard), err)
				}
			}
		})
	}
}

// Five at once, then one in a second, and the sixth ends it.
func TestHowOftenItMayBeHeard(t *testing.T) {
	var heard []utterance
	now := time.Now()
	in := ears(&heard, &now)
	one := said("home/set/setpoint", "21", publishNew)
	if err := in.feed(append(slices.Clone(welcome), granted...)); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if err := in.feed(one); err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
	}
	for range 20 { // one a second goes on for ever
		now = now.Add(time.Second)
		if err := in.feed(one); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(time.Second - 1)
	if err := in.feed(one); !errors.Is(err, errFlood) {
		t.Errorf("one nanosecond too soon: %v", err)
	}
	in, now = ears(&heard, &now), now.Add(time.Hour) // an hour of silence saves up no more than five
	if err := in.feed(append(slices.Clone(welcome), granted...)); err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		if err := in.feed(one); (err == nil) != (i < 5) {
			t.Errorf("message %d after silence: %v", i, err)
		}
	}
}

// FuzzHeard holds a listener to paho's own reading of the stream: what is heard is
// what the packets say, nothing is heard after an end, and no room is made for more
// than a packet may have.
func FuzzHeard(f *testing.F) {
	f.Add(slices.Concat(welcome, granted, said("home/set/setpoint", "21,5", publishNew)), uint8(1))
	f.Add(slices.Concat(welcome, granted, said("homeassistant/status", "online", publishRetained), pingresp), uint8(3))
	f.Add(slices.Concat(welcome, []byte{publishNew, 0xff, 0xff, 0xff, 0x7f}), uint8(2))
	f.Fuzz(func(t *testing.T, b []byte, piece uint8) {
		var heard []utterance
		now := time.Unix(0, 0)
		in := ears(&heard, &now)
		size := int(piece)%64 + 1
		for rest := b; len(rest) > 0; rest = rest[min(size, len(rest)):] {
			if in.feed(rest[:min(size, len(rest))]) != nil {
				return
			}
			if len(in.packet) > 5+2+heardTopic+heardPayload {
				t.Fatalf("%d bytes were kept", len(in.packet))
			}
		}
		var want []utterance
		for r := bytes.NewReader(b); ; {
			p, err := packets.ReadPacket(r)
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				break
			}
			if err != nil {
				return // a return code that paho does not know is not ours to judge
			}
			if p, ok := p.(*packets.PublishPacket); ok {
				want = append(want, utterance{p.TopicName, string(p.Payload), p.Retain})
			}
		}
		if !slices.Equal(heard, want) {
			t.Fatalf("heard %v, paho reads %v", heard, want)
		}
	})
}

func subscribePacket(topics ...string) []byte {
	p := packets.NewControlPacket(packets.Subscribe).(*packets.SubscribePacket)
	p.MessageID, p.Topics, p.Qoss = 1, topics, make([]byte, len(topics))
	return encoded(p)
}

// The SUBSCRIBE that was agreed passes once, right after CONNECT, and no other does.
func TestOnlyTheAgreedSubscriptionPasses(t *testing.T) {
	agreed := subscribePacket("a/b", "c")
	qos := bytes.Clone(agreed)
	qos[len(qos)-1] = 1
	anonymous := bytes.Clone(agreed)
	anonymous[2], anonymous[3] = 0, 0
	ping := []byte{0xc0, 0}
	for name, test := range map[string]struct {
		in []([]byte)
		ok bool
	}{
		"agreed":                 {[][]byte{agreed}, true},
		"in another order":       {[][]byte{subscribePacket("c", "a/b")}, true},
		"twice":                  {[][]byte{agreed, agreed}, false},
		"after a ping":           {[][]byte{ping, agreed}, false},
		"one of them":            {[][]byte{subscribePacket("c")}, false},
		"one twice":              {[][]byte{subscribePacket("c", "c")}, false},
		"one more":               {[][]byte{subscribePacket("a/b", "c", "d")}, false},
		"everything":             {[][]byte{subscribePacket("#", "c")}, false},
		"a level of it":          {[][]byte{subscribePacket("a/+", "c")}, false},
		"QoS 1":                  {[][]byte{qos}, false},
		"no identifier":          {[][]byte{anonymous}, false},
		"cut":                    {[][]byte{agreed[:len(agreed)-1]}, false},
		"with something behind":  {[][]byte{append(bytes.Clone(agreed), ping...)}, false},
		"an unsubscribe":         {[][]byte{{0xa2, 4, 0, 1, 0, 1}}, false},
		"nothing is asked for":   {[][]byte{{0x82, 2, 0, 1}}, false},
		"nothing but its header": {[][]byte{{0x82, 0}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := &sink{}
			raw := &counted{Conn: s}
			f := newFence(epoch, "window-1", always)
			f.listen = []string{"a/b", "c"}
			l := &line{raw: raw, top: raw}
			if _, err := f.write(connectPacket(nil), l); err != nil {
				t.Fatal(err)
			}
			var err error
			for _, b := range test.in {
				s.got.Reset()
				if _, err = f.write(b, l); err != nil {
					break
				}
			}
			if (err == nil) != test.ok || f.shut() == test.ok || (s.got.Len() > 0) != test.ok {
				t.Errorf("%v, closed %v, %d bytes left", err, f.shut(), s.got.Len())
			}
		})
	}
}

// With a whole broker: what others say on the topics is heard, what it has kept comes
// marked, the window's own messages do not come back, and a client that listens to
// nothing subscribes to nothing.
func TestListeningWithAWholeBroker(t *testing.T) {
	h := startHub(t)
	if err := h.Publish("home/set/mode", []byte("off"), true, 0); err != nil {
		t.Fatal(err)
	}
	<-h.arrived
	heard := make(chan utterance, 16)
	o := options(h.address)
	o.Listen = []string{"home/set/setpoint", "home/set/mode"}
	o.Heard = func(topic string, retained bool, payload []byte) {
		heard <- utterance{topic, string(payload), retained}
	}
	c := dial(t, o)
	if got := <-heard; got != (utterance{"home/set/mode", "off", true}) {
		t.Errorf("what was kept came as %v", got)
	}
	if result, err := c.Publish(delivery(t, epoch, "home/state", "a")); result != wire.ResultSent {
		t.Fatal(err)
	}
	if err := h.Publish("home/set/setpoint", []byte("21.5"), false, 1); err != nil {
		t.Fatal(err)
	}
	if got := <-heard; got != (utterance{"home/set/setpoint", "21.5", false}) {
		t.Errorf("heard %v", got)
	}
	subscriptions := func() (n int) {
		for _, cl := range h.Clients.GetAll() {
			if cl.ID == "window-1" {
				n += cl.State.Subscriptions.Len()
			}
		}
		return n
	}
	if n := subscriptions(); n != 2 {
		t.Errorf("%d subscriptions", n)
	}
	c.Close()
	quiet := dial(t, options(h.address))
	if n := subscriptions(); n != 0 {
		t.Errorf("%d subscriptions of a client that listens to nothing", n)
	}
	quiet.Close()
	if len(heard) != 0 {
		t.Errorf("heard %v besides", <-heard)
	}
}

// A broker that floods the topics loses the window.
func TestAFloodEndsTheWindow(t *testing.T) {
	h := startHub(t)
	o := options(h.address)
	heard := make(chan utterance, 64)
	o.Listen = []string{"home/set/setpoint"}
	o.Heard = func(topic string, retained bool, payload []byte) {
		heard <- utterance{topic, string(payload), retained}
	}
	c := dial(t, o)
	for range 20 {
		if err := h.Publish("home/set/setpoint", []byte("21"), false, 0); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-c.Lost():
	case <-time.After(10 * time.Second):
		t.Fatal("the window stands")
	}
	if n := len(heard); n != heardBurst {
		t.Errorf("heard %d", n)
	}
}

func TestListenOptions(t *testing.T) {
	hear := func(string, bool, []byte) {}
	for name, o := range map[string]Options{
		"wildcard":   {Listen: []string{"a/#"}, Heard: hear},
		"empty":      {Listen: []string{""}, Heard: hear},
		"system":     {Listen: []string{"$SYS/x"}, Heard: hear},
		"too many":   {Listen: make([]string, 9), Heard: hear},
		"too long":   {Listen: []string{strings.Repeat("x", heardTopic+1)}, Heard: hear},
		"nobody":     {Listen: []string{"a"}},
		"no purpose": {Heard: hear},
	} {
		o.Endpoint, o.ClientID, o.Epoch, o.Alive = "mqtt://127.0.0.1:1", "window-1", 1, always
		if _, err := o.validate(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
