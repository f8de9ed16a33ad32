package house

import (
	"math"
	"testing"
	"time"
)

func TestDayWave(t *testing.T) {
	w := Weather{Mean: 3, Amplitude: 5, Front: -5, FrontAt: 24 * time.Hour}
	for _, tt := range []struct{ hour, since, want float64 }{
		{15, 0, 8}, {3, 0, -2}, {9, 0, 3}, {21, 0, 3},
		{15, 24*3600 - 1, 8}, {15, 24 * 3600, 3}, {15, 24*3600 + 1, 3},
	} {
		if got := w.outdoor(tt.hour*3600, tt.since); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%v h, %v s after the start: %v, want %v", tt.hour, tt.since, got, tt.want)
		}
	}
}

func TestSun(t *testing.T) {
	w := Weather{Sun: 450}
	for hour, want := range map[float64]float64{0: 0, 8: 0, 12.5: .45, 17: 0, 23: 0, 9.5: .225} {
		if got := w.clear(hour * 3600); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v h: %v kW/m², want %v", hour, got, want)
		}
	}
}

func TestCloudsComeAndGo(t *testing.T) {
	s := sky{rng: stream(3, 1)}
	clear, changes, was := 0, 0, false
	const n = 500_000
	for range n {
		if share := s.step(); share == 1 {
			clear++
		} else if share != throughCloud {
			t.Fatalf("share %v", share)
		}
		if s.covered != was {
			changes++
			was = s.covered
		}
	}
	want := clearSpell / (clearSpell + coveredSpell)
	if got := float64(clear) / n; math.Abs(got-want) > 0.05 || changes < 100 {
		t.Errorf("clear %.2f of the time, want %.2f; %d changes", got, want, changes)
	}
}

func TestPeopleAndCooking(t *testing.T) {
	l := Life{People: true, Cooking: true}
	for _, tt := range []struct{ hour, heat float64 }{
		{3, .15}, {7, .35}, {10, .2}, {12.1, 1.7}, {12.7, .2}, {18.6, 1.85}, {20, .35}, {23, .15},
	} {
		if heat, moisture := l.gains(tt.hour * 3600); math.Abs(heat-tt.heat) > 1e-9 || moisture <= 0 {
			t.Errorf("%v h: %v kW, want %v", tt.hour, heat, tt.heat)
		}
	}
	if heat, moisture := (Life{}).gains(12 * 3600); heat != 0 || moisture != 0 {
		t.Errorf("nobody gives %v kW and %v g/s", heat, moisture)
	}
}
