package wire

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quietstat/consent"
)

// full is a snapshot in which no two fields of a kind are equal, so that a field
// written in another's place is found.
func full() consent.Snapshot {
	s := consent.Snapshot{
		Seq: 1, Boot: 2, Wall: time.Date(2026, 1, 5, 6, 7, 8, 9, time.UTC), WallTrusted: true,
		SampleBoot: 3, Temperature: 20.5, Humidity: 45.25, Pressure: 101325, Sensor: consent.HealthFault,
		Setpoint: 21, Mode: consent.ModeAuto, Preset: 255, Action: consent.ActionFault, Demand: -0.5,
		Heat: true, Cool: false, Fan: true, DoorCount: consent.MaxDoors,
		TalkPresses: 4, QuietPresses: 5, QuietHolds: 6,
		Indicator: consent.IndicatorFault, IndicatorEpoch: 7, IndicatorOK: true,
		TicksLate: 8, TicksMissed: 9, Lateness: 10,
	}
	for i := range s.Doors {
		s.Doors[i] = consent.Door{Known: i%2 == 0, Open: i%3 == 0}
	}
	return s
}

// body is a snapshot's frame without its kind.
func body(s *consent.Snapshot) []byte { return AppendSnapshot(nil, s)[1:] }

func TestSnapshotBytes(t *testing.T) {
	quiet := consent.Snapshot{Wall: time.Unix(0, 0).UTC()}
	extreme := full()
	extreme.Seq, extreme.Boot, extreme.Lateness = 1<<64-1, 1<<63-1, -1
	extreme.Temperature, extreme.Demand = math.Inf(1), math.SmallestNonzeroFloat64
	for name, want := range map[string]consent.Snapshot{"quiet": quiet, "full": full(), "extreme": extreme} {
		frame := AppendSnapshot([]byte("before"), &want)
		if !bytes.HasPrefix(frame, []byte("beforeS")) || len(frame) != len("before")+1+snapshotSize {
			t.Errorf("%s: a frame of %d bytes, %q first", name, len(frame), frame[:8])
		}
		var got consent.Snapshot
		if err := DecodeSnapshot(frame[7:], &got); err != nil || got != want {
			t.Errorf("%s: %+v\nbecame %+v, %v", name, want, got, err)
		}
	}
}

// Every field of a Snapshot is on the wire: changing it alone changes what is read.
func TestSnapshotCarriesEveryField(t *testing.T) {
	fields := reflect.TypeFor[consent.Snapshot]()
	for i := range fields.NumField() {
		want := full()
		f := reflect.ValueOf(&want).Elem().Field(i)
		switch v := f.Interface().(type) {
		case bool:
			f.SetBool(!v)
		case float64:
			f.SetFloat(v + 1)
		case time.Time:
			f.Set(reflect.ValueOf(v.Add(time.Second)))
		case [consent.MaxDoors]consent.Door:
			v[consent.MaxDoors-1].Open = !v[consent.MaxDoors-1].Open
			f.Set(reflect.ValueOf(v))
		default:
			if f.CanInt() {
				f.SetInt(f.Int() - 1)
			} else {
				f.SetUint(f.Uint() - 1)
			}
		}
		var got consent.Snapshot
		if err := DecodeSnapshot(body(&want), &got); err != nil || got != want || got == full() {
			t.Errorf("%s: %v, got %v", fields.Field(i).Name, err, reflect.ValueOf(got).Field(i))
		}
	}
}

// refused reports whether a body is refused and leaves nothing behind.
func refused(b []byte) bool {
	got := full()
	err := DecodeSnapshot(b, &got)
	return errors.Is(err, ErrFrame) && (got == consent.Snapshot{} || got == full())
}

func TestSnapshotRefuses(t *testing.T) {
	s := full()
	for name, change := range map[string]func(s *consent.Snapshot){
		"health":     func(s *consent.Snapshot) { s.Sensor = consent.HealthFault + 1 },
		"mode":       func(s *consent.Snapshot) { s.Mode = consent.ModeDry + 1 },
		"action":     func(s *consent.Snapshot) { s.Action = consent.ActionDrying + 1 },
		"indicator":  func(s *consent.Snapshot) { s.Indicator = consent.IndicatorFault + 1 },
		"door count": func(s *consent.Snapshot) { s.DoorCount = consent.MaxDoors + 1 },
	} {
		s := s
		change(&s)
		if !refused(body(&s)) {
			t.Errorf("%s out of its vocabulary was read", name)
		}
	}
	whole := body(&s)
	for _, n := range []int{0, 1, snapshotSize - 1} {
		if !refused(whole[:n]) {
			t.Errorf("%d bytes of %d were read", n, snapshotSize)
		}
	}
	if !refused(append(whole, 0)) {
		t.Error("a byte too many was read")
	}
}

func TestSnapshotAllocatesNothing(t *testing.T) {
	s, got, frame := full(), consent.Snapshot{}, make([]byte, 0, 1+snapshotSize)
	if n := testing.AllocsPerRun(100, func() {
		frame = AppendSnapshot(frame[:0], &s)
		if err := DecodeSnapshot(frame[1:], &got); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations for one snapshot", n)
	}
}

// One flipped bit is either refused or read as another snapshot, never as the same.
func TestSnapshotHasNoSpareBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := full()
		b := body(&s)
		bit := rapid.IntRange(0, len(b)*8-1).Draw(t, "bit")
		b[bit/8] ^= 1 << (bit % 8)
		var got consent.Snapshot
		if err := DecodeSnapshot(b, &got); err == nil && got == s {
			t.Fatalf("bit %d means nothing", bit)
		}
	})
}

// Whatever is read is written down again as it was.
func FuzzSnapshot(f *testing.F) {
	s := full()
	f.Add(body(&s))
	f.Add(body(new(consent.Snapshot)))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		var got consent.Snapshot
		if err := DecodeSnapshot(b, &got); err != nil {
			if !errors.Is(err, ErrFrame) || got != (consent.Snapshot{}) {
				t.Fatalf("%+v beside %v", got, err)
			}
			return
		}
		if again := body(&got); !bytes.Equal(again, b) {
			t.Fatalf("%x\nbecame %x", b, again)
		}
	})
}
