package trace_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/trace"
)

// TestReplayNamesTheFirstDifference changes a recording in one place.
func TestReplayNamesTheFirstDifference(t *testing.T) {
	tests := []struct {
		name   string
		change func(*trace.Tick)
		field  string
	}{
		{"another call", func(t *trace.Tick) { t.Out.Call = hvac.CallCool }, "out.Call"},
		{"a fan", func(t *trace.Tick) { t.Out.Fan = !t.Out.Fan }, "out.Fan"},
		{"another action", func(t *trace.Tick) { t.Out.Action = hvac.ActionFault }, "out.Action"},
		{"another reason", func(t *trace.Tick) { t.Why.List[0].Kind = hvac.Overheat }, "why.List[0].Kind"},
		{"one reason more", func(t *trace.Tick) { t.Why.N++ }, "why.N"},
		{"the last bit of the demand", func(t *trace.Tick) { t.Out.Demand = math.Nextafter(t.Out.Demand, 2) }, "fraction"},
		{"a time left", func(t *trace.Tick) { t.Why.List[0].Left++ }, "fraction"},
		{"the state", func(t *trace.Tick) { t.After.Need = math.Nextafter(t.After.Need, 2) }, "fraction"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			const when = 5432
			r := trace.NewRecorder(0)
			winter(2, r, func(i int, tick *trace.Tick) {
				if i == when {
					tt.change(tick)
				}
			})
			_, report := replay(t, r.File())
			d := report.Difference
			if d == nil || d.Tick != when || !strings.Contains(d.Field, tt.field) || report.Ticks != when {
				t.Fatalf("found %v after %d ticks", d, report.Ticks)
			}
			if at := "01:30:32"; !strings.Contains(d.String(), at) {
				t.Errorf("%q does not say %s", d, at)
			}
		})
	}
}

func TestAtTellsWhy(t *testing.T) {
	r := trace.NewRecorder(0)
	winter(3, r, nil)
	day, report := replay(t, r.File())
	if got := report.From.Format(time.DateTime); got != "2026-01-12 00:00:00" {
		t.Errorf("it begins at %s", got)
	}
	tests := []struct {
		clock time.Duration
		local string
		say   string
	}{
		{0, "00:00:00", "measured: "},
		{2 * time.Hour, "02:00:00", "door open: front"},
		{2*time.Hour + 2*time.Minute, "02:02:00", "paused: door front has been open"},
		{3*time.Hour - time.Second, "02:59:59", "relays: heat "},
		{3*time.Hour + 14*time.Minute, "02:59:59", "relays: heat "},
	}
	for _, tt := range tests {
		tick, ok, err := day.At(tt.clock)
		if err != nil || !ok {
			t.Fatalf("%v: %v, %v", tt.clock, ok, err)
		}
		chain := strings.Join(tick.Chain([]string{"front"}), "\n")
		if got := tick.Local().Format(time.TimeOnly); got != tt.local || !strings.Contains(chain, tt.say) {
			t.Errorf("%v: at %s\n%s\nwant %s, %q", tt.clock, got, chain, tt.local, tt.say)
		}
	}
	for _, clock := range []time.Duration{3*time.Hour + 15*time.Minute, 23 * time.Hour} {
		if _, ok, err := day.At(clock); ok || err != nil {
			t.Errorf("%v: %v, %v", clock, ok, err)
		}
	}
}

func TestAtPrefersTheLaterDay(t *testing.T) {
	r := trace.NewRecorder(0)
	p := hvac.DefaultParams()
	state := hvac.State{}
	for i := range 3 * 24 * 4 { // a line every quarter of an hour, for three days
		in := hvac.Input{Now: time.Duration(i) * 15 * time.Minute, Params: &p}
		tick := trace.Tick{In: in, Before: state, Epoch: trace.EpochOf(wall, 0)}
		tick.After, tick.Out, tick.Why = hvac.Step(state, in)
		state = tick.After
		r.Take(tick)
	}
	day, _ := replay(t, r.File())
	for clock, want := range map[time.Duration]string{
		15 * time.Minute:             "2026-01-14 00:15:00",
		15*time.Minute + time.Second: "2026-01-14 00:15:00",
		30*time.Minute - time.Second: "2026-01-14 00:15:00",
	} {
		tick, ok, err := day.At(clock)
		if got := tick.Local().Format(time.DateTime); !ok || err != nil || got != want {
			t.Errorf("%v: %s, %v, %v; want %s", clock, got, ok, err, want)
		}
	}
}

func TestReplayEndsWhenNobodyLooks(t *testing.T) {
	r := trace.NewRecorder(0)
	winter(1, r, nil)
	day, _ := replay(t, r.File())
	seen := 0
	report, err := day.Replay(func(trace.Tick) bool { seen++; return seen < 10 })
	if err != nil || seen != 10 || report.Ticks != 10 {
		t.Errorf("%d seen, %+v, %v", seen, report, err)
	}
}

// TestDamage turns every byte of a recording; none may pass as whole.
func TestDamage(t *testing.T) {
	r := trace.NewRecorder(0)
	p := hvac.DefaultParams()
	state := hvac.State{}
	for i := range 20 {
		tick := trace.Tick{In: hvac.Input{Now: time.Duration(i) * time.Second, Params: &p}, Before: state}
		tick.After, tick.Out, tick.Why = hvac.Step(state, tick.In)
		state = tick.After
		r.Take(tick)
	}
	file := r.File()
	for i := range file {
		bad := slices.Clone(file)
		bad[i] ^= 0x20
		_, err := trace.Decode(bad)
		var damaged *trace.DamagedError
		if err == nil || i >= 18 && (!errors.As(err, &damaged) || damaged.Offset > i) {
			t.Fatalf("byte %d: %v", i, err)
		}
	}
	for n := range len(file) {
		if _, err := trace.Decode(file[:n]); err == nil && n != len(file) {
			if _, report := replay(t, file[:n]); report.Ticks == 20 {
				t.Fatalf("cut after %d bytes it is whole", n)
			}
		}
	}
}

func TestDecodeSaysWhatItIsNot(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "does not begin like a recording",
		"{}":                       "does not begin like a recording",
		"quietstat-trace 2\nF":     "another version",
		"quietstat-trace 1\n":      "ends before its form",
		"quietstat-trace 1\nF":     "ends in the middle",
		"quietstat-trace 1\nF\x00": "ends in the middle",
	} {
		if _, err := trace.Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := trace.Decode(make([]byte, trace.MaxFile+1)); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Error(err)
	}
}

func FuzzDecode(f *testing.F) {
	r := trace.NewRecorder(0)
	f.Add(r.File())
	p := hvac.DefaultParams()
	tick := trace.Tick{In: hvac.Input{Now: time.Second, Params: &p}}
	tick.After, tick.Out, tick.Why = hvac.Step(tick.Before, tick.In)
	r.Take(tick)
	f.Add(r.File())
	f.Fuzz(func(t *testing.T, file []byte) {
		day, err := trace.Decode(file)
		if err != nil {
			return
		}
		if _, err := day.Replay(nil); err != nil {
			return
		}
		if _, _, err := day.At(time.Hour); err != nil {
			return
		}
	})
}
