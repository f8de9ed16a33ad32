package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/consent"
)

const testBoot = "0123abcd-ef00"

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func trusted(wall time.Time) clock.Instant { return clock.Instant{Wall: wall, Trusted: true} }

func salt(i uint64) [32]byte { return [32]byte{0: byte(i), 1: byte(i >> 8), 31: 7} }

func payload(i uint64) []byte { return fmt.Appendf(nil, `{"temperature":%d}`, i) }

func openValues(t *testing.T, d *Disk, dir string) *Values {
	t.Helper()
	v, err := OpenValues(d, dir, testBoot)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func put(t *testing.T, v *Values, now clock.Instant, seqs ...uint64) {
	t.Helper()
	for _, seq := range seqs {
		if err := v.Put(now, seq, salt(seq), payload(seq)); err != nil {
			t.Fatal(err)
		}
	}
}

// has checks that exactly the values of want, among 0 to 9, can be shown.
func has(t *testing.T, v *Values, want ...uint64) {
	t.Helper()
	for seq := range uint64(10) {
		got, err := v.Value(seq, consent.Commit(salt(seq), payload(seq)))
		if slices.Contains(want, seq) {
			if err != nil || !bytes.Equal(got, payload(seq)) {
				t.Errorf("value %d is %q, %v", seq, got, err)
			}
		} else if !errors.Is(err, ErrNoRecord) {
			t.Errorf("value %d: %q, %v", seq, got, err)
		}
	}
}

func TestValuesComeBack(t *testing.T) {
	dir := scratch(t)
	v := openValues(t, new(Disk), dir)
	put(t, v, clock.Instant{}, 0)
	put(t, v, trusted(noon), 1, 2)
	put(t, v, trusted(noon.Add(24*time.Hour)), 3)
	has(t, v, 0, 1, 2, 3)
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	v = openValues(t, new(Disk), dir)
	put(t, v, trusted(noon.Add(24*time.Hour)), 4)
	has(t, v, 0, 1, 2, 3, 4)
	names, err := v.files()
	if err != nil || !slices.Equal(names, []string{"20261122", "20261123", "boot-0123abcd"}) {
		t.Errorf("%v, %v", names, err)
	}
}

func TestOnlyTheCommittedValueIsShown(t *testing.T) {
	v := openValues(t, new(Disk), scratch(t))
	put(t, v, trusted(noon), 1)
	if err := v.Put(trusted(noon), 1, salt(9), []byte("second of the number")); err != nil {
		t.Fatal(err)
	}
	has(t, v, 1)
	if got, err := v.Value(1, consent.Commit(salt(9), []byte("second of the number"))); err != nil || len(got) == 0 {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := v.Value(1, consent.Commit(salt(8), payload(1))); !errors.Is(err, ErrNoRecord) {
		t.Errorf("a wrong commitment: %v", err)
	}
}

func TestPurge(t *testing.T) {
	const keep = 30 * 24 * time.Hour
	midnight := noon.Add(12 * time.Hour) // the end of day 22
	cases := []struct {
		name    string
		now     clock.Instant
		keep    time.Duration
		left    []uint64
		deleted int
	}{
		{"just before", trusted(midnight.Add(keep - 1)), keep, []uint64{0, 1, 2, 3}, 0},
		{"at", trusted(midnight.Add(keep)), keep, []uint64{0, 1, 2, 3}, 0},
		{"just after", trusted(midnight.Add(keep + 1)), keep, []uint64{0, 3}, 1},
		{"a day later", trusted(midnight.Add(keep + 24*time.Hour + 1)), keep, []uint64{0}, 2},
		{"untrusted time", clock.Instant{Wall: midnight.Add(2 * keep)}, keep, []uint64{0, 1, 2, 3}, 0},
		{"everything", clock.Instant{}, 0, nil, 3},
	}
	for _, c := range cases {
		v := openValues(t, new(Disk), scratch(t))
		put(t, v, clock.Instant{}, 0)
		put(t, v, trusted(noon), 1, 2)
		put(t, v, trusted(noon.Add(24*time.Hour)), 3)
		if n, err := v.Purge(c.now, c.keep); n != c.deleted || err != nil {
			t.Errorf("%s: %d files, %v", c.name, n, err)
		}
		has(t, v, c.left...)
		put(t, v, c.now, 9)
		has(t, v, append(c.left, 9)...)
	}
}

// A file without a date gets the day on which it is first seen, and goes with it.
func TestUndatedValuesDoNotStayForEver(t *testing.T) {
	const keep = 24 * time.Hour
	v := openValues(t, new(Disk), scratch(t))
	put(t, v, clock.Instant{}, 1)
	for i, purge := range []struct {
		at   time.Time
		left []uint64
	}{
		{noon, []uint64{1, 2}},
		{noon.Add(time.Hour), []uint64{1, 2}}, // the second of this boot waits for another day
		{noon.Add(36 * time.Hour), []uint64{1, 2}},
		{noon.Add(36*time.Hour + 1), []uint64{2}},
		{noon.Add(84 * time.Hour), []uint64{2}}, // it was dated at midnight, 36 h in
		{noon.Add(84*time.Hour + 1), nil},
	} {
		if _, err := v.Purge(trusted(purge.at), keep); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			put(t, v, clock.Instant{}, 2) // time is lost again
		}
		has(t, v, purge.left...)
	}
}

func TestValuesSurviveACrashBetweenAnyTwoSteps(t *testing.T) {
	var acked []uint64
	program := func(d *Disk, dir string) {
		acked = nil
		v, err := OpenValues(d, filepath.Join(dir, "values"), testBoot)
		if err != nil {
			return
		}
		defer v.Close()
		for seq, now := range []clock.Instant{{}, {}, trusted(noon), trusted(noon)} {
			if v.Put(now, uint64(seq), salt(uint64(seq)), payload(uint64(seq))) != nil {
				return
			}
			acked = append(acked, uint64(seq))
		}
		_, _ = v.Purge(trusted(noon), time.Hour) // dates the first file
	}
	everyCrash(t, scratch(t), program, func(t *testing.T, dir string) {
		v := openValues(t, new(Disk), filepath.Join(dir, "values"))
		for _, seq := range acked {
			if _, err := v.Value(seq, consent.Commit(salt(seq), payload(seq))); err != nil {
				t.Errorf("value %d of %d: %v", seq, len(acked), err)
			}
		}
		put(t, v, trusted(noon), 8)
		put(t, v, clock.Instant{}, 9)
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestDamagedValuesAreRefused(t *testing.T) {
	dir := scratch(t)
	v := openValues(t, new(Disk), dir)
	put(t, v, trusted(noon), 1, 2)
	path := filepath.Join(dir, "20261122")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	short := appendFrame(appendFrame(nil, []byte(valuesMagic)), make([]byte, valueHeader-1))
	bad := [][]byte{nil, short, appendFrame(nil, []byte("another header")), whole[:5]}
	for at := range whole {
		bad = append(bad, flip(whole, at))
	}
	for i, data := range bad {
		write(t, path, data)
		var damaged *DamagedError
		if _, err := OpenValues(new(Disk), dir, testBoot); !errors.As(err, &damaged) || damaged.Path != path {
			t.Fatalf("case %d: opened with %v", i, err)
		}
	}
	write(t, path, whole[:len(whole)-1])
	v = openValues(t, new(Disk), dir)
	has(t, v, 1)
	put(t, v, trusted(noon), 3)
	has(t, v, 1, 3)
}

func TestValuesOnABadDisk(t *testing.T) {
	for _, errno := range []syscall.Errno{syscall.ENOSPC, syscall.EIO, syscall.EROFS} {
		d := new(Disk)
		v := openValues(t, d, scratch(t))
		put(t, v, trusted(noon), 1)
		d.Inject(failing(errno))
		for _, now := range []clock.Instant{trusted(noon), {}} {
			if err := v.Put(now, 2, salt(2), payload(2)); !isErrno(err, errno) {
				t.Errorf("%v: %v", errno, err)
			}
		}
		d.Inject(nil)
		has(t, v, 1)
		put(t, v, trusted(noon), 3)
		has(t, v, 1, 3)
	}
	v := openValues(t, new(Disk), scratch(t))
	for size, want := range map[int]bool{maxFrame - valueHeader: true, maxFrame - valueHeader + 1: false} {
		if err := v.Put(trusted(noon), 1, salt(1), make([]byte, size)); (err == nil) != want {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

func FuzzParseValue(f *testing.F) {
	f.Add(int64(0), []byte(valuesMagic))
	f.Add(int64(30), make([]byte, valueHeader))
	f.Fuzz(func(t *testing.T, at int64, record []byte) {
		_, _, value, err := parseValue(at, record)
		if err == nil && at != 0 && len(value)+valueHeader != len(record) {
			t.Error("bytes are lost")
		}
	})
}
