package main

import (
	"math"
	"slices"
)

// A vertex is a point and what it costs.
type vertex struct {
	x    []float64
	cost float64
}

// minimise walks a simplex (Nelder and Mead) from start with edges of size, for so many
// evaluations, and returns the best vertex it met.
func minimise(cost func([]float64) float64, start []float64, size float64, evaluations int) vertex {
	at := func(x []float64) vertex {
		evaluations--
		return vertex{x, cost(x)}
	}
	corners := []vertex{at(start)}
	for i := range start {
		x := slices.Clone(start)
		x[i] += size
		corners = append(corners, at(x))
	}
	byCost := func(a, b vertex) int {
		switch {
		case a.cost < b.cost:
			return -1
		case a.cost > b.cost:
			return 1
		}
		return 0
	}
	for evaluations > 0 {
		slices.SortStableFunc(corners, byCost)
		last := len(corners) - 1
		worst, middle := corners[last], centre(corners[:last])
		toward := func(f float64) []float64 {
			x := make([]float64, len(middle))
			for i := range x {
				x[i] = middle[i] + f*(worst.x[i]-middle[i])
			}
			return x
		}
		next := at(toward(-1))
		switch {
		case next.cost < corners[0].cost:
			if further := at(toward(-2)); further.cost < next.cost {
				next = further
			}
		case next.cost >= corners[last-1].cost:
			next = at(toward(0.5))
			if next.cost >= worst.cost {
				for i := range corners[1:] {
					x := corners[i+1].x
					for j := range x {
						x[j] = (x[j] + corners[0].x[j]) / 2
					}
					corners[i+1] = at(x)
				}
				continue
			}
		}
		corners[last] = next
	}
	return slices.MinFunc(corners, byCost)
}

func centre(corners []vertex) []float64 {
	x := make([]float64, len(corners[0].x))
	for _, c := range corners {
		for i := range x {
			x[i] += c.x[i] / float64(len(corners))
		}
	}
	return x
}

// logs and powers turn gains into what is searched and back.
func logs(gains ...float64) []float64 {
	x := make([]float64, len(gains))
	for i, g := range gains {
		x[i] = math.Log(g)
	}
	return x
}
