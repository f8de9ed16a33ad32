package main

import (
	"testing"
	"time"

	"quietstat/hvac"
)

// A cost is what one call takes.
type cost struct {
	Nanoseconds float64 `json:"ns"`
	Allocations int64   `json:"allocations"`
}

func costOf(f func(*testing.B)) cost {
	r := testing.Benchmark(f)
	return cost{Nanoseconds: float64(r.T.Nanoseconds()) / float64(r.N), Allocations: r.AllocsPerOp()}
}

// stepCost is one tick of hvac.Step with a fresh sample: sensor, doors, envelope,
// controller, modulation, dwell and reasons.
func stepCost() cost {
	return costOf(func(b *testing.B) {
		p := hvac.DefaultParams()
		in := hvac.Input{Setpoint: 21, Mode: hvac.ModeHeat, DoorCount: 2, Params: &p}
		var s hvac.State
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			in.Now += time.Second
			in.Reading = hvac.Reading{At: in.Now, Valid: true, Temperature: 20 + hvac.Celsius(i%128)/100}
			s, _, _ = hvac.Step(s, in)
		}
	})
}

// bareCost is a textbook PID update, with nothing around it.
func bareCost() cost {
	return costOf(func(b *testing.B) {
		var integral, before, sum float64
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			t := 20 + float64(i%128)/100
			e := 21 - t
			integral = min(max(integral+e*0.0003, 0), 1)
			sum += min(max(e+integral-120*(t-before), 0), 1)
			before = t
		}
		if sum < 0 {
			b.Fatal(sum)
		}
	})
}
