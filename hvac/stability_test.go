package hvac_test

import (
	"math"
	"testing"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

// hold runs a house at a steady load for span and returns how the last part went.
func hold(k house.Kind, p hvac.Params, outdoor hvac.Celsius, span, last time.Duration) (mean, swing, perHour float64) {
	h := house.New(k, 1, 0)
	h.SetWeather(house.Weather{Mean: outdoor})
	h.SetLife(house.Life{})
	h.SetInitial(20)
	noise := house.NewNoise(1)
	const tick = 2 // s
	p.Tick = tick * time.Second
	in := hvac.Input{Mode: hvac.ModeHeat, Setpoint: 21, Params: &p}
	var s hvac.State
	var out hvac.Outputs
	lo, hi, sum, n, starts := math.Inf(1), math.Inf(-1), 0.0, 0.0, 0.0
	for at := time.Duration(0); at < span; at += p.Tick {
		in.Now = at
		in.Reading = hvac.Reading{At: at, Valid: true, Temperature: h.Climate().Sensor + hvac.Celsius(noise.Sample(tick))}
		was := out.Call
		s, out, _ = hvac.Step(s, in)
		h.Step(tick, house.Inputs{Heat: out.Call == hvac.CallHeat})
		if at < span-last {
			continue
		}
		t := float64(h.Climate().Sensor)
		lo, hi, sum, n = min(lo, t), max(hi, t), sum+t, n+1
		if was == hvac.CallNone && out.Call == hvac.CallHeat {
			starts++
		}
	}
	return sum / n, hi - lo, starts / last.Hours()
}

// At steady load the temperature must settle on the setpoint and stay there but
// for the ripple of the relay, also in a plant with 30 % more gain than assumed.
// E and U are far from their limits; A (fast) and R (slow radiators) are not.
func TestNoHouseOscillates(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind  house.Kind
		span  time.Duration
		loads []float64
		gains []float64
	}{
		{house.KindA, 20 * time.Hour, []float64{0.25, 0.5, 0.75}, []float64{1, 1.3}},
		{house.KindE, 20 * time.Hour, []float64{0.25, 0.5, 0.75}, []float64{1}},
		{house.KindR, 24 * time.Hour, []float64{0.25, 0.5, 0.75}, []float64{1, 1.3}},
		{house.KindU, 48 * time.Hour, []float64{0.5}, []float64{1.3}},
	} {
		h := house.New(tt.kind, 1, 0)
		for _, load := range tt.loads {
			outdoor := hvac.Celsius(21 - load*h.Power()/h.Loss())
			for _, extra := range tt.gains {
				p := hvac.DefaultParams()
				p.Gains.Kp *= extra
				mean, swing, perHour := hold(tt.kind, p, outdoor, tt.span, 8*time.Hour)
				t.Logf("house %v load %.2f gain %.1f: mean %.3f, swing %.2f K, %.1f cycles/h", tt.kind, load, extra, mean, swing, perHour)
				most := p.MostCycles
				if tt.kind == house.KindA {
					most = p.QuickCycles
				}
				if math.Abs(mean-21) > 0.1 || swing > 0.6 || perHour > most {
					t.Errorf("house %v load %.2f gain %.1f: mean %.3f °C, swing %.2f K, %.1f cycles/h", tt.kind, load, extra, mean, swing, perHour)
				}
			}
		}
	}
}
