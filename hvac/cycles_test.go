package hvac_test

import (
	"testing"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

// Over two days of a steady load the relay starts no more often than it may, and in no
// hour by more than one, however often Step is called and whoever drives, the PID or
// what was learned of the house.
func TestCyclesAtSteadyLoad(t *testing.T) {
	t.Parallel()
	for _, tick := range []time.Duration{10 * time.Second, time.Minute} {
		for _, k := range house.Kinds {
			for _, predict := range []bool{true, false} {
				h := house.New(k, 1, 0)
				h.SetWeather(house.Weather{Mean: hvac.Celsius(21 - 0.5*h.Power()/h.Loss())})
				h.SetLife(house.Life{})
				h.SetInitial(20)
				p := hvac.DefaultParams()
				p.Tick, p.Predict = tick, predict
				noise := house.NewNoise(1)
				in := hvac.Input{Mode: hvac.ModeHeat, Setpoint: 21, Params: &p}
				var s hvac.State
				var out hvac.Outputs
				starts, worst, all := 0, 0, 0
				for ; in.Now < 3*oneDay; in.Now += tick {
					if in.Now%time.Hour == 0 {
						starts = 0
					}
					in.Reading = hvac.Reading{At: in.Now, Valid: true, Temperature: h.Climate().Sensor + hvac.Celsius(noise.Sample(tick.Seconds()))}
					was := out.Call
					s, out, _ = hvac.Step(s, in)
					h.Step(tick.Seconds(), house.Inputs{Heat: out.Call == hvac.CallHeat})
					if was == hvac.CallNone && out.Call == hvac.CallHeat {
						starts++
						if in.Now > oneDay {
							all++
						}
					}
					if in.Now > oneDay {
						worst = max(worst, starts)
					}
				}
				most := 6
				if k == house.KindA && predict {
					most = 8
				}
				if worst > most+1 || all > 48*most || predict && !s.House.Known() {
					t.Errorf("house %v every %v, learned law %v: %d starts in an hour, %d in two days, at most %d an hour; known %v", k, tick, predict, worst, all, most, s.House.Known())
				}
			}
		}
	}
}
