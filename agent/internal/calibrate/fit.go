package calibrate

import (
	"fmt"
	"math"
	"time"
)

// Drift is how a sensor settled after a cold start.
type Drift struct {
	Over      time.Duration // between the first sample and the last
	RiseK     float64       // from the first to the last, along the fitted curve
	SelfK     float64       // of it by self-heating; 0 where Clear is false
	LeftK     float64       // self-heating that is still to come
	Time      time.Duration // its time constant τ
	RoomKPerH float64       // what the room did meanwhile
	ResidualK float64       // root of the mean square that the curve leaves
	Clear     bool          // self-heating can be told from the room
}

// What Fit needs.
const (
	leastSamples = 20
	leastOver    = 10 * time.Minute
	steps        = 60 // time constants that are tried
	clearK       = 0.1
)

// Fit finds the drift in samples, the oldest first. It is an error if they are too few,
// too short, or not in order.
func Fit(samples []Sample) (Drift, error) {
	if len(samples) < leastSamples {
		return Drift{}, fmt.Errorf("%d samples are too few; at least %d tell a drift", len(samples), leastSamples)
	}
	first := samples[0]
	over := samples[len(samples)-1].At - first.At
	if over < leastOver {
		return Drift{}, fmt.Errorf("%v is too short; at least %v tells a drift", over.Round(time.Second), leastOver)
	}
	for i, s := range samples {
		if math.IsNaN(s.Celsius) || math.IsInf(s.Celsius, 0) || i > 0 && s.At <= samples[i-1].At {
			return Drift{}, fmt.Errorf("sample %d is out of order or no temperature", i+1)
		}
	}
	line := solve(samples, 0)
	best, tau := line, 0.0
	// Shorter than a minute is noise, longer than half the window cannot be told from
	// the room's straight line.
	shortest, longest := 60.0, over.Seconds()/2
	for i := range steps {
		t := shortest * math.Pow(longest/shortest, float64(i)/float64(steps-1))
		if c := solve(samples, t); c.ok && c.square < best.square {
			best, tau = c, t
		}
	}
	n := float64(len(samples))
	d := Drift{Over: over, Time: time.Duration(tau * float64(time.Second)).Round(time.Second)}
	share := 0.0
	if tau > 0 {
		share = best.fall * (1 - math.Exp(-over.Seconds()/tau))
	}
	// The curve must explain what the line does not, upwards, and more than a sensor's
	// noise; otherwise only the line is told.
	d.Clear = tau > 0 && share > clearK && best.square < 0.5*line.square
	if !d.Clear {
		best, share, d.Time = line, 0, 0
	} else {
		d.LeftK = best.fall * math.Exp(-over.Seconds()/tau)
	}
	d.SelfK, d.RoomKPerH = share, best.slope*3600
	d.RiseK = share + best.slope*over.Seconds()
	d.ResidualK = math.Sqrt(best.square / n)
	return d, nil
}

// curve is T = some level + slope·t − fall·e^(−t/τ), and the sum of squares it leaves.
type curve struct {
	slope, fall, square float64
	ok                  bool
}

// solve finds the curve for one τ in seconds by least squares; τ = 0 is a straight line.
func solve(samples []Sample, tau float64) curve {
	var m [3][4]float64 // normal equations
	basis := func(s Sample) [3]float64 {
		t := (s.At - samples[0].At).Seconds()
		b := [3]float64{1, t / 3600, 0}
		if tau > 0 {
			b[2] = -math.Exp(-t / tau)
		}
		return b
	}
	start := samples[0].Celsius // taken off, for the sake of the arithmetic
	for _, s := range samples {
		b := basis(s)
		for i := range 3 {
			for j := range 3 {
				m[i][j] += b[i] * b[j]
			}
			m[i][3] += b[i] * (s.Celsius - start)
		}
	}
	if tau == 0 {
		m[2][2] = 1
	}
	x, ok := eliminate(m)
	if !ok {
		return curve{square: math.Inf(1)}
	}
	c := curve{slope: x[1] / 3600, fall: x[2], ok: true}
	for _, s := range samples {
		b := basis(s)
		e := s.Celsius - start - x[0]*b[0] - x[1]*b[1] - x[2]*b[2]
		c.square += e * e
	}
	return c
}

// eliminate solves three equations by Gauss with pivoting.
func eliminate(m [3][4]float64) (x [3]float64, ok bool) {
	for i := range 3 {
		p := i
		for r := i + 1; r < 3; r++ {
			if math.Abs(m[r][i]) > math.Abs(m[p][i]) {
				p = r
			}
		}
		m[i], m[p] = m[p], m[i]
		if math.Abs(m[i][i]) < 1e-9 {
			return x, false
		}
		for r := i + 1; r < 3; r++ {
			f := m[r][i] / m[i][i]
			for c := i; c < 4; c++ {
				m[r][c] -= f * m[i][c]
			}
		}
	}
	for i := 2; i >= 0; i-- {
		x[i] = m[i][3]
		for c := i + 1; c < 3; c++ {
			x[i] -= m[i][c] * x[c]
		}
		x[i] /= m[i][i]
	}
	return x, true
}
