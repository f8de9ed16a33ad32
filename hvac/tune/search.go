package tune

import "math"

// A family is a set of models with a few shape parameters; all else enters linearly.
type family struct {
	// terms are the columns for a shape; those of interest first.
	terms func(shape []float64) []term
	// cost is added for a shape that is not expected.
	cost  func(shape []float64) float64
	start [][]float64
	edge  []float64
}

// A fitted is the best member of a family.
type fitted struct {
	shape    []float64
	shapeCov [][]float64 // of shape, then of the linear coefficients
	beta     []float64
	Confidence
}

const (
	searchLong = 400 // evaluations of the cost
	searchEach = 40  // to choose between the starts
	// colour is how much wider the residuals of a wandering sensor make everything than
	// independent ones would: cells of 30 s of noise with a time constant of 60 s.
	colour = 2.0
)

// fit searches the family for the record.
func (s *series) fit(f family) (fitted, bool) {
	sigma := float64(colour * s.spread)
	cost := func(shape []float64) float64 {
		_, _, c, ok := regress(s.y, f.terms(shape), sigma)
		if !ok {
			return math.Inf(1)
		}
		return c + f.cost(shape)
	}
	var best []float64
	lowest := math.Inf(1)
	for _, start := range f.start {
		at, v := simplex(cost, start, f.edge, searchEach)
		if v < lowest {
			best, lowest = at, v
		}
	}
	if best == nil {
		return fitted{}, false
	}
	edge := make([]float64, len(f.edge))
	for i := range edge {
		edge[i] = f.edge[i] / 2
	}
	best, _ = simplex(cost, best, edge, searchLong)
	terms := f.terms(best)
	beta, _, _, ok := regress(s.y, terms, sigma)
	if !ok {
		return fitted{}, false
	}
	out := fitted{shape: best, beta: beta}
	out.judge(s, terms)
	out.shapeCov, ok = s.uncertainty(f, best, beta, terms, float64(colour*max(s.spread, out.RMS)))
	return out, ok
}

// judge fills in the Confidence but for OK.
func (f *fitted) judge(s *series, terms []term) {
	mean, rest, all := 0.0, 0.0, 0.0
	for _, y := range s.y {
		mean += y / float64(len(s.y))
	}
	for k, y := range s.y {
		r, d := y-predict(terms, f.beta, k), y-mean
		rest += float64(r * r)
		all += float64(d * d)
	}
	f.RMS = math.Sqrt(rest / float64(len(s.y)))
	f.Whole = f.RMS / s.noise
	f.Explains = 1 - rest/max(all, 1e-9)
}

// uncertainty is the covariance of shape and coefficients together, from the slopes
// of the prediction.
func (s *series) uncertainty(f family, shape, beta []float64, terms []term, sigma float64) ([][]float64, bool) {
	var all []term
	for i := range shape {
		const d = 0.01
		moved := append([]float64(nil), shape...)
		moved[i] = shape[i] + d
		up := f.terms(moved)
		moved[i] = shape[i] - d
		down := f.terms(moved)
		column := make([]float64, len(s.y))
		for k := range column {
			column[k] = (predict(up, beta, k) - predict(down, beta, k)) / (2 * d)
		}
		all = append(all, term{column: column, spread: wideShape})
	}
	for _, t := range terms {
		t.positive = false
		all = append(all, t)
	}
	_, cov, _, ok := regress(s.y, all, sigma)
	return cov, ok
}

// wideShape is the spread of a shape parameter beforehand: a factor of e^3 either way.
const wideShape = 3.0
