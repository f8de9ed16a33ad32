package trace_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quietstat/hvac"
	"quietstat/hvac/house"
	"quietstat/hvac/trace"
)

// wall is when the recordings of these tests begin: on a clock that is an hour east.
var wall = time.Date(2026, time.January, 12, 0, 0, 0, 0, time.FixedZone("", 3600))

// winter records hours in a house, with a door at two o'clock and ticks that come a
// little late, as on a real clock. Each tick is shown to change first.
func winter(hours int, r *trace.Recorder, change func(i int, t *trace.Tick)) {
	const boot = 500 * time.Hour
	h, noise := house.New(house.KindA, 1, 0), house.NewNoise(1)
	late := rand.New(rand.NewPCG(1, 2))
	p := hvac.DefaultParams()
	state := hvac.Restore(hvac.Saved{}, boot)
	in := hvac.Input{Mode: hvac.ModeHeat, Setpoint: 20, DoorCount: 1, Params: &p}
	in.Doors[0] = hvac.Contact{Known: true, Since: boot}
	var out hvac.Outputs
	for i := range hours * 3600 {
		h.Step(1, house.Inputs{Heat: out.Call == hvac.CallHeat})
		n := noise.Sample(1)
		in.Now = boot + time.Duration(i)*time.Second + time.Duration(late.IntN(200_000))
		if i%10 == 0 {
			c := h.Climate()
			in.Reading = hvac.Reading{At: in.Now, Valid: true, Temperature: c.Sensor + hvac.Celsius(n), Humidity: c.Humidity, Pressure: c.Pressure}
		}
		if open := i >= 7200 && i < 7500; open != in.Doors[0].Open {
			in.Doors[0] = hvac.Contact{Known: true, Open: open, Since: in.Now}
		}
		t := trace.Tick{In: in, Before: state, Epoch: trace.EpochOf(wall, boot), Trusted: true}
		t.After, t.Out, t.Why = hvac.Step(state, in)
		state, out = t.After, t.Out
		if change != nil {
			change(i, &t)
		}
		r.Take(t)
	}
}

func replay(t *testing.T, file []byte) (*trace.Day, trace.Report) {
	t.Helper()
	day, err := trace.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	report, err := day.Replay(nil)
	if err != nil {
		t.Fatal(err)
	}
	return day, report
}

func TestBytesPerDay(t *testing.T) {
	r := trace.NewRecorder(0)
	winter(24, r, nil)
	file := r.File()
	t.Logf("a day: %d bytes, %.2f a tick", len(file), float64(len(file))/86400)
	if len(file) > 1_300_000 {
		t.Errorf("a day takes %d bytes: the manual promises 1.2 MB", len(file))
	}
	_, report := replay(t, file)
	if report.Ticks != 86400 || report.Difference != nil || !report.Exact {
		t.Errorf("%+v (%v)", report, report.Difference)
	}
}

func TestBoundedRecorderKeepsTheNewest(t *testing.T) {
	r := trace.NewRecorder(200 << 10)
	winter(8, r, nil)
	file := r.File()
	if len(file) > 230<<10 {
		t.Errorf("%d bytes kept of 200 KiB", len(file))
	}
	_, report := replay(t, file)
	if report.Difference != nil || report.Ticks < 3600 || report.Ticks >= 8*3600 {
		t.Errorf("%+v (%v)", report, report.Difference)
	}
	if end := wall.Add(8*time.Hour - time.Second); report.To.Format(time.DateTime) != end.Format(time.DateTime) {
		t.Errorf("it ends at %v, want %v", report.To, end)
	}
}

func TestTakeAllocatesNothing(t *testing.T) {
	r := trace.NewRecorder(128 << 10)
	p := hvac.DefaultParams()
	state := hvac.Restore(hvac.Saved{}, 0)
	in := hvac.Input{Mode: hvac.ModeHeat, Setpoint: 20, Params: &p}
	rng := rand.New(rand.NewPCG(3, 4))
	n := testing.AllocsPerRun(5000, func() { // long enough for blocks to come round
		in.Now += time.Second
		in.Reading = hvac.Reading{At: in.Now, Valid: true, Temperature: hvac.Celsius(19 + rng.Float64())}
		tick := trace.Tick{In: in, Before: state}
		tick.After, tick.Out, tick.Why = hvac.Step(state, in)
		state = tick.After
		r.Take(tick)
	})
	if n != 0 {
		t.Errorf("%v allocations a tick", n)
	}
}

// A relay line that failed changes the state behind Step's back; ticks get lost; the
// household changes the parameters. None of it may be taken for a difference.
func TestReplayFollowsWhatHappensBetweenTicks(t *testing.T) {
	r := trace.NewRecorder(0)
	p, q := hvac.DefaultParams(), hvac.DefaultParams()
	q.MinOn = 5 * time.Minute
	state := hvac.Restore(hvac.Saved{}, 0)
	in := hvac.Input{Mode: hvac.ModeHeat, Setpoint: 25, Params: &p}
	for i := range 3600 {
		in.Now = time.Duration(i) * time.Second
		in.Reading = hvac.Reading{At: in.Now, Valid: true, Temperature: 20 + hvac.Celsius(math.Sin(float64(i)))/100}
		switch i {
		case 1200:
			state.Released()
		case 1500:
			in.Params = &q
		case 2000:
			in.Params = nil
		case 2100:
			in.Params = &p
		}
		tick := trace.Tick{In: in, Before: state}
		tick.After, tick.Out, tick.Why = hvac.Step(state, in)
		state = tick.After
		if i != 700 { // nobody had time to record it
			r.Take(tick)
		}
	}
	_, report := replay(t, r.File())
	if report.Ticks != 3599 || report.Difference != nil || report.Blocks < 6 {
		t.Errorf("%+v (%v)", report, report.Difference)
	}
}

// TestReplayAnything records whatever the controller can be told at all.
func TestReplayAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		odd := rapid.OneOf(rapid.Float64Range(-60, 120), rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1)}))
		p := hvac.DefaultParams()
		p.CanCool = rapid.Bool().Draw(t, "can cool")
		r, state, ticks := trace.NewRecorder(0), hvac.State{}, rapid.IntRange(1, 60).Draw(t, "ticks")
		in := hvac.Input{Params: &p}
		for range ticks {
			in.Now += time.Duration(rapid.OneOf(rapid.Int64Range(0, int64(time.Hour)), rapid.Int64()).Draw(t, "dt"))
			in.Mode = hvac.Mode(rapid.Uint8Range(0, 6).Draw(t, "mode"))
			in.Fault = hvac.SensorFault(rapid.Uint8Range(0, 8).Draw(t, "fault"))
			in.Setpoint = hvac.Celsius(odd.Draw(t, "setpoint"))
			in.Reading = hvac.Reading{At: in.Now, Valid: rapid.Bool().Draw(t, "valid"), Temperature: hvac.Celsius(odd.Draw(t, "temperature"))}
			in.Outdoor = hvac.Outdoor{Known: rapid.Bool().Draw(t, "out"), Temperature: hvac.Celsius(odd.Draw(t, "outdoor"))}
			in.DoorCount = rapid.IntRange(-1, 10).Draw(t, "doors")
			in.Doors[0].Known, in.Doors[0].Open = rapid.Bool().Draw(t, "known"), rapid.Bool().Draw(t, "open")
			tick := trace.Tick{In: in, Before: state}
			tick.After, tick.Out, tick.Why = hvac.Step(state, in)
			state = tick.After
			r.Take(tick)
		}
		day, err := trace.Decode(r.File())
		if err != nil {
			t.Fatal(err)
		}
		report, err := day.Replay(nil)
		if err != nil || report.Ticks != ticks || report.Difference != nil {
			t.Fatalf("%+v, %v, %v", report, report.Difference, err)
		}
	})
}
