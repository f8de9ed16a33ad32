package tune

import (
	"math"
	"time"
)

// watch measures the noise of the sensor while heating is off: the spread of the
// samples about a parabola, which is what a room that begins to cool follows. It
// keeps sums, not samples.
type watch struct {
	n       float64
	s       [5]float64 // sums of t^k, t in units of watchTime
	y       [3]float64 // sums of t^k·(temperature - first)
	yy      float64
	first   float64
	enough  bool
	settled bool // the band has been chosen
}

const (
	watchTime  = 5 * time.Minute
	watchMost  = 10 * time.Minute
	watchLeast = 6     // samples
	leastBand  = 0.1   // K: the wander of a common sensor is 0.02 K
	mostBand   = 0.5   // K
	bandNoises = 4.0   // the band in standard deviations of the noise
	leastNoise = 0.003 // K: quantisation to 0.01 K alone
)

// see takes in a sample, seconds after the start.
func (w *watch) see(at, temperature float64) {
	if w.n == 0 {
		w.first = temperature
	}
	w.n++
	t, p, d := at/watchTime.Seconds(), 1.0, temperature-w.first
	for k := range w.s {
		w.s[k] += p
		if k < len(w.y) {
			w.y[k] += float64(p * d)
		}
		p = float64(p * t)
	}
	w.yy += float64(d * d)
}

// ended reports whether enough has been seen, or waited for.
func (w *watch) ended(elapsed time.Duration) bool {
	return elapsed >= watchMost || elapsed >= watchTime && w.n >= watchLeast
}

// noise is the standard deviation in kelvin.
func (w *watch) noise() float64 {
	a := [3][4]float64{{w.s[0], w.s[1], w.s[2], w.y[0]}, {w.s[1], w.s[2], w.s[3], w.y[1]}, {w.s[2], w.s[3], w.s[4], w.y[2]}}
	for i := range a { // Gauss, without pivoting: the matrix is positive definite
		if !(a[i][i] > 1e-9) {
			return leastBand / bandNoises
		}
		for j := i + 1; j < len(a); j++ {
			f := a[j][i] / a[i][i]
			for k := i; k < len(a[j]); k++ {
				a[j][k] -= float64(f * a[i][k])
			}
		}
	}
	var c [3]float64
	for i := len(a) - 1; i >= 0; i-- {
		c[i] = a[i][3]
		for j := i + 1; j < len(a); j++ {
			c[i] -= float64(a[i][j] * c[j])
		}
		c[i] /= a[i][i]
	}
	rest := w.yy - float64(c[0]*w.y[0]) - float64(c[1]*w.y[1]) - float64(c[2]*w.y[2])
	return max(leastNoise, math.Sqrt(max(0, rest)/max(1, w.n-3)))
}

// begin chooses the band when the watch ends.
func (e *Experiment) begin() {
	if e.watch.settled {
		return
	}
	e.watch.settled = true
	e.status.Noise = e.watch.noise()
	e.status.Band = min(max(leastBand, float64(bandNoises*e.status.Noise)), mostBand)
	e.low, e.high, e.stroke = e.temp, e.temp, 0
}
