package hvac

import (
	"math"
	"time"

	"quietstat/hvac/exact"
)

// Knowledge is what was learned of a house, for people to look at.
type Knowledge struct {
	Informed  time.Duration // how much time was learned from
	Drives    bool          // what was learned drives the house, not the PID
	Distrust  time.Duration // until it may be tried again, because the room was not kept, or surprised
	Ahead     time.Duration // how far the learned law looks ahead; 0: nothing is known well enough
	Doubt     float64       // standard deviation of what full heating does until then, as a share of it
	Load      float64       // share of heating that keeps the room where it is, 0 to 1
	Rises     [Rises]Rise
	Times     [Modes]Answer
	Signature float64       // share of heating that each kelvin of difference to outside takes; 0: not known
	Weathered time.Duration // how much time that was learned from, up to two days
}

// Rises is how many distances Knowledge tells of.
const Rises = 3

// A Rise is what full heating makes of a room at rest.
type Rise struct {
	After time.Duration
	By    float64 // K
	Doubt float64 // K, standard deviation
}

// An Answer is one of the first-order responses a house is made of here.
type Answer struct {
	Time  time.Duration // time constant
	Share float64       // K at full heating for ever
	Doubt float64       // K, standard deviation
}

var riseTimes = [Rises]time.Duration{time.Hour, 3 * time.Hour, 12 * time.Hour}

// Known tells what was learned of the house. It costs more than a step: it is for
// whoever asks, not for the loop.
func (s *State) Known() Knowledge {
	h := &s.House
	k := Knowledge{
		Informed: h.Informed, Drives: h.Known(), Distrust: h.Trust.Rest,
		Ahead: time.Duration(h.Law.Ahead) * time.Second, Doubt: h.Law.Doubt, Load: h.Law.Load,
		Signature: s.Weather.signature(), Weathered: s.Weather.Learnt,
	}
	for i, tau := range modeTimes {
		k.Times[i] = Answer{time.Duration(tau) * time.Second, h.Fact[i], math.Sqrt(max(h.Doubt[i][i], 0))}
	}
	for n, after := range riseTimes {
		var effect [Modes]float64
		for i, tau := range modeTimes {
			effect[i] = 1 - exact.Exp(-after.Seconds()/tau)
		}
		k.Rises[n] = Rise{after, h.rise(&effect), math.Sqrt(max(h.doubt(&effect), 0))}
	}
	return k
}
