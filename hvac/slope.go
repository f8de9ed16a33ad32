package hvac

import "time"

// Fall is what Step remembers of the slope witness: it sees a door nobody wired, or
// one whose reed is dead, by what the open door does to the room.
type Fall struct {
	Rate      float64       // K/s, the slope of the room over some minutes
	Steep     time.Duration // for how long it has fallen faster than anything explains
	Pausing   bool          // the witness holds comfort back
	PausedFor time.Duration // and has for this long
	Worst     float64       // K/s, the steepest fall of this pause
	Rest      time.Duration // until the witness is heard again
}

const (
	fallTime = 240.0 // s, time constant of Rate: 0.02 K of sensor noise becomes 0.005 K/min
	// fallSure is how long a fall must stay steep: a gust is over by then.
	fallSure = 3 * time.Minute
	// warmth is how long after a start of heating its effect must be felt at least so
	// far that the room no longer falls by itself.
	warmth = 12 * time.Minute
	// warmShare of Params.FallRate is what counts as steep in a room that is heated.
	warmShare = 0.3
	// fallLeft of the steepest fall is where a fall has ended.
	fallLeft = 0.2
	// fallRest is the time between two pauses by the witness. It bounds what a house
	// can lose to it: half an hour in two and a half.
	fallRest = 2 * time.Hour
)

// falling decides whether the room falls faster than weather, sun and the heater's
// own cycle explain, and pauses comfort like an open door if so, for FallPause at
// most. dt is time for timers, learn the same in seconds for filters. A room whose
// door is known to be open needs no witness.
//
//	        steep for fallSure              fall over, or FallPause
//	idle ----------------------> pausing ----------------------------> rest --(2 h)--> idle
//
// Steep is FallRate with heating off, so far above what switching off does in any
// house that is heated by what it needs, and less than a third of it once heating has been
// on for long enough to be felt: then no house falls by itself.
func (s *State) falling(in *Input, trusted, open bool, dt time.Duration, learn float64, rs *Reasons) bool {
	f, p := &s.Fall, in.Params
	f.repair()
	f.Rest = max(0, f.Rest-min(dt, f.Rest))
	if !trusted || learn == 0 {
		f.Rate, f.Steep = 0, 0
	} else {
		f.Rate += float64((s.Sensor.Slope - f.Rate) * (learn / (fallTime + learn)))
	}
	if p.FallPause == 0 || in.FallIgnored > 0 || in.Probe.Active || in.Other.Drives || !trusted || open {
		if open {
			f.Rest = max(f.Rest, fallRest/8) // its end is no fall, and neither is what follows it
		}
		f.Pausing, f.PausedFor, f.Worst, f.Steep = false, 0, 0, 0
		return false
	}
	limit := p.FallRate / 60
	if s.Relay.Call == CallHeat && s.Relay.Held >= warmth {
		limit = float64(limit * warmShare)
	}
	switch {
	case f.Pausing:
		f.PausedFor = grow(f.PausedFor, dt)
		f.Worst = min(f.Worst, f.Rate)
		if f.PausedFor >= p.FallPause || f.Rate > float64(fallLeft*f.Worst) {
			f.Pausing, f.PausedFor, f.Worst, f.Rest = false, 0, 0, fallRest
		}
	case s.Relay.Call == CallCool || f.Rest > 0 || f.Rate > -limit:
		f.Steep = 0
	default:
		if f.Steep = grow(f.Steep, dt); f.Steep >= fallSure {
			f.Pausing, f.PausedFor, f.Worst, f.Steep = true, 0, f.Rate, 0
		}
	}
	if f.Pausing {
		rs.add(Reason{Kind: FallPause, Since: f.PausedFor, Left: max(0, p.FallPause-f.PausedFor), Value: float64(f.Rate * 60)})
	}
	return f.Pausing
}

// repair turns a damaged state into a fresh one.
func (f *Fall) repair() {
	if !finite(f.Rate) || !finite(f.Worst) {
		*f = Fall{}
	}
	f.Rest = min(max(f.Rest, 0), fallRest)
}
