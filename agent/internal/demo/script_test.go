package demo

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"quietstat/consent"
)

func TestScriptIsADay(t *testing.T) {
	last := startOfDay - 1
	open := map[string]bool{}
	for _, r := range script {
		if r.at <= last || r.at >= startOfDay+day || r.at%period != 0 {
			t.Errorf("%v %s: after %v, and not a whole second of this day", r.at, r.kind, last)
		}
		last = r.at
		if r.text == "" || r.do == nil {
			t.Errorf("%v %s: nothing said or nothing done", r.at, r.kind)
		}
		switch r.kind {
		case "talk", "grant":
			open[r.kind] = true
		case "session-end":
			open["talk"] = false
		case "revoke":
			open["grant"] = false
		}
	}
	if open["talk"] || open["grant"] {
		t.Error("a window stays open overnight")
	}
}

// The script's own list of names must be what its shares mean; it is written out
// so that a mistake in the gate's tables cannot hide.
func TestScriptExpectsWhatItAgreesTo(t *testing.T) {
	for _, row := range []struct {
		name       string
		categories []string
		fields     []string
	}{
		{"session", []string{"climate.temperature", "setpoint", "hvac.state"}, sessionFields},
		{"grant", []string{"climate.temperature", "setpoint"}, grantFields},
	} {
		for _, name := range row.fields {
			f, ok := consent.FieldByName(name)
			if !ok || !slices.Contains(row.categories, f.Category.String()) || !f.Core {
				t.Errorf("%s: field %s is not among %v", row.name, name, row.categories)
			}
		}
	}
	if len(sessionShares) != 3 || len(grantShares) != 2 {
		t.Error("shares and names do not belong together any more")
	}
}

func TestFaultsFitTheScript(t *testing.T) {
	if len(Faults()) != 7 {
		t.Errorf("%d faults", len(Faults()))
	}
	for _, f := range faults {
		if f.from <= startOfDay || f.until != 0 && f.until <= f.from || f.judged <= max(f.from, f.until) || f.judged >= day {
			t.Errorf("%s: from %v until %v judged %v", f.name, f.from, f.until, f.judged)
		}
		if f.broken == "" || f.inject == nil || f.judge == nil || (f.until != 0) != (f.lift != nil) || (f.lift != nil) != (f.mended != "") {
			t.Errorf("%s: not whole", f.name)
		}
	}
}

func TestClockFace(t *testing.T) {
	for since, want := range map[time.Duration]string{
		0: "05:00", time.Hour + 59*time.Second: "06:00", 19*time.Hour - time.Second: "23:59",
		19 * time.Hour: "00:00 +1", day: "05:00 +1", 2*day + 19*time.Hour: "00:00 +3",
	} {
		if got := clockFace(since); got != want {
			t.Errorf("clockFace(%v) = %s, want %s", since, got, want)
		}
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 59 * time.Second: "59 s", time.Minute: "1 min", 59 * time.Minute: "59 min", 89 * time.Second: "1 min",
		90 * time.Second: "2 min", time.Hour: "1 h", time.Hour + time.Minute: "1 h 1 min", 2*time.Hour + 29*time.Second: "2 h",
	} {
		if got := span(d); got != want {
			t.Errorf("span(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestInstantCarriesTheFault(t *testing.T) {
	m := &moment{boot: bootFirst, date: midnight}
	m.elapsed.Store(int64(time.Hour))
	right := m.instant()
	if right.Boot != bootFirst+time.Hour || !right.Wall.Equal(midnight.Add(6*time.Hour)) || !right.Trusted {
		t.Errorf("instant %+v", right)
	}
	m.wrong = -3 * time.Hour
	if wrong := m.instant(); wrong.Boot != right.Boot || !wrong.Wall.Equal(right.Wall.Add(-3*time.Hour)) {
		t.Errorf("with the wall wrong: %+v", wrong)
	}
	if !m.wall().Equal(right.Wall) {
		t.Error("the story's own time went wrong with it")
	}
}

func TestAlmanac(t *testing.T) {
	for _, row := range []struct {
		played time.Duration
		date   time.Duration // after midnight of the first day
	}{
		{10 * time.Minute, day},
		{19*time.Hour - time.Second, day},
		{19 * time.Hour, day},           // at midnight: that morning is to come
		{day - time.Second, day},        // 04:59:59
		{day, day},                      // 05:00 sharp can still begin
		{day + time.Second, 2 * day},    // that morning is over
		{3*day + 19*time.Hour, 4 * day}, // midnight again
	} {
		h := &home{state: t.TempDir()}
		m, err := h.recall()
		if err != nil || m.boot != bootFirst || !m.date.Equal(midnight) {
			t.Fatalf("a new folder: %+v, %v", m, err)
		}
		if err := h.remember(m, row.played); err != nil {
			t.Fatal(err)
		}
		next, err := h.recall()
		if err != nil {
			t.Fatal(err)
		}
		if !next.date.Equal(midnight.Add(row.date)) || next.boot != bootFirst+row.played+time.Minute {
			t.Errorf("after %v: %v, boot %v", row.played, next.date, next.boot)
		}
		if begin := next.date.Add(startOfDay); begin.Before(m.date.Add(startOfDay + row.played)) {
			t.Errorf("after %v the clock would run back to %v", row.played, begin)
		}
	}
}

func TestSummaryHasWhatScriptsReadOfIt(t *testing.T) {
	b, err := json.Marshal(Summary{})
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"hours", "rms_error_c", "relay_cycles_per_hour", "min_on_s", "min_off_s", "ticks", "ticks_missed",
		"door_pauses", "sensor_faults", "uplink_connections", "uplink_connections_outside_windows", "messages",
		"messages_outside_windows", "fields_outside_policy", "ledger_entries", "ledger_verified", "mdns_registered"} {
		if _, ok := m[name]; !ok {
			t.Errorf("no %s", name)
		}
	}
}
