package trial

import (
	"math"
	"testing"
	"time"

	"quietstat/hvac/house"
)

// clockwork heats by the clock and remembers what it saw.
type clockwork struct {
	every   time.Duration
	samples int
	last    Sight
}

func (c *clockwork) Sampling() time.Duration { return c.every }
func (c *clockwork) Tick(now time.Duration, in Sight) bool {
	if in.Sample.At == now {
		c.samples++
	}
	c.last = in
	return now%(20*time.Minute) < 10*time.Minute
}

func TestRunIsDeterministicAndSeedsMatter(t *testing.T) {
	sc := Scenarios(house.KindA)[2]
	a, b := Run(&sc, &clockwork{every: time.Minute}, 1, nil), Run(&sc, &clockwork{every: time.Minute}, 1, nil)
	if a != b {
		t.Errorf("%+v\n%+v", a, b)
	}
	if c := Run(&sc, &clockwork{every: time.Minute}, 2, nil); c == a {
		t.Error("another seed gives the same clouds")
	}
}

func TestRunShowsAndWatches(t *testing.T) {
	sc := Scenarios(house.KindR)[3]
	c := &clockwork{every: 10 * time.Second}
	moments, heated := 0, 0
	r := Run(&sc, c, 1, func(m Moment) {
		if m.At != time.Duration(moments)*time.Second {
			t.Fatalf("moment %d is at %v", moments, m.At)
		}
		moments++
		if m.Heat && m.At >= sc.Settle {
			heated++
		}
	})
	seconds := int(sc.Length / time.Second)
	if moments != seconds || c.samples != seconds/10 {
		t.Errorf("%d moments, %d samples of %d seconds", moments, c.samples, seconds)
	}
	want := 12 * float64(heated) / 3600 * 24 / (sc.Length - sc.Settle).Hours()
	if math.Abs(r.Energy-want) > 1e-9 || r.Cycles != 3 || r.Short != 0 {
		t.Errorf("%+v, want %v kWh a day", r, want)
	}
	if c.last.Outdoor != sc.Weather.Mean || c.last.Setpoint != Comfort || !c.last.Sample.Valid {
		t.Errorf("saw %+v", c.last)
	}
	cents := float64(c.last.Sample.Temperature) * 100
	if math.Abs(cents-math.Round(cents)) > 1e-6 {
		t.Errorf("sample %v is not rounded to 0.01 K", c.last.Sample.Temperature)
	}
}

// Play with shares of 0 and 1 is Run.
func TestPlayIsRun(t *testing.T) {
	sc := Scenarios(house.KindE)[2]
	ran := Run(&sc, &clockwork{every: time.Hour}, 3, nil)
	played := Play(&sc, func(at time.Duration) float64 {
		if at%(20*time.Minute) < 10*time.Minute {
			return 1
		}
		return 0
	}, 3)
	played.Cycles = ran.Cycles
	if math.Abs(played.Energy-ran.Energy) > 1e-6 {
		t.Errorf("energy %v, ran %v", played.Energy, ran.Energy)
	}
	played.Energy = ran.Energy
	if played != ran {
		t.Errorf("played %+v\nran    %+v", played, ran)
	}
	if half, over := Play(&sc, func(time.Duration) float64 { return .5 }, 3), Play(&sc, func(time.Duration) float64 { return 7 }, 3); math.Abs(over.Energy-2*half.Energy) > 1e-6 {
		t.Errorf("half a heater gives %v kWh, all of it %v", half.Energy, over.Energy)
	}
}
