package house

import (
	"math"
	"testing"
)

func TestSaturation(t *testing.T) {
	for c, want := range map[float64]float64{0: 4.85, 20: 17.3, 30: 30.4} { // g/m³, textbook values
		if got := saturation(c); math.Abs(got-want) > 0.2 {
			t.Errorf("saturation(%v) = %v, want %v", c, got, want)
		}
	}
	for _, c := range []float64{math.Inf(1), math.Inf(-1), -1e9, 1e9} {
		if got := saturation(c); !(got > 0 && got < 1000) {
			t.Errorf("saturation(%v) = %v", c, got)
		}
	}
}

func TestRandom(t *testing.T) {
	// The first values of splitmix64 from 1234567, published with the algorithm.
	r := random(1234567)
	for i, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423} {
		if got := r.next(); got != want {
			t.Errorf("value %d: %d, want %d", i, got, want)
		}
	}
	var sum, square float64
	const n = 100_000
	for range n {
		x := r.normal()
		sum += x
		square += x * x
	}
	if mean, dev := sum/n, math.Sqrt(square/n); math.Abs(mean) > 0.02 || math.Abs(dev-1) > 0.02 {
		t.Errorf("normal: mean %v, deviation %v", mean, dev)
	}
	if stream(1, 1) == stream(1, 2) || stream(1, 1) == stream(2, 1) {
		t.Error("streams coincide")
	}
}

func TestNoise(t *testing.T) {
	n := NewNoise(1)
	var square, lagged, before float64
	const count = 200_000
	for range count {
		x := n.Sample(1)
		square += x * x
		lagged += x * before
		before = x
	}
	want := wanderDev*wanderDev + whiteDev*whiteDev
	if got := square / count; math.Abs(got/want-1) > 0.1 {
		t.Errorf("variance %v, want %v", got, want)
	}
	keep := math.Exp(-1/wanderTime) * wanderDev * wanderDev / want
	if got := lagged / square; math.Abs(got-keep) > 0.02 {
		t.Errorf("correlation after 1 s %v, want %v", got, keep)
	}
	a, b := NewNoise(4), NewNoise(4)
	for range 100 {
		if a.Sample(10) != b.Sample(10) {
			t.Fatal("the same seed gives another noise")
		}
	}
	if x := n.Sample(-1); !(math.Abs(x) < 1) {
		t.Errorf("time backwards gives %v", x)
	}
}
