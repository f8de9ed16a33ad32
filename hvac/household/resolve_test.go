package household

import (
	"testing"
	"time"

	"quietstat/hvac"
)

// once asks a new plan one question: what holds at an instant, told as its parts.
func once(s Settings, zone *time.Location, wall time.Time, trusted bool, now time.Duration) Target {
	at := Instant{Now: now, Wall: wall, Trusted: trusted}
	return NewPlan(s, zone, at).Resolve(at, s.Last)
}

// A moment of a table: so long after monday0, what holds.
type expected struct {
	after    time.Duration
	setpoint hvac.Celsius
	source   Source
	until    time.Duration // after monday0; 0 for no end
	next     time.Duration // after monday0, of the next other setpoint; 0 for none known
}

func check(t *testing.T, s Settings, table []expected) {
	t.Helper()
	for _, c := range table {
		at := on(monday0.Add(c.after))
		got := once(s, nil, at.Wall, true, at.Now)
		until, next := time.Duration(0), time.Duration(0)
		if got.Until != Forever {
			until = got.Until - bootAtMonday
		}
		if got.Next.Known {
			next = c.after + got.Next.In
		}
		if got.Setpoint != c.setpoint || got.Source != c.source || until != c.until || next != c.next {
			t.Errorf("after %v: %v by %v until %v, next at %v; want %v by %v until %v, next at %v",
				c.after, got.Setpoint, got.Source, until, next, c.setpoint, c.source, c.until, c.next)
		}
	}
}

const (
	h = time.Hour
	s = time.Second
)

// twoSteps is 21 °C from 06:00 and 18 °C from 22:00.
func twoSteps(t *testing.T) Settings { return settings(t, "daily 06:00 home\ndaily 22:00 sleep") }

// at asks for something at a time after monday0.
func (set Settings) asked(t *testing.T, after time.Duration, ask func(Settings, Instant, Target) (Settings, error)) Settings {
	t.Helper()
	at := on(monday0.Add(after))
	out, err := ask(set, at, once(set, nil, at.Wall, true, at.Now))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func held(until Until, length time.Duration, c hvac.Celsius) func(Settings, Instant, Target) (Settings, error) {
	return func(s Settings, at Instant, t Target) (Settings, error) {
		return s.HoldAt(Aim{Setpoint: c}, until, length, at, t)
	}
}

func boosted(raise float64, length time.Duration) func(Settings, Instant, Target) (Settings, error) {
	return func(s Settings, at Instant, _ Target) (Settings, error) { return s.BoostBy(raise, length, at) }
}

func TestHoldUntilTheNextTransition(t *testing.T) {
	set := twoSteps(t).asked(t, 10*h, held(UntilNext, 0, 23))
	check(t, set, []expected{
		{10 * h, 23, SourceHold, 22 * h, 22 * h},
		{22*h - s, 23, SourceHold, 22 * h, 22 * h},
		{22 * h, 18, SourceSchedule, 30 * h, 30 * h},
		{22*h + s, 18, SourceSchedule, 30 * h, 30 * h},
		{30 * h, 21, SourceSchedule, 46 * h, 46 * h},
		{100 * 24 * h, 18, SourceSchedule, 100*24*h + 6*h, 100*24*h + 6*h},
	})
	// At the very moment of a transition it is the next one that is meant.
	set = twoSteps(t).asked(t, 22*h, held(UntilNext, 0, 23))
	check(t, set, []expected{{22 * h, 23, SourceHold, 30 * h, 30 * h}, {30*h - s, 23, SourceHold, 30 * h, 30 * h}, {30 * h, 21, SourceSchedule, 46 * h, 46 * h}})
}

func TestHoldForATime(t *testing.T) {
	set := twoSteps(t).asked(t, 20*h, held(UntilElapsed, 3*h, 23))
	check(t, set, []expected{
		{20 * h, 23, SourceHold, 23 * h, 23 * h},
		{22 * h, 23, SourceHold, 23 * h, 23 * h},
		{23*h - s, 23, SourceHold, 23 * h, 23 * h},
		{23 * h, 18, SourceSchedule, 30 * h, 30 * h},
		{23*h + s, 18, SourceSchedule, 30 * h, 30 * h},
	})
	// The wall clock may be set meanwhile: the hold does not notice.
	at := on(monday0.Add(20*h + 30*time.Minute))
	for _, jump := range []time.Duration{-24 * h, -h, h, 1000 * h} {
		if got := once(set, nil, at.Wall.Add(jump), true, at.Now); got.Source != SourceHold || got.Until-at.Now != 150*time.Minute {
			t.Errorf("the clock jumps by %v: %+v", jump, got)
		}
	}
	if got := once(set, nil, time.Time{}, false, at.Now); got.Source != SourceHold || got.Until-at.Now != 150*time.Minute {
		t.Errorf("without a clock: %+v", got)
	}
}

func TestHoldForever(t *testing.T) {
	set := twoSteps(t).asked(t, 20*h, held(UntilEnded, 0, 23))
	check(t, set, []expected{{20 * h, 23, SourceHold, 0, 0}, {22 * h, 23, SourceHold, 0, 0}, {400 * 24 * h, 23, SourceHold, 0, 0}})
	set, err := set.EndHold()
	if err != nil {
		t.Fatal(err)
	}
	check(t, set, []expected{{20 * h, 21, SourceSchedule, 22 * h, 22 * h}})
}

func TestBoost(t *testing.T) {
	set := twoSteps(t).asked(t, 21*h+30*60*s, boosted(2, h))
	check(t, set, []expected{
		{21*h + 30*60*s, 23, SourceBoost, 22*h + 30*60*s, 22 * h},
		{22*h - s, 23, SourceBoost, 22*h + 30*60*s, 22 * h},
		{22 * h, 20, SourceBoost, 22*h + 30*60*s, 22*h + 30*60*s}, // what is below it goes on
		{22*h + 30*60*s - s, 20, SourceBoost, 22*h + 30*60*s, 22*h + 30*60*s},
		{22*h + 30*60*s, 18, SourceSchedule, 30 * h, 30 * h},
		{22*h + 30*60*s + s, 18, SourceSchedule, 30 * h, 30 * h},
	})
	// Above a hold, and what it raises to is limited.
	set = twoSteps(t).asked(t, 10*h, held(UntilElapsed, 2*h, 29)).asked(t, 11*h, boosted(5, 30*time.Minute))
	check(t, set, []expected{{11 * h, 30, SourceBoost, 11*h + 30*60*s, 11*h + 30*60*s}, {11*h + 30*60*s, 29, SourceHold, 12 * h, 12 * h}, {12 * h, 21, SourceSchedule, 22 * h, 22 * h}})
	at := on(monday0.Add(11 * h))
	if got := once(set, nil, at.Wall, true, at.Now); !got.Reasons.Has(OutsideLimits) || got.Preset != None {
		t.Errorf("%+v", got)
	}
	// A boost in mode cool makes it colder.
	set = twoSteps(t)
	set.Mode = hvac.ModeCool
	set = set.asked(t, 10*h, boosted(2, h))
	check(t, set, []expected{{10 * h, 23, SourceBoost, 11 * h, 11 * h}, {11 * h, 25, SourceSchedule, 22 * h, 0}}) // home and sleep are both 25
}

func TestVacation(t *testing.T) {
	leave := func(from, to time.Duration) func(Settings, Instant, Target) (Settings, error) {
		return func(s Settings, at Instant, _ Target) (Settings, error) {
			return s.Leave(Vacation{monday0.Add(from), monday0.Add(to), Aim{Preset: Frost}}, at)
		}
	}
	set := twoSteps(t).asked(t, 0, leave(34*h, 82*h))
	check(t, set, []expected{
		{30 * h, 21, SourceSchedule, 34 * h, 34 * h},
		{34*h - s, 21, SourceSchedule, 34 * h, 34 * h},
		{34 * h, 8, SourceVacation, 82 * h, 82 * h},
		{34*h + s, 8, SourceVacation, 82 * h, 82 * h},
		{82*h - s, 8, SourceVacation, 82 * h, 82 * h},
		{82 * h, 21, SourceSchedule, 94 * h, 94 * h}, // Thursday 10:00: what the schedule has had since 06:00
		{82*h + s, 21, SourceSchedule, 94 * h, 94 * h},
	})
	// A long one, and its end far beyond what is laid out.
	long := twoSteps(t).asked(t, 0, leave(34*h, 34*h+200*24*h))
	check(t, long, []expected{{40 * 24 * h, 8, SourceVacation, 34*h + 200*24*h, 34*h + 200*24*h}})
	// Without a schedule the base holds around it.
	bare := settings(t, "").asked(t, 0, leave(34*h, 82*h))
	check(t, bare, []expected{{0, 19, SourceBase, 34 * h, 34 * h}, {34 * h, 8, SourceVacation, 82 * h, 82 * h}, {82 * h, 19, SourceBase, 0, 0}})

	// A hold from before waits; one for ever goes on afterwards; one until the next transition is over.
	forever := set.asked(t, 10*h, held(UntilEnded, 0, 23))
	check(t, forever, []expected{{33 * h, 23, SourceHold, 34 * h, 34 * h}, {34 * h, 8, SourceVacation, 82 * h, 82 * h}, {82 * h, 23, SourceHold, 0, 0}})
	if got := once(forever, nil, monday0.Add(50*h), true, bootAtMonday+50*h); !got.Reasons.Has(HoldWaits) {
		t.Errorf("%+v", got)
	}
	// One from during it stands above it, until its end.
	during := set.asked(t, 40*h, held(UntilNext, 0, 20))
	check(t, during, []expected{{40 * h, 20, SourceHold, 82 * h, 82 * h}, {82*h - s, 20, SourceHold, 82 * h, 82 * h}, {82 * h, 21, SourceSchedule, 94 * h, 94 * h}})
	always := set.asked(t, 40*h, held(UntilEnded, 0, 20))
	check(t, always, []expected{{40 * h, 20, SourceHold, 0, 0}, {90 * h, 20, SourceHold, 0, 0}})
	// Back early.
	back := during.asked(t, 50*h, func(s Settings, _ Instant, t Target) (Settings, error) { return s.Return(t) })
	check(t, back, []expected{{50 * h, 18, SourceSchedule, 54 * h, 54 * h}})
}

func TestLimitsAndLock(t *testing.T) {
	set := twoSteps(t)
	set.Limits = Limits{19, 20}
	for after, want := range map[time.Duration]hvac.Celsius{10 * h: 20, 23 * h: 19} {
		at := on(monday0.Add(after))
		if got := once(set, nil, at.Wall, true, at.Now); got.Setpoint != want || !got.Reasons.Has(OutsideLimits) {
			t.Errorf("after %v: %+v", after, got)
		}
	}
	// The lock moves what is asked for, not the week.
	set = twoSteps(t).asked(t, 10*h, held(UntilEnded, 0, 25))
	set, err := set.LockTo(Lock{Range: true, Min: 19, Max: 22})
	if err != nil {
		t.Fatal(err)
	}
	at := on(monday0.Add(23 * h))
	if got := once(set, nil, at.Wall, true, at.Now); got.Setpoint != 22 || !got.Reasons.Has(OutsideLock) {
		t.Errorf("a hold above the lock: %+v", got)
	}
	set.Hold = Hold{}
	if got := once(set, nil, at.Wall, true, at.Now); got.Setpoint != 18 || got.Reasons.N != 0 {
		t.Errorf("the week under the lock: %+v", got)
	}
	set = set.asked(t, 10*h, boosted(5, h))
	at = on(monday0.Add(10 * h))
	if got := once(set, nil, at.Wall, true, at.Now); got.Setpoint != 22 || !got.Reasons.Has(OutsideLock) {
		t.Errorf("a boost above the lock: %+v", got)
	}
}

// TestHoldWithoutAClock: nobody knows which transition is next until the clock is set;
// then it is the first one after the hold.
func TestHoldWithoutAClock(t *testing.T) {
	set := twoSteps(t)
	at := Instant{Now: 100 * s}
	set, err := set.HoldAt(Aim{Setpoint: 23}, UntilNext, 0, at, once(set, nil, time.Time{}, false, at.Now))
	if err != nil {
		t.Fatal(err)
	}
	if got := once(set, nil, time.Time{}, false, 50*h); got.Source != SourceHold || got.Until != Forever {
		t.Errorf("without a clock: %+v", got)
	}
	for _, c := range []struct {
		set  time.Duration // the clock is set to this after monday0, 10 min after the hold
		want Source
	}{{6*h - s, SourceHold}, {6 * h, SourceSchedule}, {6*h + 600*s - s, SourceSchedule}, {6*h + 600*s, SourceHold}, {6*h + 600*s + s, SourceHold}} {
		if got := once(set, nil, monday0.Add(c.set), true, 700*s); got.Source != c.want {
			t.Errorf("set to %v: %+v", c.set, got)
		}
	}
}

func TestResolveAllocatesNothing(t *testing.T) {
	set := twoSteps(t).asked(t, 10*h, held(UntilElapsed, 2*h, 23)).asked(t, 10*h, boosted(2, h))
	p := NewPlan(set, zone(t, "Europe/Berlin"), on(monday0))
	var target Target
	after := time.Duration(0)
	if n := testing.AllocsPerRun(1000, func() {
		after += 10 * time.Minute
		target = p.Resolve(on(monday0.Add(after)), target.Level)
		if !p.Covers(on(monday0)) {
			t.Fatal("not covered")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkResolve(b *testing.B) {
	set := settings(b, week)
	p := NewPlan(set, zone(b, "Europe/Berlin"), on(monday0))
	var target Target
	at := on(monday0)
	for b.Loop() {
		target = p.Resolve(at, target.Level)
	}
}
