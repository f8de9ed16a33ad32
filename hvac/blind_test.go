package hvac_test

import (
	"math"
	"testing"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

// A sensor that dies in a warm house in winter, also across a restart: no house comes
// near freezing in two days with a front of 10 K, and none is overheated by a thaw of
// 15 K with people and a sun nobody could foresee.
func TestNoHouseFreezesWithoutASensor(t *testing.T) {
	t.Parallel()
	const seen, blind = 12 * time.Hour, 48 * time.Hour
	front := house.Weather{Mean: -5, Front: -10, FrontAt: seen + 12*time.Hour}
	thaw := house.Weather{Mean: -10, Amplitude: 5, Sun: 300, Front: 15, FrontAt: seen + 12*time.Hour}
	for _, k := range house.Kinds {
		for _, w := range []house.Weather{front, thaw} {
			h := house.New(k, 1, 0)
			h.SetWeather(w)
			if w == front {
				h.SetLife(house.Life{})
			}
			h.SetInitial(21)
			p := hvac.DefaultParams()
			in := hvac.Input{Mode: hvac.ModeHeat, Setpoint: 21, Params: &p}
			var s hvac.State
			var out hvac.Outputs
			low, high := math.Inf(1), math.Inf(-1)
			for at := time.Duration(0); at < seen+blind; at += time.Second {
				in.Now = at
				if at < seen {
					in.Reading = hvac.Reading{At: at, Valid: true, Temperature: h.Climate().Sensor}
				} else {
					in.Fault = hvac.FaultBus
					low, high = min(low, float64(h.Climate().Air)), max(high, float64(h.Climate().Air))
				}
				if at == seen+time.Hour {
					s = hvac.Restore(s.Save(), at)
				}
				s, out, _ = hvac.Step(s, in)
				h.Step(1, house.Inputs{Heat: out.Call == hvac.CallHeat})
			}
			t.Logf("house %v, %+.0f K: %.1f to %.1f °C", k, w.Front, low, high)
			if low < 3 || high > 28.5 {
				t.Errorf("house %v without a sensor, %+.0f K: %.1f to %.1f °C", k, w.Front, low, high)
			}
		}
	}
}
