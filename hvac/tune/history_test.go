package tune

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"quietstat/hvac"
)

func entry(kp float64, improved bool) Entry {
	g := hvac.DefaultParams().Gains
	old := g
	if improved {
		g.Kp = kp
	}
	return EntryOf(Result{Old: old, Gains: g, Improved: improved, Rule: "simc", Report: []string{"a line"}}, Auto, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), true)
}

func TestHistoryGoesForwardAndBack(t *testing.T) {
	var h History
	if _, ok := h.Gains(); ok || h.Rollback() == nil {
		t.Error("an empty history has gains, or something to go back from")
	}
	h.Add(entry(1, true))
	h.Add(entry(0, false)) // nothing better was found
	h.Add(entry(2, true))
	if g, ok := h.Gains(); !ok || g.Kp != 2 || h.Active != 3 {
		t.Fatalf("in force: %+v, %v", g, ok)
	}
	if err := h.Rollback(); err != nil || h.Active != 1 {
		t.Fatalf("back to %d, %v; want 1", h.Active, err)
	}
	if err := h.Rollback(); err != nil || h.Active != 0 {
		t.Fatalf("back to %d, %v; want the configuration", h.Active, err)
	}
	if err := h.RollbackTo(3); err != nil || h.Active != 3 {
		t.Fatalf("to 3: %d, %v", h.Active, err)
	}
	if err := h.RollbackTo(4); err == nil || h.Active != 3 {
		t.Fatalf("to 4: %d, %v", h.Active, err)
	}
	if err := h.RollbackTo(0); err != nil || h.Active != 0 {
		t.Fatalf("to 0: %d, %v", h.Active, err)
	}
}

// A full history forgets the oldest, but not what is in force.
func TestHistoryIsBounded(t *testing.T) {
	var h History
	h.Add(entry(1, true))
	for range 3 * MostEntries {
		h.Add(entry(0, false))
		if g, ok := h.Gains(); !ok || g.Kp != 1 || len(h.Entries) > MostEntries {
			t.Fatalf("%d entries, in force %+v", len(h.Entries), g)
		}
	}
	if h.Entries[0].Serial != 1 || h.Entries[1].Serial != 3*MostEntries+1-(MostEntries-2) {
		t.Errorf("kept %d, %d, ...", h.Entries[0].Serial, h.Entries[1].Serial)
	}
	if err := h.Rollback(); err != nil || h.Active != 0 {
		t.Errorf("back to %d, %v", h.Active, err)
	}
}

func TestHistorySurvivesTheDisk(t *testing.T) {
	var h History
	h.Add(entry(1, true))
	h.Add(entry(3, true))
	raw, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeHistory(raw)
	if err != nil || !reflect.DeepEqual(got, h) {
		t.Errorf("%+v, %v; want %+v", got, err, h)
	}
}

// What is damaged is left out, and what is in force then is something that exists.
func TestHistoryRepairsItself(t *testing.T) {
	whole := func() History {
		var h History
		h.Add(entry(1, true))
		h.Add(entry(2, true))
		return h
	}
	for _, c := range []struct {
		name    string
		damage  func(*History)
		entries int
		active  int
	}{
		{"nothing", func(*History) {}, 2, 2},
		{"gains out of bounds", func(h *History) { h.Entries[1].New.Kp = 99 }, 1, 0},
		{"old gains out of bounds", func(h *History) { h.Entries[0].Old.TiS = 1 }, 1, 2},
		{"endless time", func(h *History) { h.Entries[0].New.TiS = 1e30 }, 1, 2},
		{"active points nowhere", func(h *History) { h.Active = 7 }, 2, 0},
		{"active is negative", func(h *History) { h.Active = -1 }, 2, 0},
		{"same serial twice", func(h *History) { h.Entries[1].Serial = 1 }, 1, 0},
		{"a serial of 0", func(h *History) { h.Entries[0].Serial = 0 }, 1, 2},
		{"a line without end", func(h *History) { h.Entries[0].Report = []string{strings.Repeat("x", 401)} }, 1, 2},
		{"a report without end", func(h *History) { h.Entries[0].Report = make([]string, 21) }, 1, 2},
		{"base ahead of itself", func(h *History) { h.Entries[1].Base = 9 }, 2, 2},
		{"next below the last", func(h *History) { h.Next = -4 }, 2, 2},
		{"too many", func(h *History) {
			for i := range 3 * MostEntries {
				e := h.Entries[1]
				e.Serial = i + 3
				h.Entries = append(h.Entries, e)
			}
			h.Active = 3*MostEntries + 2
		}, MostEntries, 3*MostEntries + 2},
	} {
		h := whole()
		c.damage(&h)
		raw, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeHistory(raw)
		if err != nil || len(got.Entries) != c.entries || got.Active != c.active {
			t.Errorf("%s: %d entries, active %d, %v; want %d, %d", c.name, len(got.Entries), got.Active, err, c.entries, c.active)
		}
		if n := len(got.Entries); n > 0 && got.Next < got.Entries[n-1].Serial {
			t.Errorf("%s: the next serial would be %d again", c.name, got.Next+1)
		}
	}
	if _, err := DecodeHistory([]byte("{")); err == nil {
		t.Error("half a file was read")
	}
}

func FuzzDecodeHistory(f *testing.F) {
	var h History
	h.Add(entry(1, true))
	raw, _ := json.Marshal(h)
	f.Add(raw)
	f.Add([]byte(`{"next":3,"active":2,"entries":[{"serial":2}]}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, err := DecodeHistory(raw)
		if err != nil {
			return
		}
		if g, ok := h.Gains(); ok {
			p := hvac.DefaultParams()
			p.Gains = g
			if err := p.Validate(); err != nil {
				t.Fatalf("gains in force are refused: %v", err)
			}
		}
		if len(h.Entries) > MostEntries {
			t.Fatalf("%d entries", len(h.Entries))
		}
		again, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeHistory(again)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(h) {
			t.Fatalf("read, written and read again: %+v, %v; want %+v", got, err, h)
		}
		h.Add(entry(1, true))
		_ = h.Rollback()
	})
}

func TestWordsOfAllFailuresAndPhases(t *testing.T) {
	seen := map[string]bool{}
	for f := NoFailure; f <= NotIdentifiable; f++ {
		if f.Word() == "unknown" || f.Word() == "" || f.String() == "" || seen[f.Word()] {
			t.Errorf("failure %d: %q, %q", uint8(f), f.Word(), f.String())
		}
		seen[f.Word()] = true
	}
	if f := NotIdentifiable + 1; f.Word() != "unknown" || !strings.Contains(f.String(), "failure") {
		t.Errorf("one too many: %q, %q", f.Word(), f.String())
	}
	for p := Idle; p <= Failed; p++ {
		if s := (Status{Phase: p}); p.String() == "" || s.Running() != (p == Watching || p == Cycling || p == Waiting) {
			t.Errorf("phase %v runs: %v", p, s.Running())
		}
	}
	if p := Failed + 1; !strings.Contains(p.String(), "phase") {
		t.Errorf("one too many: %q", p.String())
	}
}
