package calibrate

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// settling is a board that warms up by self kelvin in a room that drifts.
func settling(minutes int, self, tau, perHour, noise float64) []Sample {
	r := rand.New(rand.NewPCG(1, 2))
	list := make([]Sample, 0, minutes*6)
	for i := range minutes * 6 {
		t := float64(i * 10)
		list = append(list, Sample{At: time.Duration(t) * time.Second,
			Celsius: 19 - self*math.Exp(-t/tau) + perHour*t/3600 + noise*r.NormFloat64()})
	}
	return list
}

func TestFitTellsSelfHeatingFromTheRoom(t *testing.T) {
	for _, tt := range []struct {
		name                       string
		minutes                    int
		self, tau, perHour         float64
		clear                      bool
		wantSelf, within, wantRoom float64
	}{
		{"a box that warms by 1.6 K", 60, 1.6, 480, 0, true, 1.6, 0.1, 0},
		{"and a room that cools", 60, 1.6, 480, -0.5, true, 1.6, 0.15, -0.5},
		{"a small one", 60, 0.4, 300, 0, true, 0.4, 0.08, 0},
		{"a room alone", 60, 0, 300, 0.8, false, 0, 0, 0.8},
		{"nothing at all", 60, 0, 300, 0, false, 0, 0, 0},
		{"a sensor carried in from a warm place", 60, -2, 300, 0, false, 0, 0, math.NaN()},
		{"the window too short for it", 12, 1.6, 3600, 0, false, 0, 0, math.NaN()},
	} {
		d, err := Fit(settling(tt.minutes, tt.self, tt.tau, tt.perHour, 0.005))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if d.Clear != tt.clear || math.Abs(d.SelfK-tt.wantSelf) > tt.within+1e-12 {
			t.Errorf("%s: %+v, want self-heating %v K (clear %v)", tt.name, d, tt.wantSelf, tt.clear)
		}
		if !math.IsNaN(tt.wantRoom) && math.Abs(d.RoomKPerH-tt.wantRoom) > 0.15 {
			t.Errorf("%s: the room is said to drift by %v K/h, want %v", tt.name, d.RoomKPerH, tt.wantRoom)
		}
		if tt.clear && math.Abs(d.Time.Seconds()-tt.tau) > 0.2*tt.tau {
			t.Errorf("%s: time constant %v, want %v s", tt.name, d.Time, tt.tau)
		}
	}
	d, _ := Fit(settling(20, 2, 480, 0, 0))
	if want := 2 * math.Exp(-1190.0/480); math.Abs(d.LeftK-want) > 0.02 || math.Abs(d.SelfK+d.LeftK-2) > 0.05 || math.Abs(d.RiseK-d.SelfK) > 0.05 {
		t.Errorf("after 20 min: %+v, want %v K left", d, want)
	}
}

func TestFitRefusesWhatTellsNothing(t *testing.T) {
	good := settling(10, 1, 300, 0, 0)
	short := good[:len(good)-1]
	swapped := settling(20, 1, 300, 0, 0)
	swapped[5], swapped[6] = swapped[6], swapped[5]
	strange := settling(20, 1, 300, 0, 0)
	strange[7].Celsius = math.NaN()
	for name, tt := range map[string]struct {
		list []Sample
		want string
	}{
		"none":         {nil, "too few"},
		"19":           {good[:19], "too few"},
		"under 10 min": {short, "too short"},
		"swapped":      {swapped, "out of order"},
		"no number":    {strange, "no temperature"},
	} {
		if _, err := Fit(tt.list); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	exact := append(good, Sample{At: 10 * time.Minute, Celsius: 19})
	if _, err := Fit(exact); err != nil {
		t.Errorf("exactly 10 min: %v", err)
	}
}

// Whatever the samples, the answer is finite and self-heating is never negative.
func TestFitIsAlwaysFinite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list, at := []Sample{}, time.Duration(0)
		for _, c := range rapid.SliceOfN(rapid.Float64Range(-40, 85), 20, 200).Draw(t, "celsius") {
			at += time.Duration(rapid.Int64Range(1, int64(5*time.Minute)).Draw(t, "gap"))
			list = append(list, Sample{At: at, Celsius: c})
		}
		d, err := Fit(list)
		if err != nil {
			return
		}
		for _, v := range []float64{d.RiseK, d.SelfK, d.LeftK, d.RoomKPerH, d.ResidualK} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%+v", d)
			}
		}
		if d.SelfK < 0 || d.LeftK < 0 || d.Clear != (d.SelfK > 0) {
			t.Fatalf("%+v", d)
		}
	})
}
