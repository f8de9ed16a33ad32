package store

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"quietstat/agent/internal/clock"
)

func openHistory(t *testing.T, d *Disk, dir string) *History {
	t.Helper()
	h, err := OpenHistory(d, dir, testBoot, minHistoryLimit)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// live feeds samples, one a second, for a while from an offset after noon. The
// boot was at noon.
func live(h *History, from, d time.Duration, trusted bool, make func(i int) Sample) {
	for i := range int(d / time.Second) {
		s := make(i)
		after := from + time.Duration(i)*time.Second
		s.At = clock.Instant{Boot: after, Wall: noon.Add(after), Trusted: trusted}
		h.Add(s)
	}
}

func mild(int) Sample { return Sample{Temperature: 20, Humidity: 50, Setpoint: 21} }

func rowsOf(t *testing.T, h *History) (rows []Minute) {
	t.Helper()
	if err := h.View().Rows(time.Time{}, noon.AddDate(10, 0, 0), func(m Minute) bool {
		rows = append(rows, m)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestAMinuteIsSummedUp(t *testing.T) {
	h := openHistory(t, new(Disk), scratch(t))
	live(h, 0, 2*time.Minute, true, func(i int) Sample {
		s := Sample{Temperature: 20, Humidity: math.NaN(), Setpoint: 21.5, Heat: i%60 < 15, DoorOpen: i < 20}
		switch i {
		case 3:
			s.Temperature = 18.004
		case 5:
			s.Temperature = 22
		case 7:
			s.Temperature = math.NaN()
		}
		return s
	})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	want := []Minute{
		{Start: noon, Trusted: true, Mean: 20, Min: 18, Max: 22, Setpoint: 21.5, Humidity: math.NaN(), Heat: 0.25, DoorOpen: 20},
		{Start: noon.Add(time.Minute), Trusted: true, Mean: 20, Min: 20, Max: 20, Setpoint: 21.5, Humidity: math.NaN(), Heat: 0.25},
	}
	if diff := cmp.Diff(want, rowsOf(t, openHistory(t, new(Disk), h.dir)), cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
}

// Between two samples more than a minute apart nothing is known.
func TestAGapIsNotFilled(t *testing.T) {
	for _, c := range []struct {
		gap  time.Duration
		heat float64 // of the minute before and of the one after
	}{
		{time.Minute, 1}, {time.Minute + 1, 0},
	} {
		h := openHistory(t, new(Disk), scratch(t))
		for i, at := range []time.Duration{0, c.gap} {
			h.Add(Sample{At: clock.Instant{Boot: at, Wall: noon.Add(at), Trusted: true}, Temperature: 20, Heat: i == 0})
		}
		h.finish()
		if got := rowsOf(t, h)[0].Heat; got != c.heat {
			t.Errorf("gap of %v: heat %v", c.gap, got)
		}
	}
}

// However samples fall, relay and door time add up to the time that passed.
func TestTimeIsNeitherLostNorInvented(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		h := &History{boot: "boot-x"}
		at := time.Duration(0)
		on := time.Duration(0)
		for range rapid.IntRange(2, 60).Draw(r, "samples") {
			h.Add(Sample{At: clock.Instant{Boot: at, Wall: noon.Add(at), Trusted: true}, Heat: true, DoorOpen: true})
			step := time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(r, "step"))
			at += step
			on += step
		}
		h.Add(Sample{At: clock.Instant{Boot: at, Wall: noon.Add(at), Trusted: true}})
		h.finish()
		sum := 0.0
		for _, m := range h.unsent {
			if m.Heat < 0 || m.Heat > 1 || m.DoorOpen > 60 {
				t.Fatalf("a minute holds %v of heat and %d s of door", m.Heat, m.DoorOpen)
			}
			sum += m.Heat
		}
		if math.Abs(sum-on.Minutes()) > 1e-6 {
			r.Fatalf("on for %v, counted %v min", on, sum)
		}
	})
}

func TestUntrustedMinutesArePlacedOnceTimeIsKnown(t *testing.T) {
	h := openHistory(t, new(Disk), scratch(t))
	live(h, 0, time.Minute, false, mild) // saved before time is known
	h.finish()
	if err := h.Flush(); err != nil {
		t.Fatal(err)
	}
	live(h, time.Minute, 2*time.Minute, false, mild)
	live(h, 3*time.Minute, time.Minute, true, mild)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	var starts []time.Time
	for _, m := range rowsOf(t, h) {
		starts = append(starts, m.Start)
	}
	want := []time.Time{noon.Add(time.Minute), noon.Add(2 * time.Minute), noon.Add(3 * time.Minute)}
	if !slices.Equal(starts, want) {
		t.Errorf("placed at %v", starts)
	}
	undated := 0
	if err := h.View().Undated(func(boot string, m Minute) bool {
		if boot != "boot-0123abcd" || m.Trusted || !m.Start.Equal(time.Unix(0, 0)) {
			t.Errorf("%s %+v", boot, m)
		}
		undated++
		return true
	}); err != nil || undated != 1 {
		t.Errorf("%d undated, %v", undated, err)
	}
}

func TestRowsAreThoseAskedFor(t *testing.T) {
	h := openHistory(t, new(Disk), scratch(t))
	live(h, 0, 10*time.Minute, true, mild)
	if err := h.Flush(); err != nil { // nine are saved, one is running
		t.Fatal(err)
	}
	live(h, 10*time.Minute, 5*time.Minute, true, mild)
	for _, c := range []struct{ from, to, want int }{{0, 20, 14}, {3, 3, 0}, {3, 4, 1}, {8, 11, 3}, {14, 20, 0}} {
		n := 0
		err := h.View().Rows(noon.Add(time.Duration(c.from)*time.Minute), noon.Add(time.Duration(c.to)*time.Minute), func(Minute) bool {
			n++
			return true
		})
		if err != nil || n != c.want {
			t.Errorf("from %d to %d: %d rows, %v", c.from, c.to, n, err)
		}
	}
	for limit := 1; limit < 13; limit += 5 {
		n := 0
		if err := h.View().Rows(noon, noon.Add(time.Hour), func(Minute) bool { n++; return n < limit }); err != nil || n != limit {
			t.Errorf("stopped after %d, not %d: %v", n, limit, err)
		}
	}
}

func TestHistorySurvivesACrashBetweenAnyTwoSteps(t *testing.T) {
	acked := 0
	program := func(d *Disk, dir string) {
		acked = 0
		h, err := OpenHistory(d, filepath.Join(dir, "history"), testBoot, minHistoryLimit)
		if err != nil {
			return
		}
		defer h.shut()
		for i := range 3 {
			live(h, time.Duration(i)*10*time.Minute, 10*time.Minute, true, mild)
			if h.Flush() != nil {
				return
			}
			acked = 10*i + 9
		}
	}
	everyCrash(t, scratch(t), program, func(t *testing.T, dir string) {
		h := openHistory(t, new(Disk), filepath.Join(dir, "history"))
		if n := len(rowsOf(t, h)); n < acked {
			t.Errorf("%d of %d rows are left", n, acked)
		}
		live(h, time.Hour, 2*time.Minute, true, mild)
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestDamagedHistoryIsRefusedAndPutAside(t *testing.T) {
	dir := scratch(t)
	h := openHistory(t, new(Disk), dir)
	live(h, 0, 10*time.Minute, true, mild)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "202611.qsh")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var damaged *DamagedError
	for at := range whole {
		write(t, path, flip(whole, at))
		err := openHistory(t, new(Disk), dir).View().Rows(noon, noon.Add(time.Hour), func(Minute) bool { return true })
		if !errors.As(err, &damaged) || damaged.Path != path {
			t.Fatalf("byte %d: %v", at, err)
		}
	}
	h = openHistory(t, new(Disk), dir)
	live(h, time.Hour, 3*time.Minute, true, mild)
	if err := h.Flush(); !errors.As(err, &damaged) {
		t.Errorf("Flush did not tell: %v", err)
	}
	if n := len(rowsOf(t, h)); n != 2 {
		t.Errorf("%d rows after the damage", n)
	}
	if _, err := os.Stat(path + damagedSuffix); err != nil {
		t.Error(err)
	}
	if err := h.Close(); err != nil {
		t.Errorf("told twice: %v", err)
	}
}

func TestHistoryStaysWithinItsLimit(t *testing.T) {
	dir := scratch(t)
	for _, name := range []string{"202601.qsh", "202602.qsh", "boot-aaaaaaaa.qsh", "202512.qsh.damaged"} {
		write(t, filepath.Join(dir, name), make([]byte, minHistoryLimit/2-blockSize))
	}
	h := openHistory(t, new(Disk), dir)
	live(h, 0, 2*time.Minute, true, mild)
	if err := h.Flush(); err != nil {
		t.Fatal(err)
	}
	names, err := h.disk.list(dir)
	if err != nil || !slices.Equal(names, []string{"202601.qsh", "202602.qsh", "202611.qsh"}) {
		t.Errorf("%v, %v", names, err)
	}
	write(t, filepath.Join(dir, "202601.qsh"), make([]byte, minHistoryLimit))
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if names, err := h.disk.list(dir); err != nil || !slices.Equal(names, []string{"202602.qsh", "202611.qsh"}) {
		t.Errorf("%v, %v", names, err)
	}
	if _, err := OpenHistory(new(Disk), dir, testBoot, minHistoryLimit-1); err == nil {
		t.Error("a limit that cannot be kept was taken")
	}
}

func TestHistoryWaitsForABadDisk(t *testing.T) {
	for _, errno := range []syscall.Errno{syscall.ENOSPC, syscall.EIO, syscall.EROFS} {
		d := new(Disk)
		h := openHistory(t, d, scratch(t))
		live(h, 0, 5*time.Minute, true, mild)
		d.Inject(failing(errno))
		if err := h.Flush(); !isErrno(err, errno) {
			t.Errorf("%v: %v", errno, err)
		}
		live(h, 5*time.Minute, 25*time.Hour, true, mild)
		if n := h.Unsaved(); n != maxUnsaved {
			t.Errorf("%v: %d rows in memory", errno, n)
		}
		d.Inject(nil)
		if err := h.Close(); err != nil || len(rowsOf(t, h)) != maxUnsaved {
			t.Errorf("%v: %v", errno, err)
		}
	}
}

func TestRowsRoundTripInTheirSteps(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		value := func(name string) float64 {
			if rapid.Bool().Draw(r, name+" absent") {
				return math.NaN()
			}
			return float64(rapid.IntRange(-32767, 32767).Draw(r, name)) / 100
		}
		m := Minute{
			Start:   time.Unix(60*rapid.Int64Range(0, math.MaxUint32).Draw(r, "minute"), 0).UTC(),
			Trusted: rapid.Bool().Draw(r, "trusted"),
			Mean:    value("mean"), Min: value("min"), Max: value("max"), Setpoint: value("setpoint"), Humidity: value("humidity"),
			Heat:     float64(rapid.IntRange(0, 1000).Draw(r, "heat")) / 1000,
			Cool:     float64(rapid.IntRange(0, 1000).Draw(r, "cool")) / 1000,
			DoorOpen: rapid.IntRange(0, 60).Draw(r, "door"),
		}
		got, err := parseRow(m.appendRow(nil), m.Trusted)
		if diff := cmp.Diff(m, got, cmpopts.EquateNaNs()); err != nil || diff != "" {
			r.Fatal(err, diff)
		}
	})
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 327.68, -327.68} {
		if c := centi(v); c != absent {
			t.Errorf("%v is stored as %d", v, c)
		}
	}
}

func FuzzParseRow(f *testing.F) {
	f.Add(Minute{Start: noon, Mean: 20, Heat: 1, DoorOpen: 60}.appendRow(nil))
	f.Add(make([]byte, row))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parseRow(data, true)
		if err == nil && !slices.Equal(m.appendRow(nil), data) {
			t.Errorf("%x is taken for a row", data)
		}
	})
}

// The write budget of private mode, as doc.go states it: counted at the Disk.
func TestHistoryBytesPerDay(t *testing.T) {
	d := new(Disk)
	h := openHistory(t, d, scratch(t))
	bytes, syncs := 0, 0
	d.Inject(func(op Op) Verdict {
		bytes += op.Size
		if op.Kind == OpSync {
			syncs++
		}
		return Verdict{}
	})
	for i := range 144 {
		live(h, -12*time.Hour+time.Duration(i)*10*time.Minute, 10*time.Minute, true, mild)
		if err := h.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes and %d fsyncs a day", bytes, syncs)
	if bytes < 1440*row || bytes > 30_100 || syncs > 150 {
		t.Errorf("%d bytes and %d fsyncs a day; doc.go says 30.0 kB and one fsync per block", bytes, syncs)
	}
}
