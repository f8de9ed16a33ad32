package hvac_test

import (
	"math"
	"testing"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

// fronts is the mean error in kelvin of a house that learned its weather for four days
// and then had a front of 12 K every day for four days.
func fronts(kind house.Kind, outdoor bool) (mean, signature float64) {
	h := house.New(kind, 1, 0)
	h.SetLife(house.Life{})
	h.SetInitial(21)
	p := hvac.DefaultParams()
	p.Predict, p.Tick = false, 10*time.Second
	in := hvac.Input{Mode: hvac.ModeHeat, Setpoint: 21, Params: &p}
	noise := house.NewNoise(1)
	var s hvac.State
	var out hvac.Outputs
	n := 0.0
	for at := time.Duration(0); at < 8*24*time.Hour; at += p.Tick {
		weather := hvac.Celsius(2 + 3*math.Sin(at.Hours()*math.Pi/12))
		if day := int(at.Hours() / 24); day >= 4 && day%2 == 0 {
			weather -= 12
		}
		in.Now = at
		in.Outdoor = hvac.Outdoor{Known: outdoor, Temperature: weather}
		in.Reading = hvac.Reading{At: at, Valid: true, Temperature: h.Climate().Sensor + hvac.Celsius(noise.Sample(10))}
		s, out, _ = hvac.Step(s, in)
		for range 10 {
			h.Step(1, house.Inputs{Heat: out.Call == hvac.CallHeat, OutdoorSet: true, Outdoor: weather})
		}
		if at >= 4*24*time.Hour {
			mean += math.Abs(float64(h.Climate().Sensor) - 21)
			n++
		}
	}
	return mean / n, s.Weather.Share / s.Weather.Across
}

// Knowing the weather pays where the emitter is quick and does no harm anywhere, by less
// than a sensor can tell; the signature is that of the house's own loss and power.
func TestFeedForwardHelpsWhereTheWeatherIsKnown(t *testing.T) {
	t.Parallel()
	for _, kind := range []house.Kind{house.KindA, house.KindE, house.KindR, house.KindU} {
		h := house.New(kind, 1, 0)
		without, _ := fronts(kind, false)
		with, signature := fronts(kind, true)
		want := h.Loss() / h.Power()
		t.Logf("house %v: %.3f K without, %.3f K with; signature %.4f, loss by power %.4f", kind, without, with, signature, want)
		if with > without+0.005 || kind == house.KindE && with > 0.85*without {
			t.Errorf("house %v: mean error %.3f K with the temperature outside, %.3f K without", kind, with, without)
		}
		if signature < 0.8*want || signature > 1.1*want {
			t.Errorf("house %v: signature %.4f, want about %.4f", kind, signature, want)
		}
	}
}
