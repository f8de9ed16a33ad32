package hvac

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// fed is a drive whose PID is in charge and whose house takes 0.02 for each kelvin.
func fed(t *testing.T, setpoint, outside Celsius) *drive {
	d := newDrive(t, setpoint-0.2, setpoint, ModeHeat)
	d.params.Predict = false
	d.in.Outdoor = Outdoor{Known: true, Temperature: outside}
	d.state.Weather = Weather{Share: 0.4, Across: 20, Learnt: weatherTime}
	d.run(time.Minute)
	d.state.PID.Heat = 0.5
	d.step()
	return d
}

func TestSignature(t *testing.T) {
	for _, tt := range []struct {
		share, across float64
		learnt        time.Duration
		want          float64
	}{
		{0.4, 20, weatherLeast, 0.02},
		{0.4, 20, weatherLeast - 1, 0},
		{0.4, weatherAcross, weatherTime, 0.08},
		{0.4, weatherAcross - 1e-9, weatherTime, 0},
		{0.4, -20, weatherTime, 0},
		{1, 9.9, weatherTime, mostSignature},
		{1, 10, weatherTime, mostSignature},
		{1, 20, weatherTime, 0.05},
		{0, 20, weatherTime, 0},
	} {
		w := Weather{Share: tt.share, Across: tt.across, Learnt: tt.learnt}
		if got := w.signature(); got != tt.want {
			t.Errorf("%+v: %v, want %v", w, got, tt.want)
		}
	}
}

func TestFeedForwardIsSignatureTimesDifference(t *testing.T) {
	for _, tt := range []struct {
		setpoint, outside Celsius
		want              float64
	}{{21, 1, 0.4}, {21, 20.5, 0.01}, {21, 21, 0}, {21, 25, 0}, {21, -40, 1}} {
		d := fed(t, tt.setpoint, tt.outside)
		if got := d.out.Terms; !near(got.FeedForward, tt.want, 0.002) || !near(got.Integral+got.FeedForward, d.state.PID.Heat, 1e-12) {
			t.Errorf("%v inside, %v outside: %+v, want feed-forward %v and the rest of %v", tt.setpoint, tt.outside, got, tt.want, d.state.PID.Heat)
		}
	}
}

// Nothing jumps when the temperature outside comes or goes, when it is nonsense, or when
// more is learned of the house.
func TestFeedForwardIsBumpless(t *testing.T) {
	for name, change := range map[string]func(*drive){
		"lost":      func(d *drive) { d.in.Outdoor = Outdoor{} },
		"nonsense":  func(d *drive) { d.in.Outdoor.Temperature = Celsius(math.NaN()) },
		"infinite":  func(d *drive) { d.in.Outdoor.Temperature = Celsius(math.Inf(-1)) },
		"not ours":  func(d *drive) { d.in.Outdoor.Temperature = leastOutside - 1 },
		"learned":   func(d *drive) { d.state.Weather.Share = 0.6 },
		"forgotten": func(d *drive) { d.state.Forget() },
		"restored":  func(d *drive) { d.state.Weather.Fed, d.state.Weather.Met = false, false },
		"elsewhere": func(d *drive) { d.in.Outdoor.Temperature = -15 }, // the walls have not felt it yet
	} {
		d := fed(t, 21, 1)
		before := d.out.Demand
		if before < 0.1 || before > 0.9 {
			t.Fatalf("demand %v proves nothing", before)
		}
		change(d)
		d.step()
		if !near(d.out.Demand, before, 0.002) {
			t.Errorf("%s: demand %v, was %v", name, d.out.Demand, before)
		}
		d.in.Outdoor = Outdoor{Known: true, Temperature: -15}
		before = d.out.Demand
		d.step()
		if !near(d.out.Demand, before, 0.002) {
			t.Errorf("%s, and back: demand %v, was %v", name, d.out.Demand, before)
		}
	}
}

// What a change of setpoint takes for ever is given at once.
func TestFeedForwardFollowsTheSetpoint(t *testing.T) {
	d := fed(t, 21, 1)
	before := d.state.PID.Heat
	d.in.Setpoint = 18
	d.step()
	if got := d.state.PID.Heat; !near(got, before-3*0.02, 0.002) {
		t.Errorf("3 K less: %v, was %v", got, before)
	}
	d.in.Setpoint = 21
	d.step()
	if got := d.state.PID.Heat; !near(got, before, 0.002) {
		t.Errorf("and back: %v, was %v", got, before)
	}
}

// A front of 15 K is felt with wallTime.
func TestFeedForwardFollowsTheWeather(t *testing.T) {
	d := fed(t, 21, 1)
	d.temp, d.params.Deadband = 21, 1 // the integral has no part in it
	d.run(time.Minute)
	before := d.state.PID.Heat
	d.in.Outdoor.Temperature = -14
	d.run(wallTime * time.Second)
	if got, want := d.state.PID.Heat-before, 15*0.02*(1-math.Exp(-1)); !near(got, want, 0.01) {
		t.Errorf("%v more after wallTime, want %v", got, want)
	}
}

// The learned law and cooling have nothing of it.
func TestFeedForwardIsThePIDsAlone(t *testing.T) {
	d := fed(t, 21, 1)
	d.params.Predict = true
	d.state.House = knowing(20.8).House
	d.step()
	d.wantReason(HouseKnown)
	if d.out.Terms.FeedForward != 0 || d.state.Weather.Fed {
		t.Errorf("beside the learned law: %+v", d.out.Terms)
	}
	d = fed(t, 21, 1)
	d.params.CanCool, d.in.Mode, d.temp = true, ModeCool, 22
	d.step()
	if d.out.Terms.FeedForward != 0 || d.state.Weather.Fed {
		t.Errorf("cooling: %+v", d.out.Terms)
	}
}

// The signature is that of a room at rest: half an hour of warming up is not in it.
func TestWhatIsLearnedOfTheWeather(t *testing.T) {
	for name, tt := range map[string]struct {
		prepare func(*drive)
		learns  bool
	}{
		"kept":       {func(d *drive) {}, true},
		"at 1 K":     {func(d *drive) { d.temp = 20.01 }, true},
		"beyond 1 K": {func(d *drive) { d.temp = 19.98 }, false},
		"no outside": {func(d *drive) { d.in.Outdoor.Known = false }, false},
		"tuning":     {func(d *drive) { d.in.Probe.Active = true }, false},
		"off":        {func(d *drive) { d.in.Mode = ModeOff }, false},
		"blind":      {func(d *drive) { d.in.Fault = FaultStuck }, false},
		"unseen":     {func(d *drive) { d.in.Other.Drives = true }, false},
	} {
		d := newDrive(t, 21, 21, ModeHeat)
		d.in.Outdoor = Outdoor{Known: true, Temperature: 1}
		tt.prepare(d)
		d.run(time.Minute)
		if got := d.state.Weather.Learnt > 0; got != tt.learns {
			t.Errorf("%s: learned for %v", name, d.state.Weather.Learnt)
		}
	}
}

func TestWeatherSurvivesARestartAndDamage(t *testing.T) {
	d := fed(t, 21, 1)
	saved := d.state.Save()
	got := Restore(saved, 0).Weather
	if got.Share != d.state.Weather.Share || got.Across != d.state.Weather.Across || got.Learnt != weatherTime || got.Met || got.Fed {
		t.Errorf("%+v, was %+v", got, d.state.Weather)
	}
	saved.Weather = SavedWeather{Share: math.NaN(), Across: 20, Learnt: weatherTime}
	if got := Restore(saved, 0).Weather; got != (Weather{}) {
		t.Errorf("damaged: %+v", got)
	}
	saved.Weather = SavedWeather{Share: 7, Across: 1e9, Learnt: 1 << 62}
	if got := Restore(saved, 0).Weather; got.Share != 1 || got.Across != 150 || got.Learnt != weatherTime {
		t.Errorf("out of range: %+v", got)
	}
}

// Whatever the weather says, integral and feed-forward together are a share.
func TestFeedForwardStaysAShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := DefaultParams()
		p.Predict = false
		s := State{Weather: Weather{Share: rapid.Float64().Draw(t, "share"), Across: rapid.Float64().Draw(t, "across"), Learnt: weatherTime}}
		in := Input{Mode: ModeHeat, Params: &p}
		for i := range 50 {
			in.Now += time.Second
			in.Reading = Reading{At: in.Now, Valid: true, Temperature: Celsius(20 + i%2)}
			in.Setpoint = Celsius(rapid.Float64().Draw(t, "setpoint"))
			in.Outdoor = Outdoor{rapid.Bool().Draw(t, "known"), Celsius(rapid.Float64().Draw(t, "outside"))}
			var out Outputs
			s, out, _ = Step(s, in)
			f, whole := out.Terms.FeedForward, out.Terms.FeedForward+out.Terms.Integral
			if !(f >= 0 && f <= 1) || !(whole >= -1e-12 && whole <= 1+1e-12) || !(s.PID.Heat >= 0 && s.PID.Heat <= 1) {
				t.Fatalf("%+v, integral %v", out.Terms, s.PID.Heat)
			}
		}
	})
}
