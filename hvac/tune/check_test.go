package tune

import (
	"strings"
	"testing"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

// lightHouse warms up by about 5 K in an hour, 4 min late.
func lightHouse() house.Model {
	m := house.Model{DeadTime: time.Minute, Lag: 4 * time.Minute}
	for i, g := range []float64{0, 0, 2, 5, 10, 25} {
		m.Modes[i] = house.Mode{Gain: g, TimeConstant: seconds(TimeConstants[i]) * 11 / 10}
	}
	return m
}

func TestTrialTellsGoodGainsFromBad(t *testing.T) {
	trial := newTrial(hvac.DefaultParams(), lightHouse(), 30*time.Minute)
	gains := func(kp float64, ti, td time.Duration) proposal {
		g := hvac.DefaultParams().Gains
		g.Kp, g.Ti, g.Td = kp, ti, td
		return proposal{"test", g}
	}
	sane, err := trial.score(gains(0.6, 25*time.Minute, 3*time.Minute), variants...)
	if err != nil || !sane.good() || sane.Cycles > mostPerHour || sane.Step <= 0 {
		t.Errorf("sane gains: %+v, %v", sane, err)
	}
	for name, bad := range map[string]proposal{
		"wild":    gains(20, time.Minute, 0),
		"lame":    gains(0.01, 48*time.Hour, 0),
		"nervous": gains(3, 2*time.Minute, 0),
	} {
		s, err := trial.score(bad, variants...)
		if err != nil || s.good() && s.Error < sane.Error {
			t.Errorf("%s gains: %+v, %v; sane ones %+v", name, s, err, sane)
		}
		if s.better(sane) {
			t.Errorf("%s gains are preferred", name)
		}
	}
	again, _ := trial.score(gains(0.6, 25*time.Minute, 3*time.Minute), variants...)
	if again != sane {
		t.Errorf("the same trial came out otherwise: %+v, %+v", again, sane)
	}
}

func TestBetterPutsSafetyFirst(t *testing.T) {
	good := Score{Stable: true, Error: 5}
	for _, c := range []struct {
		name string
		a, b Score
		want bool
	}{
		{"less error", Score{Stable: true, Error: 4}, good, true},
		{"more error", Score{Stable: true, Error: 6}, good, false},
		{"the same", good, good, false},
		{"unstable with less error", Score{Error: 1}, good, false},
		{"overshooting with less error", Score{Stable: true, Overshoot: mostOver + 0.01, Error: 1}, good, false},
		{"just not overshooting", Score{Stable: true, Overshoot: mostOver, Error: 1}, good, true},
		{"stable against unstable", good, Score{Error: 1}, true},
	} {
		if got := c.a.better(c.b); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestReport(t *testing.T) {
	fine := Result{
		House: lightHouse(), Noise: 0.02, Fit: Confidence{Explains: 0.99, Whole: 1.1, OK: true},
		Before: Score{Stable: true, Error: 4}, After: Score{Stable: true, Error: 3, Overshoot: 0.2, Cycles: 5},
		Old: hvac.DefaultParams().Gains, Gains: hvac.DefaultParams().Gains, Rule: "simc", Improved: true, Tried: make([]Score, 9),
	}
	shaky := fine
	shaky.Before = Score{Error: 9, Overshoot: 1.4}
	unsure := fine
	unsure.Steps.Gains[5], unsure.Steps.Cov[5][5] = 20, 100
	same := fine
	same.Improved = false
	failed := fine
	failed.Failure = NoRise
	for _, c := range []struct {
		r    Result
		want []string
	}{
		{fine, []string{"answers to the heater after about", "K warmer", "explains 99 %", `rule "simc"`, "25 % closer", "overshoot by 0.2 K"}},
		{shaky, []string{"the old gains overshoot by 1.4 K"}},
		{unsure, []string{"cannot be known from so short a test"}},
		{same, []string{"none of 8 other sets", "they stay"}},
		{failed, []string{"no new gains", "relay and the heater are connected", "stay as they are"}},
	} {
		text := strings.Join(c.r.sentences(), "\n")
		for _, w := range c.want {
			if !strings.Contains(text, w) {
				t.Errorf("%q is not in\n%s", w, text)
			}
		}
		if strings.Contains(text, "°C") {
			t.Errorf("a measured temperature is in\n%s", text)
		}
	}
	if strings.Contains(strings.Join(fine.sentences(), "\n"), "cannot be known") {
		t.Error("doubt where there is none")
	}
}
