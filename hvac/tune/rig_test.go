package tune

import (
	"math"
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
	dead     bool          // the relay is unplugged
	share    float64       // of the heater's power that is left, 0: all
	limit    time.Duration // of the experiment
	blindAt  time.Duration // from then on there are no samples; 0: never
	stormAt  time.Duration // from then on the door is open every other half hour; 0: never
}

// run is the experiment to its end, and the house afterwards.
func (r rig) run(t interface{ Fatal(...any) }) (*Experiment, Status) {
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
		if at%r.every == 0 && (r.blindAt == 0 || at < r.blindAt) {
			sample(at)
		}
		doors := 0
		if r.stormAt > 0 && at >= r.stormAt && at%time.Hour < 30*time.Minute {
			doors = 1
		}
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
	}
	return e, status
}
