package house

import (
	"math"
	"testing"
	"time"
)

// What heating adds must be what the equations say, in any weather and with doors.
func TestLinearIsWhatHeatingAdds(t *testing.T) {
	for _, k := range Kinds {
		warm, cold := New(k, 3, 7*time.Hour), New(k, 3, 7*time.Hour)
		var x [4]float64
		var sent []float64
		for s := range 6 * 3600 {
			doors, u := 0, 0.0
			if s > 9000 && s < 9600 {
				doors = 2
			}
			if s/700%2 == 0 {
				u = 1
			}
			sent = append(sent, u)
			l := warm.Linear(doors)
			late := 0.0
			if s >= l.Delay {
				late = sent[s-l.Delay]
			}
			x = l.Next(x, late)
			warm.Step(1, Inputs{Heat: u == 1, DoorsOpen: doors})
			cold.Step(1, Inputs{DoorsOpen: doors})
			for i, d := range [4]float64{warm.ti - cold.ti, warm.te - cold.te, warm.th - cold.th, warm.ts - cold.ts} {
				if math.Abs(d-x[i]) > 1e-8 {
					t.Fatalf("house %v, second %d, state %d: %v K, the equations say %v", k, s, i, d, x[i])
				}
			}
		}
		if x[SensorState] < 0.1 {
			t.Errorf("house %v: heating changed nothing", k)
		}
	}
}

func TestLinearTakesAnyNumberOfDoors(t *testing.T) {
	h := New(KindA, 1, 0)
	if h.Linear(-1) != h.Linear(0) || h.Linear(1e9) != h.Linear(8) || h.Linear(0) == h.Linear(1) {
		t.Error("fewer than no doors, or more than there are, matter")
	}
}
