package tune

import (
	"slices"

	"quietstat/hvac/exact"
)

// series is a record made ready for fitting: heating for every cell, temperature for
// those that have one.
type series struct {
	on     []float64 // share, of every cell
	cum    []float64 // sum of on before each cell, and after the last
	row    []int     // cell of each row
	frac   []float64 // of the cell, where the samples lie
	y      []float64 // K, temperature less first
	first  float64   // °C, of the first row
	noise  float64   // K, measured before the experiment
	spread float64   // K, what a fit should leave: the noise, or what the best fit left
	cut    []int     // row each stretch begins with
}

// fewest rows and heating changes a fit can begin with.
const (
	fewestRows  = 30
	leastFitDev = 0.01 // K: below this nobody knows the sensor
	commonDev   = 0.02 // K: what a common sensor wanders by in the long run
)

// newSeries takes a record apart; ok is false if there is too little in it.
func newSeries(r Record) (s series, ok bool) {
	s.noise = max(leastFitDev, r.Noise)
	s.spread = max(commonDev, s.noise)
	s.cum = append(s.cum, 0)
	stretch, begun := uint8(0), false
	for i, c := range r.Cells {
		on := clamp(float64(c.On), 0, 1)
		s.on = append(s.on, on)
		s.cum = append(s.cum, s.cum[i]+on)
		t := float64(c.Mean)
		if c.Skip || c.Count == 0 || !finite(t) || !(t > -60 && t < 90) {
			continue
		}
		if !begun {
			s.first = t
		}
		if !begun || c.Stretch != stretch {
			s.cut = append(s.cut, len(s.row))
		}
		begun, stretch = true, c.Stretch
		s.row = append(s.row, i)
		s.frac = append(s.frac, clamp(float64(c.Offset)/cellTime.Seconds(), 0, 1))
		s.y = append(s.y, t-s.first)
	}
	both := s.cum[len(s.cum)-1]
	return s, len(s.row) >= fewestRows && both > 5 && both < float64(len(s.on))-5
}

// behind is the heating behind a dead time (in cells) and a first-order lag (in
// seconds), at the rows, beginning from 0.
func (s *series) behind(dead, lag float64) []float64 {
	return s.filter(lag, func(i int) float64 { return s.before(float64(i+1)-dead) - s.before(float64(i)-dead) })
}

// load is what heating all the time from the beginning would do there.
func (s *series) load(dead, lag float64) []float64 {
	return s.filter(lag, func(i int) float64 { return clamp(float64(i+1)-dead, 0, 1) })
}

func (s *series) filter(lag float64, input func(i int) float64) []float64 {
	keep := exact.Exp(-cellTime.Seconds() / lag)
	out := make([]float64, len(s.row))
	x, k := 0.0, 0
	for i := 0; i < len(s.on) && k < len(s.row); i++ {
		u := input(i)
		next := u + float64(keep*(x-u))
		if s.row[k] == i {
			out[k] = x + float64(s.frac[k]*(next-x))
			k++
		}
		x = next
	}
	return out
}

// before is the sum of on before a fraction of a cell; before the record there is none.
func (s *series) before(cell float64) float64 {
	if cell <= 0 {
		return 0
	}
	i := int(cell)
	if i >= len(s.on) {
		return s.cum[len(s.on)]
	}
	return s.cum[i] + float64((cell-float64(i))*s.on[i])
}

// nuisance are the terms of no interest: a level for the record, a drift of the load,
// and for every stretch after a disturbance a level and a recovery of its own.
func (s *series) nuisance() []term {
	n := len(s.row)
	hours := make([]float64, n)
	for k, i := range s.row {
		hours[k] = (float64(i) + s.frac[k]) * cellTime.Hours()
	}
	level := slices.Repeat([]float64{1}, n)
	terms := []term{{column: level, spread: wideLevel}, {column: hours, spread: wideDrift}}
	for j, from := range s.cut {
		if j == 0 {
			continue
		}
		till := n
		if j+1 < len(s.cut) {
			till = s.cut[j+1]
		}
		step := make([]float64, n)
		for k := from; k < till; k++ {
			step[k] = 1
		}
		terms = append(terms, term{column: step, spread: wideLevel})
		for _, tau := range recovery {
			fade := make([]float64, n)
			for k := from; k < till; k++ {
				fade[k] = exact.Exp((hours[from] - hours[k]) / tau)
			}
			terms = append(terms, term{column: fade, spread: wideLevel})
		}
	}
	return terms
}

// What is expected of them beforehand.
const (
	wideLevel = 3.0 // K
	wideDrift = 0.3 // K/h
)

// recovery are the time constants in hours with which air and furniture come back after
// a door was open.
var recovery = [...]float64{0.2, 1.2}
