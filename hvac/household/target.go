package household

import (
	"time"

	"quietstat/hvac"
)

// Source is who asks for the present warmth.
type Source uint8

const (
	SourceBase Source = iota
	SourceSchedule
	SourceVacation
	SourceHold
	SourceBoost
)

var sourceWords = [...]string{SourceBase: "base", SourceSchedule: "schedule", SourceVacation: "vacation", SourceHold: "hold", SourceBoost: "boost"}

// String is "base", "schedule", "vacation", "hold" or "boost".
func (s Source) String() string {
	if int(s) >= len(sourceWords) {
		return sourceWords[SourceBase]
	}
	return sourceWords[s]
}

// Target is how warm it shall be now, and why. It is plain values.
type Target struct {
	Mode     hvac.Mode
	Setpoint hvac.Celsius // within Limits
	Preset   Preset       // None for a plain temperature, and during a boost
	Source   Source
	Since    time.Duration   // CLOCK_BOOTTIME; before 0 is before the start; Unknown
	Until    time.Duration   // CLOCK_BOOTTIME, after now; Forever if no end is known
	Next     hvac.Transition // the next other setpoint that is known, and in how long
	Level    Level           // what is planned below holds and boosts: last for the next Resolve
	Reasons  Reasons         // what is not as it was written
}
