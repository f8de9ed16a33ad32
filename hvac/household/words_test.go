package household

import (
	"errors"
	"strings"
	"testing"
	"time"

	"quietstat/hvac"
)

// TestSay holds the sentences that people read.
func TestSay(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	leave := twoSteps(t)
	leave.Vacation = Vacation{monday0.Add(-h), monday0.AddDate(0, 1, 0), Aim{Preset: Away}}
	cool := twoSteps(t)
	cool.Mode = hvac.ModeCool
	blind := twoSteps(t)
	blind.Last = Level{true, Aim{Preset: Sleep}, SourceSchedule}
	locked := twoSteps(t)
	locked.Limits.Max = 20
	for _, c := range []struct {
		name  string
		s     Settings
		after time.Duration // on monday0; below 0: without a clock
		want  string
	}{
		{"base", settings(t, ""), 9 * h, "19.0 °C"},
		{"schedule", twoSteps(t), 9 * h, "21.0 °C (home), by the schedule since 06:00, until 22:00|then 18.0 °C (sleep)"},
		{"over midnight", twoSteps(t), 22 * h, "18.0 °C (sleep), by the schedule since 22:00, until tomorrow 06:00|then 21.0 °C (home)"},
		{"the morning after", twoSteps(t), 25 * h, "18.0 °C (sleep), by the schedule since yesterday 22:00, until 06:00|then 21.0 °C (home)"},
		{"hold", twoSteps(t).asked(t, 9*h, held(UntilNext, 0, 22.5)), 10 * h, "22.5 °C, held since 10:00, until 22:00|then 18.0 °C (sleep)"},
		{"hold for ever", twoSteps(t).asked(t, 9*h, held(UntilEnded, 0, 22.5)), 40 * h, "22.5 °C, held since yesterday 10:00, until somebody ends it (quietstat hold end)"},
		{"boost", twoSteps(t).asked(t, 9*h, boosted(2, h)), 10 * h, "23.0 °C, boosted: 2 K more than otherwise, until 11:00|then 21.0 °C (home)"},
		{"boost of cold", cool.asked(t, 9*h, boosted(1.5, h)), 10 * h, "23.5 °C, boosted: 1.5 K less than otherwise, until 11:00|then 25.0 °C (home)"},
		{"vacation", leave, 9 * h, "16.0 °C (away), by the vacation since 00:00, until 2026-04-02 02:00|then 18.0 °C (sleep)"},
		{"no clock", blind, -1, "18.0 °C (sleep), by the schedule|the clock is not set yet"},
		{"no clock and a hold", func() Settings {
			s, err := blind.HoldAt(Aim{Preset: Home}, UntilElapsed, 90*time.Minute, Instant{Now: h}, Target{})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}(), -1, "21.0 °C (home), held, until 90 min from now|then 18.0 °C (sleep)|the clock is not set yet"},
		{"limits", locked, 9 * h, "20.0 °C (home), by the schedule since 06:00, until 22:00|then 18.0 °C (sleep)|what is asked for is outside the thermostat's range"},
	} {
		at := on(monday0.Add(c.after - h)) // Berlin is an hour ahead in March
		if c.after < 0 {
			at = Instant{Now: h}
		}
		p := NewPlan(c.s, berlin, at)
		got := strings.Join(p.Say(at, p.Resolve(at, c.s.Last)), "|")
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%s:\n%s, want\n%s", c.name, got, c.want)
		}
	}
}

func TestDate(t *testing.T) {
	p := NewPlan(twoSteps(t), zone(t, "Europe/Berlin"), on(monday0))
	at := on(monday0.Add(9 * h))
	for after, want := range map[time.Duration]string{
		9 * h: "10:00", 23*h - s: "23:59", 23 * h: "tomorrow 00:00", 47 * h: "Wed 00:00", 6*24*h + 22*h: "Sun 23:00", 6*24*h + 23*h: "2026-03-09 00:00",
		-s: "00:59", -2 * h: "yesterday 23:00", -26 * h: "2026-02-28 23:00",
	} {
		if got := p.Date(at, monday0.Add(after)); got != want {
			t.Errorf("after %v it is %q, want %q", after, got, want)
		}
	}
	at.Trusted = false
	if got := p.Date(at, monday0); got != "2026-03-02 01:00" {
		t.Errorf("without a clock: %s", got)
	}
	for d, want := range map[time.Duration]string{0: "1 min from now", 59 * s: "1 min from now", 90 * 60 * s: "90 min from now", 2 * h: "2 h from now", -3 * h: "3 h ago"} {
		if got := span(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestParseDate(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	at := on(monday0)
	for text, want := range map[string]string{
		"2026-12-24": "2026-12-23T23:00:00Z", " 2026-07-01 ": "2026-06-30T22:00:00Z", "2026-12-24T18:30": "2026-12-24T17:30:00Z",
		"2026-12-24t18:30": "2026-12-24T17:30:00Z", "2026-12-24 18:30": "2026-12-24T17:30:00Z", "2026-03-29T02:30": "2026-03-29T01:00:00Z",
		"now": "2026-03-02T00:00:00Z", "NOW": "2026-03-02T00:00:00Z",
	} {
		if got, err := ParseDate(text, berlin, at); err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%q is %v, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "24.12.2026", "2026-13-01", "2026-02-30", "tomorrow", "2026-12-24T25:00", "1026-12-24", "2026-12-24Z", "12026-12-24"} {
		var f *Fault
		if got, err := ParseDate(text, berlin, at); !errors.As(err, &f) || !got.IsZero() {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	if _, err := ParseDate("now", berlin, Instant{}); err == nil {
		t.Error("now is known without a clock")
	}
}

func TestVocabulary(t *testing.T) {
	seen := map[string]bool{}
	for r := ClockUntrusted; r <= OutsideLock; r++ {
		if r.Kind() == "unknown" || seen[r.Kind()] || r.String() == "" {
			t.Errorf("reason %d is %q: %q", r, r.Kind(), r)
		}
		seen[r.Kind()] = true
	}
	var all Reasons
	for range 20 {
		all.add(OutsideLock)
	}
	if Reason(99).Kind() != "unknown" || Source(99).String() != "base" || Preset(99).String() != "none" || !all.Has(OutsideLock) || all.Has(OutsideLimits) {
		t.Error("what does not exist has a name")
	}
	for i, word := range []string{"none", "home", "away", "sleep", "eco", "frost"} {
		if Preset(i).String() != word { // the numbers leave this program
			t.Errorf("preset %d is %s, want %s", i, Preset(i), word)
		}
	}
}
