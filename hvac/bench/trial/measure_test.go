package trial

import (
	"math"
	"testing"
	"time"
)

// of measures a series of errors, one second each.
func of(errors ...float64) Result {
	m := newMeasure()
	for i, e := range errors {
		m.add(time.Duration(i+1)*time.Second, e)
	}
	return m.result(&Witness{}, time.Hour, 10)
}

func repeat(n int, errors ...float64) []float64 {
	var all []float64
	for range n {
		all = append(all, errors...)
	}
	return all
}

func TestMeasuresOfHandMadeSeries(t *testing.T) {
	for _, tt := range []struct {
		name string
		e    []float64
		want Result
	}{
		{"half a kelvin below for an hour", repeat(3600, -.5),
			Result{IAE: .5, Overshoot: -.5, Lowest: -.5, Settled: -1, RMS: .5, CSD: .5, Hours: 1}},
		{"a square of 0.2 K around the setpoint", repeat(1800, .2, -.2),
			Result{IAE: .2, Overshoot: .2, Lowest: -.2, Settled: 0, RMS: .2, CV: .2, Hours: 1}},
		{"a square of 0.1 K, 0.1 K too warm", repeat(1800, .2, 0),
			Result{IAE: .1, Overshoot: .2, Settled: 0, RMS: math.Sqrt(.02), CSD: .1, CV: .1, Hours: 1}},
		{"2 K below for half an hour, then there", append(repeat(1800, -2), repeat(1800, 0)...),
			Result{IAE: 1, Overshoot: 0, Lowest: -2, Settled: .5, RMS: math.Sqrt(2), CSD: 1, CV: 1, Hours: 1}},
	} {
		got := of(tt.e...)
		for name, pair := range map[string][2]float64{
			"IAE": {got.IAE, tt.want.IAE}, "overshoot": {got.Overshoot, tt.want.Overshoot}, "lowest": {got.Lowest, tt.want.Lowest},
			"settled": {got.Settled, tt.want.Settled}, "RMS": {got.RMS, tt.want.RMS}, "CSD": {got.CSD, tt.want.CSD},
			"CV": {got.CV, tt.want.CV}, "CA": {got.CA(), tt.want.CSD + tt.want.CV}, "hours": {got.Hours, tt.want.Hours},
		} {
			if math.Abs(pair[0]-pair[1]) > 1e-9 {
				t.Errorf("%s: %s %v, want %v", tt.name, name, pair[0], pair[1])
			}
		}
	}
}

func TestSettledAtTheEdge(t *testing.T) {
	for _, tt := range []struct {
		e    []float64
		want float64 // s
	}{
		{[]float64{.3, .3}, 0}, {[]float64{.3001, .3}, 1}, {[]float64{-1, -.3, .31, .3}, 3}, {[]float64{0, .31}, -1}, {[]float64{0, -.31}, -1},
	} {
		got := of(tt.e...).Settled
		if tt.want >= 0 {
			got *= 3600
		}
		if math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%v: settled after %v s, want %v", tt.e, got, tt.want)
		}
	}
}

func TestEnergyAndCycles(t *testing.T) {
	m := newMeasure()
	m.add(time.Second, 0)
	r := m.result(&Witness{Starts: 9, On: 45 * time.Minute, Short: 2}, 3*time.Hour, 8)
	if r.Energy != 48 || r.Cycles != 3 || r.Short != 2 { // 6 kWh in 3 h are 48 a day
		t.Errorf("%+v", r)
	}
}
