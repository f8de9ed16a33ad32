package main

import (
	"time"

	"quietstat/hvac"
	"quietstat/hvac/bench/trial"
)

// A plan is the share of power for every interval of a scenario.
type plan struct {
	step   time.Duration
	shares []float64
}

// share is that of an instant.
func (p *plan) share(at time.Duration) float64 {
	return p.shares[min(int(at/p.step), len(p.shares)-1)]
}

// beyond is how far a plan without preview looks past the next change, so that it does
// not let the house go at its end.
const beyond = 6 * time.Hour

// solver is solve, or what a test puts in its place.
type solver func(*programme) ([]float64, error)

// horizons cuts a scenario into what is planned at once. Each is followed until the
// next begins.
func horizons(sc *trial.Scenario, preview bool) []horizon {
	step := 5 * time.Minute
	if sc.Name == trial.Step {
		step = 2 * time.Minute
	}
	if preview && sc.Ahead(0).Known {
		return []horizon{{sc: sc, to: sc.Length, step: step, setpoint: sc.Setpoint, idle: 0.01}}
	}
	var all []horizon
	for at := time.Duration(0); at < sc.Length; at += step {
		now := sc.Setpoint(at)
		if at > 0 && sc.Setpoint(at-step) == now {
			continue
		}
		if n := len(all); n > 0 {
			all[n-1].to = at + beyond
		}
		all = append(all, horizon{sc: sc, from: at, to: sc.Length, step: step, idle: 1,
			setpoint: func(time.Duration) hvac.Celsius { return now }})
	}
	return all
}

// perfect plans a scenario.
func perfect(sc *trial.Scenario, preview bool, seed uint64, solve solver) (plan, error) {
	if sc.Load > 0 {
		return plan{step: sc.Length, shares: []float64{sc.Load}}, nil
	}
	h, all := sc.House(seed), horizons(sc, preview)
	p := plan{step: all[0].step}
	for i, z := range all {
		x, err := solve(z.programme(h))
		if err != nil {
			return plan{}, err
		}
		until := sc.Length
		if i+1 < len(all) {
			until = all[i+1].from
		}
		n := int((until - z.from) / z.step)
		p.shares = append(p.shares, x[:n]...)
		for at := z.from; at < until; at += time.Second {
			trial.Heat(h, min(max(p.share(at), 0), 1), sc.DoorsOpen(at))
		}
	}
	return p, nil
}
