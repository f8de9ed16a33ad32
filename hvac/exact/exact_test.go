package exact

import (
	"math"
	"testing"
)

func TestExpAgreesWithMath(t *testing.T) {
	for x := -60.0; x <= 60; x += 0.37 {
		if got, want := Exp(x), math.Exp(x); math.Abs(got-want) > 1e-13*want {
			t.Errorf("Exp(%v) = %v, want %v", x, got, want)
		}
	}
	for x, want := range map[float64]float64{-1e9: 0, math.Inf(-1): 0, math.Inf(1): math.Inf(1), 1e9: math.Inf(1), 0: 1} {
		if got := Exp(x); got != want {
			t.Errorf("Exp(%v) = %v, want %v", x, got, want)
		}
	}
	if got := Exp(math.NaN()); !math.IsNaN(got) {
		t.Errorf("Exp(NaN) = %v", got)
	}
}

func TestSinTurnAgreesWithMath(t *testing.T) {
	for x := -3.0; x <= 3; x += 0.0137 {
		if got, want := SinTurn(x), math.Sin(2*math.Pi*x); math.Abs(got-want) > 1e-9 {
			t.Errorf("SinTurn(%v) = %v, want %v", x, got, want)
		}
	}
}

// The bits themselves, so that a machine that rounds otherwise is found.
func TestSameBitsEverywhere(t *testing.T) {
	for x, want := range map[float64]uint64{-0.5: 0x3fe368b2fc6f960c, -10.0 / 3: 0x3fa243dc957d03ee} {
		if got := math.Float64bits(Exp(x)); got != want {
			t.Errorf("Exp(%v) has the bits %#x, want %#x", x, got, want)
		}
	}
	if got, want := math.Float64bits(SinTurn(0.1)), uint64(0x3fe2cf2304755a5e); got != want {
		t.Errorf("SinTurn(0.1) has the bits %#x, want %#x", got, want)
	}
}
