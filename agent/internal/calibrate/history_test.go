package calibrate

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var because = Entry{Reason: "against the kitchen thermometer"}

func TestCorrectionsAddUp(t *testing.T) {
	var h History
	if h.OffsetK() != 0 {
		t.Error("an empty history corrects")
	}
	// 21.3 shown, 20.4 meant; later 20.4 shown, 20.6 meant.
	for _, step := range []struct{ reference, reading, want float64 }{{20.4, 21.3, -0.9}, {20.6, 20.4, -0.7}} {
		if err := h.Correct(step.reference, step.reading, -0.5, because); err != nil {
			t.Fatal(err)
		}
		if h.OffsetK() != step.want {
			t.Errorf("offset %v, want %v", h.OffsetK(), step.want)
		}
	}
	if e := h.Entries[1]; e.Serial != 2 || e.ChangeK != 0.2 || e.Reason != because.Reason {
		t.Errorf("second entry %+v", e)
	}
	if err := h.Forget(Entry{Reason: "moved", Wall: time.Unix(1, 0)}); err != nil || h.OffsetK() != 0 || h.Entries[2].ChangeK != 0.7 {
		t.Errorf("forgotten: %v, %+v", err, h)
	}
	if err := h.Forget(because); err == nil {
		t.Error("nothing was forgotten twice")
	}
}

func TestCorrectionsKeepToTheirBounds(t *testing.T) {
	long := Entry{Reason: strings.Repeat("é", MostReason+1)}
	for _, tt := range []struct {
		name                     string
		reference, reading, base float64
		entry                    Entry
		want                     string
	}{
		{"exactly 5 K", 25, 20, 0, because, ""},
		{"a little more", 25.01, 20, 0, because, "more than 5 K away"},
		{"5 K below", 15, 20, 0, because, ""},
		{"a little more below", 14.99, 20, 0, because, "more than 5 K away"},
		{"the sum at its bound", 23, 20, 2, because, ""},
		{"the sum beyond", 23.01, 20, 2, because, "together"},
		{"not a number", math.NaN(), 20, 0, because, "no temperature"},
		{"infinite", math.Inf(1), 20, 0, because, "no temperature"},
		{"no reason", 20.5, 20, 0, Entry{Reason: " "}, "needs a reason"},
		{"a reason that draws", 20.5, 20, 0, Entry{Reason: "a\x1b[2J"}, "cannot be printed"},
		{"a long reason", 20.5, 20, 0, long, "more than 80"},
		{"the longest reason", 20.5, 20, 0, Entry{Reason: strings.Repeat("é", MostReason)}, ""},
	} {
		var h History
		err := h.Correct(tt.reference, tt.reading, tt.base, tt.entry)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
		if err != nil && len(h.Entries) != 0 {
			t.Errorf("%s: refused and kept", tt.name)
		}
	}
}

func TestTheOldestCorrectionsGoFirst(t *testing.T) {
	var h History
	for i := range MostEntries + 5 {
		if err := h.Correct(20+0.1*float64(1-2*(i%2)), 20, 0, because); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.Entries) != MostEntries || h.Entries[0].Serial != 6 || h.Entries[MostEntries-1].Serial != 25 {
		t.Errorf("%d entries, %d to %d", len(h.Entries), h.Entries[0].Serial, h.Entries[len(h.Entries)-1].Serial)
	}
}

// Whatever was kept is read back; whatever is read keeps to the bounds.
func TestHistoriesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h History
		for range rapid.IntRange(0, 30).Draw(t, "corrections") {
			_ = h.Correct(rapid.Float64Range(10, 30).Draw(t, "reference"), 20, rapid.Float64Range(-5, 5).Draw(t, "base"), because)
		}
		raw, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		again, err := DecodeHistory(raw)
		if err != nil || again.OffsetK() != h.OffsetK() || len(again.Entries) != len(h.Entries) {
			t.Fatalf("%v: %+v became %+v", err, h, again)
		}
	})
}

func FuzzDecodeHistory(f *testing.F) {
	for _, seed := range []string{`{}`, `null`, `{"entries":[{"serial":1,"offset_k":-0.9,"change_k":-0.9,"reason":"x"}]}`,
		`{"entries":[{"serial":0,"reason":"x"}]}`, `{"entries":[{"serial":1,"offset_k":99,"reason":"x"}]}`,
		`{"entries":[{"serial":1,"reason":""}]}`, `{"entries":[{"serial":1,"reason":"x"},{"serial":3,"reason":"x"}]}`, `[`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, err := DecodeHistory(raw)
		if err != nil && len(h.Entries) != 0 {
			t.Errorf("refused, and %d entries", len(h.Entries))
		}
		if !(math.Abs(h.OffsetK()) <= 2*MostK) {
			t.Errorf("offset %v", h.OffsetK())
		}
	})
}

func TestDamagedHistoriesAreRefused(t *testing.T) {
	many := `{"entries":[{"serial":1,"reason":"x"}` + strings.Repeat(`,{"serial":1,"reason":"x"}`, MostEntries) + `]}`
	for _, raw := range []string{`[`, `{"entries":[{"serial":0,"reason":"x"}]}`, `{"entries":[{"serial":1,"offset_k":10.1,"reason":"x"}]}`,
		`{"entries":[{"serial":1,"reason":"x"},{"serial":3,"reason":"x"}]}`, `{"entries":[{"serial":1}]}`, many} {
		if _, err := DecodeHistory([]byte(raw)); err == nil {
			t.Errorf("%.60s was taken", raw)
		}
	}
}
