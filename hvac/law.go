package hvac

import (
	"math"

	"quietstat/hvac/exact"
)

// law is the predictive law for one state of knowledge: how far ahead it looks and
// what full heating does until then.
type law struct {
	Ahead float64        // s; 0: nothing is known well enough
	Gone  [Modes]float64 // share of each mode that has faded by then
	Rise  float64        // K that full heating makes until then
	Doubt float64        // standard deviation of Rise, as a share of it
	Load  float64        // share of heating that keeps the room where it is, smoothed
}

// An outlook is one distance the law may look ahead.
type outlook struct {
	ahead  float64        // s
	gone   [Modes]float64 // e^(-ahead/mode time)
	steep  float64        // most by which the rise may grow until the next outlook
	effect [Modes]float64 // 1 - gone
}

const (
	leastAhead = 600.0 // s: nearer than a cycle of the relay there is nothing to decide
	leastRise  = 0.1   // K: less is lost in the noise of the sensor
	sureEnough = 0.5   // doubt of the rise; half and double still control well
	unsure     = 0.9
)

// quickRise is what full heating does in leastAhead, in K, in a house so quick that
// every cycle is felt: forced air in a light building. Rooms with radiators or floor
// heating stay far below and gain nothing from more cycles.
const quickRise = 0.8

// cycles is how many per hour the relay may make at half load.
func (s *State) cycles(p *Params) float64 {
	if s.House.Known() && s.House.rise(&outlooks[0].effect) >= quickRise {
		return max(p.MostCycles, p.QuickCycles)
	}
	return p.MostCycles
}

var outlooks = newOutlooks([...]float64{leastAhead, 750, 900, 1200, 1500, 1800, 2400, 3000, 3600, 4800, 6000, 7200, 10800})

func newOutlooks(times [13]float64) (all [13]outlook) {
	for k, ahead := range times {
		o := &all[k]
		o.ahead = ahead
		for i, tau := range modeTimes {
			o.gone[i] = exact.Exp(-ahead / tau)
			o.effect[i] = 1 - o.gone[i]
		}
		if k+1 < len(times) {
			ratio := times[k+1] / ahead
			o.steep = float64(ratio*ratio) * math.Sqrt(ratio) // ratio^2.5: a room that has begun to answer grows more slowly
		}
	}
	return all
}

// settle chooses the nearest outlook at which heating has come through (before that,
// the room's answer still steepens) and is known well enough.
func (h *Learned) settle() {
	l := &h.Law
	load := clamp(l.Load, 0, 1)
	*l = law{Load: load}
	for k := range len(outlooks) - 1 {
		o, next := &outlooks[k], &outlooks[k+1]
		rise := h.rise(&o.effect)
		if !(rise >= leastRise) || h.rise(&next.effect) > float64(rise*o.steep) {
			continue
		}
		doubt := math.Sqrt(max(h.doubt(&o.effect), 0)) / rise
		if !(doubt <= unsure) { // NaN, of a covariance that overflows, is no knowledge
			continue
		}
		if l.Ahead == 0 || doubt <= sureEnough {
			l.Ahead, l.Gone, l.Rise, l.Doubt = o.ahead, o.gone, rise, doubt
		}
		if doubt <= sureEnough {
			break
		}
	}
	h.Watch.Time = l.Ahead / 10
}

// rise is what full heating makes of a room at rest, in K.
func (h *Learned) rise(effect *[Modes]float64) float64 {
	sum := 0.0
	for i, e := range effect {
		sum += float64(h.Fact[i] * e)
	}
	return sum
}

// doubt is the variance of rise.
func (h *Learned) doubt(effect *[Modes]float64) float64 {
	sum := 0.0
	for i, a := range effect {
		row := 0.0
		for j, b := range effect {
			row += float64(h.Doubt[i][j] * b)
		}
		sum += float64(a * row)
	}
	return sum
}
