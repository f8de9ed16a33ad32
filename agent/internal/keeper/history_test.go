package keeper

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
)

// recorded is a history of minutes, one sample each, from a moment on.
func recorded(t testing.TB, from time.Time, minutes int) (h *store.History, dir string) {
	t.Helper()
	dir = t.TempDir()
	h, err := store.OpenHistory(new(store.Disk), dir, strings.Repeat("0", 32), store.HistoryLimit)
	if err != nil {
		t.Fatal(err)
	}
	for i := range minutes {
		after := time.Duration(i) * time.Minute
		h.Add(store.Sample{
			At:          clock.Instant{Boot: after, Wall: from.Add(after), Trusted: true},
			Temperature: 20 + math.Sin(float64(i)/200), Humidity: 45, Setpoint: 20.5, Heat: i%10 < 3, DoorOpen: i%1000 == 0,
		})
		if i%1000 == 999 { // more than a day in memory would be let go
			if err := h.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := h.Flush(); err != nil {
		t.Fatal(err)
	}
	return h, dir
}

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// A day of the history is a day of the house: 23 hours long when the clocks go forward,
// 25 when they go back.
func TestDaysAreThoseOfTheHouse(t *testing.T) {
	zone := berlin(t)
	for _, c := range []struct {
		day     time.Time
		minutes int
	}{
		{time.Date(2026, 3, 28, 0, 0, 0, 0, zone), 24 * 60},
		{time.Date(2026, 3, 29, 0, 0, 0, 0, zone), 23 * 60},
		{time.Date(2026, 10, 25, 0, 0, 0, 0, zone), 25 * 60},
	} {
		h, _ := recorded(t, c.day.Add(-time.Hour), 27*60)
		answer, err := past{h.View(), c.day.Add(30 * time.Hour)}.read(local.HistoryArguments{Since: c.day.Add(time.Hour), Until: c.day.AddDate(0, 0, 1), Step: "day"}, zone)
		if err != nil {
			t.Fatal(err)
		}
		if len(answer.Rows) != 1 || !answer.Rows[0].Start.Equal(c.day) || answer.Rows[0].Minutes != c.minutes {
			t.Errorf("%v: %+v; want one row of %d minutes", c.day, answer.Rows, c.minutes)
		}
	}
}

// An hour in a zone that is half an hour off begins when its clocks strike.
func TestHoursAreThoseOfTheHouse(t *testing.T) {
	zone := time.FixedZone("half", 5*3600+1800)
	start := time.Date(2026, 5, 1, 10, 20, 0, 0, zone)
	h, _ := recorded(t, start, 100)
	answer, err := past{h.View(), start.Add(2 * time.Hour)}.read(local.HistoryArguments{Since: start, Step: "hour"}, zone)
	if err != nil {
		t.Fatal(err)
	}
	var begins []string
	for _, r := range answer.Rows {
		begins = append(begins, r.Start.Format("15:04"))
	}
	if got := strings.Join(begins, " "); got != "10:00 11:00" {
		t.Errorf("hours begin at %s", got)
	}
}

// What does not fit one answer is asked for in turn, and comes whole.
func TestLongSpansComeInTurn(t *testing.T) {
	start := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	h, _ := recorded(t, start, 2*historyRows+10)
	arguments := local.HistoryArguments{Since: start, Until: start.AddDate(0, 1, 0), Step: "minute"}
	var sizes []int
	for range 10 {
		answer, err := past{h.View(), start}.read(arguments, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(answer.Rows))
		if answer.Next == nil {
			break
		}
		arguments.Since = *answer.Next
	}
	if len(sizes) != 3 || sizes[0] != historyRows || sizes[1] != historyRows || sizes[2] != 9 { // the last minute is still running
		t.Errorf("answers of %v rows", sizes)
	}
}

func TestHistoryIsAskedWithSense(t *testing.T) {
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	h, dir := recorded(t, now, 3)
	p := past{h.View(), now.Add(time.Hour)}
	for name, a := range map[string]local.HistoryArguments{
		"no such step": {Step: "week"},
		"backwards":    {Since: now.Add(time.Second), Until: now},
		"of no length": {Since: now, Until: now},
		"after now":    {Since: now.Add(2 * time.Hour)},
	} {
		if answer, err := p.read(a, time.UTC); err == nil {
			t.Errorf("%s: %+v", name, answer)
		}
	}
	if answer, err := p.read(local.HistoryArguments{}, time.UTC); err != nil || answer.Step != "quarter" || len(answer.Rows) != 1 {
		t.Errorf("without arguments: %+v, %v; want the quarters of the last day", answer, err)
	}

	// A damaged file costs its own rows, and is named.
	if err := os.WriteFile(filepath.Join(dir, "202604.qsh"), []byte("nonsense that is long enough"), 0o600); err != nil {
		t.Fatal(err)
	}
	answer, err := p.read(local.HistoryArguments{Since: now.AddDate(0, 0, -3), Until: now.Add(time.Hour)}, time.UTC)
	if err != nil || len(answer.Rows) != 1 || !strings.Contains(answer.Damaged, "202604.qsh") {
		t.Errorf("%+v, %v; want the rows there are, and the name of the file", answer, err)
	}
}

// A year by the minute stays within 20 MB, and is told by the day.
func TestAYearOfHistory(t *testing.T) {
	start := time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)
	h, dir := recorded(t, start, 365*24*60)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var size int64
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if size > 20_000_000 {
		t.Errorf("a year takes %d bytes", size)
	}
	answer, err := past{h.View(), start.AddDate(1, 0, 0)}.read(local.HistoryArguments{Since: start, Step: "day"}, time.UTC)
	if err != nil || len(answer.Rows) != 365 || answer.Next != nil {
		t.Fatalf("%d days, %v", len(answer.Rows), err)
	}
	if got := float64(answer.Rows[100].HeatShare); math.Abs(got-0.3) > 1e-9 {
		t.Errorf("heated for %v of a day", got)
	}
}

// BenchmarkYearOfHistory is the year's picture as the keeper makes it: every minute read
// and folded into days.
func BenchmarkYearOfHistory(b *testing.B) {
	start := time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)
	h, _ := recorded(b, start, 365*24*60)
	for b.Loop() {
		if _, err := (past{h.View(), start.AddDate(1, 0, 0)}).read(local.HistoryArguments{Since: start, Step: "day"}, time.UTC); err != nil {
			b.Fatal(err)
		}
	}
}
