package hvac

import (
	"fmt"
	"time"
)

// Gains are the five numbers of the controller; see pid.go for the law.
type Gains struct {
	Kp             float64       // demand per kelvin, 0.01 to 20
	Ti             time.Duration // integral time, 1 min to 48 h
	Td             time.Duration // derivative time, 0 to 2 h
	SetpointWeight float64       // share of a setpoint change acted on at once, 0 to 1
	FilterTime     time.Duration // time constant of the measurement filter, 1 s to 10 min
}

// Params is everything a household or an installer may choose about control.
// It never changes inside Step. The zero Params is invalid: start from
// DefaultParams and call Validate after every change.
type Params struct {
	Gains    Gains
	Deadband float64 // K, 0 to 1: errors this small leave the integral alone

	Tick       time.Duration // the period Step is called with, 50 ms to 60 s
	MinOn      time.Duration // shortest heating run, 60 s to 30 min
	MinOff     time.Duration // shortest pause before heating, 60 s to 30 min
	CoolDwell  time.Duration // both for the compressor, 60 s to 30 min
	Changeover time.Duration // pause between heating and cooling, 60 s to 2 h

	HeatCoolDifference float64 // K, 1.5 to 10: auto cools above setpoint + difference

	OpenDelay    time.Duration // a door must be open this long to pause, 0 to 10 min
	CloseDelay   time.Duration // and closed this long to resume, 0 to 30 min
	MaxDoorPause time.Duration // after which comfort resumes, 5 min to 24 h

	FrostFloor Celsius // never colder than this, in every mode, 4 to 12
	Overheat   Celsius // heating is cut at once from here on, 28 to 45

	StaleAfter   time.Duration // age at which the last good sample is given up, 30 s to 15 min
	PlausibleMin Celsius       // samples below are refused, -40 to 0
	PlausibleMax Celsius       // samples above are refused, 45 to 85
	SpikeLimit   float64       // K, 0.5 to 10: a larger jump between samples must be confirmed
	MaxRate      float64       // K/min, 0.2 to 20: what a room can do on top of SpikeLimit
	SpikeConfirm time.Duration // how long the jump must last to be believed, 10 s to 10 min

	LostAfter time.Duration // blind this long: frost duty, 10 min to 24 h
	LostDuty  float64       // share of time heating is on then, at least, 0.05 to 0.5
	LostBelow Celsius       // a room last seen below is cold; above, what it took to keep it so tells, 5 to 25

	SetpointMin Celsius // 5 to 25
	SetpointMax Celsius // 15 to 35, at least 1 K above SetpointMin

	FanRunOn    time.Duration // the fan runs on after a run that used it, 0 to 10 min
	FanWithHeat bool          // the fan runs with heating too, not only with cooling

	FallPause time.Duration // longest pause by the slope witness, 0 (never) to 60 min
	FallRate  float64       // K/min, 0.1 to 2: a fall that only something open explains

	FrozenAfter  time.Duration // the same to the last digit for so long is frozen, 30 min to 24 h
	SensorOffset float64       // K, -5 to 5: added to what the sensor says; see Correct
	HoldFor      time.Duration // blind, heating goes on as it lately was for this long, 0 to 6 h

	MaxRun      time.Duration // longest run without a pause, 1 h to 48 h
	NoRiseAfter time.Duration // full heating without effect for this long is told, 3 h to 24 h
	StuckRise   float64       // K, 3 to 10: a rise with heating off that is told

	Predict bool // drive the house by what was learned of it, once it is known
	NoEarly bool // do not begin to heat, or end, ahead of a setpoint that is known to come

	// After a restart the integral and what the relay owes go on as they were (restart
	// mode last), unless FreshStart makes them begin at RestartDuty (fixed; zero if 0).
	FreshStart  bool
	RestartDuty float64 // share of heating, or of cooling, to begin with, 0 to 0.5

	CanHeat bool // a heating relay is wired
	CanCool bool // a cooling relay is wired

	MostCycles  float64   // per hour at half load, where the dwell times allow as many; 1 to 12
	QuickCycles float64   // the same in a house known to be quick, 1 to 12, MostCycles if less; see quickRise
	Equipment   Equipment // what else is wired
}

// shipped is one set for every house: searched over step, setback and disturbance
// of the four houses of hvac/house (`go run ./hvac/bench`), then taken back from
// the edge so that a plant with 30 % more gain stays calm too.
var shipped = Gains{Kp: 0.6, Ti: 1500 * time.Second, Td: 350 * time.Second, SetpointWeight: 1, FilterTime: time.Minute}

// DefaultParams are the parameters as shipped: heating only, gains that serve
// light and heavy houses alike (see hvac/bench for what they reach).
func DefaultParams() Params {
	return Params{
		Gains:              shipped,
		Tick:               time.Second,
		MinOn:              180 * time.Second,
		MinOff:             180 * time.Second,
		CoolDwell:          300 * time.Second,
		Changeover:         10 * time.Minute,
		HeatCoolDifference: 2.8, // ASHRAE 90.1 §6.4.3.1.2: 5 °F between the two setpoints
		OpenDelay:          30 * time.Second,
		CloseDelay:         60 * time.Second,
		MaxDoorPause:       time.Hour,
		FrostFloor:         7,
		Overheat:           35,
		StaleAfter:         120 * time.Second,
		PlausibleMin:       -30,
		PlausibleMax:       60,
		SpikeLimit:         2,
		MaxRate:            3,
		SpikeConfirm:       time.Minute,
		LostAfter:          2 * time.Hour,
		LostDuty:           0.15,
		LostBelow:          20,
		SetpointMin:        5,
		SetpointMax:        30,
		FanRunOn:           time.Minute,
		FallPause:          30 * time.Minute,
		FallRate:           0.2,
		FrozenAfter:        3 * time.Hour,
		HoldFor:            2 * time.Hour,
		MaxRun:             24 * time.Hour,
		NoRiseAfter:        6 * time.Hour,
		StuckRise:          5,
		Predict:            true,
		CanHeat:            true,
		MostCycles:         6,
		QuickCycles:        7.2,
		Equipment:          shippedEquipment,
	}
}

// A ParamError says which parameter is outside which bound and what to do.
type ParamError struct {
	Field  string // Go name of the field, "Gains.Kp" for a nested one
	Value  string // what it is, with its unit
	Bound  string // what it must be
	Remedy string // what to do about it
}

// Error names field, value, bound and remedy in one line.
func (e *ParamError) Error() string {
	return fmt.Sprintf("parameter %s is %s, must be %s: %s", e.Field, e.Value, e.Bound, e.Remedy)
}
