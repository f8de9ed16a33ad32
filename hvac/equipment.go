package hvac

import "time"

// Equipment is what hangs on the relays beyond one heating and one cooling relay,
// and how it wants to be treated. CanHeat and CanCool stay the word on whether there
// is anything to heat or to cool with; for a heat pump both are its compressor. The
// zero switches describe a house without any of it.
type Equipment struct {
	Pump      bool // a compressor (Y) heats and cools, by way of a reversing valve (O/B)
	Reversing bool // the compressor has a reversing valve; without one it only heats
	PolarityB bool // the valve's coil is energised for heating (B), not for cooling (O)
	Second    bool // a second heating stage (W2) beside the first
	Aux       bool // auxiliary heat beside a heat pump
	Dry       bool // a dehumidifier of its own

	SecondAfter time.Duration // demand near full this long calls stage 2 or auxiliary heat, 1 min to 4 h
	SecondError float64       // K, 0.5 to 10: so does a room this much too cold, at once

	AuxAbove        Celsius       // warmer than this outside auxiliary heat is locked out, -20 to 30
	CompressorBelow Celsius       // colder than this outside the compressor is, -40 to 10 and 2 K below AuxAbove
	ValveRest       time.Duration // between a move of the valve and the compressor's start, 10 s to 10 min

	FanPreRun    time.Duration // the fan runs this long before a run that uses it, 0 to 3 min
	FanCirculate time.Duration // the fan runs at least this much of each hour, 0 to 1 h

	Humidity Percent // mode dry works towards this, 30 to 80
}

// shippedEquipment has limits that suit common equipment, and no equipment.
//
// SecondError and SecondAfter are what installers set on staged thermostats (2 to
// 3 °F, 10 to 30 min). AuxAbove is where a heat pump still carries a house alone
// (its balance point lies at -5 to 5 °C); CompressorBelow locks nothing out that is
// found outdoors. ValveRest lets the pressures meet, which takes a minute or so.
// 55 % is the upper half of what is comfortable and keeps mould and mites away.
var shippedEquipment = Equipment{
	SecondAfter: 15 * time.Minute, SecondError: 1.5,
	AuxAbove: 10, CompressorBelow: -40, ValveRest: time.Minute,
	Humidity: 55,
}

// lockoutGap keeps the two lock-outs apart, with the hysteresis of both in between,
// so that there is heat at every temperature. In kelvin.
const lockoutGap = 2

// remedies of the rows of Equipment in the table of bounds.
const (
	staging = "the first stage needs room and time to show what it can do"
	locking = "leave 2 K between the two lock-outs, so that something can always heat"
)
