package main

import (
	"time"

	"quietstat/hvac"
	"quietstat/hvac/bench/trial"
	"quietstat/hvac/house"
)

// A horizon is what one programme looks at.
type horizon struct {
	sc       *trial.Scenario
	from, to time.Duration
	step     time.Duration
	setpoint func(at time.Duration) hvac.Celsius // as believed at from
	idle     float64                             // weight of the hours nobody minds
}

// interval is one step of a horizon: x' = m·x + n0·u + n1·u before.
type interval struct {
	m      [4][4]float64
	n0, n1 [4]float64
	free   float64 // °C at the sensor at its end, without heating since the horizon's beginning
}

// intervals lets a copy of the house run without heating and collects the response.
func (z *horizon) intervals(h house.House) (steps []interval, late int) {
	seconds := int(z.step / time.Second)
	late, rest := h.Linear(0).Delay/seconds, h.Linear(0).Delay%seconds
	var plain interval
	for at := z.from; at < z.to; at += z.step {
		if len(steps) == 0 {
			plain = z.response(&h, at, rest)
		}
		i := plain
		if z.doors(at) {
			i = z.response(&h, at, rest)
		}
		for s := range seconds {
			h.Step(1, house.Inputs{DoorsOpen: z.sc.DoorsOpen(at + time.Duration(s)*time.Second)})
		}
		i.free = float64(h.Climate().Sensor)
		steps = append(steps, i)
	}
	return steps, late
}

// doors tells whether one is open in the interval from at on.
func (z *horizon) doors(at time.Duration) bool {
	for t := at; t < at+z.step; t += time.Second {
		if z.sc.DoorsOpen(t) > 0 {
			return true
		}
	}
	return false
}

// response multiplies the seconds of an interval. For the first rest seconds the
// emitter still gets the share of the interval before.
func (z *horizon) response(h *house.House, at time.Duration, rest int) interval {
	var i interval
	for s := range int(z.step / time.Second) {
		l := h.Linear(z.sc.DoorsOpen(at + time.Duration(s)*time.Second))
		now, before := 1.0, 0.0
		if s < rest {
			now, before = 0, 1
		}
		i.n0, i.n1 = l.Next(i.n0, now), l.Next(i.n1, before)
		for c := range 4 {
			var x [4]float64
			if s == 0 {
				x[c] = 1
			} else {
				for r := range 4 {
					x[r] = i.m[r][c]
				}
			}
			x = l.Next(x, 0)
			for r := range 4 {
				i.m[r][c] = x[r]
			}
		}
	}
	return i
}

// programme builds the one of the package comment. The shares are its first columns,
// one for each interval.
func (z *horizon) programme(h *house.House) *programme {
	steps, late := z.intervals(*h)
	p := &programme{}
	for range steps {
		p.variable(column{cost: 1e-5, most: 1})
	}
	hours := z.step.Hours()
	var x [4]int // columns of the state before the interval; none in the first
	for k, i := range steps {
		at := z.from + time.Duration(k)*z.step
		weight := hours
		if z.sc.Setpoint(at) != trial.Comfort {
			weight *= z.idle
		}
		var next [4]int
		for r := range next {
			next[r] = p.variable(column{free: true})
		}
		for r := range next {
			row := p.equation(0)
			p.set(row, next[r], 1)
			for c := range x {
				if k > 0 {
					p.set(row, x[c], -i.m[r][c])
				}
			}
			if k >= late {
				p.set(row, k-late, -i.n0[r])
			}
			if k > late {
				p.set(row, k-late-1, -i.n1[r])
			}
		}
		over, under := p.variable(column{cost: weight}), p.variable(column{cost: weight})
		row := p.equation(i.free - float64(z.setpoint(at)))
		p.set(row, over, 1)
		p.set(row, under, -1)
		p.set(row, next[house.SensorState], -1)
		x = next
	}
	return p
}
