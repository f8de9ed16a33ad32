package trial

import (
	"math"
	"testing"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

const hour = time.Hour

func TestEveryHouseHasEveryScenario(t *testing.T) {
	for _, k := range house.Kinds {
		all := Scenarios(k)
		if len(all) != len(Names) {
			t.Fatalf("house %v has %d scenarios", k, len(all))
		}
		for i, sc := range all {
			if sc.Name != Names[i] || sc.Kind != k || sc.Settle >= sc.Length {
				t.Errorf("house %v: %+v", k, sc)
			}
			if d, ok := sc.Denominator(); ok != (sc.Load == 0) || ok && !(d > 0) {
				t.Errorf("house %v %s: denominator %v, %v", k, sc.Name, d, ok)
			}
		}
	}
}

func TestStepAndSetback(t *testing.T) {
	for _, k := range house.Kinds {
		low, night := hvac.Celsius(15), hvac.Celsius(17)
		if k == house.KindU {
			low, night = 19, 19
		}
		step, setback := Scenarios(k)[0], Scenarios(k)[1]
		if step.Setpoint(6*hour-1) != low || step.Setpoint(6*hour) != Comfort || step.Counts(6*hour-1) || !step.Counts(6*hour) {
			t.Errorf("house %v: the step is not at 6 h", k)
		}
		if step.Ahead(0).Known {
			t.Errorf("house %v: somebody knew of the step", k)
		}
		last := setback.Length - 24*hour
		for at, occupied := range map[time.Duration]bool{6*hour - 1: false, 6 * hour: true, 22*hour - 1: true, 22 * hour: false, 24*hour - 1: false} {
			want := night
			if occupied {
				want = Comfort
			}
			if setback.Counts(last+at) != occupied || setback.Setpoint(last+at) != want {
				t.Errorf("house %v: at %v counts %v, setpoint %v", k, at, !occupied, setback.Setpoint(last+at))
			}
		}
		if setback.Counts(12 * hour) {
			t.Errorf("house %v: the first day counts", k)
		}
	}
}

func TestAheadIsTheNextChange(t *testing.T) {
	sc := Scenarios(house.KindA)[1]
	for at := time.Duration(0); at < 3*24*hour; at += 17 * time.Minute {
		a := sc.Ahead(at)
		if !a.Known || a.In <= 0 || sc.Setpoint(at+a.In) != a.Setpoint || sc.Setpoint(at+a.In-1) != sc.Setpoint(at) || a.Setpoint == sc.Setpoint(at) {
			t.Fatalf("at %v: %+v", at, a)
		}
	}
	if w := Winter(house.KindU, 14); w.Length != 14*24*hour || w.Setpoint(3*hour) != 19 || w.Setpoint(7*hour) != 21 {
		t.Errorf("winter: %+v", w)
	}
	if c := Tuning(house.KindR); c.Setpoint(0) != Comfort || c.Ahead(0).Known || c.Length < 25*hour {
		t.Errorf("tuning: %+v", c)
	}
}

func TestDoor(t *testing.T) {
	sc := Scenarios(house.KindE)[2] // starts at noon: 10:00 is 22 h later
	for at, want := range map[time.Duration]int{22*hour - 1: 0, 22 * hour: 1, 22*hour + 10*time.Minute - 1: 1, 22*hour + 10*time.Minute: 0, 46 * hour: 1} {
		if got := sc.DoorsOpen(at); got != want {
			t.Errorf("at %v %d doors", at, got)
		}
	}
}

// A house held by exactly the load it is meant to have must stay where it is.
func TestLoadsAreWhatTheySay(t *testing.T) {
	for _, k := range house.Kinds {
		for _, sc := range Scenarios(k)[3:] {
			r := Play(&sc, func(time.Duration) float64 { return sc.Load }, 1)
			if r.RMS > 0.01 || math.Abs(r.Energy/(sc.Load*24*sc.House(1).Power())-1) > 1e-6 {
				t.Errorf("house %v %s: %+v", k, sc.Name, r)
			}
		}
	}
}
