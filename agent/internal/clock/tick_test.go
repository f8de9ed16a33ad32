package clock

import (
	"bytes"
	"testing"
	"time"
)

func TestTickBytes(t *testing.T) {
	wall := time.Date(2026, 1, 5, 6, 7, 8, 9, time.UTC)
	for name, want := range map[string]Tick{
		"zero boot":     {Seq: 1, Instant: Instant{Wall: time.Unix(0, 0).UTC()}},
		"all set":       {Seq: 1<<64 - 1, Instant: Instant{Boot: 1<<63 - 1, Wall: wall, Trusted: true}, Snapshot: 1<<64 - 1, Faults: 1<<32 - 1},
		"before 1970":   {Seq: 2, Instant: Instant{Boot: 5, Wall: time.Date(1901, 1, 1, 0, 0, 0, 0, time.UTC)}},
		"clock went on": {Seq: 3, Instant: Instant{Boot: -1, Wall: wall}, Faults: FaultDiskFull},
	} {
		t.Run(name, func(t *testing.T) {
			b := want.append(nil)
			got, err := parseTick(b)
			if err != nil || got != want {
				t.Errorf("%+v became %+v, %v", want, got, err)
			}
			for _, n := range []int{0, len(b) - 1} {
				if got, err := parseTick(b[:n]); err == nil || got != (Tick{}) {
					t.Errorf("%d of %d bytes were read as %+v", n, len(b), got)
				}
			}
			if got, err := parseTick(append(b, 0)); err == nil || got != (Tick{}) {
				t.Errorf("a byte too many was read as %+v", got)
			}
		})
	}
}

func TestTrustIsYesOrNo(t *testing.T) {
	b := Tick{}.append(nil)
	for v := range 256 {
		b[24] = byte(v)
		got, err := parseTick(b)
		if (err == nil) != (v <= 1) || got.Instant.Trusted != (v == 1) {
			t.Errorf("trust %d was read as %v, %v", v, got.Instant.Trusted, err)
		}
	}
}

func TestAckBytes(t *testing.T) {
	for _, want := range []Ack{{}, {Seq: 1}, {Seq: 1<<64 - 1, Snapshot: 1<<64 - 1}} {
		b := want.append(nil)
		if got, err := parseAck(b); err != nil || got != want {
			t.Errorf("%+v became %+v, %v", want, got, err)
		}
		for _, wrong := range [][]byte{nil, b[:len(b)-1], append(bytes.Clone(b), 0)} {
			if got, err := parseAck(wrong); err == nil || got != (Ack{}) {
				t.Errorf("%d bytes were read as %+v", len(wrong), got)
			}
		}
	}
}

// Whatever is read is written down again as it was.
func FuzzTick(f *testing.F) {
	f.Add(Tick{Seq: 1, Instant: Instant{Boot: time.Second, Trusted: true}}.append(nil))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := parseTick(b)
		if err != nil {
			if got != (Tick{}) {
				t.Fatalf("%+v beside %v", got, err)
			}
			return
		}
		if again := got.append(nil); !bytes.Equal(again, b) {
			t.Fatalf("%x became %x", b, again)
		}
	})
}

func FuzzAck(f *testing.F) {
	f.Add(Ack{Seq: 1, Snapshot: 2}.append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := parseAck(b)
		if err != nil {
			if got != (Ack{}) {
				t.Fatalf("%+v beside %v", got, err)
			}
			return
		}
		if again := got.append(nil); !bytes.Equal(again, b) {
			t.Fatalf("%x became %x", b, again)
		}
	})
}
