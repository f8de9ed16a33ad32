package hvac

import (
	"testing"
	"time"
)

// BenchmarkStep is one tick with a fresh sample: sensor, doors, envelope, controller,
// modulation, dwell, reasons and the check of the parameters; in a house that is not
// known yet, and in one that the learned law drives.
func BenchmarkStep(b *testing.B) {
	for _, c := range []struct {
		name string
		s    State
	}{{"unknown", State{}}, {"known", knowing(20)}} {
		b.Run(c.name, func(b *testing.B) {
			p := DefaultParams()
			p.Predict = c.name == "known" // the learner goes on in either
			in := Input{Setpoint: 20.2, Mode: ModeHeat, DoorCount: 2, Params: &p}
			s := c.s
			var rs Reasons
			driven := 0
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				in.Now += time.Second
				in.Reading = Reading{At: in.Now, Valid: true, Temperature: 20 + Celsius(i%128)/1000}
				if i%1024 == 0 { // a room that does not answer does not stay a known house
					s = c.s
					s.At = in.Now - time.Second
				}
				s, _, rs = Step(s, in)
				if rs.Has(HouseKnown) {
					driven++
				}
			}
			if c.name == "known" && b.N > 1000 && driven < b.N*9/10 {
				b.Fatalf("the learned law drove %d of %d steps", driven, b.N)
			}
		})
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
