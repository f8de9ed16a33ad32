package tune

import (
	"fmt"
	"time"

	"quietstat/hvac"
)

// Phase is where an experiment stands. The zero value is "there is none".
type Phase uint8

const (
	Idle     Phase = iota // no experiment
	Watching              // heating off, the noise is measured
	Cycling               // relay feedback
	Waiting               // a door is open, or the sensor is silent
	Done                  // the record is good: Evaluate it
	Failed                // see Failure
)

var phaseWords = [...]string{Idle: "idle", Watching: "watching", Cycling: "cycling", Waiting: "waiting", Done: "done", Failed: "failed"}

// String is a word of the closed vocabulary idle, watching, cycling, waiting, done, failed.
func (p Phase) String() string {
	if int(p) < len(phaseWords) {
		return phaseWords[p]
	}
	return fmt.Sprintf("phase %d", uint8(p))
}

// Status is an experiment after a Step: plain values.
type Status struct {
	Phase   Phase
	Failure Failure       // why, if Failed
	Elapsed time.Duration // since New
	Left    time.Duration // after which it ends in any case
	Strokes int           // undisturbed ways up or down through the band
	Needed  int           // strokes that make it Done
	Noise   float64       // K, standard deviation of the sensor; 0 while Watching
	Band    float64       // K to either side of Centre; 0 while Watching
	Centre  hvac.Celsius  // the temperature the relay cycles around
}

// Running reports whether the experiment wants to drive the relay: Probe.Active.
func (s Status) Running() bool {
	return s.Phase == Watching || s.Phase == Cycling || s.Phase == Waiting
}

// Failure is why an experiment, or the evaluation of its record, gave no new gains.
// The zero value is "none".
type Failure uint8

const (
	NoFailure       Failure = iota
	Aborted                 // somebody ended it
	TimedOut                // no steady cycles within Options.TimeLimit
	NoRise                  // heating on for 2 h, or the room 2 K colder, and it did not get warmer
	TooWeak                 // heating on for 6 h without crossing the band: too small, or too cold outside
	TooWarm                 // heating off for 8 h without crossing it: the sun or another heater warms the room
	OverTemperature         // the setpoint + 2 K or the ceiling was reached
	TooCold                 // 2 K below the centre although heating had no time to act
	Disturbed               // doors spoilt it more than three times, or for more than 2 h together
	SensorLost              // no valid sample for 15 min
	NotObeyed               // the relay did not follow for 20 min, or moved by itself
	ClockBack               // the clock ran backwards or stood still for too long
	TooShort                // the record has too little in it to fit anything
	NotIdentifiable         // no model explains the record: parameters uncertain or residual far above the noise
)

// String is the reason in plain words, with the remedy.
func (f Failure) String() string {
	if int(f) < len(failureTexts) {
		return failureTexts[f]
	}
	return fmt.Sprintf("failure %d", uint8(f))
}

var failureTexts = [...]string{
	NoFailure:       "nothing is wrong",
	Aborted:         "it was ended by hand or by a change of mode or setpoint",
	TimedOut:        "the room did not settle into a steady rhythm in the time allowed; try again on a calmer day",
	NoRise:          "the heating was on and the room did not get warmer; look whether the relay and the heater are connected and switched on",
	TooWeak:         "the heating was on for hours and did not bring the room through the band; try again when it is warmer outside, or with a lower setpoint",
	TooWarm:         "the room does not need heating now; try again when it is colder, with a higher setpoint, or without sun",
	OverTemperature: "the room became too warm; something else heats it, or the heating does not stop",
	TooCold:         "the room cooled too fast; look for an open window",
	Disturbed:       "doors were open too often or for too long; try again when they can stay shut",
	SensorLost:      "the sensor was silent for too long; look at quietstat status",
	NotObeyed:       "the relay did not do what was asked, because of a safety limit or a fault; see quietstat explain",
	ClockBack:       "the clock jumped; try again",
	TooShort:        "the record is too short to learn from",
	NotIdentifiable: "the record fits no simple model of a house; try again on a calm day without sun and visitors",
}

// word names for machines, in the order of the constants.
var failureWords = [...]string{"none", "aborted", "timed_out", "no_rise", "too_weak", "too_warm", "over_temperature", "too_cold",
	"disturbed", "sensor_lost", "not_obeyed", "clock_back", "too_short", "not_identifiable"}

// Word is the reason as one word for scripts, "none" for no failure.
func (f Failure) Word() string {
	if int(f) < len(failureWords) {
		return failureWords[f]
	}
	return "unknown"
}

// A FailedError is a Failure as an error.
type FailedError struct {
	Failure Failure
}

func (e *FailedError) Error() string { return "tuning: " + e.Failure.String() }
