package tune

import "slices"

// simplex finds a low point of cost near start by the method of Nelder and Mead with
// its usual coefficients. step are the first edges. It is deterministic and ends after
// so many evaluations, or when the corners agree to one part in 10^7.
func simplex(cost func([]float64) float64, start, step []float64, evaluations int) (best []float64, value float64) {
	n := len(start)
	type corner struct {
		at []float64
		v  float64
	}
	corners := make([]corner, n+1)
	for i := range corners {
		at := slices.Clone(start)
		if i > 0 {
			at[i-1] += step[i-1]
		}
		corners[i] = corner{at, cost(at)}
	}
	used := n + 1
	order := func() {
		slices.SortStableFunc(corners, func(a, b corner) int {
			switch {
			case a.v < b.v:
				return -1
			case a.v > b.v:
				return 1
			}
			return 0
		})
	}
	try := func(centre []float64, by float64) corner {
		worst := corners[n].at
		at := make([]float64, n)
		for k := range at {
			at[k] = centre[k] + float64(by*(worst[k]-centre[k]))
		}
		used++
		return corner{at, cost(at)}
	}
	for order(); used < evaluations && corners[n].v-corners[0].v > 1e-7*corners[0].v; order() {
		centre := make([]float64, n)
		for _, c := range corners[:n] {
			for k := range centre {
				centre[k] += c.at[k] / float64(n)
			}
		}
		r := try(centre, -1)
		switch {
		case r.v < corners[0].v:
			if e := try(centre, -2); e.v < r.v {
				r = e
			}
			corners[n] = r
		case r.v < corners[n-1].v:
			corners[n] = r
		default:
			by := 0.5
			if r.v < corners[n].v {
				by = -0.5
			}
			if c := try(centre, by); c.v < min(r.v, corners[n].v) {
				corners[n] = c
				continue
			}
			for i := 1; i <= n; i++ {
				for k := range centre {
					corners[i].at[k] = (corners[i].at[k] + corners[0].at[k]) / 2
				}
				corners[i].v = cost(corners[i].at)
				used++
			}
		}
	}
	return corners[0].at, corners[0].v
}
