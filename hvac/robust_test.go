package hvac_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

// A changed is one of the four houses with its capacities, resistances, heater and dead
// time between half and twice what they were, and what the controller believes of it.
type changed struct {
	Kind, Learned house.Kind // Learned: where it was learned; 0 is nowhere
	Factors       house.Factors
}

var changedHouses = rapid.Custom(func(t *rapid.T) changed {
	f := func(name string) float64 { return math.Exp2(float64(rapid.IntRange(-4, 4).Draw(t, name)) / 4) }
	kind := rapid.SampledFrom(house.Kinds[:])
	return changed{
		Kind: kind.Draw(t, "kind"), Learned: rapid.OneOf(rapid.Just(house.Kind(0)), kind).Draw(t, "learned in"),
		Factors: house.Factors{
			Air: f("air"), Envelope: f("envelope"), Emitter: f("emitter"), Sensor: f("sensor"),
			Inner: f("inner"), Outer: f("outer"), Heater: f("heater"), Power: f("power"), Delay: f("delay"),
		},
	}
})

// learnedIn is what three days in a house leave behind.
func learnedIn(k house.Kind) hvac.Saved {
	l := newLife(k, 1, house.Winter(), 20, 18)
	l.run(3 * oneDay)
	return l.state.Save()
}

// A pin is the relay as somebody with a stopwatch sees it.
type pin struct {
	on     bool
	since  time.Duration
	starts int
	short  bool // a run or a pause was shorter than it may be
}

func (p *pin) see(on bool, at time.Duration, least time.Duration) {
	if on == p.on {
		return
	}
	p.short = p.short || at-p.since < least
	if p.on, p.since = on, at; on {
		p.starts++
	}
}

// kick is by how much the shortest run alone warms a house that is at rest.
func kick(h house.House, run time.Duration) (most float64) {
	idle := h
	for at := time.Duration(0); at < 2*time.Hour; at += lifeTick {
		h.Step(lifeTick.Seconds(), house.Inputs{Heat: at < run})
		idle.Step(lifeTick.Seconds(), house.Inputs{})
		most = max(most, float64(h.Climate().Sensor-idle.Climate().Sensor))
	}
	return most
}

// In houses between half and twice of each of the four, learned in or moved into: the
// room neither swings nor overshoots, and the relay is not worn out. What the heater
// cannot give, or what its shortest runs alone make, is no fault of the controller: four
// times the radiators that a house needs give it a kelvin in three minutes.
func TestChangedHouses(t *testing.T) {
	t.Parallel()
	seeds, _ := long()
	cases := 12
	if *manySeeds > 0 {
		cases = 200 * seeds
	}
	saved := map[house.Kind]hvac.Saved{}
	for i := range cases {
		c := changedHouses.Example(i)
		sky := house.Weather{Mean: 4, Amplitude: 3}
		l := newLife(c.Kind, uint64(i), sky, 18, 18)
		l.house = house.Vary(c.Kind, c.Factors, uint64(i), 0)
		l.house.SetWeather(sky)
		l.house.SetLife(house.Life{})
		l.house.SetInitial(18)
		if c.Learned != 0 {
			if _, ok := saved[c.Learned]; !ok {
				saved[c.Learned] = learnedIn(c.Learned)
			}
			l.state = hvac.Restore(saved[c.Learned], 0)
		}
		run := kick(*l.house, l.params.MinOn)
		var p pin
		over, lo, hi, worst, full := 0.0, 99.0, 0.0, 0, false
		for hour := range 3 * 24 {
			before := p.starts
			settled := hour >= 48+16 && hour < 48+22 // the third evening
			for range int(time.Hour / lifeTick) {
				l.step()
				p.see(l.out.Call == hvac.CallHeat, l.at, l.params.MinOn)
				temp := float64(l.house.Climate().Sensor)
				if l.in.Setpoint == 21 {
					over = max(over, temp-21)
				}
				if settled {
					lo, hi, full = min(lo, temp), max(hi, temp), full || l.out.Demand == 1
				}
			}
			if settled {
				worst = max(worst, p.starts-before)
			}
		}
		if p.short || over > max(1, 2.1*run) || worst > 9 || !full && (hi-lo > max(0.6, 2*run) || math.Abs((lo+hi)/2-21) > 0.25+run/2) {
			t.Errorf("%+v: %.2f K over, %.2f to %.2f °C on the third evening, %d starts in an hour, too short %v; the shortest run makes %.2f K",
				c, over, lo, hi, worst, p.short, run)
		}
	}
}
