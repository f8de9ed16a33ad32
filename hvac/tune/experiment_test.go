package tune

import (
	"errors"
	"math"
	"testing"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

// limits are how long an experiment may take in each house.
var limits = map[house.Kind]time.Duration{
	house.KindA: 90 * time.Minute, house.KindE: 150 * time.Minute, house.KindR: 210 * time.Minute, house.KindU: 24 * time.Hour,
}

// Every house is measured in time: from rest at the setpoint or 2 K below it, in mild
// and cold weather, whatever the sensor's period, with a door open for ten minutes or
// without.
func TestExperimentIsDoneInTime(t *testing.T) {
	for _, k := range house.Kinds {
		longest := time.Duration(0)
		for seed := uint64(1); seed <= 3; seed++ {
			for _, held := range []hvac.Celsius{19, 21} {
				for _, outdoor := range []hvac.Celsius{0, 8} {
					for _, every := range []time.Duration{10 * time.Second, time.Minute} {
						for _, door := range []time.Duration{0, limits[k] / 4} {
							r := rig{kind: k, seed: seed, held: held, outdoor: outdoor, setpoint: 21, every: every, doorAt: door}
							_, s := r.run(t)
							if s.Phase != Done || s.Elapsed > limits[k] || s.Strokes < neededAfterDoor-1 || s.Band < leastBand || s.Band > 0.2 {
								t.Errorf("%+v: %+v", r, s)
							}
							longest = max(longest, s.Elapsed)
						}
					}
				}
			}
		}
		t.Logf("house %v: at most %v of %v", k, longest, limits[k])
	}
}

// A house that cannot be tuned ends the experiment by itself, with the reason.
func TestExperimentGivesUp(t *testing.T) {
	sunny := house.Weather{Mean: 14, Amplitude: 4, Sun: 700}
	winter := rig{kind: house.KindA, seed: 1, held: 21, outdoor: 0, setpoint: 21, every: 10 * time.Second}
	for _, c := range []struct {
		name   string
		change func(*rig)
		want   []Failure
		within time.Duration
	}{
		{"relay unplugged, light house", func(r *rig) { r.dead = true }, []Failure{NoRise}, 2 * time.Hour},
		{"relay unplugged, heavy house", func(r *rig) { r.kind, r.dead = house.KindU, true }, []Failure{NoRise}, 3 * time.Hour},
		{"far too small", func(r *rig) { r.share = 0.1 }, []Failure{NoRise}, 3 * time.Hour},
		{"just too small", func(r *rig) { r.share = 0.44 }, []Failure{NoRise, TooWeak}, 14 * time.Hour},
		{"sun", func(r *rig) { r.kind, r.weather = house.KindU, &sunny }, []Failure{TooWarm, OverTemperature}, 18 * time.Hour},
		{"sensor dies", func(r *rig) { r.blindAt = 30 * time.Minute }, []Failure{SensorLost}, 50 * time.Minute},
		{"a door that will not stay shut", func(r *rig) { r.stormAt = 20 * time.Minute }, []Failure{Disturbed}, 5 * time.Hour},
		{"no time", func(r *rig) { r.limit = 40 * time.Minute }, []Failure{TimedOut}, 40 * time.Minute},
	} {
		r := winter
		c.change(&r)
		_, s := r.run(t)
		found := false
		for _, w := range c.want {
			found = found || s.Failure == w
		}
		if s.Phase != Failed || !found || s.Elapsed > c.within {
			t.Errorf("%s: %v %v after %v, want %v within %v", c.name, s.Phase, s.Failure.Word(), s.Elapsed, c.want, c.within)
		}
	}
}

// bench drives an experiment by hand.
type bench struct {
	t    *testing.T
	e    *Experiment
	now  time.Duration
	last Status
	want hvac.Call
}

func byHand(t *testing.T, o Options, temp hvac.Celsius) *bench {
	t.Helper()
	e, err := New(o, 0, temp)
	if err != nil {
		t.Fatal(err)
	}
	return &bench{t: t, e: e}
}

// hold lets seconds pass at a temperature, the relay obeying.
func (b *bench) hold(span time.Duration, temp float64, paused bool) Status {
	for end := b.now + span; b.now < end; {
		b.now += 10 * time.Second
		b.want, b.last = b.e.Step(b.now, Sample{At: b.now, Valid: true, Temperature: hvac.Celsius(temp)}, b.want == hvac.CallHeat && !paused, paused)
	}
	return b.last
}

func TestBandAroundTheEdges(t *testing.T) {
	b := byHand(t, Options{Setpoint: 21}, 21)
	if s := b.hold(watchTime-10*time.Second, 21, false); s.Phase != Watching || b.want != hvac.CallNone {
		t.Fatalf("a tick before the watch ends: %+v", s)
	}
	if s := b.hold(20*time.Second, 21, false); s.Phase != Cycling || s.Band != leastBand || s.Noise != leastNoise {
		t.Fatalf("after it: %+v", s)
	}
	if b.hold(30*time.Second, 20.901, false); b.want != hvac.CallNone {
		t.Error("it heats within the band")
	}
	if b.hold(10*time.Second, 20.9, false); b.want != hvac.CallHeat {
		t.Error("it does not heat below the band")
	}
	if b.hold(170*time.Second, 21.2, false); b.want != hvac.CallHeat {
		t.Error("it stopped before the shortest run was over")
	}
	if b.hold(30*time.Second, 21.2, false); b.want != hvac.CallNone {
		t.Error("it heats above the band")
	}
	if b.hold(170*time.Second, 20.5, false); b.want != hvac.CallNone {
		t.Error("it started before the shortest pause was over")
	}
	if b.hold(30*time.Second, 20.5, false); b.want != hvac.CallHeat {
		t.Error("it does not heat after the pause")
	}
	b.hold(200*time.Second, 20.5, false)
	if b.hold(10*time.Second, 21.15, false); b.want != hvac.CallHeat {
		t.Error("the second way up has no bias")
	}
	if b.hold(10*time.Second, 21.2, false); b.want != hvac.CallNone {
		t.Error("the bias goes too far")
	}
}

func TestExperimentLimits(t *testing.T) {
	started := func(t *testing.T) *bench {
		b := byHand(t, Options{Setpoint: 21}, 21)
		b.hold(watchTime+10*time.Second, 21, false)
		b.hold(time.Minute, 20.8, false) // heating
		return b
	}
	for _, c := range []struct {
		name string
		do   func(b *bench)
		want Failure
	}{
		{"just below the ceiling", func(b *bench) { b.hold(10*time.Second, 22.99, false) }, NoFailure},
		{"at the ceiling", func(b *bench) { b.hold(10*time.Second, 23, false) }, OverTemperature},
		{"no rise, almost 2 h", func(b *bench) { b.hold(noRiseAfter-2*time.Minute, 20.8, false) }, NoFailure},
		{"no rise for 2 h", func(b *bench) { b.hold(noRiseAfter+time.Minute, 20.8, false) }, NoRise},
		{"a little rise", func(b *bench) { b.hold(time.Hour, 20.8, false); b.hold(longestOn-2*time.Hour, 20.9, false) }, NoFailure},
		{"never through the band", func(b *bench) { b.hold(time.Hour, 20.8, false); b.hold(longestOn, 20.9, false) }, TooWeak},
		{"never down again", func(b *bench) { b.hold(5*time.Minute, 21.2, false); b.hold(longestOff, 21, false) }, TooWarm},
		{"a fall with the heating just on", func(b *bench) { b.hold(time.Minute, 18.9, false) }, NoFailure},
		{"a fall in spite of the heating", func(b *bench) { b.hold(fairChance+10*time.Second, 18.9, false) }, NoRise},
		{"a fall with the heating off", func(b *bench) { b.hold(5*time.Minute, 21.2, false); b.hold(10*time.Second, 18.9, false) }, TooCold},
		{"a long pause", func(b *bench) { b.hold(mostWaiting-10*time.Second, 18, true) }, NoFailure},
		{"too long a pause", func(b *bench) { b.hold(mostWaiting+10*time.Second, 18, true) }, Disturbed},
		{"three pauses", func(b *bench) {
			for range mostDoors {
				b.hold(time.Minute, 20.8, true)
				b.hold(time.Minute, 20.8, false)
			}
		}, NoFailure},
		{"four pauses", func(b *bench) {
			for range mostDoors + 1 {
				b.hold(time.Minute, 20.8, true)
				b.hold(time.Minute, 20.8, false)
			}
		}, Disturbed},
		{"time runs backwards", func(b *bench) { b.now -= time.Minute; b.hold(10*time.Second, 20.8, false) }, ClockBack},
		{"a gap", func(b *bench) { b.now += mostGap - 10*time.Second; b.hold(10*time.Second, 20.8, false) }, NoFailure},
		{"too long a gap", func(b *bench) { b.now += mostGap; b.hold(10*time.Second, 20.8, false) }, ClockBack},
		{"abort", func(b *bench) { b.last = b.e.Abort() }, Aborted},
	} {
		b := started(t)
		if c.do(b); b.last.Failure != c.want || (c.want != NoFailure) != (b.last.Phase == Failed) {
			t.Errorf("%s: %v, want %v (%+v)", c.name, b.last.Failure.Word(), c.want.Word(), b.last)
		}
		if c.want == NoFailure {
			continue
		}
		if call, s := b.e.Step(b.now+time.Second, Sample{}, true, false); call != hvac.CallNone || s != b.last {
			t.Errorf("%s: after the end it wants %v and says %+v", c.name, call, s)
		}
	}
}

// A relay that does not follow, or moves by itself, is noticed.
func TestRelayThatDoesNotObey(t *testing.T) {
	for _, stuck := range []bool{false, true} {
		e, err := New(Options{Setpoint: 21}, 0, 21)
		if err != nil {
			t.Fatal(err)
		}
		temp := hvac.Celsius(20.5)
		if stuck {
			temp = 21.5
		}
		var s Status
		for now := time.Duration(0); now < time.Hour && (now == 0 || s.Running()); now += 10 * time.Second {
			_, s = e.Step(now, Sample{At: now, Valid: true, Temperature: temp}, stuck, false)
		}
		if s.Failure != NotObeyed || s.Elapsed > watchMost+mostUnlike+time.Minute {
			t.Errorf("stuck %v: %+v", stuck, s)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	nan := hvac.Celsius(math.NaN())
	for _, c := range []struct {
		name    string
		o       Options
		temp    hvac.Celsius
		ok      bool
		failure Failure
		centre  hvac.Celsius
	}{
		{"ordinary", Options{Setpoint: 21}, 21, true, 0, 21},
		{"a kelvin below", Options{Setpoint: 21}, 20, true, 0, 21},
		{"colder", Options{Setpoint: 21}, 19.9, true, 0, 19.9},
		{"a kelvin above", Options{Setpoint: 21}, 22, true, 0, 21},
		{"warmer", Options{Setpoint: 21}, 22.01, false, TooWarm, 0},
		{"at the ceiling", Options{Setpoint: 21, Ceiling: 21.5}, 21.6, false, OverTemperature, 0},
		{"no temperature", Options{Setpoint: 21}, nan, false, OverTemperature, 0},
		{"no setpoint", Options{}, 21, false, 0, 0},
		{"a senseless setpoint", Options{Setpoint: nan}, 21, false, 0, 0},
		{"short run", Options{Setpoint: 21, MinOn: 59 * time.Second}, 21, false, 0, 0},
		{"shortest run", Options{Setpoint: 21, MinOn: time.Minute}, 21, true, 0, 21},
		{"long pause", Options{Setpoint: 21, MinOff: 31 * time.Minute}, 21, false, 0, 0},
		{"no time", Options{Setpoint: 21, TimeLimit: 29 * time.Minute}, 21, false, 0, 0},
		{"too much time", Options{Setpoint: 21, TimeLimit: 25 * time.Hour}, 21, false, 0, 0},
	} {
		e, err := New(c.o, 0, c.temp)
		var failed *FailedError
		if (err == nil) != c.ok || errors.As(err, &failed) != (c.failure != NoFailure) || failed != nil && failed.Failure != c.failure {
			t.Errorf("%s: %v", c.name, err)
		}
		if err == nil && e.status.Centre != c.centre {
			t.Errorf("%s: around %v, want %v", c.name, e.status.Centre, c.centre)
		}
	}
}

func TestStepAllocatesNothing(t *testing.T) {
	e, err := New(Options{Setpoint: 21}, 0, 21)
	if err != nil {
		t.Fatal(err)
	}
	now, call := time.Duration(0), hvac.CallNone
	if n := testing.AllocsPerRun(5000, func() {
		now += 10 * time.Second
		temp := 21 + 0.3*math.Sin(now.Hours()*6)
		call, _ = e.Step(now, Sample{At: now, Valid: true, Temperature: hvac.Celsius(temp)}, call == hvac.CallHeat, false)
	}); n != 0 {
		t.Errorf("a step allocates %v times", n)
	}
}

func BenchmarkStep(b *testing.B) {
	b.ReportAllocs()
	e, _ := New(Options{Setpoint: 21}, 0, 21)
	now := time.Duration(0)
	for b.Loop() {
		if now += time.Second; !e.status.Running() {
			b.StopTimer()
			e, _ = New(Options{Setpoint: 21}, now, 21)
			b.StartTimer()
		}
		e.Step(now, Sample{At: now, Valid: true, Temperature: 21}, false, false)
	}
}
