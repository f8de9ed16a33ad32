package tune

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

// recorded is a record of a modelled house under a made-up relay, without noise other
// than dev.
func recorded(t testing.TB, m house.Model, period, span time.Duration, dev float64) Record {
	t.Helper()
	h, err := house.NewModelled(m, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	h.SetInitial(m.Rest + hvac.Celsius(0.4*m.Gain()))
	noise := house.NewNoise(3)
	r := Record{Noise: max(0.005, dev), Period: period, Swing: 0.2, Band: 0.1}
	for at := time.Duration(0); at < span; at += cellTime {
		c := Cell{Count: 3, Offset: 15}
		for j := range 3 {
			now := at + time.Duration(j)*10*time.Second
			on := now%period > period*6/10
			if now > span/2 { // and a slow part, or the slow parts of the house do not show
				on = now%(period*2) > period*9/10
			}
			h.Step(on)
			if on {
				c.On += 1. / 3
			}
			c.Mean += float32(float64(h.Temperature())+noise.Sample(10)*dev/0.02) / 3
		}
		c.Offset = 20 // the house was asked at the end of each third
		r.Cells = append(r.Cells, c)
	}
	return r
}

func single(gain float64, lag, short, dead time.Duration) house.Model {
	m := house.Model{DeadTime: dead, Lag: short, Rest: 5}
	m.Modes[0] = house.Mode{Gain: gain, TimeConstant: lag}
	return m
}

func near1(t *testing.T, what string, got, want, share float64) {
	t.Helper()
	if !(math.Abs(got-want) <= share*math.Abs(want)) {
		t.Errorf("%s is %.4g, want %.4g", what, got, want)
	}
}

func TestFirstOrderIsFound(t *testing.T) {
	for _, c := range []struct {
		gain      float64
		lag, dead time.Duration
	}{{10, time.Hour, 3 * time.Minute}, {30, 3 * time.Hour, 10 * time.Minute}, {6, 30 * time.Minute, time.Minute}} {
		s, ok := newSeries(recorded(t, single(c.gain, c.lag, 0, c.dead), 40*time.Minute, 6*time.Hour, 0.002))
		if !ok {
			t.Fatal("no series")
		}
		f, ok := s.fit(s.firstOrder())
		if !ok {
			t.Fatal("no fit")
		}
		o := f.first()
		near1(t, "gain", o.Gain, c.gain, 0.1)
		near1(t, "rate", o.Rate, c.gain/c.lag.Hours(), 0.05)
		near1(t, "lag", o.Lag.Seconds(), c.lag.Seconds(), 0.1)
		near1(t, "dead time", o.DeadTime.Seconds(), c.dead.Seconds(), 0.15)
		if !o.OK || o.Explains < 0.99 || o.GainDev <= 0 || o.LagDev <= 0 || o.DeadTimeDev <= 0 {
			t.Errorf("confidence %+v", o)
		}
	}
}

func TestSecondOrderIsFound(t *testing.T) {
	s, _ := newSeries(recorded(t, single(20, 2*time.Hour, 10*time.Minute, 4*time.Minute), time.Hour, 8*time.Hour, 0.002))
	f, ok := s.fit(s.secondOrder())
	if !ok {
		t.Fatal("no fit")
	}
	o := f.second()
	near1(t, "gain", o.Gain, 20, 0.1)
	near1(t, "rate", o.Rate, 10, 0.1)
	near1(t, "short lag", o.Short.Seconds(), 600, 0.15)
	near1(t, "dead time", o.DeadTime.Seconds(), 240, 0.2)
	if !o.OK {
		t.Errorf("confidence %+v", o)
	}
}

// The modal fit reproduces a house made of its own modes, and says that it does not
// know the slow ones after a short test.
func TestStepsAreFound(t *testing.T) {
	m := house.Model{DeadTime: 2 * time.Minute, Rest: 0}
	for i, g := range []float64{0, 0, 2, 5, 10, 25} {
		m.Modes[i] = house.Mode{Gain: g, TimeConstant: seconds(TimeConstants[i])}
	}
	for _, span := range []time.Duration{2 * time.Hour, 12 * time.Hour} {
		s, _ := newSeries(recorded(t, m, 40*time.Minute, span, 0.02))
		f, ok := s.fit(s.modal(false))
		if !ok {
			t.Fatal("no fit")
		}
		o, got := f.steps(&s), f.model(&s, false)
		for _, at := range []time.Duration{20 * time.Minute, time.Hour} {
			near1(t, at.String(), got.Response(at), m.Response(at), 0.25)
		}
		if slow := math.Sqrt(o.Cov[Modes-1][Modes-1]); slow < 12/span.Hours() {
			t.Errorf("after %v it claims to know the slowest part to %.2f K", span, slow)
		}
		if quick := math.Sqrt(o.Cov[2][2]); quick > 3 {
			t.Errorf("after %v it knows the part of 20 min to %.2f K only", span, quick)
		}
		for i := range o.Cov {
			for j := range o.Cov {
				if math.Abs(o.Cov[i][j]-o.Cov[j][i]) > 1e-9 {
					t.Fatalf("the covariance is not symmetrical at %d, %d", i, j)
				}
			}
			if o.Gains[i] < 0 {
				t.Errorf("gain %d is negative: %v", i, o.Gains[i])
			}
		}
		if !o.OK || math.Abs(o.Duty-0.4) > 0.2 {
			t.Errorf("after %v: %+v", span, o)
		}
	}
}

// Coefficients that data and bounds fix come out, whatever the order of the terms.
func TestRegress(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(10, 40).Draw(t, "rows")
		a, b, c := rapid.Float64Range(0.1, 5).Draw(t, "a"), rapid.Float64Range(-5, -0.1).Draw(t, "b"), rapid.Float64Range(-3, 3).Draw(t, "c")
		x, z, one, y := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range n {
			x[i], z[i], one[i] = float64(i), math.Sin(float64(i)), 1
			y[i] = a*x[i] + b*z[i] + c
		}
		beta, cov, cost, ok := regress(y, []term{{column: x, positive: true}, {column: z}, {column: one}}, 1)
		if !ok || math.Abs(beta[0]-a) > 1e-6 || math.Abs(beta[1]-b) > 1e-6 || math.Abs(beta[2]-c) > 1e-6 || cost > 1e-6 || !(cov[0][0] > 0) {
			t.Fatalf("%v %v %v %v", beta, cov, cost, ok)
		}
		if beta, _, _, ok = regress(y, []term{{column: x, positive: true}, {column: z, positive: true}, {column: one}}, 1); !ok || beta[1] != 0 {
			t.Fatalf("a coefficient below its bound: %v", beta)
		}
	})
	same := []float64{1, 2, 3}
	if _, _, _, ok := regress(same, []term{{column: same}, {column: same}}, 1); ok {
		t.Error("two equal terms were told apart")
	}
	beta, cov, _, ok := regress([]float64{0, 0}, []term{{column: []float64{0, 0}, mean: 7, spread: 2}}, 1)
	if !ok || beta[0] != 7 || math.Abs(cov[0][0]-4) > 1e-9 {
		t.Errorf("without data what was expected must remain: %v, %v", beta, cov)
	}
}

func TestSimplexFindsTheValley(t *testing.T) {
	at, v := simplex(func(x []float64) float64 { // Rosenbrock 1960
		return 100*(x[1]-x[0]*x[0])*(x[1]-x[0]*x[0]) + (1-x[0])*(1-x[0])
	}, []float64{-1.2, 1}, []float64{0.5, 0.5}, 2000)
	if v > 1e-6 || math.Abs(at[0]-1) > 1e-2 || math.Abs(at[1]-1) > 1e-2 {
		t.Errorf("it ended at %v with %v", at, v)
	}
	used := 0
	simplex(func([]float64) float64 { used++; return float64(used) }, []float64{0, 0}, []float64{1, 1}, 50)
	if used > 55 {
		t.Errorf("%d evaluations instead of 50", used)
	}
}

func TestNoiseIsMeasured(t *testing.T) {
	for _, c := range []struct {
		slope float64 // K/h of the cooling room
		bend  float64 // K/h²
	}{{0, 0}, {-5, 0}, {-3, 10}} {
		mean := 0.0
		for seed := range uint64(40) {
			var w watch
			noise := house.NewNoise(seed)
			for s := 0.0; s <= 300; s += 10 {
				w.see(s, 20+c.slope*s/3600+c.bend*s*s/3600/3600+noise.Sample(10))
			}
			mean += w.noise() / 40
		}
		if mean < 0.01 || mean > 0.025 { // of 0.0206, of which a parabola takes a part
			t.Errorf("slope %v, bend %v: noise %.4f K", c.slope, c.bend, mean)
		}
	}
	if got := new(watch).noise(); got != leastBand/bandNoises {
		t.Errorf("without samples: %v", got)
	}
}
