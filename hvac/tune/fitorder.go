package tune

import (
	"math"
	"time"
)

// Shapes are logarithms of seconds, the dead time's with shift added so that none is
// possible.
const (
	shift     = 20.0    // s
	mostDead  = 3600.0  // s
	leastLag  = 60.0    // s
	mostLag   = 172800. // s
	mostShort = 7200.0  // s
)

func deadOf(x float64) float64 { return clamp(grown(x)-shift, 0, mostDead) }
func lagOf(x float64) float64  { return clamp(grown(x), leastLag, mostLag) }

// strays is the cost of a logarithm outside of its range.
func strays(x, lo, hi float64) float64 {
	d := max(0, math.Log(lo)-x, x-math.Log(hi))
	return float64(1000 * float64(d*d))
}

// starts are points to search from, in seconds.
func starts(rows ...[]float64) [][]float64 {
	out := make([][]float64, len(rows))
	for i, row := range rows {
		for j, v := range row {
			if j == 0 {
				v += shift
			}
			out[i] = append(out[i], math.Log(v))
		}
	}
	return out
}

// firstOrder is the family of FirstOrder: shape {dead time, lag}; the first
// coefficient is the rate in K/h.
func (s *series) firstOrder() family {
	own := s.nuisance()
	return family{
		terms: func(x []float64) []term {
			dead, lag := deadOf(x[0])/cellTime.Seconds(), lagOf(x[1])
			heat, load := s.behind(dead, lag), s.load(dead, lag)
			scale(heat, lag/3600)
			scale(load, lag/3600)
			return append([]term{{column: heat, positive: true}, {column: load, spread: wideRate}}, own...)
		},
		cost: func(x []float64) float64 {
			return strays(x[0], shift, mostDead+shift) + strays(x[1], leastLag, mostLag)
		},
		start: starts([]float64{200, 3600}, []float64{600, 7200}, []float64{1200, 30000}),
		edge:  []float64{0.5, 0.7},
	}
}

// secondOrder is the family of SecondOrder: shape {dead time, short lag, lag}.
func (s *series) secondOrder() family {
	own := s.nuisance()
	return family{
		terms: func(x []float64) []term {
			dead, short, lag := deadOf(x[0])/cellTime.Seconds(), lagOf(x[1]), lagOf(x[2])
			short = min(short, 0.98*lag)
			heat := chain(s.behind(dead, lag), s.behind(dead, short), lag, short)
			load := chain(s.load(dead, lag), s.load(dead, short), lag, short)
			scale(heat, lag/3600)
			scale(load, lag/3600)
			return append([]term{{column: heat, positive: true}, {column: load, spread: wideRate}}, own...)
		},
		cost: func(x []float64) float64 {
			return strays(x[0], shift, mostDead+shift) + strays(x[1], leastLag, mostShort) + strays(x[2], leastLag, mostLag) +
				float64(1000*float64(max(0, x[1]-x[2])*max(0, x[1]-x[2])))
		},
		start: starts([]float64{60, 250, 3600}, []float64{300, 600, 10000}, []float64{100, 300, 40000}, []float64{200, 2400, 40000}),
		edge:  []float64{0.5, 0.5, 0.7},
	}
}

// wideRate is the spread in K/h beforehand of what a load does.
const wideRate = 30.0

// chain makes two lags in series of each of them alone (partial fractions).
func chain(long, short []float64, lag, brief float64) []float64 {
	for k := range long {
		long[k] = (float64(lag*long[k]) - float64(brief*short[k])) / (lag - brief)
	}
	return long
}

func scale(column []float64, by float64) {
	for k := range column {
		column[k] = float64(column[k] * by)
	}
}

// deviation of a time whose logarithm has this variance.
func logDev(at time.Duration, variance float64) time.Duration {
	return time.Duration(min(at.Seconds()*math.Sqrt(max(0, variance)), 1e6) * float64(time.Second))
}

func seconds(x float64) time.Duration { return time.Duration(x * float64(time.Second)) }

// first turns a fit into a FirstOrder.
func (f *fitted) first() FirstOrder {
	lag := lagOf(f.shape[1])
	o := FirstOrder{Rate: f.beta[0], Lag: seconds(lag), DeadTime: seconds(deadOf(f.shape[0])), Confidence: f.Confidence}
	o.Gain = float64(o.Rate * lag / 3600)
	o.RateDev, o.GainDev = f.rates(1, 2, lag)
	o.LagDev = logDev(o.Lag, f.shapeCov[1][1])
	o.DeadTimeDev = logDev(o.DeadTime+seconds(shift), f.shapeCov[0][0])
	o.OK = f.trusted(o.Rate, o.RateDev) || f.trusted(o.Gain, o.GainDev)
	return o
}

// second turns a fit into a SecondOrder.
func (f *fitted) second() SecondOrder {
	lag := lagOf(f.shape[2])
	short := min(lagOf(f.shape[1]), 0.98*lag)
	o := SecondOrder{Rate: f.beta[0], Lag: seconds(lag), Short: seconds(short), DeadTime: seconds(deadOf(f.shape[0])), Confidence: f.Confidence}
	o.Gain = float64(o.Rate * lag / 3600)
	o.RateDev, o.GainDev = f.rates(2, 3, lag)
	o.LagDev = logDev(o.Lag, f.shapeCov[2][2])
	o.ShortDev = logDev(o.Short, f.shapeCov[1][1])
	o.DeadTimeDev = logDev(o.DeadTime+seconds(shift), f.shapeCov[0][0])
	o.OK = f.trusted(o.Rate, o.RateDev) || f.trusted(o.Gain, o.GainDev)
	return o
}

// rates are the deviations of the rate and of the gain, which is rate times lag; at
// are the places of the lag's logarithm and of the rate in the covariance.
func (f *fitted) rates(lagAt, rateAt int, lag float64) (rate, gain float64) {
	r, v := f.beta[0], f.shapeCov
	rate = math.Sqrt(max(0, v[rateAt][rateAt]))
	gain = math.Sqrt(max(0, v[rateAt][rateAt]+float64(2*r*v[lagAt][rateAt])+float64(r*r*v[lagAt][lagAt]))) * lag / 3600
	return rate, gain
}

// Bounds of what is trusted.
const (
	mostWhole    = 10.0 // RMS in units of the noise; sun and visitors make some of it, a house that is none all of it
	leastExplain = 0.8
	mostDoubt    = 0.35 // standard deviation of rate or gain, as a share of it
)

// trusted says whether the residual is small enough and one number of the fit known well
// enough: a short test knows the rate, a long one the gain.
func (f *fitted) trusted(x, dev float64) bool {
	return f.Whole <= mostWhole && f.Explains >= leastExplain && x > 0 && dev <= float64(mostDoubt*x)
}
