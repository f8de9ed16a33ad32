package trial

import (
	"math"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

// A Controller drives one heating relay. It serves one run.
type Controller interface {
	// Tick is called every second and says whether the relay is on for the next one.
	Tick(now time.Duration, in Sight) (heat bool)
	// Sampling is how often it gets a new sample.
	Sampling() time.Duration
}

// Sight is what there is to see. Most controllers have no eyes for most of it: the
// outdoor temperature needs a sensor outside, and Ahead a schedule.
type Sight struct {
	Sample   hvac.Reading // the newest; At tells how old it is
	Setpoint hvac.Celsius
	Outdoor  hvac.Celsius
	Ahead    hvac.Transition
}

// A Moment is one second of a run, for whoever wants to draw it.
type Moment struct {
	At       time.Duration // since the start
	Local    time.Duration // time of day
	Setpoint hvac.Celsius
	Sensor   hvac.Celsius // the true temperature there
	Outdoor  hvac.Celsius
	Heat     bool
}

// Run lets c drive the scenario's house and measures. The seed is that of sensor
// noise and clouds; watch may be nil.
func Run(sc *Scenario, c Controller, seed uint64, watch func(Moment)) Result {
	h, noise, every := sc.House(seed), house.NewNoise(seed), c.Sampling()
	m, w := newMeasure(), Witness{}
	var in Sight
	climate := h.Climate()
	for at := time.Duration(0); at < sc.Length; at += time.Second {
		if at%every == 0 {
			t := float64(climate.Sensor) + noise.Sample(every.Seconds())
			in.Sample = hvac.Reading{At: at, Valid: true, Temperature: hvac.Celsius(math.Round(t*100) / 100)}
		}
		in.Setpoint, in.Outdoor, in.Ahead = sc.Setpoint(at), climate.Outdoor, sc.Ahead(at)
		heat := c.Tick(at, in)
		w.See(at, heat, at >= sc.Settle)
		h.Step(1, house.Inputs{Heat: heat, DoorsOpen: sc.DoorsOpen(at)})
		climate = h.Climate()
		if sc.Counts(at) {
			m.add(at+time.Second-sc.Settle, float64(climate.Sensor-in.Setpoint))
		}
		if watch != nil {
			watch(Moment{At: at, Local: sc.local(at), Setpoint: in.Setpoint, Sensor: climate.Sensor, Outdoor: climate.Outdoor, Heat: heat})
		}
	}
	w.Close(sc.Length)
	return m.result(&w, sc.Length-sc.Settle, h.Power())
}
