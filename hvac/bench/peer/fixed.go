package peer

import (
	"time"

	"quietstat/hvac/bench/trial"
)

// Fixed is a PID with gains that were made for one house:
//
//	u = Kp·(e + 1/Ti ∫e dt - Td·dT/dt) + Ke·(setpoint - outdoors)
//
// T is the measurement behind a filter of 30 s; the integral stands still while the
// output is at its end and the error would push it further.
type Fixed struct {
	Gains
	filtered, integral, u float64
	at                    time.Duration
	begun                 bool
	relay                 swing
}

// Gains of a Fixed.
type Gains struct {
	Kp float64 // 1/K
	Ti float64 // s
	Td float64 // s
	Ke float64 // 1/K, outdoor feed-forward; 0: without an outdoor sensor
}

const filterTime = 30.0 // s

// Sampling is ten seconds.
func (f *Fixed) Sampling() time.Duration { return 10 * time.Second }

// Tick computes with a fresh sample and modulates always.
func (f *Fixed) Tick(now time.Duration, in trial.Sight) bool {
	if in.Sample.At == now {
		f.sample(now, in)
	}
	return f.relay.tick(now, f.u)
}

func (f *Fixed) sample(now time.Duration, in trial.Sight) {
	t, dt := float64(in.Sample.Temperature), (now - f.at).Seconds()
	if !f.begun {
		f.filtered, f.begun, dt = t, true, 0
	}
	f.at = now
	slope := (t - f.filtered) / (filterTime + dt)
	f.filtered += slope * dt
	e := float64(in.Setpoint) - f.filtered
	rest := f.Kp*(e-f.Td*slope) + f.Ke*float64(in.Setpoint-in.Outdoor)
	if v := rest + f.integral; !(v >= 1 && e > 0) && !(v <= 0 && e < 0) {
		f.integral = min(max(f.integral+f.Kp*e*dt/f.Ti, -1), 1)
	}
	f.u = min(max(rest+f.integral, 0), 1)
}

// A swing is the relay law on = m/(1-u), off = m/u with m = trial.Dwell: the cycle
// grows where the share is far from a half, and no run or pause is ever below m.
type swing struct {
	on    bool
	since time.Duration
	begun bool
}

func (s *swing) tick(now time.Duration, u float64) bool {
	if !s.begun {
		s.since, s.begun = now-trial.Dwell, true // what was before does not count
	}
	left := 1 - u // share of the other state
	if !s.on {
		left = u
	}
	held := now - s.since
	if held >= trial.Dwell && held.Seconds()*left >= trial.Dwell.Seconds() {
		s.on, s.since = !s.on, now
	}
	return s.on
}
