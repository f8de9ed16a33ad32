package household

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseDays(t *testing.T) {
	for text, want := range map[string]string{
		"mon": "mon", "MON": "mon", "monday": "mon", "mon-fri": "mon-fri", "weekdays": "mon-fri", "weekend": "sat,sun",
		"sat,sun": "sat,sun", "sun,sat": "sat,sun", "daily": "daily", "mon-sun": "daily", "fri-mon": "mon,fri-sun",
		"mon,wed,fri": "mon,wed,fri", "tue-tue": "tue", "mon,mon": "mon", "weekend,mon": "mon,sat,sun", "sun-sat": "daily",
	} {
		d, err := ParseDays(text)
		if err != nil || d.String() != want {
			t.Errorf("%q is %q, %v; want %q", text, d, err, want)
		}
	}
	for _, text := range []string{"", ",", "mon,", "mo", "mon-", "-fri", "mon-fri-sun", "mon fri", "mond", "monday-fryday", "1", "daily-mon", "m", strings.Repeat("mon,", 100)} {
		d, err := ParseDays(text)
		var f *Fault
		if !errors.As(err, &f) || d != 0 || len(f.Error()) > 300 {
			t.Errorf("%q is %q, %v", text, d, err)
		}
	}
	if !Weekdays.Has(time.Monday) || Weekdays.Has(time.Sunday) || !Weekend.Has(time.Sunday) || Weekend.Has(time.Friday) {
		t.Error("the week does not begin on Monday")
	}
}

func TestParseEntry(t *testing.T) {
	for text, want := range map[string]Entry{
		"mon-fri 06:30 home": {Weekdays, 390, Aim{Preset: Home}},
		" daily\t0:00 21.5 ": {Everyday, 0, Aim{Setpoint: 21.5}},
		"sun 23:59 20,5":     {1 << 6, 1439, Aim{Setpoint: 20.5}},
		"sat 9:05 FROST":     {1 << 5, 545, Aim{Preset: Frost}},
	} {
		e, err := ParseEntry(text)
		if err != nil || e != want {
			t.Errorf("%q is %+v, %v", text, e, err)
		}
		if again, err := ParseEntry(e.String()); err != nil || again != e {
			t.Errorf("%q comes back as %+v, %v", e, again, err)
		}
	}
	for text, field := range map[string]string{
		"": "schedule line", "mon 06:30": "schedule line", "mon 06:30 home now": "schedule line",
		"mo 06:30 home": "days", "mon 24:00 home": "time", "mon 06:60 home": "time", "mon 6:3 home": "time", "mon 0630 home": "time",
		"mon -1:00 home": "time", "mon 006:30 home": "time", "mon +6:30 home": "time", "mon 06:30 warm": "temperature",
		"mon 06:30 none": "temperature", "mon 06:30 NaN": "temperature", "mon 06:30 inf": "temperature", "mon 06:30 4.99": "temperature",
		"mon 06:30 35.01": "temperature", "mon 06:30 1e300": "temperature", "mon 06:30 20,5,": "temperature",
	} {
		e, err := ParseEntry(text)
		var f *Fault
		if !errors.As(err, &f) || f.Field != field || f.Expected == "" || f.Remedy == "" || e != (Entry{}) {
			t.Errorf("%q is %+v, %v; want a fault in %s", text, e, err, field)
		}
	}
}

const week = `# the week of the Müllers
mon-fri 06:30 home
mon-fri 08:00 away   # everybody out

mon-fri 16:30 home
sat,sun 08:00 21.5
daily 22:00 sleep
`

func TestParseSchedule(t *testing.T) {
	s, err := ParseSchedule(week)
	if err != nil || len(s) != 5 {
		t.Fatalf("%v, %v", s, err)
	}
	again, err := ParseSchedule(s.String())
	if err != nil || !slices.Equal(s, again) {
		t.Errorf("comes back as %v, %v", again, err)
	}
	if empty, err := ParseSchedule("# nothing\n\n"); err != nil || len(empty) != 0 {
		t.Errorf("nothing is %v, %v", empty, err)
	}
	for text, want := range map[string]string{
		"mon 06:30 home\nmon 6:30 away":         `line 2: schedule line is "mon 06:30 away"`,
		"daily 06:30 home\n\nsat,sun 06:30 eco": `line 3: schedule line`,
		"# x\nmon 25:00 home":                   "line 2: time",
		"mon-fri home 06:30":                    "line 1: time",
	} {
		if s, err := ParseSchedule(text); err == nil || !strings.Contains(err.Error(), want) || s != nil {
			t.Errorf("%q is %v, %v; want %s", text, s, err, want)
		}
	}
	var many strings.Builder
	for i := range MaxEntries {
		many.WriteString(Entry{Everyday, i, Aim{Preset: Eco}}.String() + "\n")
	}
	if s, err := ParseSchedule(many.String()); err != nil || len(s) != MaxEntries {
		t.Errorf("%d entries: %v", len(s), err)
	}
	if _, err := ParseSchedule(many.String() + "daily 20:00 eco\n"); err == nil || !strings.Contains(err.Error(), "at most 64") {
		t.Errorf("one entry more: %v", err)
	}
}

func TestAddAndRemove(t *testing.T) {
	s, err := ParseSchedule(week)
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(s)
	more, err := s.Add(Entry{1, 5, Aim{Preset: Eco}})
	if err != nil || more[0].Minute != 5 {
		t.Errorf("%v, %v", more, err)
	}
	for _, bad := range []Entry{{}, {Everyday + 1, 5, Aim{Preset: Eco}}, {1, -1, Aim{Preset: Eco}}, {1, 1440, Aim{Preset: Eco}},
		{1, 5, Aim{}}, {1, 5, Aim{Preset: 200}}, {1, 390, Aim{Preset: Eco}}} {
		if got, err := s.Add(bad); err == nil || got != nil {
			t.Errorf("%+v was added: %v", bad, got)
		}
	}
	for n, ok := range map[int]bool{0: false, 1: true, 5: true, 6: false, -1: false} {
		left, err := s.Remove(n)
		if (err == nil) != ok || ok && len(left) != 4 {
			t.Errorf("line %d: %v, %v", n, left, err)
		}
	}
	if !slices.Equal(s, before) {
		t.Error("a schedule was changed in place")
	}
}

func anyAim(t *rapid.T) Aim {
	if rapid.Bool().Draw(t, "preset?") {
		return Aim{Preset: rapid.SampledFrom(Presets()).Draw(t, "preset")}
	}
	return Aim{Setpoint: anyCelsius(t, "setpoint")}
}

func anySchedule(t *rapid.T) Schedule {
	var s Schedule
	for range rapid.IntRange(0, 8).Draw(t, "entries") {
		e := Entry{Days: Days(rapid.IntRange(1, int(Everyday)).Draw(t, "days")), Minute: rapid.IntRange(0, 1439).Draw(t, "minute"), Aim: anyAim(t)}
		if longer, err := s.Add(e); err == nil {
			s = longer
		}
	}
	return s
}

func TestScheduleComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySchedule(t)
		again, err := ParseSchedule(s.String())
		if err != nil || !slices.Equal(again, s) {
			t.Fatalf("%v\ncomes back as %v, %v", s, again, err)
		}
	})
}

func FuzzParseSchedule(f *testing.F) {
	for _, text := range []string{week, "", "mon 06:30 home", "fri-mon 0:00 35\n# x\r\ndaily 23:59 5", "mon,mon 1:1 1", "\xff 06:30 home"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSchedule(text)
		var fault *Fault
		switch {
		case err == nil:
			again, err := ParseSchedule(s.String())
			if err != nil || !slices.Equal(again, s) || len(s) > MaxEntries {
				t.Errorf("%v comes back as %v, %v", s, again, err)
			}
			NewPlan(Settings{Schedule: s}, nil, Instant{Wall: monday0, Trusted: true})
		case !errors.As(err, &fault) || fault.Field == "" || fault.Value == "" || fault.Expected == "" || fault.Remedy == "" || s != nil:
			t.Errorf("refused with %+v", err)
		}
	})
}
