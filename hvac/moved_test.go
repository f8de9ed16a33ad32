package hvac_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

const oneDay = 24 * time.Hour

// kept is how far the room was from its setpoint over a span: on the mean, and above.
func (l *life) kept(span time.Duration) (mean, above float64) {
	n := 0.0
	for end := l.at + span; l.at < end; n++ {
		l.step()
		e := float64(l.house.Climate().Sensor) - float64(l.in.Setpoint)
		mean, above = mean+math.Abs(e), max(above, e)
	}
	return mean / n, above
}

// What was learned in one house must not spoil another for long: the learner finds out
// that it is elsewhere, the PID drives, and what is learned anew drives again.
func TestAMovedDeviceLearnsAnew(t *testing.T) {
	t.Parallel()
	for _, from := range []house.Kind{house.KindA, house.KindU} {
		l := newLife(from, 1, house.Winter(), 21, 21)
		l.run(4 * oneDay)
		if !l.state.House.Known() {
			t.Fatalf("house %v is not known after four days", from)
		}
		l.state = hvac.Restore(l.state.Save(), l.at)
		l.house = house.New(house.KindR, 2, 0)
		l.house.SetInitial(20)
		distrusted := false
		for end := l.at + oneDay; l.at < end; {
			l.step()
			distrusted = distrusted || !l.state.House.Known() && l.state.House.Trust.Rest > 0
		}
		mean, above := l.kept(oneDay)
		t.Logf("from %v: %.3f K off, %.2f K above", from, mean, above)
		if !distrusted || !l.state.House.Known() || mean > 0.15 || above > 1 {
			t.Errorf("from %v to R: distrusted %v, known again %v; on the second day %.3f K off, %.2f K above",
				from, distrusted, l.state.House.Known(), mean, above)
		}
	}
}

// A household's own stove, kitchen, clouds and doors are no other house.
func TestLifeIsNoOtherHouse(t *testing.T) {
	t.Parallel()
	for _, k := range house.Kinds {
		l := newLife(k, 1, skies["spring"], 21, 18)
		worst := 0.0
		for l.at < 6*oneDay {
			l.doors = 0
			if of := l.at % oneDay; of >= 12*time.Hour && of < 12*time.Hour+20*time.Minute {
				l.doors = 1 // and nobody wired it
			}
			l.step()
			if l.at > oneDay {
				worst = max(worst, l.state.House.Surprise)
			}
		}
		t.Logf("house %v: %.2f", k, worst)
		if worst > 2.2 || !l.state.House.Known() {
			t.Errorf("house %v: surprise of %.2f, known %v", k, worst, l.state.House.Known())
		}
	}
}

// A sensor worse than any it was made for: the house is learned all the same.
func TestPoorSensors(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(9, 9))
	for name, spoil := range map[string]func(at time.Duration, r, was *hvac.Reading){
		"noise of 0.5 K": func(_ time.Duration, r, _ *hvac.Reading) {
			r.Temperature += hvac.Celsius(rng.NormFloat64() / 2)
		},
		"steps of 0.1 K": func(_ time.Duration, r, _ *hvac.Reading) {
			r.Temperature = hvac.Celsius(math.Round(float64(r.Temperature)*10) / 10)
		},
		"every minute": func(at time.Duration, r, was *hvac.Reading) {
			if at%time.Minute != 0 {
				*r = *was
			}
		},
		"every five minutes": func(at time.Duration, r, was *hvac.Reading) {
			if at%(5*time.Minute) != 0 {
				*r = *was
			}
		},
	} {
		for _, k := range []house.Kind{house.KindA, house.KindR} {
			l := newLife(k, 1, house.Winter(), 21, 21)
			l.params.StaleAfter = 10 * time.Minute
			l.spoil = spoil
			l.run(2 * oneDay)
			mean, above := l.kept(oneDay)
			t.Logf("%s, house %v: %.3f K off, %.2f K above, known %v", name, k, mean, above, l.state.House.Known())
			if !l.state.House.Known() || mean > 0.25 || above > 1.25 {
				t.Errorf("%s, house %v: %.3f K off, %.2f K above, known %v", name, k, mean, above, l.state.House.Known())
			}
		}
	}
}
