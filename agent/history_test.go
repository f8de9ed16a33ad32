package main

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quietstat/agent/internal/local"
)

func TestTimesAsPeopleSayThem(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.Local)
	for word, want := range map[string]time.Time{
		"24h": now.Add(-24 * time.Hour), "0h": now, "90m": now.Add(-90 * time.Minute),
		"7d": now.AddDate(0, 0, -7), "2w": now.AddDate(0, 0, -14), "1y": now.AddDate(0, 0, -365),
		"2026-11-01":       time.Date(2026, 11, 1, 0, 0, 0, 0, time.Local),
		"2026-11-01T07:30": time.Date(2026, 11, 1, 7, 30, 0, 0, time.Local),
	} {
		if got, err := timeWord(word, now); err != nil || !got.Equal(want) {
			t.Errorf("%q is %v, %v; want %v", word, got, err, want)
		}
	}
	for _, word := range []string{"", "d", "-1d", "-1h", "yesterday", "2026-13-01", "99999d", "7", "1.5d"} {
		if got, err := timeWord(word, now); err == nil {
			t.Errorf("%q is taken for %v", word, got)
		}
	}
}

func TestStepFitsTheSpan(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		form history
		span time.Duration
		want string
	}{
		{history{}, 4 * 24 * time.Hour, "hour"},
		{history{}, 4*24*time.Hour + 1, "day"},
		{history{Plot: true}, 48 * time.Hour, "quarter"},
		{history{Plot: true}, 48*time.Hour + 1, "hour"},
		{history{Plot: true}, 2*plotColumns*time.Hour + 1, "day"},
		{history{CSV: true}, 8 * 24 * time.Hour, "minute"},
		{history{JSON: true}, 8*24*time.Hour + 1, "quarter"},
	} {
		if got := c.form.step(local.HistoryArguments{Since: now.Add(-c.span), Until: now}); got != c.want {
			t.Errorf("%+v over %v: %s, want %s", c.form, c.span, got, c.want)
		}
	}
}

func rowAt(minute int, mean float64) local.HistoryRow {
	return local.HistoryRow{
		Start:   time.Date(2026, 11, 22, 0, minute, 0, 0, time.UTC),
		Minutes: 15, MeanC: local.Maybe(mean), MinC: local.Maybe(mean), MaxC: local.Maybe(mean), SetpointC: 20.5, HumidityPct: 40,
	}
}

func TestPlot(t *testing.T) {
	var out bytes.Buffer
	s := &surroundings{stdout: &out}
	rows := []local.HistoryRow{rowAt(0, 20), rowAt(15, 21), rowAt(60, 20)}
	rows[1].HeatShare = 1
	rows[2].SetpointC = unknown
	s.plotHistory(rows)
	lines := strings.Split(out.String(), "\n")
	top, bottom := lines[0], lines[plotLines-1]
	if top != "  21.0 │ •" || bottom != "  20.0 │•   •" {
		t.Errorf("the picture is\n%s", out.String())
	}
	if heat := lines[plotLines]; heat != "  heat │ █" {
		t.Errorf("heat is %q", heat)
	}
	if strings.Contains(out.String(), "cool") {
		t.Errorf("nothing was cooled:\n%s", out.String())
	}
}

// However rows fall, the columns hold all of their minutes and are not too many.
func TestColumnsHoldEverything(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var rows []local.HistoryRow
		at, minutes, heat := 0, 0, 0.0
		for range rapid.IntRange(1, 300).Draw(r, "rows") {
			row := rowAt(at, 20)
			row.HeatShare = local.Maybe(rapid.Float64Range(0, 1).Draw(r, "heat"))
			rows = append(rows, row)
			at += 15 * rapid.IntRange(1, 9).Draw(r, "gap")
			minutes, heat = minutes+row.Minutes, heat+float64(row.HeatShare)*float64(row.Minutes)
		}
		columns := columnsOf(rows)
		if len(columns) > plotColumns {
			r.Fatalf("%d columns", len(columns))
		}
		gotMinutes, gotHeat := 0, 0.0
		for _, c := range columns {
			gotMinutes, gotHeat = gotMinutes+c.Minutes, gotHeat+float64(c.HeatShare)*float64(c.Minutes)
		}
		if gotMinutes != minutes || math.Abs(gotHeat-heat) > 1e-6 {
			r.Fatalf("%d minutes with %v heated became %d with %v", minutes, heat, gotMinutes, gotHeat)
		}
	})
}

func TestTable(t *testing.T) {
	var out bytes.Buffer
	s := &surroundings{stdout: &out}
	row := rowAt(0, 20)
	row.MinC, row.HeatShare, row.DoorOpenS = 19.54, 0.5, 90
	s.printHistory([]local.HistoryRow{row}, "quarter")
	if want := "2026-11-22 00:00    20.0      19.5 20.0    20.5   40 %    50 %   1m30s\n"; !strings.HasSuffix(out.String(), want) {
		t.Errorf("got %q", out.String())
	}
}
