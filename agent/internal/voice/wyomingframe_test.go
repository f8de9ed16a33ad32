package voice

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

func TestParseWyomingBounds(t *testing.T) {
	for _, test := range []struct {
		line string
		ok   bool
	}{
		{`{"type":"detection"}`, true},
		{`{"type":"detection","data":{"name":"ok nabu"},"version":"1.8.0"}`, true},
		{`{"type":"x","data_length":null,"payload_length":null}`, true},
		{fmt.Sprintf(`{"type":"x","data_length":%d}`, wyomingData-1), true},
		{fmt.Sprintf(`{"type":"x","data_length":%d}`, wyomingData), true},
		{fmt.Sprintf(`{"type":"x","data_length":%d}`, wyomingData+1), false},
		{fmt.Sprintf(`{"type":"x","payload_length":%d}`, wyomingPayload), true},
		{fmt.Sprintf(`{"type":"x","payload_length":%d}`, wyomingPayload+1), false},
		{`{"type":"x","payload_length":4294967296}`, false},
		{`{"type":"x","data_length":4294967296}`, false},
		{`{"type":"x","data_length":99999999999999999999}`, false},
		{`{"type":"x","data_length":-1}`, false},
		{`{"type":"x","payload_length":-9223372036854775808}`, false},
		{`{"type":"x","data_length":1.5}`, false},
		{`{"type":"x","data_length":"5"}`, false},
		{`{"type":""}`, false},
		{`{"type":5}`, false},
		{`{"type":"` + strings.Repeat("t", 64) + `"}`, true},
		{`{"type":"` + strings.Repeat("t", 65) + `"}`, false},
		{`{}`, false}, {``, false}, {`[]`, false}, {`null`, false}, {`{"type":"x"`, false},
		{`{"type":"transcript","data":` + phrase, false},
	} {
		_, err := parseWyoming([]byte(test.line))
		if (err == nil) != test.ok || err != nil && !errors.Is(err, errWyoming) {
			t.Errorf("%.60s: %v", test.line, err)
		}
		if err != nil && strings.Contains(err.Error(), phrase) {
			t.Errorf("the error quotes what was said: %v", err)
		}
	}
}

// stream is a connection on which all has been said.
type stream struct {
	net.Conn
	*bytes.Reader
}

func (s stream) Read(b []byte) (int, error)    { return s.Reader.Read(b) }
func (stream) SetReadDeadline(time.Time) error { return nil }

func readerOf(b []byte) *wyomingConn { return newWyomingConn(stream{Reader: bytes.NewReader(b)}) }

// Events follow each other whatever follows their headers.
func TestWyomingConnKeepsInStep(t *testing.T) {
	var said bytes.Buffer
	said.WriteString(`{"type":"transcript","data_length":21,"payload_length":3}` + "\n" + `{"text":"` + "a\\nb" + `","x":1}` + "abc")
	said.WriteString(`{"type":"audio-chunk","payload_length":100000}` + "\n" + strings.Repeat("\n", 100000))
	said.WriteString(`{"type":"played"}` + "\n")
	c := readerOf(said.Bytes())
	h, _, err := c.next(time.Time{})
	if err != nil || h.Type != "transcript" {
		t.Fatalf("%+v %v", h, err)
	}
	if data, err := c.data(h); err != nil || len(data) != 21 {
		t.Fatalf("data %q %v", data, err)
	}
	for _, want := range []string{"audio-chunk", "played"} {
		h, _, err := c.next(time.Time{})
		if err != nil || h.Type != want {
			t.Fatalf("%+v %v, want %s", h, err, want)
		}
		if err := c.skip(h); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := c.next(time.Time{}); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
}

func TestWyomingConnRefuses(t *testing.T) {
	for name, stream := range map[string]string{
		"a line without end":        strings.Repeat("x", wyomingLine+1),
		"half a line":               `{"type":"detec`,
		"half the data":             `{"type":"x","data_length":10}` + "\n{",
		"half the payload":          `{"type":"x","payload_length":1000000}` + "\nabc",
		"four gigabytes of payload": `{"type":"x","payload_length":4294967296}` + "\n",
		"four gigabytes of data":    `{"type":"x","data_length":4294967295}` + "\n",
	} {
		c := readerOf([]byte(stream))
		h, _, err := c.next(time.Time{})
		if err == nil {
			_, err = c.data(h)
		}
		if err == nil {
			t.Errorf("%s was read", name)
		}
	}
	// The longest line there may be is one.
	c := readerOf([]byte(`{"type":"x"` + strings.Repeat(" ", wyomingLine-len(`{"type":"x"}`)-1) + "}\n"))
	if h, line, err := c.next(time.Time{}); err != nil || h.Type != "x" || len(line) != wyomingLine {
		t.Errorf("a line of %d bytes: %v", len(line), err)
	}
}

// Whatever the stream, the reader takes its bounds at most, ends, and never panics.
func FuzzWyomingConn(f *testing.F) {
	f.Add([]byte(`{"type":"detection","data_length":2}` + "\n{}" + `{"type":"played"}` + "\n"))
	f.Add([]byte(`{"type":"audio-chunk","payload_length":4294967296}` + "\n"))
	f.Add([]byte(`{"type":"x","data_length":3,"payload_length":1}` + "\nabcd{"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		c := readerOf(stream)
		for range 1 << 16 {
			h, line, err := c.next(time.Time{})
			if err != nil {
				return
			}
			if len(line) > wyomingLine || h.DataLength > wyomingData || h.PayloadLength > wyomingPayload {
				t.Fatalf("beyond the bounds: %+v", h)
			}
			sentenceOf(line)
			data, err := c.data(h)
			if err != nil {
				return
			}
			sentenceIn(data)
		}
	})
}
