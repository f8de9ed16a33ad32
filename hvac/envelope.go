package hvac

import "time"

// hysteresis of the two limits that latch, in kelvin.
const (
	frostRise    = 1 // the frost floor heats to floor + 1
	overheatFall = 2 // an overheated house may heat again below overheat - 2
)

// hotFor is how long nobody needs to have seen a house for its overheating to be
// over: half a day cools any house, and a latch that outlived its sensor would
// keep the frost duty away for ever.
const hotFor = 12 * time.Hour

// envelope keeps the two latches of the safety envelope. They move only on a
// trusted temperature and on samples, not on the filter: safety does not wait.
func (s *State) envelope(r room, p *Params) {
	if !r.trusted {
		s.Hot = s.Hot && s.Blind < hotFor
		return
	}
	switch floor := float64(p.FrostFloor); {
	case r.raw < floor:
		s.Frost = true
	case r.raw >= floor+frostRise:
		s.Frost = false
	}
	switch limit := float64(p.Overheat); {
	case r.raw >= limit:
		s.Hot = true
	case r.raw < limit-overheatFall:
		s.Hot = false
	}
}

// What a house needs that nobody sees.
const (
	// heated is the need from which on a house that is warm is so because it is
	// heated: at 21 °C and 10 °C outside every house of hvac/house needs 0.19 or more.
	heated = 0.05
	// lostShare of the need is what the duty gives. In the weather of the last sight
	// 21 °C become 14 at freezing point and 12 at -10 °C. It stands between a front
	// of 10 K, which must not freeze the pipes, and a thaw of 15 K, which must not
	// overheat the room.
	lostShare = 0.7
	// season is how long it takes for a warm house without heating to become one
	// that may freeze.
	season = 30 * 24 * time.Hour
	// needTime is how long Need looks back: a sunny day in January must not look like
	// summer. What has been seen for less is averaged over what there is, but over
	// needLeast at least, and until needSure the integral has its say too.
	needTime  = 24 * time.Hour
	needLeast = 2 * time.Hour
	needSure  = 6 * time.Hour
	// recentTime is that of Recent, in seconds: some cycles of the relay.
	recentTime = 3600.0
)

// blind is the demand of a house whose temperature is unknown: nothing, unless it
// may freeze. Then it is heated for a share of the time, so that a sensor torn off
// in January costs comfort and not the pipes. A warm room is no safety by itself:
// at -10 °C outside 21 °C freeze within a day. What tells is what it took to keep
// it warm. The duty begins at once if the house was at the frost floor when sight
// was lost.
func (s *State) blind(in *Input, paused bool, rs *Reasons) float64 {
	p := in.Params
	hold := s.holding(in, paused, rs)
	need := s.standing()
	warm := s.Sensor.Known && s.Sensor.Filtered >= float64(p.LostBelow) && need < heated && s.Blind < season
	if !p.CanHeat || warm || !s.Frost && s.Blind < p.LostAfter {
		return hold
	}
	duty := max(p.LostDuty, float64(lostShare*need))
	rs.add(Reason{Kind: FrostDuty, Since: s.Blind, Value: duty})
	return max(duty, hold)
}

// standing is the share of the time it takes to keep the house as warm as it was.
func (s *State) standing() float64 {
	if s.NeedFor < needSure {
		return clamp(max(s.PID.Heat, s.Need), 0, 1)
	}
	return clamp(s.Need, 0, 1)
}

// needs follows how much of the time the house is heated while it is seen: call is what
// runs. dt is in seconds; 0 learns nothing.
func (s *State) needs(call Call, dt float64) {
	on := 0.0
	if call == CallHeat {
		on = 1
	}
	s.NeedFor = min(max(s.NeedFor, 0)+time.Duration(float64(dt*float64(time.Second))), needTime)
	span := max(s.NeedFor, needLeast).Seconds()
	s.Need = clamp(s.Need+float64((on-s.Need)*(dt/(span+dt))), 0, 1)
	s.Recent = clamp(s.Recent+float64((on-s.Recent)*(dt/(recentTime+dt))), 0, 1)
}
