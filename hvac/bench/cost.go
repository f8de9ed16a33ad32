package main

import (
	"flag"
	"testing"
	"time"

	"quietstat/hvac"
)

// A cost is what one call takes.
type cost struct {
	Nanoseconds float64 `json:"ns"`
	Allocations int64   `json:"allocations"`
}

// costs measures Step and a bare PID update in turn and keeps the best of each: other
// programs can only make them slower.
func costs() (step, bare cost) {
	testing.Init()
	flag.Set("test.benchtime", "100ms") // a flag that Init has just defined
	const rounds = 5
	for i := range rounds {
		s, b := costOf(stepping), costOf(bareUpdate)
		if i == 0 || s.Nanoseconds < step.Nanoseconds {
			step = s
		}
		if i == 0 || b.Nanoseconds < bare.Nanoseconds {
			bare = b
		}
	}
	return step, bare
}

func costOf(f func(*testing.B)) cost {
	r := testing.Benchmark(f)
	return cost{Nanoseconds: float64(r.T.Nanoseconds()) / float64(r.N), Allocations: r.AllocsPerOp()}
}

// stepping is hvac.Step every second with a sample every ten, as shipped: sensor, doors,
// envelope, learning, controller, modulation, dwell and reasons.
func stepping(b *testing.B) {
	p := hvac.DefaultParams()
	in := hvac.Input{Setpoint: 21, Mode: hvac.ModeHeat, DoorCount: 2, Params: &p}
	var s hvac.State
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		in.Now += time.Second
		if i%10 == 0 {
			in.Reading = hvac.Reading{At: in.Now, Valid: true, Temperature: 20 + hvac.Celsius(i/10%128)/100}
		}
		s, _, _ = hvac.Step(s, in)
	}
}

// bareUpdate is a textbook PID update, with nothing around it.
func bareUpdate(b *testing.B) {
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
}
