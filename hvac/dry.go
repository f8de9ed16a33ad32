package hvac

import "math"

const (
	// dryFall is the hysteresis of drying in % of relative humidity.
	dryFall = 3
	// dryChill is how far below the setpoint drying may bring the room, in kelvin, and
	// dryAgain how far it must come back before drying begins again.
	dryChill, dryAgain = 1, 0.5
	// dryDuty is the share of the time a cooling relay runs to dry the air. At one half
	// runs and pauses are as short as its dwell allows, and the room cools the least.
	dryDuty = 0.5
)

// dry is the controller of mode dry: it cools in short runs, or runs the dehumidifier
// if there is one, while the air is more humid than wanted and the room is not cold.
// It reports whether the dehumidifier is wanted; a cooling relay is asked for by the
// demand. The setpoint bounds the chill and is not worked towards.
func (s *State) dry(in *Input, out *Outputs, rs *Reasons) bool {
	p := in.Params
	if !p.CanCool && !p.Equipment.Dry {
		rs.add(Reason{Kind: CannotDry})
		return false
	}
	humidity, sp := float64(in.Reading.Humidity), float64(in.Setpoint)
	if !(humidity > 0 && humidity <= 100) {
		rs.add(Reason{Kind: HumidityUnknown})
		return false
	}
	if math.IsNaN(sp) {
		rs.add(Reason{Kind: SetpointInvalid})
		return false
	}
	sp = clamp(sp, float64(p.SetpointMin), float64(p.SetpointMax))
	t, limit := s.Sensor.Filtered, float64(p.Equipment.Humidity)
	switch {
	case humidity <= limit-dryFall, t < sp-dryChill:
		s.Drying = false
	case humidity > limit && t >= sp-dryAgain:
		s.Drying = true
	}
	if !s.Drying {
		return false
	}
	rs.add(Reason{Kind: Drying, Value: limit})
	if p.Equipment.Dry {
		return true
	}
	out.Demand = -dryDuty
	return false
}
