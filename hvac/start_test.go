package hvac

import (
	"math"
	"testing"
	"time"

	"quietstat/hvac/exact"
)

// needs is how long the example house needs at full heating from rest to rise by k.
func needs(s *State, k float64) time.Duration {
	for at := time.Minute; ; at += time.Minute {
		rise := 0.0
		for i, tau := range modeTimes {
			rise += s.House.Fact[i] * (1 - exact.Exp(-at.Seconds()/tau))
		}
		if rise >= k {
			return at
		}
	}
}

// rested is the example house cold and at rest, as it has been for days: where it is
// without heating is what the sensor says.
func rested(temp float64) State {
	s := knowing(temp)
	h := &s.House
	h.Fact[level], h.Fact[slope] = temp, 0
	h.unsettle()
	h.Doubt[level][level], h.Doubt[slope][slope] = sampleNoise*sampleNoise, slopeDrift*slopeDrift
	return s
}

func TestStartsAtTheLastMomentFromWhichItArrives(t *testing.T) {
	p := DefaultParams()
	s := rested(17)
	lead := needs(&s, 3)
	for _, c := range []struct {
		in   time.Duration
		warm bool
	}{{lead + 2*time.Minute, false}, {lead - 2*time.Minute, true}, {0, true}, {-time.Hour, true}} {
		s := s
		in := Input{Params: &p, Ahead: Transition{Known: true, In: c.in, Setpoint: 20}}
		var rs Reasons
		got := s.ahead(&in, 17, &rs)
		if want := map[bool]float64{true: 20, false: 17}[c.warm]; got != want || rs.Has(EarlyStart) != c.warm {
			t.Errorf("%v ahead: works to %v °C, reasons %v", c.in, got, rs.List[:rs.N])
		}
	}
}

func TestAStartIsNotTakenBackWhileTheTransitionStands(t *testing.T) {
	p := DefaultParams()
	s := rested(17)
	in := Input{Params: &p, Ahead: Transition{Known: true, In: needs(&s, 3) - time.Minute, Setpoint: 20}}
	var rs Reasons
	s.ahead(&in, 17, &rs)
	s.House.Fact[level] = 19.9 // the sun comes out
	s.House.Informed += time.Minute
	if got := s.ahead(&in, 17, &rs); got != 20 {
		t.Errorf("works to %v °C again", got)
	}
	in.Ahead.Setpoint = 19
	if got := s.ahead(&in, 17, &rs); got == 20 {
		t.Error("another setpoint to come changes nothing")
	}
	in.Ahead = Transition{}
	if got := s.ahead(&in, 17, &rs); got != 17 || s.Early != (Early{}) {
		t.Errorf("without a transition it works to %v °C", got)
	}
}

func TestStopsEarlyOnlyIfTheWarmthLasts(t *testing.T) {
	p := DefaultParams()
	for _, c := range []struct {
		in    time.Duration
		slope float64 // K/s, on the whole
		coast bool
	}{{10 * time.Minute, -1e-6, true}, {10 * time.Minute, -1e-3, false}, {mostCoast + time.Minute, 0, false}} {
		s := knowing(21)
		s.House.Watch.Slope = c.slope
		in := Input{Params: &p, Ahead: Transition{Known: true, In: c.in, Setpoint: 17}}
		var rs Reasons
		if got := s.ahead(&in, 21, &rs); got != 21 {
			t.Errorf("%+v: works to %v °C", c, got)
		}
		if s.Early.Coast != c.coast || rs.Has(EarlyStop) != c.coast {
			t.Errorf("%+v: coast %v", c, s.Early.Coast)
		}
	}
}

func TestNothingIsDoneAheadWithoutKnowing(t *testing.T) {
	p := DefaultParams()
	off := p
	off.NoEarly = true
	pid := p
	pid.Predict = false
	for name, in := range map[string]Input{
		"nothing known ahead": {Params: &p},
		"switched off":        {Params: &off, Ahead: Transition{Known: true, Setpoint: 21}},
		"PID":                 {Params: &pid, Ahead: Transition{Known: true, Setpoint: 21}},
		"no number":           {Params: &p, Ahead: Transition{Known: true, Setpoint: Celsius(math.NaN())}},
		"too far ahead":       {Params: &p, Ahead: Transition{Known: true, Setpoint: 21, In: mostEarly + time.Minute}},
	} {
		s := knowing(17)
		var rs Reasons
		if got := s.ahead(&in, 17, &rs); got != 17 || s.Early.Warm || rs.N != 0 {
			t.Errorf("%s: works to %v °C", name, got)
		}
	}
	unknown := State{}
	in := Input{Params: &p, Ahead: Transition{Known: true, Setpoint: 21}}
	var rs Reasons
	if got := unknown.ahead(&in, 17, &rs); got != 17 {
		t.Errorf("an unknown house works to %v °C", got)
	}
}

// A night is not heated through because something is known of the next hour: what full
// heating does until the transition must be known, too.
func TestNoEarlyStartOnAGuess(t *testing.T) {
	p := DefaultParams()
	for _, c := range []struct {
		target Celsius
		unsure float64 // K, standard deviation of what full heating does until then
		warm   bool
	}{{20, 0.74, true}, {20, 0.76, false}, {17.5, 0.29, true}, {17.5, 0.31, false}} {
		s := rested(17)
		h := &s.House
		h.Fact = [facts]float64{level: 17} // as far as it knows it does not arrive at all
		h.Doubt = [facts][facts]float64{}
		then := 1 - exact.Exp(-8*3600/modeTimes[Modes-1])
		h.Doubt[Modes-1][Modes-1] = c.unsure / then * c.unsure / then
		in := Input{Params: &p, Ahead: Transition{Known: true, In: 8 * time.Hour, Setpoint: c.target}}
		var rs Reasons
		s.ahead(&in, 17, &rs)
		if s.Early.Warm != c.warm {
			t.Errorf("to %v °C, ±%v K: heating begins %v", c.target, c.unsure, s.Early.Warm)
		}
	}
}

func TestTheSetpointToComeKeepsToTheLimits(t *testing.T) {
	p := DefaultParams()
	p.SetpointMax = 20
	s := rested(17)
	in := Input{Params: &p, Ahead: Transition{Known: true, Setpoint: 28}}
	var rs Reasons
	if got := s.ahead(&in, 17, &rs); got != 20 {
		t.Errorf("works to %v °C", got)
	}
}
