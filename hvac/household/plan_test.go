package household

import (
	"testing"
	"time"

	"quietstat/hvac"
)

// monday0 is a Monday at midnight UTC.
var monday0 = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// days of a test on CLOCK_BOOTTIME.
const bootAtMonday = 10 * 24 * time.Hour

// on is the instant at a wall time of a machine that was started ten days before
// monday0.
func on(wall time.Time) Instant {
	return Instant{Now: bootAtMonday + wall.Sub(monday0), Wall: wall, Trusted: true}
}

// settings with a schedule, or without.
func settings(t testing.TB, week string) Settings {
	t.Helper()
	s := DefaultSettings()
	s.Mode = hvac.ModeHeat
	s.Limits = Limits{5, 30}
	var err error
	if s.Schedule, err = ParseSchedule(week); err != nil {
		t.Fatal(err)
	}
	return s
}

// parse reads "2006-01-02 15:04:05" in a zone's summer or winter time as RFC 3339 says.
func parse(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v.UTC()
}

// TestTransitions holds what is planned a second before, at and a second after a
// transition, where clocks change and years end.
func TestTransitions(t *testing.T) {
	const nights = "daily 22:00 sleep\ndaily 02:30 eco\ndaily 06:30 home"
	for _, c := range []struct {
		name, zone, week, at, before, from, until string
	}{
		{"an ordinary evening", "Europe/Berlin", nights, "2026-03-02T21:00:00Z", "home", "sleep", "2026-03-03T01:30:00Z"},
		{"clocks go forward over it", "Europe/Berlin", nights, "2026-03-29T01:00:00Z", "sleep", "eco", "2026-03-29T04:30:00Z"},
		{"the evening after", "Europe/Berlin", nights, "2026-03-29T20:00:00Z", "home", "sleep", "2026-03-30T00:30:00Z"},
		{"clocks go back over it", "Europe/Berlin", nights, "2026-10-25T00:30:00Z", "sleep", "eco", "2026-10-25T05:30:00Z"},
		{"New York goes forward", "America/New_York", nights, "2026-03-08T07:00:00Z", "sleep", "eco", "2026-03-08T10:30:00Z"},
		{"New York goes back", "America/New_York", "daily 22:00 sleep\ndaily 01:30 eco\ndaily 06:30 home", "2026-11-01T05:30:00Z", "sleep", "eco", "2026-11-01T11:30:00Z"},
		{"the year ends", "Europe/Berlin", "daily 00:00 eco\ndaily 23:59 sleep", "2026-12-31T23:00:00Z", "sleep", "eco", "2027-01-01T22:59:00Z"},
		{"the year ends in New York", "America/New_York", "daily 00:00 eco\ndaily 23:59 sleep", "2027-01-01T05:00:00Z", "sleep", "eco", "2027-01-02T04:59:00Z"},
		{"a leap day", "UTC", "daily 12:00 eco\nsat 13:00 home", "2028-02-29T12:00:00Z", "eco", "eco", "2028-03-01T12:00:00Z"},
		{"a week with one transition", "Europe/Berlin", "wed 07:00 home", "2026-03-04T06:00:00Z", "home", "home", "2026-03-11T06:00:00Z"},
		{"one transition, over the change", "Europe/Berlin", "wed 07:00 home", "2026-04-01T05:00:00Z", "home", "home", "2026-04-08T05:00:00Z"},
		{"two meet where clocks jump: the later counts", "Europe/Berlin", "daily 02:10 home\ndaily 02:50 eco\ndaily 22:00 sleep", "2026-03-29T01:00:00Z", "sleep", "eco", "2026-03-29T20:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := settings(t, c.week)
			edge := parse(t, c.at)
			for _, d := range []time.Duration{-time.Second, 0, time.Second} {
				want := c.from
				if d < 0 {
					want = c.before
				}
				at := on(edge.Add(d))
				got := once(s, zone(t, c.zone), at.Wall, true, at.Now)
				if got.Preset.String() != want || got.Source != SourceSchedule || got.Reasons.N != 0 {
					t.Errorf("%v after: %+v, want %s", d, got, want)
				}
				if until := at.Wall.Add(got.Until - at.Now); d >= 0 && !until.Equal(parse(t, c.until)) {
					t.Errorf("%v after: until %v, want %s", d, until, c.until)
				}
				if d < 0 && got.Until-at.Now != time.Second {
					t.Errorf("a second before, it lasts %v more", got.Until-at.Now)
				}
				if d >= 0 && at.Now-got.Since != d {
					t.Errorf("%v after, it has been so for %v", d, at.Now-got.Since)
				}
			}
		})
	}
}

func TestWithoutASchedule(t *testing.T) {
	s := settings(t, "")
	at := on(monday0)
	got := once(s, nil, at.Wall, true, at.Now)
	want := Target{Mode: hvac.ModeHeat, Setpoint: 19, Source: SourceBase, Since: Unknown, Until: Forever, Level: Level{true, Aim{Setpoint: 19}, SourceBase}}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := once(s, nil, time.Time{}, false, 0); got != want {
		t.Errorf("without a clock: %+v, and a base needs none", got)
	}
	s.Base = Aim{Preset: Eco}
	if got := once(s, nil, at.Wall, true, at.Now); got.Setpoint != 19 || got.Preset != Eco {
		t.Errorf("base eco: %+v", got)
	}
	var none *Plan
	if got := none.Resolve(at, Level{}); got.Mode != hvac.ModeOff || got.Until != Forever || none.Say(at, got) != nil || len(none.Ahead(at, Level{}, 3)) != 0 || !none.Covers(at) {
		t.Errorf("no plan at all: %+v", got)
	}
}

func TestPresetsFollowTheMode(t *testing.T) {
	s := settings(t, "daily 08:00 away")
	for mode, want := range map[hvac.Mode]hvac.Celsius{hvac.ModeOff: 16, hvac.ModeHeat: 16, hvac.ModeAuto: 16, hvac.ModeCool: 29} {
		s.Mode = mode
		if got := once(s, nil, monday0, true, 0); got.Setpoint != want || got.Mode != mode {
			t.Errorf("away in mode %v: %+v", mode, got)
		}
	}
}

// TestPlanIsGoodForAWeek: a plan that nobody renews still says what holds, and says so
// once it does not know any more.
func TestPlanIsGoodForAWeek(t *testing.T) {
	s := settings(t, "mon-fri 06:30 home\ndaily 22:00 sleep")
	z := zone(t, "Europe/Berlin")
	p := NewPlan(s, z, on(monday0))
	last := Level{true, Aim{Preset: Eco}, SourceSchedule}
	for h := -7 * 24; h < 8*24-1; h++ {
		at := on(monday0.Add(time.Duration(h) * time.Hour))
		got, want := p.Resolve(at, last), once(s, z, at.Wall, true, at.Now)
		if got.Setpoint != want.Setpoint || got.Source != want.Source || got.Since != want.Since || !p.Covers(at) {
			t.Fatalf("%d h later: %+v, want %+v", h, got, want)
		}
	}
	for _, d := range []time.Duration{-9 * 24 * time.Hour, 10 * 24 * time.Hour, 40 * 365 * 24 * time.Hour} {
		at := on(monday0.Add(d))
		if got := p.Resolve(at, last); got.Preset != Eco || !got.Reasons.Has(Unplanned) || p.Covers(at) {
			t.Errorf("%v away: %+v", d, got)
		}
	}
}

// TestClockThatCannotBeTrusted: the schedule keeps what it asked for last and says so.
func TestClockThatCannotBeTrusted(t *testing.T) {
	week := settings(t, "daily 06:30 home\ndaily 22:00 sleep")
	away := settings(t, "")
	away.Vacation = Vacation{From: monday0, To: monday0.AddDate(0, 0, 7), Aim: Aim{Preset: Frost}}
	for _, c := range []struct {
		name   string
		s      Settings
		last   Level
		preset Preset
		source Source
		reason Reason
	}{
		{"something is remembered", week, Level{true, Aim{Preset: Sleep}, SourceSchedule}, Sleep, SourceSchedule, ClockUntrusted},
		{"nothing is", week, Level{}, None, SourceBase, NothingToKeep},
		{"a base is", week, Level{true, Aim{Setpoint: 25}, SourceBase}, None, SourceBase, ClockUntrusted},
		{"a vacation that is over", week, Level{true, Aim{Preset: Away}, SourceVacation}, None, SourceBase, NothingToKeep},
		{"a vacation that is not", away, Level{true, Aim{Preset: Frost}, SourceVacation}, Frost, SourceVacation, ClockUntrusted},
		{"a schedule that is gone", away, Level{true, Aim{Preset: Sleep}, SourceSchedule}, None, SourceBase, NothingToKeep},
		{"no schedule at all", settings(t, ""), Level{true, Aim{Preset: Sleep}, SourceSchedule}, None, SourceBase, 0},
	} {
		for _, wall := range []time.Time{{}, time.Unix(0, 0), monday0.Add(7 * time.Hour), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
			c.s.Last = c.last
			got := once(c.s, zone(t, "Europe/Berlin"), wall, false, time.Hour)
			if got.Preset != c.preset || got.Source != c.source || c.reason != 0 && !got.Reasons.Has(c.reason) || (c.reason == 0) != (got.Reasons.N == 0) ||
				got.Since != Unknown || got.Until != Forever || got.Next.Known {
				t.Errorf("%s: %+v", c.name, got)
			}
			if c.source == SourceBase && got.Setpoint != 19 {
				t.Errorf("%s: the base is kept at %v", c.name, got.Setpoint)
			}
		}
	}
	// A wall that no clock shows is not trusted, whoever says so.
	if got := once(week, nil, time.Unix(0, 0), true, 0); !got.Reasons.Has(NothingToKeep) {
		t.Errorf("in 1970: %+v", got)
	}
}
