package household

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// saveAndRead is a restart: everything saved at one instant and read at another.
func saveAndRead(t *testing.T, s Settings, saved, read Instant, spare time.Duration) Settings {
	t.Helper()
	data, err := s.Encode(saved, s.Last, spare)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(data, read)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	got.Mode, got.Limits, got.Base.Setpoint = s.Mode, s.Limits, s.Base.Setpoint // kept by their owner
	return got
}

func TestSavedComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySettings(t)
		at := on(sometimes(t, "now"))
		if s.Boost.Ends.boot(at)-at.Now > MaxBoost {
			s.Boost = Boost{} // nobody can ask for that
		}
		data, err := s.Encode(at, s.Last, 0)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(data, at)
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		got.Mode, got.Limits, got.Base.Setpoint = s.Mode, s.Limits, s.Base.Setpoint
		a, b := NewPlan(s, nil, at).Resolve(at, s.Last), NewPlan(got, nil, at).Resolve(at, got.Last)
		a.Since, b.Since = 0, 0 // what began on CLOCK_BOOTTIME alone began at the restart, as far as anybody knows
		if a != b {
			t.Fatalf("%+v\ncomes back as\n%+v\n%s", a, b, data)
		}
		again, err := got.Encode(at, got.Last, 0)
		if err != nil || string(again) != string(data) {
			t.Fatalf("%v\n%s\n%s", err, data, again)
		}
	})
}

// TestRestart holds what a restart does to a hold of two hours of which one is over: it
// is never longer than it was asked for.
func TestRestart(t *testing.T) {
	set := twoSteps(t).asked(t, 10*h, held(UntilElapsed, 2*h, 23))
	saved := on(monday0.Add(11 * h))
	blind := saved
	blind.Trusted = false
	reboot := func(off time.Duration, trusted bool) Instant {
		return Instant{Now: 30 * s, Wall: saved.Wall.Add(off), Trusted: trusted}
	}
	const spare = 10 * time.Minute
	for _, c := range []struct {
		name        string
		saved, read Instant
		spare, left time.Duration
	}{
		{"a clean end, the clock known throughout", saved, reboot(5*time.Minute, true), 0, 55 * time.Minute},
		{"killed, the clock known throughout", saved, reboot(5*time.Minute, true), spare, 55 * time.Minute},
		{"off until a second before its end", saved, reboot(h-s, true), spare, s},
		{"off until its end", saved, reboot(h, true), spare, 0},
		{"off for a week", saved, reboot(7*24*h, true), spare, 0},
		{"the clock went back", saved, reboot(-5*h, true), spare, h},
		{"no clock after a clean end", saved, reboot(0, false), 0, h},
		{"no clock after a kill", saved, reboot(0, false), spare, 50 * time.Minute},
		{"no clock before", blind, reboot(5*time.Minute, true), spare, 50 * time.Minute},
		{"no clock at all, a clean end", blind, reboot(0, false), 0, h},
	} {
		got := saveAndRead(t, set, c.saved, c.read, c.spare)
		target := once(got, nil, c.read.Wall, c.read.Trusted, c.read.Now)
		left := time.Duration(0)
		if target.Source == SourceHold {
			left = target.Until - c.read.Now
		}
		if left != c.left {
			t.Errorf("%s: %v are left, want %v", c.name, left, c.left)
		}
	}
	// The clock is set a minute after the restart: from then on it is the minute that was asked for.
	got := saveAndRead(t, set, saved, reboot(0, false), spare)
	late := Instant{Now: 90 * s, Wall: saved.Wall.Add(20 * time.Minute), Trusted: true}
	if target := once(got, nil, late.Wall, true, late.Now); target.Source != SourceHold || target.Until-late.Now != 40*time.Minute {
		t.Errorf("the clock is set late: %+v", target)
	}
	// Two restarts without a clock cost the spare time twice: nobody knows better.
	twice := saveAndRead(t, got, Instant{Now: 30 * s}, Instant{Now: s}, spare)
	if target := once(twice, nil, time.Time{}, false, s); target.Until-s != 40*time.Minute {
		t.Errorf("two restarts: %+v", target)
	}
	// What is over is not written down.
	data, err := set.Encode(on(monday0.Add(12*h)), Level{}, 0)
	if err != nil || strings.Contains(string(data), "hold") {
		t.Errorf("%v, %s", err, data)
	}
}

// TestRestartAcrossATransition: a hold until the next transition ends with one that came
// while the program was not running.
func TestRestartAcrossATransition(t *testing.T) {
	set := twoSteps(t).asked(t, 10*h, held(UntilNext, 0, 23))
	for read, want := range map[time.Duration]Source{12 * h: SourceHold, 22*h - s: SourceHold, 22 * h: SourceSchedule, 30 * 24 * h: SourceSchedule} {
		at := Instant{Now: 5 * s, Wall: monday0.Add(read), Trusted: true}
		got := saveAndRead(t, set, on(monday0.Add(11*h)), at, 0)
		if target := once(got, nil, at.Wall, true, at.Now); target.Source != want {
			t.Errorf("read after %v: %+v", read, target)
		}
	}
}

func TestShift(t *testing.T) {
	set := twoSteps(t).asked(t, 10*h, held(UntilElapsed, 2*h, 23)).asked(t, 11*h, boosted(2, h))
	got := saveAndRead(t, set, on(monday0.Add(11*h)), Instant{}, 0).Shift(500 * s)
	at := Instant{Now: 500 * s}
	if target := once(got, nil, time.Time{}, false, at.Now); target.Source != SourceBoost || target.Until != 500*s+h {
		t.Errorf("%+v", target)
	}
	if got.Hold.Ends.Boot != 500*s+h || set.Shift(s).Hold.Ends.Boot != set.Hold.Ends.Boot+s {
		t.Errorf("%+v", got.Hold)
	}
}

const goodPresets = `"presets":{"home":{"heat_c":21,"cool_c":25},"away":{"heat_c":16,"cool_c":29},"sleep":{"heat_c":18,"cool_c":25},"eco":{"heat_c":19,"cool_c":27},"frost":{"heat_c":8,"cool_c":35}}`

func TestDecodeRefuses(t *testing.T) {
	good := `{"version":1,` + goodPresets + `}`
	if s, err := Decode([]byte(good), Instant{}); err != nil || !reflect.DeepEqual(s, DefaultSettings()) {
		t.Fatalf("%+v, %v", s, err)
	}
	with := func(more string) string { return `{"version":1,` + goodPresets + `,` + more + `}` }
	for text, field := range map[string]string{
		``: "saved settings", `null`: "version", `[]`: "saved settings", `{`: "saved settings", good + `x`: "saved settings", good + good: "saved settings",
		`{"version":2,` + goodPresets + `}`:                                                         "version",
		`{` + goodPresets + `}`:                                                                     "version",
		`{"version":1}`:                                                                             "presets",
		strings.Replace(good, `"home"`, `"Home"`, 1):                                                "presets",
		strings.Replace(good, `"home"`, `"none"`, 1):                                                "presets",
		strings.Replace(good, `"heat_c":21`, `"heat_c":36`, 1):                                      "presets.home.heat_c",
		strings.Replace(good, `"cool_c":27`, `"cool_c":4`, 1):                                       "presets.eco.cool_c",
		strings.Replace(good, `"cool_c":27`, `"cool_c":27,"x":1`, 1):                                "saved settings",
		with(`"base_preset":"warm"`):                                                                "base_preset: preset",
		with(`"schedule":["mon 06:30"]`):                                                            "schedule[0]: schedule line",
		with(`"schedule":["mon 06:30 home","mon 06:30 eco"]`):                                       "schedule[1]: schedule line",
		with(`"vacation":{"from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z","aim":"away"}`): "vacation",
		with(`"vacation":{"from":"2026-01-01T00:00:00Z","to":"2028-01-02T00:00:00Z","aim":"away"}`): "vacation",
		with(`"vacation":{"from":"1026-01-01T00:00:00Z","to":"1026-01-02T00:00:00Z","aim":"away"}`): "vacation",
		with(`"vacation":{"from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z","aim":"-3"}`):   "vacation: temperature",
		with(`"vacation":{"from":"soon","to":"2026-01-02T00:00:00Z","aim":"away"}`):                 "saved settings",
		with(`"hold":{"aim":"hot","until":"next"}`):                                                 "hold: temperature",
		with(`"hold":{"aim":"20","until":"later"}`):                                                 "hold.until",
		with(`"hold":{"aim":"20","until":"next","left_ns":1}`):                                      "hold.left_ns",
		with(`"hold":{"aim":"20","until":"elapsed","left_ns":-1}`):                                  "hold.left_ns",
		with(`"hold":{"aim":"20","until":"elapsed","left_ns":9223372036854775807}`):                 "hold.left_ns",
		with(`"hold":{"aim":"20","until":"elapsed","left_ns":1,"spare_ns":-1}`):                     "hold.spare_ns",
		with(`"boost":{"raise_k":9,"left_ns":1}`):                                                   "boost.raise_k",
		with(`"boost":{"raise_k":2,"left_ns":99999999999999}`):                                      "boost.left_ns",
		with(`"lock":{"min_c":18}`):                                                                 "lock",
		with(`"lock":{"min_c":18,"max_c":18.5}`):                                                    "lock",
		with(`"lock":{"min_c":1,"max_c":18.5}`):                                                     "lock",
		with(`"last":{"aim":"x","source":"schedule"}`):                                              "last: temperature",
		with(`"last":{"aim":"20","source":"hold"}`):                                                 "last.source",
	} {
		s, err := Decode([]byte(text), Instant{})
		var f *Fault
		if !errors.As(err, &f) || f.Field != field || f.Value == "" || f.Expected == "" || f.Remedy == "" || !reflect.DeepEqual(s, Settings{}) {
			t.Errorf("%s\nis answered %v, want a fault in %q", text, err, field)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"version":1,` + goodPresets + `,"schedule":["daily 06:30 home"],"hold":{"aim":"20","until":"elapsed","left_ns":1000,"spare_ns":5,"ends":"2026-03-02T00:00:00Z"},"boost":{"raise_k":2,"left_ns":5},"lock":{"min_c":18,"max_c":22,"changes":true},"last":{"aim":"20","source":"vacation"},"vacation":{"from":"2026-03-01T00:00:00Z","to":"2026-03-09T00:00:00+01:00","aim":"away"}}`))
	f.Add([]byte(`{"version":1,` + goodPresets + `}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		at := on(monday0)
		s, err := Decode(data, at)
		if err != nil {
			var fault *Fault
			if !errors.As(err, &fault) || !reflect.DeepEqual(s, Settings{}) {
				t.Errorf("refused with %v and %+v", err, s)
			}
			return
		}
		text, err := s.Encode(at, s.Last, 0)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode(text, at)
		if err != nil {
			t.Fatalf("%v\n%s\n%s", err, data, text)
		}
		a, b := once(s, nil, at.Wall, true, at.Now), once(again, nil, at.Wall, true, at.Now)
		a.Since, b.Since = 0, 0
		if a != b {
			t.Errorf("%+v\n%+v", a, b)
		}
	})
}
