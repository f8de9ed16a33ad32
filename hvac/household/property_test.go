package household

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quietstat/hvac"
)

func anyCelsius(t *rapid.T, label string) hvac.Celsius {
	return hvac.Celsius(float64(rapid.IntRange(50, 350).Draw(t, label)) / 10)
}

// sometimes is a wall time around monday0, at a change of clocks or anywhere.
func sometimes(t *rapid.T, label string) time.Time {
	return rapid.SampledFrom([]time.Time{monday0, monday0.AddDate(0, 0, 27), monday0.AddDate(0, 7, 22), monday0.AddDate(1, -2, -3)}).Draw(t, label+" base").
		Add(time.Duration(rapid.IntRange(-3*24*60, 3*24*60).Draw(t, label+" minutes")) * time.Minute)
}

// anySettings are settings that people can make.
func anySettings(t *rapid.T) Settings {
	s := DefaultSettings()
	s.Mode = hvac.Mode(rapid.IntRange(0, 3).Draw(t, "mode"))
	low := anyCelsius(t, "low")
	low = min(low, Highest-1)
	s.Limits = Limits{low, min(Highest, low+hvac.Celsius(rapid.IntRange(1, 20).Draw(t, "wide")))}
	s.Base, s.Schedule = anyAim(t), anySchedule(t)
	for _, p := range Presets() {
		s.Presets[p] = Temperatures{anyCelsius(t, "heat"), anyCelsius(t, "cool")}
	}
	if rapid.Bool().Draw(t, "vacation") {
		from := sometimes(t, "from")
		s.Vacation = Vacation{From: from, To: from.Add(time.Duration(rapid.IntRange(1, 30*24*60).Draw(t, "away")) * time.Minute), Aim: anyAim(t)}
	}
	moment := func(label string) Moment {
		m := Moment{Boot: bootAtMonday + time.Duration(rapid.IntRange(-20000, 20000).Draw(t, label))*time.Minute, Spare: time.Duration(rapid.IntRange(0, 10).Draw(t, label+" spare")) * time.Minute}
		if rapid.Bool().Draw(t, label+" wall?") {
			m.Wall = sometimes(t, label+" wall")
		}
		return m
	}
	if rapid.Bool().Draw(t, "hold") {
		s.Hold = Hold{Active: true, Aim: anyAim(t), Until: Until(rapid.IntRange(0, 2).Draw(t, "until")), Placed: moment("placed"), Ends: moment("ends"), Vacation: rapid.Bool().Draw(t, "during")}
	}
	if rapid.Bool().Draw(t, "boost") {
		s.Boost = Boost{Active: true, Raise: rapid.Float64Range(MinRaise, MaxRaise).Draw(t, "raise"), Placed: moment("boosted"), Ends: moment("boost ends")}
	}
	if rapid.Bool().Draw(t, "lock") {
		s.Lock = Lock{Range: true, Min: low, Max: low + 1, Changes: rapid.Bool().Draw(t, "changes")}
	}
	if rapid.Bool().Draw(t, "last") {
		s.Last = Level{true, anyAim(t), Source(rapid.IntRange(0, 2).Draw(t, "last source"))}
	}
	return s
}

// TestResolveHoldsItsPromises: total, deterministic, within limits, an end after now, and
// a setpoint that stays until the next other one, which comes when it was told.
func TestResolveHoldsItsPromises(t *testing.T) {
	zones := []*time.Location{nil, zone(t, "Europe/Berlin"), zone(t, "America/New_York"), zone(t, "Australia/Lord_Howe")}
	rapid.Check(t, func(t *rapid.T) {
		s := anySettings(t)
		z := rapid.SampledFrom(zones).Draw(t, "zone")
		at := on(sometimes(t, "now"))
		at.Trusted = rapid.Bool().Draw(t, "trusted")
		p := NewPlan(s, z, at)
		got := p.Resolve(at, s.Last)
		if got != once(s, z, at.Wall, at.Trusted, at.Now) {
			t.Fatal("the same question was answered otherwise")
		}
		if got.Setpoint < s.Limits.Min || got.Setpoint > s.Limits.Max || got.Until <= at.Now || got.Mode != s.Mode || !got.Preset.Valid() {
			t.Fatalf("%+v", got)
		}
		if got.Next.Known && (got.Next.In <= 0 || got.Next.Setpoint == got.Setpoint) {
			t.Fatalf("next %+v", got.Next)
		}
		// A hold or boost from the future is nobody's: only a damaged file has one. The
		// house is kept all the same, but nothing is promised of its end.
		placed := !(s.Hold.Active && s.Hold.Placed.boot(at) > at.Now) && !(s.Boost.Active && s.Boost.Placed.boot(at) > at.Now)
		horizon := 3 * 24 * time.Hour
		if got.Next.Known {
			horizon = min(horizon, got.Next.In-1)
		}
		for _, share := range []float64{0, 0.01, 0.3, 0.7, 1} {
			then := at.after(time.Duration(share * float64(horizon)))
			later := NewPlan(s, z, then).Resolve(then, got.Level)
			if later.Setpoint != got.Setpoint {
				t.Fatalf("%v later %v instead of %v; next was %+v, until %v\n%+v", then.Now-at.Now, later.Setpoint, got.Setpoint, got.Next, got.Until-at.Now, later)
			}
			if placed && got.Until != Forever && later.Until < got.Until && then.Now < got.Until && later.Source == got.Source {
				t.Fatalf("%v later it ends %v sooner", then.Now-at.Now, got.Until-later.Until)
			}
		}
		if got.Next.Known {
			then := at.after(got.Next.In)
			if later := NewPlan(s, z, then).Resolve(then, got.Level); later.Setpoint != got.Next.Setpoint {
				t.Fatalf("next was to be %v, and is %+v", got.Next, later)
			}
		}
	})
}

// TestAheadHappens: what is listed is what comes.
func TestAheadHappens(t *testing.T) {
	z := zone(t, "Europe/Berlin")
	rapid.Check(t, func(t *rapid.T) {
		s := anySettings(t)
		at := on(sometimes(t, "now"))
		p := NewPlan(s, z, at)
		before := time.Duration(0)
		for i, c := range p.Ahead(at, s.Last, 6) {
			if c.In <= before || !c.At.Equal(at.Wall.Add(c.In)) {
				t.Fatalf("number %d: %+v after %v", i, c, before)
			}
			before = c.In
			then := at.after(c.In)
			got := NewPlan(s, z, then).Resolve(then, Level{})
			if got.Setpoint != c.Setpoint || got.Source != c.Source || got.Preset != c.Preset {
				t.Fatalf("number %d: %+v, and it was %+v", i, c, got)
			}
		}
	})
}

// TestResolveSurvivesNonsense: settings that nobody can make, clocks at the ends of time.
func TestResolveSurvivesNonsense(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySettings(t)
		any64 := func(label string) time.Duration { return time.Duration(rapid.Int64().Draw(t, label)) }
		odd := hvac.Celsius(rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), -300, 1e300}).Draw(t, "odd"))
		s.Base.Setpoint, s.Hold.Aim = odd, Aim{Preset: Preset(rapid.IntRange(0, 255).Draw(t, "preset")), Setpoint: odd}
		s.Hold.Until, s.Boost.Raise = Until(rapid.IntRange(0, 255).Draw(t, "until")), float64(odd)
		s.Hold.Ends.Boot, s.Hold.Placed.Boot, s.Boost.Ends.Boot, s.Hold.Ends.Spare = any64("ends"), any64("placed"), any64("boost"), any64("spare")
		wall := time.Unix(rapid.Int64Range(-1<<55, 1<<55).Draw(t, "wall"), 0)
		s.Vacation.From = time.Unix(rapid.Int64Range(-1<<55, 1<<55).Draw(t, "from"), 0)
		got := once(s, nil, wall, rapid.Bool().Draw(t, "trusted"), any64("now"))
		if !(got.Setpoint >= s.Limits.Min && got.Setpoint <= s.Limits.Max) {
			t.Fatalf("%+v", got)
		}
		p := NewPlan(s, nil, Instant{Wall: wall, Trusted: true})
		p.Say(Instant{Wall: wall, Trusted: true}, got)
		p.Ahead(Instant{Now: any64("again"), Wall: wall, Trusted: true}, got.Level, 10)
	})
}
