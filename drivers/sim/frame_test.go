package sim

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"
	"pgregory.net/rapid"
)

func TestParseRequest(t *testing.T) {
	long := strings.Repeat("x", maxName+1)
	tests := []struct {
		name string
		body string
		want request
		ok   bool
	}{
		{"empty", "", request{}, false},
		{"unknown", "?", request{}, false},
		{"bus", "B1", request{op: opBus, name: "1"}, true},
		{"bus name too long", "B" + long, request{}, false},
		{"transfer", "T\x00\x76\x02\xF3", request{op: opTx, addr: 0x76, readLen: 2, bytes: []byte{0xF3}}, true},
		{"longest read", "T\x00\x76\x40", request{op: opTx, addr: 0x76, readLen: 64, bytes: []byte{}}, true},
		{"longer read", "T\x00\x76\x41", request{}, false},
		{"longest write", "T\x00\x76\x00" + strings.Repeat("w", 64), request{op: opTx, addr: 0x76, bytes: []byte(strings.Repeat("w", 64))}, true},
		{"longer write", "T\x00\x76\x00" + strings.Repeat("w", 65), request{}, false},
		{"transfer cut short", "T\x00\x76", request{}, false},
		{"pin", "P\x02cdGPIO4", request{op: opPin, chip: "cd", name: "GPIO4"}, true},
		{"pin with a chip longer than the frame", "P\x09cdGPIO4", request{}, false},
		{"pin without anything", "P", request{}, false},
		{"pin name too long", "P\x00" + long, request{}, false},
		{"chip name too long", "P\x21" + long, request{}, false},
		{"in", "I\x01\x03\x03", request{op: opIn, handle: 1, pull: gpio.PullUp, edge: gpio.BothEdges}, true},
		{"in with an unknown pull", "I\x01\x04\x03", request{}, false},
		{"in with an unknown edge", "I\x01\x03\x04", request{}, false},
		{"in cut short", "I\x01\x03", request{}, false},
		{"read", "R\x07", request{op: opRead, handle: 7}, true},
		{"read with more", "R\x07\x00", request{}, false},
		{"out", "O\x07\x01", request{op: opOut, handle: 7, level: true}, true},
		{"out with a level that is none", "O\x07\x02", request{}, false},
		{"batch", "A\x01\x02", request{op: opBatch, bytes: []byte{1, 2}}, true},
		{"empty batch", "A", request{}, false},
		{"largest batch", "A0123456789", request{op: opBatch, bytes: []byte("0123456789")}, true},
		{"larger batch", "A0123456789A", request{}, false},
		{"press", "F\x01GPIO23", request{op: opPress, name: "GPIO23", level: true}, true},
		{"let go", "F\x00GPIO23", request{op: opPress, name: "GPIO23"}, true},
		{"press half way", "F\x02GPIO23", request{}, false},
		{"press of nothing", "F", request{}, false},
		{"press with a long name", "F\x01" + strings.Repeat("x", 33), request{}, false},
	}
	for _, tt := range tests {
		got, err := parseRequest([]byte(tt.body))
		if (err == nil) != tt.ok {
			t.Errorf("%s: err = %v", tt.name, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(request{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if tt.ok && string(got.append(nil)) != tt.body {
			t.Errorf("%s: written again %q, want %q", tt.name, got.append(nil), tt.body)
		}
	}
}

// FuzzParseRequest: whatever parses is written again to the same bytes; on error nothing
// is returned.
func FuzzParseRequest(f *testing.F) {
	for _, s := range []string{"B1", "T\x00\x76\x02\xF3", "P\x02cdGPIO4", "I\x01\x03\x03", "R\x07", "O\x07\x01", "A\x01\x02", ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		q, err := parseRequest(body)
		if err != nil {
			if !cmp.Equal(q, request{}, cmp.AllowUnexported(request{})) {
				t.Errorf("an error and a request: %+v", q)
			}
			return
		}
		if again := q.append(nil); !bytes.Equal(again, body) {
			t.Errorf("%q became %q", body, again)
		}
	})
}

// FuzzAnswer: a client that sends anything gets an answer within the limits, and the
// board survives.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("\x00\x02B1\x00\x07P\x00GPIO4\x00\x04I\x00\x03\x03\x00\x02R\x00\x00\x05T\x00\x76\x08\xF7"))
	f.Add([]byte("\x00\x02R\x09\xFF\xFF"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		s := session{board: New(1)}
		r, buf := bufio.NewReaderSize(bytes.NewReader(stream), 2*maxBody), make([]byte, maxBody)
		for {
			body, err := readFrame(r, buf)
			if err != nil {
				return
			}
			q, err := parseRequest(body)
			if err != nil {
				return
			}
			out := endFrame(s.answer(beginFrame(nil), &q))
			if n := len(out) - frameHeaderBytes; n < 1 || n > maxBody {
				t.Fatalf("an answer of %d bytes to %+v", n, q)
			}
		}
	})
}

func TestParseReply(t *testing.T) {
	tests := []struct {
		name, body string
		want       int
		payload    string
		err        error // nil: any payload; errFrame, a sentinel, or nil with text
		text       string
	}{
		{"empty", "", 0, "", errFrame, ""},
		{"too long", string(make([]byte, maxBody+1)), maxBody, "", errFrame, ""},
		{"nothing", "\x00", 0, "", nil, ""},
		{"level", "\x00\x01", 1, "\x01", nil, ""},
		{"shorter than asked", "\x00\x01", 2, "", errFrame, ""},
		{"longer than asked", "\x00\x01\x02", 1, "", errFrame, ""},
		{"no acknowledge", "\x01", 8, "", ErrNoAcknowledge, ""},
		{"no acknowledge and more", "\x01x", 8, "", errFrame, ""},
		{"relay", "\x02", 0, "", ErrRelayWrite, ""},
		{"other", "\x03what went wrong", 0, "", nil, "what went wrong"},
		{"unknown", "\x04", 0, "", errFrame, ""},
	}
	for _, tt := range tests {
		got, err := parseReply([]byte(tt.body), tt.want)
		switch {
		case tt.text != "":
			if err == nil || err.Error() != tt.text {
				t.Errorf("%s: err = %v, want %q", tt.name, err, tt.text)
			}
		case !errors.Is(err, tt.err) || string(got) != tt.payload:
			t.Errorf("%s: %q, %v; want %q, %v", tt.name, got, err, tt.payload, tt.err)
		}
	}
}

func TestErrorsSurviveTheWire(t *testing.T) {
	for _, want := range []error{ErrNoAcknowledge, ErrRelayWrite} {
		if _, err := parseReply(appendError(nil, want), 0); !errors.Is(err, want) {
			t.Errorf("%v became %v", want, err)
		}
	}
	long := errors.New(strings.Repeat("long ", 100))
	body := appendError(nil, long)
	if _, err := parseReply(body, 0); len(body) != maxBody || err == nil || !strings.HasPrefix(long.Error(), err.Error()) {
		t.Errorf("a long error became %d bytes, %v", len(body), err)
	}
}

func TestReadFrame(t *testing.T) {
	tests := []struct {
		name, stream, want string
		err                error
	}{
		{"one", "\x00\x01x", "x", nil},
		{"longest", "\x01\x00" + strings.Repeat("y", 256), strings.Repeat("y", 256), nil},
		{"longer", "\x01\x01" + strings.Repeat("y", 257), "", errFrame},
		{"of nothing", "\x00\x00x", "", errFrame},
		{"end", "", "", io.EOF},
		{"half a length", "\x00", "", io.ErrUnexpectedEOF},
		{"half a body", "\x00\x04ab", "", io.ErrUnexpectedEOF},
	}
	for _, tt := range tests {
		got, err := readFrame(bufio.NewReaderSize(strings.NewReader(tt.stream), 2*maxBody), make([]byte, maxBody))
		if string(got) != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s: %q, %v; want %q, %v", tt.name, got, err, tt.want, tt.err)
		}
	}
}

// TestFramesInARow: frames written one after the other come out one after the other.
func TestFramesInARow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bodies := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 1, maxBody), 0, 10).Draw(t, "bodies")
		var stream bytes.Buffer
		for _, b := range bodies {
			stream.Write(endFrame(append(beginFrame(nil), b...)))
		}
		r, buf := bufio.NewReaderSize(&stream, 2*maxBody), make([]byte, maxBody)
		for _, want := range bodies {
			if got, err := readFrame(r, buf); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%q, %v; want %q", got, err, want)
			}
		}
		if _, err := readFrame(r, buf); err != io.EOF {
			t.Fatalf("after the last: %v", err)
		}
	})
}
