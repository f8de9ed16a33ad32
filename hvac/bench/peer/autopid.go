package peer

import (
	"time"

	"quietstat/hvac/bench/trial"
	"quietstat/hvac/house"
)

// AutoPID is ESPHome's pid climate (esphome/components/pid):
//
//	u = Kp·e + Σ Ki·e·dt + Kd·de/dt
//
// with every sample, a setpoint change taken out of de/dt, the sum clamped to -1 and 1,
// the derivative and the output averaged over the last five samples, and slow_pwm of
// ten minutes behind it, which compares with every loop.
type AutoPID struct {
	Kp float64 // 1/K
	Ki float64 // 1/(K·s)
	Kd float64 // s/K

	sum         float64
	before      float64
	at          time.Duration
	begun       bool
	derivatives average
	outputs     average
	u           float64
}

// Autotuned are the gains ESPHome's own autotuner was measured to find in each house
// (noise band 0.25 K, Ziegler-Nichols, one relay test).
func Autotuned(k house.Kind) *AutoPID {
	switch k {
	case house.KindE:
		return &AutoPID{Kp: .943, Ki: .00068, Kd: 325}
	case house.KindR:
		return &AutoPID{Kp: .413, Ki: .00020, Kd: 211}
	case house.KindU:
		return &AutoPID{Kp: 1.08, Ki: 8.9e-5, Kd: 3247}
	}
	return &AutoPID{Kp: .858, Ki: .00123, Kd: 149}
}

// pwmPeriod is that of slow_pwm.
const pwmPeriod = 10 * time.Minute

// Sampling is a minute.
func (p *AutoPID) Sampling() time.Duration { return time.Minute }

// Tick computes with a fresh sample and modulates always.
func (p *AutoPID) Tick(now time.Duration, in trial.Sight) bool {
	if in.Sample.At == now {
		p.sample(now, in)
	}
	return time.Duration(p.u*float64(pwmPeriod)) > now%pwmPeriod
}

func (p *AutoPID) sample(now time.Duration, in trial.Sight) {
	t := float64(in.Sample.Temperature)
	e := float64(in.Setpoint) - t
	slope := 0.0
	if dt := (now - p.at).Seconds(); p.begun && dt > 0 {
		p.sum = min(max(p.sum+p.Ki*e*dt, -1), 1)
		slope = (p.before - t) / dt // de/dt at an unchanged setpoint
	}
	p.before, p.at, p.begun = t, now, true
	p.u = min(max(p.outputs.add(p.Kp*e+p.sum+p.Kd*p.derivatives.add(slope)), 0), 1)
}

// An average is that of the last five.
type average struct {
	last [5]float64
	n    int
}

func (a *average) add(v float64) float64 {
	a.last[a.n%len(a.last)] = v
	a.n++
	n := min(a.n, len(a.last))
	sum := 0.0
	for _, v := range a.last[:n] {
		sum += v
	}
	return sum / float64(n)
}
