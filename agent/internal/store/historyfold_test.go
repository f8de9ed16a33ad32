package store

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func quarter(t time.Time) time.Time { return t.Truncate(15 * time.Minute) }

func foldAll(begin func(time.Time) time.Time, minutes []Minute) (out []Stretch) {
	f := NewFold(begin, func(s Stretch) { out = append(out, s) })
	for _, m := range minutes {
		f.Add(m)
	}
	f.Flush()
	return out
}

func TestStretchesAreSummedUp(t *testing.T) {
	nan := math.NaN()
	at := func(i int) time.Time { return noon.Add(time.Duration(i) * time.Minute) }
	got := foldAll(quarter, []Minute{
		{Start: at(0), Mean: 20, Min: 19, Max: 21, Setpoint: 21, Humidity: 40, Heat: 1, DoorOpen: 10},
		{Start: at(14), Mean: 22, Min: 18, Max: 22, Setpoint: 20, Humidity: nan, Heat: 0.5, Cool: 0.25},
		{Start: at(15), Mean: nan, Min: nan, Max: nan, Setpoint: nan, Humidity: 50},
		{Start: at(60), Mean: 20, Min: 20, Max: 20, Setpoint: 20, Humidity: 50, DoorOpen: 60},
	})
	want := []Stretch{
		{Start: at(0), Minutes: 2, Mean: 21, Min: 18, Max: 22, Setpoint: 20.5, Humidity: 40, Heat: 0.75, Cool: 0.125, DoorOpen: 10},
		{Start: at(15), Minutes: 1, Mean: nan, Min: nan, Max: nan, Setpoint: nan, Humidity: 50},
		{Start: at(60), Minutes: 1, Mean: 20, Min: 20, Max: 20, Setpoint: 20, Humidity: 50, DoorOpen: 60},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
	if out := foldAll(quarter, nil); out != nil {
		t.Errorf("of nothing came %v", out)
	}
}

// Whatever is folded, no minute, no heating and no door is lost or invented.
func TestFoldingKeepsTheSums(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var minutes []Minute
		start, heat, door := noon, 0.0, 0
		for range rapid.IntRange(1, 200).Draw(r, "minutes") {
			start = start.Add(time.Duration(rapid.IntRange(1, 40).Draw(r, "gap")) * time.Minute)
			m := Minute{Start: start, Mean: 20, Min: 20, Max: 20, Heat: rapid.Float64Range(0, 1).Draw(r, "heat"), DoorOpen: rapid.IntRange(0, 60).Draw(r, "door")}
			heat, door = heat+m.Heat, door+m.DoorOpen
			minutes = append(minutes, m)
		}
		n, gotHeat, gotDoor := 0, 0.0, 0.0
		var before time.Time
		for _, s := range foldAll(quarter, minutes) {
			if !s.Start.After(before) || !s.Start.Equal(quarter(s.Start)) {
				r.Fatalf("a stretch begins at %v, after one at %v", s.Start, before)
			}
			before, n = s.Start, n+s.Minutes
			gotHeat, gotDoor = gotHeat+s.Heat*float64(s.Minutes), gotDoor+s.DoorOpen
		}
		if n != len(minutes) || math.Abs(gotHeat-heat) > 1e-6 || gotDoor != float64(door) {
			r.Fatalf("%d minutes, %v heated, %v s of doors became %d, %v, %v", len(minutes), heat, door, n, gotHeat, gotDoor)
		}
	})
}

// A view may be read after what it holds was written: nothing comes twice.
func TestAViewOutlivesAFlush(t *testing.T) {
	h := openHistory(t, new(Disk), scratch(t))
	live(h, 0, 3*time.Minute, true, mild)
	view := h.View()
	count := func() (n int) {
		if err := view.Rows(time.Time{}, noon.AddDate(1, 0, 0), func(Minute) bool { n++; return true }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(); n != 2 {
		t.Errorf("%d whole minutes before the flush", n)
	}
	if err := h.Flush(); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 2 {
		t.Errorf("%d whole minutes after the flush", n)
	}
}
