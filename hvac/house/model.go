package house

import (
	"fmt"
	"math"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/exact"
)

// MaxModes is how many modes a Model can have.
const MaxModes = 8

// Mode is one part of a response: a first-order lag.
type Mode struct {
	Gain         float64       // K at full power, when it is over
	TimeConstant time.Duration // 1 s to 30 days; 0: there is no such mode
}

// Model is a house known only by how the sensor answers to the heater: full power
// raises it, DeadTime later and smoothed by Lag, by the sum of
// Gain·(1 - exact.Exp(-t/TimeConstant)). It is what a test in a real house can find out.
type Model struct {
	Modes    [MaxModes]Mode
	DeadTime time.Duration // 0 to 2 h
	Lag      time.Duration // common first-order lag, 0 to 2 h; at least 1 % away from every TimeConstant
	Rest     hvac.Celsius  // where the sensor goes without heating, -60 to 60
}

// Gain is the rise at full power in the end, in kelvin.
func (m Model) Gain() float64 {
	sum := 0.0
	for _, mode := range m.Modes {
		if mode.TimeConstant != 0 {
			sum += mode.Gain
		}
	}
	return sum
}

// Scaled is the house with all gains multiplied, and with everything that delays
// multiplied: dead time and Lag, as far as a Model may have them.
func (m Model) Scaled(gain, delay float64) Model {
	for i := range m.Modes {
		m.Modes[i].Gain *= gain
	}
	m.DeadTime = min(time.Duration(float64(m.DeadTime)*delay), mostDead)
	m.Lag = min(time.Duration(float64(m.Lag)*delay), mostDead)
	for _, mode := range m.Modes {
		if tau := mode.TimeConstant.Seconds(); tau > 0 && math.Abs(tau-m.Lag.Seconds()) < float64(2*apart*tau) {
			m.Lag = time.Duration(float64(mode.TimeConstant) * (1 - 2*apart))
		}
	}
	return m
}

// Response is the rise of the sensor at a time after a step from nothing to full
// power, in kelvin.
func (m Model) Response(after time.Duration) float64 {
	t := (after - m.DeadTime).Seconds()
	if t <= 0 {
		return 0
	}
	rise := func(tau float64) float64 { return 1 - exact.Exp(-min(t/tau, 600)) }
	sum, lag := 0.0, m.Lag.Seconds()
	for _, mode := range m.Modes {
		if mode.TimeConstant == 0 {
			continue
		}
		tau := mode.TimeConstant.Seconds()
		r := rise(tau)
		if lag > 0 {
			r = (float64(tau*r) - float64(lag*rise(lag))) / (tau - lag)
		}
		sum += float64(mode.Gain * r)
	}
	return sum
}

// Bounds of a Model's times.
const (
	mostDead    = 2 * time.Hour
	leastTau    = time.Second
	mostTau     = 30 * 24 * time.Hour
	apart       = 0.01 // relative distance of Lag and a TimeConstant: equal ones have no partial fractions
	mostGainSum = 1000 // K
)

// Validate names the first field that is out of range, or what the whole lacks.
func (m Model) Validate() error {
	switch {
	case m.DeadTime < 0 || m.DeadTime > mostDead:
		return fmt.Errorf("model of a house: dead time %v, expected 0 to %v", m.DeadTime, mostDead)
	case m.Lag < 0 || m.Lag > mostDead:
		return fmt.Errorf("model of a house: lag %v, expected 0 to %v", m.Lag, mostDead)
	case !(m.Rest >= -60 && m.Rest <= 60):
		return fmt.Errorf("model of a house: %.1f °C without heating, expected -60 to 60", float64(m.Rest))
	}
	for i, mode := range m.Modes {
		tau := mode.TimeConstant
		switch {
		case tau == 0:
			continue
		case tau < leastTau || tau > mostTau:
			return fmt.Errorf("model of a house: time constant %d is %v, expected %v to %v", i+1, tau, leastTau, mostTau)
		case !(math.Abs(mode.Gain) <= mostGainSum):
			return fmt.Errorf("model of a house: gain %d is %g K, expected at most %d", i+1, mode.Gain, mostGainSum)
		case m.Lag > 0 && math.Abs((tau-m.Lag).Seconds()) < float64(apart*tau.Seconds()):
			return fmt.Errorf("model of a house: time constant %d equals the lag: move it by a hundredth at least", i+1)
		}
	}
	if g := m.Gain(); !(g > 0) {
		return fmt.Errorf("model of a house: full power raises it by %g K, expected more than 0", g)
	}
	return nil
}
