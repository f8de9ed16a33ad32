package store

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// frames reads all records of data.
func frames(data []byte) (records [][]byte, whole int64, err error) {
	whole, err = eachFrame(data, func(_ int64, r []byte) error {
		records = append(records, r)
		return nil
	})
	return records, whole, err
}

func TestFramesComeBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		want := rapid.SliceOf(rapid.SliceOfN(rapid.Byte(), 0, 300)).Draw(r, "records")
		var data []byte
		for _, record := range want {
			data = appendFrame(data, record)
		}
		got, whole, err := frames(data)
		if len(want) == 0 {
			if !errors.Is(err, errNoHeader) {
				t.Fatalf("an empty file: %v", err)
			}
			return
		}
		if err != nil || whole != int64(len(data)) || !slices.EqualFunc(got, want, bytes.Equal) {
			t.Fatalf("%d of %d bytes, %v", whole, len(data), err)
		}
	})
}

// Wherever a file is cut off, what is before the cut is read and the rest is torn;
// in the header it is damage.
func TestEveryCutIsTorn(t *testing.T) {
	data := appendFrame(nil, []byte("first"))
	first := int64(len(data))
	data = appendFrame(data, []byte("second"))
	for n := range len(data) {
		records, whole, err := frames(data[:n])
		switch {
		case int64(n) < first:
			if !errors.Is(err, errNoHeader) {
				t.Errorf("cut at %d, in the header: %v", n, err)
			}
		case int64(n) == first:
			if err != nil {
				t.Errorf("cut at %d, between two frames: %v", n, err)
			}
		case !errors.Is(err, errTorn):
			t.Errorf("cut at %d: %v", n, err)
		case int64(n) > first && (whole != first || len(records) != 1):
			t.Errorf("cut at %d: %d records, %d bytes", n, len(records), whole)
		}
		if _, _, err := frames(append(bytes.Clone(data[:first]), make([]byte, n+1)...)); !errors.Is(err, errTorn) {
			t.Errorf("%d zeros after a frame: %v", n+1, err)
		}
	}
}

// No single damaged byte passes for a whole file or for a torn one.
func TestEveryFlippedBitIsDamage(t *testing.T) {
	data := appendFrame(appendFrame(nil, []byte("first")), []byte("second"))
	for at := range data {
		for bit := range 8 {
			bad := bytes.Clone(data)
			bad[at] ^= 1 << bit
			if _, _, err := frames(bad); err == nil || errors.Is(err, errTorn) {
				t.Errorf("bit %d of byte %d: %v", bit, at, err)
			}
		}
	}
}

func TestAFrameHoldsWhatATileHolds(t *testing.T) {
	for _, n := range []int{0, 1, maxFrame - 1, maxFrame} {
		got, _, err := frames(appendFrame(nil, make([]byte, n)))
		if err != nil || len(got) != 1 || len(got[0]) != n {
			t.Errorf("a record of %d bytes: %v", n, err)
		}
	}
}

// What is read is exactly what appendFrame would write.
func FuzzFrames(f *testing.F) {
	f.Add(appendFrame(appendFrame(nil, []byte("a")), nil))
	f.Add([]byte{0, 1, 0xff, 0xfe, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		records, whole, _ := frames(data)
		var again []byte
		for _, r := range records {
			again = appendFrame(again, r)
		}
		if !bytes.Equal(again, data[:whole]) {
			t.Errorf("%x is read as %x", data[:whole], again)
		}
	})
}
