package hvac

import (
	"testing"
	"time"
)

// BenchmarkStep is one tick with a fresh sample: sensor, doors, envelope,
// controller, modulation, dwell, reasons and the check of the parameters.
func BenchmarkStep(b *testing.B) {
	p := DefaultParams()
	in := Input{Setpoint: 21, Mode: ModeHeat, DoorCount: 2, Params: &p}
	var s State
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		in.Now += time.Second
		in.Reading = Reading{At: in.Now, Valid: true, Temperature: 20 + Celsius(i%128)/100}
		s, _, _ = Step(s, in)
	}
}

// BenchmarkBarePID is the textbook update beside it, for scale.
func BenchmarkBarePID(b *testing.B) {
	var integral, before, out float64
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		t := 20 + float64(i%128)/100
		e := 21 - t
		integral = min(max(integral+e*0.0003, 0), 1)
		out += min(max(e+integral-120*(t-before), 0), 1)
		before = t
	}
	if out < 0 {
		b.Fatal(out)
	}
}
