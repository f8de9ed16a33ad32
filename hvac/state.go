package hvac

import "time"

// State is everything Step carries from one call to the next: plain values,
// comparable with ==. The zero State has just started, knows nothing of the room
// and counts its relays as switched off this very moment.
type State struct {
	Started bool
	At      time.Duration // BOOTTIME of the last step
	Sensor  Sensor
	Doors   [MaxDoors]Door
	PID     PID
	Relay   Relay
	Frost   bool          // the frost floor is heating
	Hot     bool          // the overheat cut-out has tripped
	Blind   time.Duration // without a trusted temperature
	Need    float64       // share of the time it was heated in the last day it was seen, 0 to 1
}

// Input is what Step is told. Now and every time in it are CLOCK_BOOTTIME.
type Input struct {
	Now       time.Duration
	Reading   Reading     // the newest sample; showing one again is harmless
	Fault     SensorFault // the driver's present complaint
	Doors     [MaxDoors]Contact
	DoorCount int // how many of Doors are wired
	Setpoint  Celsius
	Mode      Mode
	Params    *Params // read only; nil or invalid switches everything off
}

// gapTicks late ticks in a row are a gap: the controller learns nothing across it.
const gapTicks = 30

// advance moves the clock. It returns the time passed for timers, and in seconds
// for the controller, which is 0 across a gap or a clock that ran backwards.
func (s *State) advance(in *Input, rs *Reasons) (dt time.Duration, learn float64) {
	if !s.Started {
		s.Started, s.At = true, in.Now
		return 0, 0
	}
	dt, back := elapsed(s.At, in.Now)
	s.At = in.Now
	switch {
	case back:
		rs.add(Reason{Kind: ClockBack})
	case dt > gapTicks*in.Params.Tick:
		rs.add(Reason{Kind: LoopGap, Since: dt})
	default:
		learn = dt.Seconds()
	}
	return dt, learn
}
