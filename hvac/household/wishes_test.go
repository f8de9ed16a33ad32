package household

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quietstat/hvac"
)

// refused is what a wish must answer to be refused with a word in it.
func refused(t *testing.T, what string, before, after Settings, err error, word string) {
	t.Helper()
	var f *Fault
	if !errors.As(err, &f) || !f.Refused || !strings.Contains(err.Error(), word) || f.Remedy == "" || !reflect.DeepEqual(before, after) {
		t.Errorf("%s was answered %v", what, err)
	}
}

func TestWish(t *testing.T) {
	at := on(monday0.Add(10 * h))
	aim := Aim{Setpoint: 22}
	resolve := func(s Settings) Target { return once(s, nil, at.Wall, true, at.Now) }

	bare := settings(t, "")
	bare.Hold, bare.Boost = Hold{Active: true, Aim: Aim{Setpoint: 25}, Until: UntilEnded}, Boost{Active: true, Raise: 1, Ends: Moment{Boot: Forever - 1}}
	got, err := bare.Wish(aim, at, resolve(bare))
	if target := resolve(got); err != nil || got.Base != aim || target.Setpoint != 22 || target.Source != SourceBase {
		t.Errorf("without a schedule: %+v, %v", target, err)
	}
	got, err = twoSteps(t).Wish(aim, at, resolve(twoSteps(t)))
	if target := resolve(got); err != nil || target.Source != SourceHold || target.Until-bootAtMonday != 22*h {
		t.Errorf("with a schedule: %+v, %v", target, err)
	}
	away := settings(t, "")
	away.Vacation = Vacation{monday0, monday0.Add(48 * h), Aim{Preset: Away}}
	got, err = away.Wish(Aim{Preset: Home}, at, resolve(away))
	if target := resolve(got); err != nil || target.Preset != Home || target.Until-bootAtMonday != 48*h {
		t.Errorf("during a vacation: %+v, %v", target, err)
	}
}

func TestWishBounds(t *testing.T) {
	at := on(monday0.Add(10 * h))
	for _, set := range []Settings{settings(t, ""), twoSteps(t)} {
		target := once(set, nil, at.Wall, true, at.Now)
		for _, c := range []float64{4.99, 30.01, math.NaN(), math.Inf(1), -5} {
			got, err := set.Wish(Aim{Setpoint: hvac.Celsius(c)}, at, target)
			refused(t, "a wish", set, got, err, "between 5.0 and 3")
		}
		for _, c := range []hvac.Celsius{5, 30} {
			if _, err := set.Wish(Aim{Setpoint: c}, at, target); err != nil {
				t.Error(err)
			}
		}
		for length, ok := range map[time.Duration]bool{MinHold - 1: false, MinHold: true, MaxHold: true, MaxHold + 1: false, 0: false, -1: false} {
			got, err := set.HoldAt(Aim{Setpoint: 20}, UntilElapsed, length, at, target)
			if ok != (err == nil) {
				t.Errorf("a hold of %v: %v", length, err)
			} else if !ok {
				refused(t, "a hold", set, got, err, "from 1 min to 30 days")
			}
		}
		for length, ok := range map[time.Duration]bool{MinBoost - 1: false, MinBoost: true, MaxBoost: true, MaxBoost + 1: false} {
			if got, err := set.BoostBy(2, length, at); ok != (err == nil) {
				t.Errorf("a boost of %v: %v", length, err)
			} else if !ok {
				refused(t, "a boost", set, got, err, "from 5 min to 4 h")
			}
		}
		for raise, ok := range map[float64]bool{MinRaise - 0.01: false, MinRaise: true, MaxRaise: true, MaxRaise + 0.01: false, math.NaN(): false, math.Inf(1): false, -1: false} {
			if got, err := set.BoostBy(raise, h, at); ok != (err == nil) {
				t.Errorf("a boost by %v: %v", raise, err)
			} else if !ok {
				refused(t, "a boost", set, got, err, "from 0.5 to 5.0 K")
			}
		}
	}
	bare := settings(t, "")
	got, err := bare.HoldAt(Aim{Setpoint: 20}, UntilNext, 0, at, Target{})
	refused(t, "a hold until a transition that cannot come", bare, got, err, "there is no schedule")
	bare.Vacation = Vacation{monday0.Add(20 * h), monday0.Add(40 * h), Aim{Preset: Away}}
	if got, err = bare.HoldAt(Aim{Setpoint: 20}, UntilNext, 0, at, Target{}); err != nil {
		t.Error(err)
	}
	check(t, got, []expected{{10 * h, 20, SourceHold, 20 * h, 20 * h}, {20 * h, 16, SourceVacation, 40 * h, 40 * h}, {40 * h, 19, SourceBase, 0, 0}})
}

func TestLeaveBounds(t *testing.T) {
	at := on(monday0.Add(10 * h))
	set := twoSteps(t)
	for _, c := range []struct {
		from, to time.Duration
		word     string
	}{
		{20 * h, 20*h + s, ""}, {20 * h, 20*h + MaxVacation, ""}, {0, 10*h + s, ""}, {-5 * h, 11 * h, ""},
		{20 * h, 20 * h, "an end after"}, {20 * h, 19 * h, "an end after"}, {20 * h, 20*h + MaxVacation + s, "a year at most"},
		{0, 10 * h, "not over yet"}, {-200 * 365 * 24 * h, 20 * h, "in the years"},
	} {
		got, err := set.Leave(Vacation{monday0.Add(c.from), monday0.Add(c.to), Aim{Preset: Away}}, at)
		if c.word == "" && err != nil {
			t.Errorf("%v to %v: %v", c.from, c.to, err)
		} else if c.word != "" {
			refused(t, "a vacation", set, got, err, c.word)
		}
	}
	at.Trusted = false
	if _, err := set.Leave(Vacation{monday0, monday0.Add(h), Aim{Preset: Away}}, at); err != nil {
		t.Errorf("without a clock nobody knows that it is over: %v", err)
	}
	got, err := set.Leave(Vacation{monday0, monday0.Add(h), Aim{Setpoint: 31}}, at)
	refused(t, "a vacation that is too warm", set, got, err, "30.0 °C")
}

func TestRetune(t *testing.T) {
	set := twoSteps(t)
	got, err := set.Retune(Away, 15, false)
	if err != nil || got.Presets[Away] != (Temperatures{15, 29}) || set.Presets[Away].Heat != 16 {
		t.Errorf("%+v, %v", got.Presets, err)
	}
	if got, err = set.Retune(Away, 28, true); err != nil || got.Presets[Away] != (Temperatures{16, 28}) {
		t.Errorf("%+v, %v", got.Presets, err)
	}
	for _, p := range []Preset{None, Frost + 1, 255} {
		if _, err := set.Retune(p, 20, false); err == nil {
			t.Errorf("preset %d has a temperature", p)
		}
	}
	got, err = set.Retune(Home, 31, false)
	refused(t, "a preset that is too warm", set, got, err, "30.0 °C")
}

// TestLockedRange: a child may choose within it, by whatever way.
func TestLockedRange(t *testing.T) {
	at := on(monday0.Add(10 * h))
	set, err := twoSteps(t).LockTo(Lock{Range: true, Min: 19, Max: 22})
	if err != nil {
		t.Fatal(err)
	}
	target := once(set, nil, at.Wall, true, at.Now)
	for c, ok := range map[hvac.Celsius]bool{18.9: false, 19: true, 22: true, 22.1: false} {
		for what, ask := range map[string]func() (Settings, error){
			"a wish":       func() (Settings, error) { return set.Wish(Aim{Setpoint: c}, at, target) },
			"a hold":       func() (Settings, error) { return set.HoldAt(Aim{Setpoint: c}, UntilEnded, 0, at, target) },
			"a preset":     func() (Settings, error) { return set.Retune(Home, c, false) },
			"a vacation":   func() (Settings, error) { return set.Leave(Vacation{at.Wall, at.Wall.Add(h), Aim{Setpoint: c}}, at) },
			"the schedule": func() (Settings, error) { return set.Reschedule(Schedule{{1, 1, Aim{Setpoint: c}}}) },
		} {
			got, err := ask()
			if ok && err != nil {
				t.Errorf("%s of %v: %v", what, c, err)
			} else if !ok {
				refused(t, what, set, got, err, "child lock is on")
			}
		}
	}
	got, err := set.HoldAt(Aim{Preset: Frost}, UntilEnded, 0, at, target)
	refused(t, "frost for fun", set, got, err, "quietstat lock off")
	// The week as it stands may be kept, though sleep is below the lock.
	if _, err := set.Reschedule(set.Schedule[:1]); err != nil {
		t.Error(err)
	}
	for _, bad := range []Lock{{Range: true, Min: 19, Max: 19.9}, {Range: true, Min: 4, Max: 20}, {Range: true, Min: 20, Max: 31}, {Range: true, Min: 22, Max: 19}, {Range: true, Min: hvac.Celsius(math.NaN()), Max: 22}} {
		got, err := set.LockTo(bad)
		refused(t, "a lock", set, got, err, "lock is")
	}
	if got, err := set.LockTo(Lock{}); err != nil || got.Lock != (Lock{}) {
		t.Errorf("%+v, %v", got.Lock, err)
	}
}

// TestLockedChanges: nothing at all can be changed but the lock itself.
func TestLockedChanges(t *testing.T) {
	at := on(monday0.Add(10 * h))
	set, err := twoSteps(t).LockTo(Lock{Changes: true, Min: 3})
	if err != nil || set.Lock.Min != 0 {
		t.Fatal(err)
	}
	target := once(set, nil, at.Wall, true, at.Now)
	aim := Aim{Setpoint: 20}
	for what, ask := range map[string]func() (Settings, error){
		"a wish":         func() (Settings, error) { return set.Wish(aim, at, target) },
		"a hold":         func() (Settings, error) { return set.HoldAt(aim, UntilEnded, 0, at, target) },
		"a hold's end":   set.EndHold,
		"a boost":        func() (Settings, error) { return set.BoostBy(1, h, at) },
		"a boost's end":  set.EndBoost,
		"a preset":       func() (Settings, error) { return set.Retune(Home, 20, false) },
		"a vacation":     func() (Settings, error) { return set.Leave(Vacation{at.Wall, at.Wall.Add(h), aim}, at) },
		"a return":       func() (Settings, error) { return set.Return(target) },
		"the schedule":   func() (Settings, error) { return set.Reschedule(nil) },
		"anything other": func() (Settings, error) { return set, set.Open() },
	} {
		got, err := ask()
		refused(t, what, set, got, err, "child lock is on")
	}
	if got, err := set.LockTo(Lock{}); err != nil || got.Open() != nil {
		t.Errorf("%v", err)
	}
}

// TestWishesAreGranted: what people may ask for is what they get, now, if it is within
// limits and lock.
func TestWishesAreGranted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySettings(t)
		at := on(sometimes(t, "now"))
		aim := anyAim(t)
		got, err := s.Wish(aim, at, once(s, nil, at.Wall, true, at.Now))
		if err != nil {
			return
		}
		target := once(got, nil, at.Wall, true, at.Now)
		if want := s.Limits.clamp(s.Temperature(aim)); target.Setpoint != want || target.Preset != aim.Preset {
			t.Fatalf("asked for %v, %v, and got %+v", aim, want, target)
		}
	})
}
