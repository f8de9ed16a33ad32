package main

import (
	"math"

	"quietstat/hvac/bench/trial"
	"quietstat/hvac/house"
)

// A cell is one row in one scenario of one house, with every seed.
type cell struct {
	row      row
	scenario trial.Scenario
	seeds    []uint64
	results  []trial.Result // one for each seed
}

// mean of a column over the seeds.
func (c *cell) mean(column func(*trial.Result) float64) float64 {
	sum := 0.0
	for i := range c.results {
		sum += column(&c.results[i])
	}
	return sum / float64(len(c.results))
}

// worst is the highest of a column over the seeds.
func (c *cell) worst(column func(*trial.Result) float64) float64 {
	high := math.Inf(-1)
	for i := range c.results {
		high = max(high, column(&c.results[i]))
	}
	return high
}

// The columns.
func iae(r *trial.Result) float64       { return r.IAE }
func overshoot(r *trial.Result) float64 { return r.Overshoot }
func rms(r *trial.Result) float64       { return r.RMS }
func accuracy(r *trial.Result) float64  { return r.CA() }
func energy(r *trial.Result) float64    { return r.Energy }
func cycles(r *trial.Result) float64    { return r.Cycles }

// short are the dwell violations of all seeds.
func (c *cell) short() int {
	n := 0
	for _, r := range c.results {
		n += r.Short
	}
	return n
}

// settled is the longest it took, in hours; -1 if it did not always come to rest.
func (c *cell) settled() float64 {
	longest := 0.0
	for _, r := range c.results {
		if r.Settled < 0 {
			return -1
		}
		longest = max(longest, r.Settled)
	}
	return longest
}

// j is the mean IAE over that of perfect knowledge; no is for loads, which have none.
func (c *cell) j() (j float64, ok bool) {
	d, ok := c.scenario.Denominator()
	if !ok {
		return 0, false
	}
	return c.mean(iae) / d, true
}

// A sheet is every cell that was run.
type sheet []cell

// of are the cells of a row; of one house unless kind is 0.
func (s sheet) of(key string, kind house.Kind) sheet {
	var some sheet
	for _, c := range s {
		if c.row.key == key && (kind == 0 || c.scenario.Kind == kind) {
			some = append(some, c)
		}
	}
	return some
}

// find is one cell.
func (s sheet) find(key string, kind house.Kind, name trial.Name) (cell, bool) {
	for _, c := range s {
		if c.row.key == key && c.scenario.Kind == kind && c.scenario.Name == name {
			return c, true
		}
	}
	return cell{}, false
}

// overall is the geometric mean of J over the cells that have one; NaN if there is none.
func (s sheet) overall() float64 {
	sum, n := 0.0, 0
	for i := range s {
		if j, ok := s[i].j(); ok {
			sum += math.Log(j)
			n++
		}
	}
	return math.Exp(sum / float64(n))
}

// accuracy is the mean and the worst control accuracy over the loads; NaN without.
func (s sheet) accuracy() (mean, worst float64) {
	n, worst := 0, math.Inf(-1)
	for i := range s {
		if s[i].scenario.Load > 0 {
			mean += s[i].mean(accuracy)
			worst = max(worst, s[i].worst(accuracy))
			n++
		}
	}
	if n == 0 {
		return math.NaN(), math.NaN()
	}
	return mean / float64(n), worst
}

// overshoot is the worst on the step; NaN without one.
func (s sheet) overshoot() float64 {
	high := math.NaN()
	for i := range s {
		if o := s[i].worst(overshoot); s[i].scenario.Name == trial.Step && !(high >= o) {
			high = o
		}
	}
	return high
}

// cycles is the worst of all, and short the sum of all violations.
func (s sheet) cycles() float64 {
	high := math.NaN()
	for i := range s {
		if c := s[i].worst(cycles); !(high >= c) {
			high = c
		}
	}
	return high
}

func (s sheet) short() int {
	n := 0
	for i := range s {
		n += s[i].short()
	}
	return n
}
