package tune

import "math"

// A term is one column of a linear least-squares problem, with what is known of its
// coefficient beforehand.
type term struct {
	column   []float64
	mean     float64 // expected beforehand
	spread   float64 // standard deviation of that expectation; 0: nothing is known
	positive bool    // not below 0
}

// regress finds the coefficients that minimise the squared residuals, in units of
// sigma, plus the squared distances from what was expected. Coefficients that must
// not be negative and would be are taken out, worst first. cov is the covariance for
// residuals of sigma; ok is false where the terms cannot be told apart at all.
func regress(y []float64, terms []term, sigma float64) (beta []float64, cov [][]float64, cost float64, ok bool) {
	p := len(terms)
	normal := square(p)
	right := make([]float64, p)
	weight := 1 / float64(sigma*sigma)
	for i, a := range terms {
		for j := range i + 1 {
			normal[i][j] = float64(weight * dot(a.column, terms[j].column))
			normal[j][i] = normal[i][j]
		}
		right[i] = float64(weight * dot(a.column, y))
		if a.spread > 0 {
			prior := 1 / float64(a.spread*a.spread)
			normal[i][i] += prior
			right[i] += float64(prior * a.mean)
		}
	}
	out := make([]bool, p)
	for {
		beta, cov, ok = solve(normal, right, out)
		if !ok {
			return nil, nil, math.Inf(1), false
		}
		worst := -1
		for i, b := range beta {
			if terms[i].positive && b < 0 && (worst < 0 || b < beta[worst]) {
				worst = i
			}
		}
		if worst < 0 {
			break
		}
		out[worst] = true
	}
	for k := range y {
		r := y[k] - predict(terms, beta, k)
		cost += float64(weight * float64(r*r))
	}
	for i, a := range terms {
		if a.spread > 0 {
			d := (beta[i] - a.mean) / a.spread
			cost += float64(d * d)
		}
	}
	for i := range terms {
		if out[i] { // at its bound: as uncertain as if it were free
			cov[i][i] = 1 / normal[i][i]
		}
	}
	return beta, cov, cost, true
}

// predict is row k of the model.
func predict(terms []term, beta []float64, k int) float64 {
	sum := 0.0
	for i := range terms {
		sum += float64(beta[i] * terms[i].column[k])
	}
	return sum
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += float64(x * b[i])
	}
	return sum
}

func square(n int) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
	}
	return m
}

// solve solves the symmetric system without the rows that are out, and inverts it,
// by Cholesky's method on a matrix scaled to a diagonal of ones.
func solve(normal [][]float64, right []float64, out []bool) (x []float64, inverse [][]float64, ok bool) {
	n := len(right)
	scale := make([]float64, n)
	for i := range n {
		if d := normal[i][i]; !(d > 0) || math.IsInf(d, 0) {
			return nil, nil, false
		}
		scale[i] = 1 / math.Sqrt(normal[i][i])
	}
	at := func(i, j int) float64 {
		switch {
		case i == j:
			return 1
		case out[i] || out[j]:
			return 0
		}
		return float64(float64(normal[i][j]*scale[i]) * scale[j])
	}
	l := square(n)
	for i := range n {
		for j := range i + 1 {
			sum := at(i, j)
			for k := range j {
				sum -= float64(l[i][k] * l[j][k])
			}
			if i > j {
				l[i][j] = sum / l[j][j]
				continue
			}
			if sum < 1e-12 {
				return nil, nil, false
			}
			l[i][i] = math.Sqrt(sum)
		}
	}
	back := func(b []float64) {
		for i := range n {
			for k := range i {
				b[i] -= float64(l[i][k] * b[k])
			}
			b[i] /= l[i][i]
		}
		for i := n - 1; i >= 0; i-- {
			for k := i + 1; k < n; k++ {
				b[i] -= float64(l[k][i] * b[k])
			}
			b[i] /= l[i][i]
		}
	}
	x = make([]float64, n)
	for i := range n {
		if !out[i] {
			x[i] = float64(right[i] * scale[i])
		}
	}
	back(x)
	inverse = square(n)
	column := make([]float64, n)
	for j := range n {
		clear(column)
		column[j] = 1
		back(column)
		for i := range n {
			inverse[i][j] = float64(float64(column[i]*scale[i]) * scale[j])
		}
	}
	for i := range n {
		x[i] = float64(x[i] * scale[i])
	}
	return x, inverse, true
}
