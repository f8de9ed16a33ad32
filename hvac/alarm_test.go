package hvac_test

import (
	"flag"
	"fmt"
	"math"
	"testing"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

var manySeeds = flag.Int("seeds", 0, "the long form: how many seeds of noise and clouds the long runs take, and two weeks each instead of one seed and six days")

// long is how many seeds a long run takes and for how long each.
func long() (seeds int, span time.Duration) {
	if *manySeeds > 0 {
		return *manySeeds, 14 * oneDay
	}
	return 1, 6 * oneDay // the weather changes on the fifth
}

// twin is a life that is equal and goes its own way.
func (l *life) twin() *life {
	t, h, n := *l, *l.house, *l.noise
	t.house, t.noise = &h, &n
	return &t
}

// A life is a house under quietstat with whatever is broken in it. It decides and
// samples every ten seconds, as a house does that nobody hurries.
type life struct {
	house  *house.House
	noise  *house.Noise
	params hvac.Params
	state  hvac.State
	in     hvac.Input
	out    hvac.Outputs
	why    hvac.Reasons
	at     time.Duration
	night  hvac.Celsius // setpoint from 22 to 6
	doors  int          // open, and without a reed
	cut    bool         // the heating relay's wire is cut
	welded bool         // its contact does not open
	spoil  func(at time.Duration, r, was *hvac.Reading)
}

const lifeTick = 10 * time.Second

func newLife(k house.Kind, seed uint64, w house.Weather, held, night hvac.Celsius) *life {
	l := &life{house: house.New(k, seed, 0), noise: house.NewNoise(seed), params: hvac.DefaultParams(), night: night}
	l.house.SetWeather(w)
	l.house.SetInitial(held)
	l.params.Tick = lifeTick
	l.in = hvac.Input{Mode: hvac.ModeHeat}
	return l
}

func (l *life) step() {
	c := l.house.Climate()
	t := float64(c.Sensor) + l.noise.Sample(lifeTick.Seconds())
	l.in.Now, l.in.Params, l.in.Setpoint = l.at, &l.params, l.night
	if of := l.at % (24 * time.Hour); of >= 6*time.Hour && of < 22*time.Hour {
		l.in.Setpoint = 21
	}
	was := l.in.Reading
	l.in.Reading = hvac.Reading{At: l.at, Valid: true, Temperature: hvac.Celsius(math.Round(t*100) / 100), Humidity: 50, Pressure: 101325}
	if l.spoil != nil {
		l.spoil(l.at, &l.in.Reading, &was)
	}
	l.state, l.out, l.why = hvac.Step(l.state, l.in)
	l.house.Step(lifeTick.Seconds(), house.Inputs{Heat: (l.out.Call == hvac.CallHeat || l.welded) && !l.cut, DoorsOpen: l.doors})
	l.at += lifeTick
}

func (l *life) run(span time.Duration) {
	for end := l.at + span; l.at < end; {
		l.step()
	}
}

// skies are the weathers of the long runs, all lived in: people, and a kitchen that
// gives 1.5 kW for 40 minutes twice a day.
var skies = map[string]house.Weather{
	"winter": house.Winter(),
	"cold":   {Mean: -10, Amplitude: 5, Sun: 300},
	"front":  {Mean: 3, Amplitude: 5, Sun: 450, Front: -10, FrontAt: 100 * time.Hour},
	"thaw":   {Mean: -10, Amplitude: 5, Sun: 300, Front: 15, FrontAt: 100 * time.Hour},
	"spring": {Mean: 10, Amplitude: 7, Sun: 450},
	"summer": {Mean: 19, Amplitude: 8, Sun: 450},
}

// Nothing that weather, sun, people, cooking, setbacks, a heavy slab or the relay's
// own cycle do in two weeks may look like a fault or an open window.
func TestNoFalseAlarms(t *testing.T) {
	seeds, span := long()
	for _, k := range house.Kinds {
		for name, sky := range skies {
			for seed := range seeds {
				t.Run(fmt.Sprintf("%v/%s/%d", k, name, seed+1), func(t *testing.T) {
					t.Parallel()
					night := hvac.Celsius(17)
					if seed%3 == 1 {
						night = 21
					}
					l := newLife(k, uint64(seed+1), sky, 17, night)
					for l.at < span {
						l.step()
						for _, kind := range []hvac.ReasonKind{hvac.FallPause, hvac.NoRise, hvac.StuckRelay, hvac.RunTooLong, hvac.SensorFrozen, hvac.SensorSpike} {
							if r, ok := l.why.Find(kind); ok {
								t.Fatalf("after %v: %v", l.at, r)
							}
						}
					}
				})
			}
		}
	}
}
