package tune

import (
	"math"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

// What is expected of the gains of Steps before anything is seen, in kelvin at full
// power: heaters are made to hold 30 to 60 K against the cold, most of it slowly.
var (
	stepMean = [Modes]float64{0, 0, 1, 4, 10, 25}
	stepWide = [Modes]float64{2, 4, 6, 8, 12, 20}
)

// modal is the family of fixed time constants behind a dead time and, if lagged, a
// common lag: shape {dead time, duty beforehand[, lag]}. The house is taken to have
// been at rest at that duty.
func (s *series) modal(lagged bool) family {
	own := s.nuisance()
	terms := func(x []float64) []term {
		dead, duty := deadOf(x[0])/cellTime.Seconds(), clamp(x[1], 0, 1)
		var quick, quickLoad []float64
		lag := 0.0
		if lagged {
			lag = commonLag(x[2])
			quick, quickLoad = s.behind(dead, lag), s.load(dead, lag)
		}
		out := make([]term, 0, Modes+len(own))
		for i, tau := range TimeConstants {
			column, load := s.behind(dead, tau), s.load(dead, tau)
			if lagged {
				far := apart(lag, tau)
				column = chain(column, quick, tau, far)
				load = chain(load, quickLoad, tau, far)
			}
			for k := range column {
				column[k] -= float64(duty * load[k])
			}
			out = append(out, term{column: column, positive: true, mean: stepMean[i], spread: stepWide[i]})
		}
		return append(out, own...)
	}
	f := family{
		terms: terms,
		cost: func(x []float64) float64 {
			over := max(0, -x[1], x[1]-1)
			c := strays(x[0], shift, mostDead+shift) + float64(1000*float64(over*over))
			if lagged {
				c += strays(x[2], leastLag, mostShort)
			}
			return c
		},
		start: [][]float64{{math.Log(100 + shift), 0.3}, {math.Log(500 + shift), 0.5}},
		edge:  []float64{0.5, 0.15},
	}
	if lagged {
		f.start = [][]float64{{math.Log(60 + shift), 0.3, math.Log(250)}, {math.Log(300 + shift), 0.5, math.Log(800)}, {math.Log(100 + shift), 0.3, math.Log(3000)}}
		f.edge = append(f.edge, 0.5)
	}
	return f
}

// commonLag is a lag that a house.Model can have.
func commonLag(x float64) float64 { return clamp(grown(x), leastLag, 0.98*mostShort) }

// apart moves a lag away from a time constant it nearly equals: partial fractions need that.
func apart(lag, tau float64) float64 {
	if math.Abs(lag-tau) < float64(0.02*tau) {
		return float64(0.98 * tau)
	}
	return lag
}

// steps turns a fit of the modal family without lag into Steps.
func (f *fitted) steps(s *series) Steps {
	o := Steps{DeadTime: seconds(deadOf(f.shape[0])), Duty: clamp(f.shape[1], 0, 1), Confidence: f.Confidence}
	n := len(f.shape)
	sum := 0.0
	for i := range o.Gains {
		o.Gains[i] = f.beta[i]
		sum += o.Gains[i]
		for j := range o.Cov[i] {
			o.Cov[i][j] = f.shapeCov[n+i][n+j]
		}
	}
	o.Rest = s.first + f.beta[Modes] - float64(o.Duty*sum)
	o.OK = f.Whole <= mostWhole && f.Explains >= leastExplain
	return o
}

// model is the house a fit of the modal family stands for.
func (f *fitted) model(s *series, lagged bool) house.Model {
	m := house.Model{DeadTime: seconds(deadOf(f.shape[0]))}
	lag := 0.0
	if lagged {
		lag = commonLag(f.shape[2])
		for _, tau := range TimeConstants {
			lag = apart(lag, tau)
		}
		m.Lag = seconds(lag).Round(time.Millisecond)
	}
	sum := 0.0
	for i, tau := range TimeConstants {
		m.Modes[i] = house.Mode{Gain: f.beta[i], TimeConstant: seconds(tau)}
		sum += f.beta[i]
	}
	m.Rest = hvac.Celsius(clamp(s.first+f.beta[Modes]-float64(clamp(f.shape[1], 0, 1)*sum), -60, 60))
	return m
}
