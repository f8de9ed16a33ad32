package peer

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quietstat/hvac"
	"quietstat/hvac/bench/trial"
	"quietstat/hvac/house"
)

// sight is a fresh sample.
func sight(now time.Duration, t hvac.Celsius) trial.Sight {
	return trial.Sight{Sample: hvac.Reading{At: now, Valid: true, Temperature: t}, Setpoint: 21}
}

func TestHysteresisRules(t *testing.T) {
	g, e := &Generic{}, &ESPHome{}
	for _, tt := range []struct {
		minute        time.Duration
		temp          hvac.Celsius
		generic, espc bool
	}{
		{0, 20.8, false, false}, {1, 20.7, true, false}, {2, 20.49, true, true}, {3, 21.29, true, true},
		{4, 21.3, false, true}, {5, 21.51, false, true}, // 3 min after its start: too early for ESPHome
		{7, 21.51, false, false}, {8, 20.4, true, false}, {12, 20.4, true, true},
	} {
		now := tt.minute * time.Minute
		if got := g.Tick(now, sight(now, tt.temp)); got != tt.generic {
			t.Errorf("minute %d at %v: generic_thermostat %v", tt.minute, tt.temp, got)
		}
		if got := e.Tick(now, sight(now, tt.temp)); got != tt.espc {
			t.Errorf("minute %d at %v: ESPHome %v", tt.minute, tt.temp, got)
		}
	}
	old := sight(13*time.Minute, 25)
	if !g.Tick(13*time.Minute+time.Second, old) {
		t.Error("generic_thermostat judges a sample twice")
	}
}

func TestTPILatchesAShare(t *testing.T) {
	for _, tt := range []struct {
		room, outdoor hvac.Celsius
		on            time.Duration
	}{
		{20, 5, 228 * time.Second},   // 0.6 + 0.16 = 0.76 of 300 s
		{21, 11, 30 * time.Second},   // 0.1
		{21, 18, 0},                  // 0.03: 9 s are less than the shortest pulse
		{21, 17.6, 10 * time.Second}, // 0.034: 10.2 s are not
		{23, 0, 0},                   // -1.2 + 0.21
		{19, 0, 300 * time.Second},   // 1.41
	} {
		p := ShippedTPI()
		on := time.Duration(0)
		for at := time.Duration(0); at < 5*time.Minute; at += time.Second {
			in := sight(at, tt.room)
			in.Outdoor = tt.outdoor
			if at > 0 { // what comes after the start of a cycle must not matter
				in.Outdoor, in.Sample.Temperature = 21, 30
			}
			if p.Tick(at, in) {
				on += time.Second
			}
		}
		if on != tt.on {
			t.Errorf("%v inside, %v outside: on for %v, want %v", tt.room, tt.outdoor, on, tt.on)
		}
	}
}

func TestAutoPIDByHand(t *testing.T) {
	p := &AutoPID{Kp: .4, Ki: .001, Kd: 60}
	for i, tt := range []struct {
		temp hvac.Celsius
		u    float64
	}{
		{20, .4},                                 // P only
		{20, (.4 + .46) / 2},                     // I 0.001·1·60, output averaged over two
		{20.5, (.4 + .46 + .2 + .09 - .5/3) / 3}, // P .2, I .06 + .03, D -60·.5/60 averaged over three
	} {
		now := time.Duration(i) * time.Minute
		p.Tick(now, sight(now, tt.temp))
		if math.Abs(p.u-tt.u) > 1e-9 {
			t.Errorf("minute %d: output %v, want %v", i, p.u, tt.u)
		}
	}
	for i := 3; i < 300; i++ {
		now := time.Duration(i) * time.Minute
		p.Tick(now, sight(now, 10))
	}
	if p.sum != 1 || p.u != 1 {
		t.Errorf("integral %v, output %v after hours of cold: both end at 1", p.sum, p.u)
	}
	p = &AutoPID{Kp: .25}
	on := 0
	for at := range 600 {
		now := time.Duration(at) * time.Second
		in := sight(now, 20)
		in.Sample.At = 0
		if p.Tick(now, in) {
			on++
		}
	}
	if on != 150 {
		t.Errorf("slow_pwm gives %d s of 600 for a quarter", on)
	}
}

func TestFixedByHand(t *testing.T) {
	f := &Fixed{Gains: Gains{Kp: .5, Ti: 1000, Td: 100, Ke: .02}}
	in := sight(0, 20.8)
	in.Outdoor = 11
	f.Tick(0, in)
	if want := .5*.2 + .02*10; math.Abs(f.u-want) > 1e-9 {
		t.Errorf("first output %v, want %v", f.u, want)
	}
	in = sight(10*time.Second, 20.9)
	in.Outdoor = 11
	f.Tick(10*time.Second, in)
	// The filter takes a quarter of the jump in 10 s: 20.825, slope 0.0025 K/s.
	e := 21 - 20.825
	if want := .5*(e-100*.0025) + .2 + .5*e*10/1000; math.Abs(f.u-want) > 1e-9 {
		t.Errorf("second output %v, want %v", f.u, want)
	}
	for i := 2; i < 500; i++ {
		now := time.Duration(10*i) * time.Second
		f.Tick(now, sight(now, 10))
	}
	if f.u != 1 || f.integral > 0.1 {
		t.Errorf("output %v, integral %v: it winds up", f.u, f.integral)
	}
}

func TestSwingGivesTheDutyItWasAskedFor(t *testing.T) {
	for _, u := range []float64{.1, .25, .5, .75, .9} {
		var s swing
		on, starts, was := 0, 0, false
		const length = 400_000
		for i := range length {
			is := s.tick(time.Duration(i)*time.Second, u)
			if is {
				on++
			}
			if is && !was {
				starts++
			}
			was = is
		}
		if duty := float64(on) / length; math.Abs(duty-u) > 0.01 {
			t.Errorf("share %v gives %v", u, duty)
		}
		if cycle, want := float64(length)/float64(starts), 180/(u*(1-u)); math.Abs(cycle/want-1) > 0.02 {
			t.Errorf("share %v: a cycle of %.0f s, want %.0f", u, cycle, want)
		}
	}
}

func TestSwingAndGuardKeepDwell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shares := rapid.SliceOfN(rapid.Float64Range(-.5, 1.5), 1, 40).Draw(t, "shares")
		var s swing
		var a, b trial.Witness
		wild := Guard(&wildly{shares})
		for i := range 60 * len(shares) {
			now := time.Duration(i) * time.Second
			a.See(now, s.tick(now, min(max(shares[i/60], 0), 1)), true)
			b.See(now, wild.Tick(now, trial.Sight{}), true)
		}
		if a.Short != 0 || b.Short != 0 {
			t.Fatalf("%d and %d violations", a.Short, b.Short)
		}
	})
}

// wildly switches as numbers tell it, every second another way.
type wildly struct{ shares []float64 }

func (w *wildly) Sampling() time.Duration { return 7 * time.Second }
func (w *wildly) Tick(now time.Duration, _ trial.Sight) bool {
	i := int(now / time.Second)
	return w.shares[i/60] > float64(i%10)/10
}

func TestGuardPassesOnWhatIsSlowEnough(t *testing.T) {
	g := Guard(&wildly{[]float64{1.5, 1.5, 1.5, -1, -1, -1, 1.5}})
	for i := range 420 {
		want := i < 180 || i >= 360
		if got := g.Tick(time.Duration(i)*time.Second, trial.Sight{}); got != want {
			t.Fatalf("second %d: %v", i, got)
		}
	}
	if g.Sampling() != 7*time.Second {
		t.Error("the guard changes how often it samples")
	}
}

func TestEveryHouseHasGains(t *testing.T) {
	for _, k := range house.Kinds {
		if p := Autotuned(k); !(p.Kp > 0 && p.Ki > 0 && p.Kd > 0) {
			t.Errorf("house %v: %+v", k, p)
		}
		with, without := Searched(k, true), Searched(k, false)
		if !(with.Kp > 0 && with.Ti > 0 && with.Ke > 0 && without.Kp > 0 && without.Ti > 0 && without.Ke == 0) {
			t.Errorf("house %v: %+v, %+v", k, with.Gains, without.Gains)
		}
	}
	for _, c := range []trial.Controller{&Generic{}, &ESPHome{}, ShippedTPI(), Autotuned(house.KindA)} {
		if c.Sampling() != time.Minute {
			t.Errorf("%T samples every %v", c, c.Sampling())
		}
	}
	if (&Fixed{}).Sampling() != 10*time.Second {
		t.Error("the searched PID gets the samples it was searched with")
	}
}
