package house

import (
	"fmt"
	"math"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/exact"
)

// Modelled is a simulated house made from a Model. It is deterministic, advances in
// whole ticks, and is not safe for concurrent use. Make it with NewModelled.
type Modelled struct {
	model  Model
	keep   [MaxModes]float64 // what is left of a difference after a tick
	weight [MaxModes]float64 // K, share of each mode in the sensor
	state  [MaxModes]float64 // input behind each time constant
	lagged float64           // input behind Lag
	lag    struct{ keep, weight float64 }

	pipe  []float64 // inputs of the last ticks, newest at head
	head  int
	whole int     // ticks of dead time
	part  float64 // and part of one

	other float64
}

// NewModelled builds the house, at rest without heating, for Steps of one tick: 1 s to
// 10 min. The error is Validate's, or names the tick.
func NewModelled(m Model, tick time.Duration) (*Modelled, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	if tick < time.Second || tick > 10*time.Minute {
		return nil, fmt.Errorf("model of a house: a tick of %v, expected 1s to 10m", tick)
	}
	h := &Modelled{model: m}
	lag := m.Lag.Seconds()
	for i, mode := range m.Modes {
		if mode.TimeConstant == 0 {
			continue
		}
		tau := mode.TimeConstant.Seconds()
		h.keep[i], h.weight[i] = exact.Exp(-min(tick.Seconds()/tau, 600)), mode.Gain
		if lag > 0 {
			h.weight[i] = mode.Gain * tau / (tau - lag)
			h.lag.weight -= mode.Gain * lag / (tau - lag)
		}
	}
	if lag > 0 {
		h.lag.keep = exact.Exp(-min(tick.Seconds()/lag, 600))
	}
	ticks := m.DeadTime.Seconds() / tick.Seconds()
	h.whole = int(math.Floor(ticks))
	h.part = ticks - float64(h.whole)
	h.pipe = make([]float64, h.whole+2)
	return h, nil
}

// SetInitial puts the house into the steady state of having been held at temp as far
// as its heater can.
func (h *Modelled) SetInitial(temp hvac.Celsius) {
	duty := min(max((float64(temp-h.model.Rest)-float64(h.other*h.model.Gain()))/h.model.Gain(), 0), 1)
	for i := range h.pipe {
		h.pipe[i] = duty
	}
	for i := range h.state {
		h.state[i] = duty + h.other
	}
	h.lagged = duty + h.other
}

// SetOther sets other heat (sun, people; negative: a colder day) as a share of the
// heater's power. It acts without the heater's dead time.
func (h *Modelled) SetOther(share float64) { h.other = share }

// Step lets one tick pass with the heater on or off.
func (h *Modelled) Step(heat bool) {
	h.head = (h.head + 1) % len(h.pipe)
	h.pipe[h.head] = 0
	if heat {
		h.pipe[h.head] = 1
	}
	at := func(ago int) float64 { return h.pipe[(h.head-ago+len(h.pipe))%len(h.pipe)] }
	u := float64((1-h.part)*at(h.whole)) + float64(h.part*at(h.whole+1)) + h.other
	for i := range h.state {
		h.state[i] = u + float64(h.keep[i]*(h.state[i]-u))
	}
	h.lagged = u + float64(h.lag.keep*(h.lagged-u))
}

// Temperature is that at the sensor, without noise: see Noise.
func (h *Modelled) Temperature() hvac.Celsius {
	sum := float64(h.model.Rest) + float64(h.lag.weight*h.lagged)
	for i, w := range h.weight {
		sum += float64(w * h.state[i])
	}
	return hvac.Celsius(sum)
}
