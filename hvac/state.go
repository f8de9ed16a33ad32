package hvac

import "time"

// State is everything Step carries from one call to the next: plain values,
// comparable with ==. The zero State has just started, knows nothing of the room
// and counts its relays as switched off this very moment.
type State struct {
	Started bool
	At      time.Duration // BOOTTIME of the last step
	Resumed bool          // the integral has begun as Params want it after a restart
	Sensor  Sensor
	Doors   [MaxDoors]Door
	PID     PID
	Relay   Relay
	Plant   Plant
	House   Learned       // how the house answers to heating
	Weather Weather       // what the weather takes
	Early   Early         // what is done ahead of the next setpoint
	Drying  bool          // mode dry finds the air too humid
	Frost   bool          // the frost floor is heating
	Hot     bool          // the overheat cut-out has tripped
	Blind   time.Duration // without a trusted temperature
	Need    float64       // share of the time it was heated in the last day it was seen, 0 to 1
	NeedFor time.Duration // how much of that day it has been seen
	Recent  float64       // the same over the last hour
	Beside  Beside        // the second sensor
	Fall    Fall          // the slope witness
	Watch   Watch         // of equipment that does not do what it is told
}

// Input is what Step is told. Now and every time in it are CLOCK_BOOTTIME.
type Input struct {
	Now        time.Duration
	Reading    Reading     // the newest sample; showing one again is harmless
	Fault      SensorFault // the driver's present complaint
	Spare      Reading     // of the second sensor in the house; zero and no fault is "not fitted"
	SpareFault SensorFault // the driver's present complaint about it
	Doors      [MaxDoors]Contact
	DoorCount  int // how many of Doors are wired
	// DoorIgnored and FallIgnored are for how much longer a person wants a door, or the
	// slope witness, not to pause the house; 0 lets it.
	DoorIgnored [MaxDoors]time.Duration
	FallIgnored time.Duration
	Setpoint    Celsius
	Mode        Mode
	Outdoor     Outdoor    // optional; zero is "not known"
	Ahead       Transition // optional: the next setpoint, if it is known already
	Probe       Probe      // a tuning experiment drives the equipment in the controller's place
	Other       Other      // somebody else drives the equipment: Step is carried out by nobody
	Params      *Params    // read only; nil or invalid switches everything off
}

// Outdoor is the temperature outside, where somebody measures it. The zero value is
// "not known".
type Outdoor struct {
	Known       bool
	Temperature Celsius
}

// Transition is a change of setpoint that is known ahead, from a schedule or a hold
// that ends. The zero value is "none known".
type Transition struct {
	Known    bool
	In       time.Duration // from Now; negative counts as 0
	Setpoint Celsius
}

// Probe lets a tuning experiment choose the call. Everything that stands above the
// controller stands above it too: envelope, dwell, sensor, doors and mode off. The
// zero value leaves the controller in charge.
type Probe struct {
	Active bool
	Call   Call
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
