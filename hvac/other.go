package hvac

// Other is somebody else who drives the equipment in Step's place, as an old
// thermostat does that quietstat looks over the shoulder of (shadow mode). Nobody
// carries out what Step decides then; what is learned of the house follows what the
// other does, if that is known, and nothing is learned if it is not. The zero value is
// "nobody else".
type Other struct {
	Drives bool
	Known  bool // Call holds
	Call   Call
}

// acts is what the equipment really does, as the last step left it; known is false
// where somebody else drives it and nobody sees what he does.
func (s *State) acts(in *Input) (call Call, known bool) {
	if in.Other.Drives {
		return in.Other.Call, in.Other.Known
	}
	return s.Relay.Call, true
}

// borrow gives the controller the integral that the other's doings show the house to
// need. Its own would run away on an error that it cannot act on.
func (s *State) borrow(in *Input) (borrowed bool) {
	if !in.Other.Drives || !in.Other.Known {
		return in.Other.Drives
	}
	s.PID.Heat = clamp(s.Need, 0, 1)
	return true
}
