package house

import (
	"math"
	"time"

	"quietstat/hvac"
)

// Inputs is what acts on the house during one Step.
type Inputs struct {
	Heat      bool
	Cool      bool // ignored unless SetCooling gave the house a cooling plant
	DoorsOpen int  // how many outer doors stand open, 0 to hvac.MaxDoors

	OutdoorSet bool         // Outdoor replaces the weather
	Outdoor    hvac.Celsius // only if OutdoorSet
}

// Climate is what one could measure. Sensor is the temperature at the sensor's
// place, without noise: see Noise.
type Climate struct {
	Air      hvac.Celsius
	Sensor   hvac.Celsius
	Outdoor  hvac.Celsius
	Humidity hvac.Percent // relative, at the sensor
	Pressure hvac.Pascal
}

// A House is one simulated building. It is not safe for concurrent use. The
// zero House is not usable; make one with New.
type House struct {
	plan    plan
	weather Weather
	life    Life
	cooling float64 // kW

	ti, te, th, ts float64 // °C: air, envelope, emitter, sensor
	outdoor        float64

	second float64 // of the local day
	since  float64 // s since the start
	part   float64 // s of the running second already given
	on     float64 // s of it with heating, less cooling·cooling/power
	pipe   [256]float64
	head   int

	sky sky
	air air
}

// doorLoss is the air exchange through one open outer door, kW/K.
const doorLoss = 0.36

// airShare of the sun warms the air at once, the rest the envelope.
const airShare = 0.1

// New builds a house at 17 °C in Winter weather, lived in. start is the local
// time of day as time since midnight. Two houses with equal arguments are equal
// and stay so under equal Inputs, on every machine. An unknown kind is KindA.
func New(kind Kind, seed uint64, start time.Duration) *House {
	p, ok := plans[kind]
	if !ok {
		p = plans[KindA]
	}
	h := &House{plan: p, weather: Winter(), life: Life{People: true, Cooking: true}}
	h.second = math.Mod(max(0, start.Seconds()), day)
	h.sky = sky{rng: stream(seed, 1)}
	h.air = air{rng: stream(seed, 2), pressure: seaLevel}
	h.SetInitial(17)
	return h
}

// Power is the heating power in kW.
func (h *House) Power() float64 { return h.plan.power }

// Loss is the steady heat loss to the outdoors in kW/K (the published UA).
func (h *House) Loss() float64 { return 1/(h.plan.rie+h.plan.rea) + h.plan.gia }

// SetWeather replaces the weather from now on.
func (h *House) SetWeather(w Weather) {
	h.weather = w
	h.outdoor = w.outdoor(h.second, h.since)
}

// SetLife replaces what people do from now on.
func (h *House) SetLife(l Life) { h.life = l }

// SetCooling gives the house a cooling plant of so many kW (0: none), which
// works through the same emitter and with the same dead time as heating.
func (h *House) SetCooling(kW float64) { h.cooling = max(0, kW) }

// SetInitial puts the house into the steady state of having been held at temp in
// the present outdoor temperature without sun or people, and empties the pipe.
func (h *House) SetInitial(temp hvac.Celsius) {
	p, t := &h.plan, float64(temp)
	h.outdoor = h.weather.outdoor(h.second, h.since)
	h.ti, h.ts = t, t
	h.te = t - float64((t-h.outdoor)*(p.rie/(p.rie+p.rea)))
	need := min(max(float64(h.Loss()*(t-h.outdoor)), 0), p.power)
	h.th = t + float64(need*p.rih)
	for i := range h.pipe {
		h.pipe[i] = need / p.power
	}
	h.air.moisture = float64(saturation(t) * 0.45)
}

// Step lets dt seconds pass (0 and less: nothing). The physics runs in whole
// seconds; what is on for a part of one counts in part.
func (h *House) Step(dt float64, in Inputs) {
	level := 0.0
	switch {
	case in.Heat:
		level = 1
	case in.Cool:
		level = -h.cooling / h.plan.power
	}
	for dt > 0 {
		d := min(dt, 1-h.part)
		h.on += float64(level * d)
		h.part += d
		dt -= d
		if h.part > 1-1e-9 {
			h.tick(h.on, in)
			h.part, h.on = 0, 0
		}
	}
}

// Climate is what the house is like now.
func (h *House) Climate() Climate {
	return Climate{
		Air:      hvac.Celsius(h.ti),
		Sensor:   hvac.Celsius(h.ts),
		Outdoor:  hvac.Celsius(h.outdoor),
		Humidity: hvac.Percent(h.air.humidity(h.ts)),
		Pressure: hvac.Pascal(h.air.pressure + h.air.puff),
	}
}
