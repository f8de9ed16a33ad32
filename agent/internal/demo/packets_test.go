package demo

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// mqttString is a length-prefixed string.
func mqttString(s string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(s))), s...)
}

// mqttPacket is a whole packet with its fixed header.
func mqttPacket(first byte, body []byte) []byte {
	out := []byte{first}
	for n := len(body); ; {
		b := byte(n & 0x7f)
		if n >>= 7; n > 0 {
			out = append(out, b|0x80)
			continue
		}
		return append(append(out, b), body...)
	}
}

func connectPacket(flags byte) []byte {
	body := append(mqttString("MQTT"), 4, flags, 0, 60)
	return mqttPacket(typeConnect<<4, append(body, mqttString("client")...))
}

func publishPacket(topic, payload string) []byte {
	return mqttPacket(typePublish<<4, append(mqttString(topic), payload...))
}

// read feeds chunks and collects what comes out, with bodies copied.
func read(chunks ...[]byte) (out []packet, err error) {
	var s stream
	for _, c := range chunks {
		s.feed(c, func(p packet) {
			p.body = slices.Clone(p.body)
			out = append(out, p)
		})
	}
	return out, s.err
}

func TestStream(t *testing.T) {
	long := publishPacket("t", strings.Repeat("x", 300)) // two bytes of length
	ping := []byte{0xc0, 0}
	for _, row := range []struct {
		name   string
		chunks [][]byte
		kinds  []byte
		fails  bool
	}{
		{"one", [][]byte{connectPacket(2)}, []byte{1}, false},
		{"merged", [][]byte{slices.Concat(connectPacket(2), long, ping)}, []byte{1, 3, 12}, false},
		{"split in the header", [][]byte{long[:1], long[1:2], long[2:]}, []byte{3}, false},
		{"split in the body", [][]byte{long[:10], long[10:]}, []byte{3}, false},
		{"end of one and begin of the next", [][]byte{slices.Concat(ping, long[:5]), slices.Concat(long[5:], ping)}, []byte{12, 3, 12}, false},
		{"not whole", [][]byte{long[:len(long)-1]}, nil, false},
		{"nothing", [][]byte{{}}, nil, false},
		{"type 0", [][]byte{{0x00, 0}}, nil, true},
		{"type 15", [][]byte{{0xf0, 0}}, nil, true},
		{"five bytes of length", [][]byte{{0x30, 0x80, 0x80, 0x80, 0x80, 0x01}}, nil, true},
		{"longest believed", [][]byte{mqttPacket(0x30, make([]byte, largest))}, []byte{3}, false},
		{"one longer", [][]byte{mqttPacket(0x30, make([]byte, largest+1))[:4]}, nil, true},
		{"good, bad, good", [][]byte{slices.Concat(ping, []byte{0, 0}, ping)}, []byte{12}, true},
		{"http", [][]byte{[]byte("GET / HTTP/1.1\r\n\r\n")}, nil, false}, // 0x47: a PUBACK of 69 bytes that never come
	} {
		got, err := read(row.chunks...)
		var kinds []byte
		for _, p := range got {
			kinds = append(kinds, p.kind)
		}
		if !bytes.Equal(kinds, row.kinds) || (err != nil) != row.fails {
			t.Errorf("%s: kinds %v, error %v; want %v, failing %t", row.name, kinds, err, row.kinds, row.fails)
		}
	}
}

// However the bytes are cut, the same packets come out.
func TestStreamDoesNotDependOnTheCuts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var whole []byte
		for range rapid.IntRange(0, 5).Draw(t, "packets") {
			first := byte(rapid.IntRange(1, 14).Draw(t, "kind"))<<4 | byte(rapid.IntRange(0, 15).Draw(t, "flags"))
			whole = append(whole, mqttPacket(first, rapid.SliceOfN(rapid.Byte(), 0, 400).Draw(t, "body"))...)
		}
		want, err := read(whole)
		if err != nil {
			t.Fatal(err)
		}
		var chunks [][]byte
		for rest := whole; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "cut")
			chunks, rest = append(chunks, rest[:n]), rest[n:]
		}
		got, err := read(chunks...)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("cut into %d: %v (%v), want %v", len(chunks), got, err, want)
		}
	})
}

func FuzzStream(f *testing.F) {
	f.Add(connectPacket(2), 3)
	f.Add(publishPacket("a/b", `{"fields":{"temperature":20.5}}`), 7)
	f.Add([]byte{0x30, 0xff, 0xff, 0x7f}, 1)
	f.Fuzz(func(t *testing.T, data []byte, cut int) {
		cut = min(max(cut, 0), len(data))
		whole, err := read(data)
		split, errSplit := read(data[:cut], data[cut:])
		if !reflect.DeepEqual(whole, split) || (err == nil) != (errSplit == nil) {
			t.Fatalf("whole %v (%v), split %v (%v)", whole, err, split, errSplit)
		}
		for _, p := range whole {
			if pub, err := parsePublish(p); p.kind == typePublish && err == nil {
				fieldsOf(pub.payload)
			}
			if p.kind == typeConnect {
				parseConnect(p)
			}
		}
	})
}

func TestParsePublish(t *testing.T) {
	for _, row := range []struct {
		name   string
		packet packet
		want   publication
		ok     bool
	}{
		{"QoS 0", packet{3, 0, append(mqttString("a/b"), "hi"...)}, publication{topic: "a/b", payload: []byte("hi")}, true},
		{"retained", packet{3, 1, append(mqttString("a"), "x"...)}, publication{topic: "a", payload: []byte("x"), retain: true}, true},
		{"QoS 1", packet{3, 2, append(mqttString("a"), 0, 7, 'x')}, publication{topic: "a", payload: []byte("x"), qos: 1}, true},
		{"QoS 1 without an id", packet{3, 2, append(mqttString("a"), 0)}, publication{}, false},
		{"QoS 3", packet{3, 6, append(mqttString("a"), 0, 7, 'x')}, publication{}, false},
		{"no topic", packet{3, 0, mqttString("")}, publication{}, false},
		{"topic longer than the packet", packet{3, 0, []byte{0, 9, 'a'}}, publication{}, false},
		{"empty", packet{3, 0, nil}, publication{}, false},
	} {
		got, err := parsePublish(row.packet)
		if (err == nil) != row.ok || got.topic != row.want.topic || got.qos != row.want.qos || got.retain != row.want.retain || string(got.payload) != string(row.want.payload) {
			t.Errorf("%s: %+v, %v", row.name, got, err)
		}
	}
}

func TestParseConnect(t *testing.T) {
	body := func(flags byte) []byte { return append(mqttString("MQTT"), 4, flags, 0, 60) }
	for _, row := range []struct {
		name string
		body []byte
		want greeting
		ok   bool
	}{
		{"clean", body(0x02), greeting{level: 4, clean: true}, true},
		{"with a will", body(0x06), greeting{level: 4, clean: true, will: true}, true},
		{"kept session", body(0x00), greeting{level: 4}, true},
		{"another protocol", append(mqttString("MQIsdp"), 3, 2), greeting{}, false},
		{"short", mqttString("MQTT"), greeting{}, false},
	} {
		got, err := parseConnect(packet{kind: 1, body: row.body})
		if got != row.want || (err == nil) != row.ok {
			t.Errorf("%s: %+v, %v", row.name, got, err)
		}
	}
}

func TestFieldsOf(t *testing.T) {
	const head = `{"v":1,"id":"x","basis":"session","purpose":"p","categories":["setpoint"],"sampled_at":"+1s",`
	for _, row := range []struct {
		name, payload string
		want          []string
		ok            bool
	}{
		{"two", head + `"fields":{"temperature":20.5,"action":"idle"},"pad":"..."}`, []string{"action", "temperature"}, true},
		{"none", head + `"fields":{}}`, nil, true},
		{"padded with blanks", `{"fields":{"a":1}}   `, []string{"a"}, true},
		{"something beside", `{"fields":{"a":1},"humidity":40}`, []string{"(beside the fields) humidity", "a"}, true},
		{"something in the padding", `{"fields":{},"pad":"..40.."}`, []string{"(in the padding)"}, true},
		{"a padding that is no text", `{"fields":{},"pad":40}`, []string{"(in the padding)"}, true},
		{"no fields", head + `"pad":""}`, nil, false},
		{"fields are no object", `{"fields":[1]}`, nil, false},
		{"fields are null", `{"fields":null}`, nil, false},
		{"no JSON", "20.5", nil, false},
		{"empty", "", nil, false},
		{"two objects", `{"fields":{}}{"fields":{}}`, nil, false},
	} {
		values, ok := fieldsOf([]byte(row.payload))
		if got := sortedNames(values); ok != row.ok || !slices.Equal(got, row.want) {
			t.Errorf("%s: %q, %t; want %q, %t", row.name, got, ok, row.want, row.ok)
		}
	}
}
