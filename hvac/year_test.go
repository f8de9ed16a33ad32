package hvac_test

import (
	"math"
	"testing"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

// aYear runs a house from one July to the next, sixty days of heat without heating first,
// and asked once a minute. It returns the worst day of the heating season.
func aYear(t *testing.T, k house.Kind, days int) (worst float64) {
	l := newLife(k, 1, house.Weather{Mean: 24, Amplitude: 6, Sun: 500}, 21, 18)
	l.params.Tick = time.Minute
	for day := range days {
		season := math.Cos(2 * math.Pi * float64(day) / 365) // July to July
		l.house.SetWeather(house.Weather{Mean: hvac.Celsius(9 + 15*season), Amplitude: 5, Sun: 300 + 200*season})
		sum, n := 0.0, 0.0
		for range 24 * 60 {
			l.minute()
			if l.in.Setpoint == 21 && l.at%oneDay > 14*time.Hour {
				sum, n = sum+math.Abs(float64(l.house.Climate().Sensor)-21), n+1
			}
		}
		h := &l.state.House
		for i, f := range h.Fact {
			if d := h.Doubt[i][i]; !(math.Abs(f) < 1000) || !(d > 0 && d < 1000) {
				t.Fatalf("house %v, day %d: fact %d is %v, its variance %v", k, day, i, f, d)
			}
		}
		for i := range h.Doubt {
			for j := range i {
				if a, b := h.Doubt[i][j], h.Doubt[j][i]; a != b || a*a > 1.0001*h.Doubt[i][i]*h.Doubt[j][j] {
					t.Fatalf("house %v, day %d: covariance %d, %d is %v and %v of %v and %v", k, day, i, j, a, b, h.Doubt[i][i], h.Doubt[j][j])
				}
			}
		}
		if season < 0.2 && day > 100 && day < 270 {
			worst = max(worst, sum/n)
		}
	}
	if !l.state.House.Known() {
		t.Errorf("house %v is not known after %d days", k, days)
	}
	return worst
}

// minute is step for a house that nobody hurries at all.
func (l *life) minute() {
	t := float64(l.house.Climate().Sensor) + l.noise.Sample(60)
	l.in.Now, l.in.Params, l.in.Setpoint = l.at, &l.params, l.night
	if of := l.at % oneDay; of >= 6*time.Hour && of < 22*time.Hour {
		l.in.Setpoint = 21
	}
	l.in.Reading = hvac.Reading{At: l.at, Valid: true, Temperature: hvac.Celsius(math.Round(t*100) / 100), Humidity: 50, Pressure: 101325}
	l.state, l.out, l.why = hvac.Step(l.state, l.in)
	l.house.Step(60, house.Inputs{Heat: l.out.Call == hvac.CallHeat})
	l.at += time.Minute
}

// A year's numbers stay numbers: what nothing is learned of in summer does not grow
// without end, and autumn finds a house that is still known.
func TestAYear(t *testing.T) {
	t.Parallel()
	kinds, days := house.Kinds[2:3], 120
	if *manySeeds > 0 {
		kinds, days = house.Kinds[:], 400
	}
	for _, k := range kinds {
		worst := aYear(t, k, days)
		t.Logf("house %v: %.2f K off on the worst afternoon of the season", k, worst)
		if worst > 0.4 {
			t.Errorf("house %v: %.2f K off on the worst afternoon of the season", k, worst)
		}
	}
}
