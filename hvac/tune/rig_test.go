package tune

import (
	"math"
	"testing"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

// A rig is a house under an experiment, with everything of hvac in between.
type rig struct {
	kind     house.Kind
	seed     uint64
	held     hvac.Celsius
	outdoor  hvac.Celsius
	setpoint hvac.Celsius
	every    time.Duration // between samples
	doorAt   time.Duration // 0: none
	weather  *house.Weather
	dead     bool                              // the relay is unplugged
	share    float64                           // of the heater's power that is left, 0: all
	limit    time.Duration                     // of the experiment
	see      func(at time.Duration, t float64) // nil: nobody looks
}

// run is the experiment to its end, and the house afterwards.
func (r rig) run(t testing.TB) (*Experiment, Status) {
	t.Helper()
	h := house.New(r.kind, r.seed, 0)
	h.SetWeather(house.Weather{Mean: r.outdoor})
	if r.weather != nil {
		h.SetWeather(*r.weather)
	}
	h.SetLife(house.Life{})
	h.SetInitial(r.held)
	noise := house.NewNoise(r.seed)
	p := hvac.DefaultParams()
	const tick = 2 * time.Second
	p.Tick = tick
	in := hvac.Input{Mode: hvac.ModeHeat, Setpoint: r.setpoint, Params: &p, DoorCount: 1}
	sample := func(at time.Duration) {
		x := float64(h.Climate().Sensor) + noise.Sample(r.every.Seconds())
		in.Reading = hvac.Reading{At: at, Valid: true, Temperature: hvac.Celsius(math.Round(x*100) / 100)}
	}
	sample(0)
	e, err := New(Options{Setpoint: r.setpoint, TimeLimit: r.limit}, 0, in.Reading.Temperature)
	if err != nil {
		t.Fatal(err)
	}
	var s hvac.State
	s.Relay.Held = time.Hour
	var out hvac.Outputs
	var call hvac.Call
	status := e.status
	power := 0.0
	for at := time.Duration(0); at <= 25*time.Hour; at += tick {
		if at%r.every == 0 {
			sample(at)
		}
		doors := 0
		if r.doorAt > 0 && at >= r.doorAt && at < r.doorAt+10*time.Minute {
			doors = 1
		}
		in.Doors[0] = hvac.Contact{Known: true, Open: doors > 0}
		paused := s.Doors[0].Holds
		call, status = e.Step(at, Sample{At: in.Reading.At, Valid: true, Temperature: in.Reading.Temperature}, out.Call == hvac.CallHeat, paused)
		if !status.Running() {
			break
		}
		in.Now = at
		in.Probe = hvac.Probe{Active: true, Call: call}
		s, out, _ = hvac.Step(s, in)
		heat := out.Call == hvac.CallHeat && !r.dead
		if r.share > 0 && heat { // a weaker heater is one that is on for a part of each second
			power += r.share
			if heat = power >= 1; heat {
				power--
			}
		}
		h.Step(tick.Seconds(), house.Inputs{Heat: heat, DoorsOpen: doors})
		if r.see != nil {
			r.see(at, float64(h.Climate().Sensor))
		}
	}
	return e, status
}

// limits are how long an experiment may take in each house.
var limits = map[house.Kind]time.Duration{
	house.KindA: 90 * time.Minute, house.KindE: 150 * time.Minute, house.KindR: 210 * time.Minute, house.KindU: 24 * time.Hour,
}

func TestExperimentTimes(t *testing.T) {
	for _, k := range house.Kinds {
		for seed := uint64(1); seed <= 3; seed++ {
			for _, held := range []hvac.Celsius{19, 21} {
				for _, outdoor := range []hvac.Celsius{0, 8} {
					for _, every := range []time.Duration{10 * time.Second, time.Minute} {
						for _, door := range []time.Duration{0, limits[k] / 4} {
							_, s := rig{kind: k, seed: seed, held: held, outdoor: outdoor, setpoint: 21, every: every, doorAt: door}.run(t)
							bad := ""
							if s.Phase != Done || s.Elapsed > limits[k] {
								bad = "  <-----"
							}
							t.Logf("%v seed %d held %v out %v every %v door %v: %v %v after %v, %d strokes, noise %.3f band %.2f%s", k, seed, held, outdoor, every, door, s.Phase, s.Failure.Word(), s.Elapsed, s.Strokes, s.Noise, s.Band, bad)
						}
					}
				}
			}
		}
	}
}
