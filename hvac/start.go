package hvac

import (
	"math"
	"time"

	"quietstat/hvac/exact"
)

// Early is what is done ahead of a setpoint that is known to come.
type Early struct {
	Warm   bool          // heating towards it has begun
	Coast  bool          // heating has ended: the warmth there is lasts
	Target float64       // °C, the setpoint to come
	Asked  time.Duration // Learned.Informed when it was last decided
}

const (
	mostEarly   = 12 * time.Hour   // a room that needs longer starts then
	mostCoast   = 30 * time.Minute // before the end of a warm time heating may end
	mostUnsure  = 0.25             // standard deviation of where it arrives, as a share of what is missing
	leastUnsure = 0.3              // K: or as much
	coastBelow  = 0.15             // K nobody feels: ASHRAE 55 lets a room drift by more in a quarter of an hour
)

// ahead begins to heat at the last moment from which full heating reaches the coming
// setpoint in time, and ends heating when what is in the house lasts until a warm
// time is over. It decides once a minute, when something new has been learned, and
// never goes back on a start while the same transition lies ahead.
// It returns the setpoint to work to.
func (s *State) ahead(in *Input, setpoint float64, rs *Reasons) float64 {
	e, t := &s.Early, &in.Ahead
	target := float64(t.Setpoint)
	if !t.Known || !s.House.Known() || !finite(target) || !in.Params.Predict || in.Params.NoEarly {
		*e = Early{}
		return setpoint
	}
	target = clamp(target, float64(in.Params.SetpointMin), float64(in.Params.SetpointMax))
	if target != e.Target {
		*e = Early{Target: target}
	}
	lead := max(t.In, 0)
	switch {
	case target > setpoint && lead <= mostEarly:
		e.Coast = false
		if !e.Warm && s.House.Informed != e.Asked {
			e.Warm = s.House.reaches(target, lead.Seconds())
		}
	case target < setpoint && lead <= mostCoast:
		e.Warm = false
		if s.House.Informed != e.Asked {
			e.Coast = s.House.lasts(setpoint-coastBelow, lead.Seconds())
		}
	default:
		e.Warm, e.Coast = false, false
	}
	e.Asked = s.House.Informed
	switch {
	case e.Warm:
		rs.add(Reason{Kind: EarlyStart, Left: lead, Value: target})
		return target
	case e.Coast:
		rs.add(Reason{Kind: EarlyStop, Left: lead, Value: target})
	}
	return setpoint
}

// reaches reports whether it is time: full heating from now on would not be past the
// target after so many seconds, and that is known well enough. A house that is known for
// an hour ahead only is so heated from an hour ahead, not all night.
func (h *Learned) reaches(target, lead float64) bool {
	var then [facts]float64 // what each fact counts for after that time
	then[level], then[slope] = 1, float64(slopeFades*(1-exact.Exp(-lead/(3600*slopeFades))))
	for i, tau := range modeTimes {
		gone := exact.Exp(-lead / tau)
		then[i] = float64(h.Recent[i]*gone) + 1 - gone
	}
	sum, spread := 0.0, 0.0
	for i, a := range then {
		sum += float64(h.Fact[i] * a)
		for j, b := range then {
			spread += float64(float64(a*h.Doubt[i][j]) * b)
		}
	}
	unsure := max(leastUnsure, float64(mostUnsure*(target-h.Watch.Level-h.explained())))
	return sum <= target && spread <= float64(unsure*unsure)
}

// lasts reports whether the room stays above least for so many seconds without heating.
func (h *Learned) lasts(least, lead float64) bool {
	sum := h.Watch.Level + float64(math.Min(h.Watch.Slope, 0)*lead)
	for i, tau := range modeTimes {
		sum += float64(float64(h.Fact[i]*h.Recent[i]) * exact.Exp(-lead/tau))
	}
	return sum >= least
}
