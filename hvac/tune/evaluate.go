package tune

import (
	"errors"
	"time"

	"quietstat/hvac"
)

// Method chooses the rules that may propose gains. The zero value is Auto.
type Method uint8

const (
	Auto  Method = iota // all rules and variations of them; the simulation chooses
	SIMC                // Skogestad's rule alone
	AMIGO               // the rule of Åström and Hägglund alone
)

// Result is what came of an experiment. Gains are always usable: the old ones if
// nothing better was found.
type Result struct {
	Old      hvac.Gains `json:"old"`
	Gains    hvac.Gains `json:"gains"`
	Improved bool       `json:"improved"` // Gains are not Old
	Rule     string     `json:"rule"`     // where Gains come from: "simc", "amigo", ..., "old"
	Failure  Failure    `json:"failure"`  // why there is no fit; zero if there is

	First  FirstOrder  `json:"first"`
	Second SecondOrder `json:"second"`
	Steps  Steps       `json:"steps"`

	Before Score   `json:"before"` // the old gains on the fitted house
	After  Score   `json:"after"`  // Gains there
	Tried  []Score `json:"-"`      // every candidate, Old first

	Noise  float64       `json:"noise_k"` // K, of the sensor
	Took   time.Duration `json:"took"`    // the experiment
	Cycles int           `json:"cycles"`  // undisturbed ones
	Period time.Duration `json:"period"`  // of the last
	Report []string      `json:"report"`  // sentences for people
}

// Evaluate fits the record, proposes gains and tries them on the fitted house. params
// hold the old gains and the limits the relay keeps to. It takes seconds on a Raspberry
// Pi and must not run in a control loop. On an error, which is a *FailedError unless
// params are invalid, the result still holds the old gains and a report.
func Evaluate(r Record, params hvac.Params, m Method) (Result, error) {
	return Result{Old: params.Gains, Gains: params.Gains, Rule: "old"}, errors.New("tuning: not evaluated")
}
