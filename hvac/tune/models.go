package tune

import "time"

// Confidence says how far a fit can be trusted.
type Confidence struct {
	RMS      float64 `json:"rms_k"`    // K, of the residual
	Whole    float64 `json:"noises"`   // RMS in units of the expected noise; 1 is perfect
	Explains float64 `json:"explains"` // share of the temperature's variance, 0 to 1
	OK       bool    `json:"ok"`       // identifiable: residual and deviations are within bounds
}

// FirstOrder is gain, lag and dead time: Gain·exp(-s·DeadTime)/(Lag·s + 1). The fields
// ending in Dev are standard deviations.
type FirstOrder struct {
	Gain, GainDev         float64       // K at full power, in the end
	Rate, RateDev         float64       // K/h at full power, at first: Gain/Lag, known better than either
	Lag, LagDev           time.Duration //
	DeadTime, DeadTimeDev time.Duration //
	Confidence
}

// SecondOrder is gain, two lags in series and a dead time.
type SecondOrder struct {
	Gain, GainDev         float64       // K at full power
	Rate, RateDev         float64       // K/h at full power: Gain/Lag
	Lag, LagDev           time.Duration // the longer one
	Short, ShortDev       time.Duration // the shorter one
	DeadTime, DeadTimeDev time.Duration //
	Confidence
}

// Modes is how many fixed time constants Steps has.
const Modes = 6

// TimeConstants are those of Steps, in seconds: a minute to a day.
var TimeConstants = [Modes]float64{60, 300, 1200, 5400, 6 * 3600, 24 * 3600}

// Steps is the response of the room to full power as a sum of fixed time constants:
// sum of Gains[i]·(1 - exp(-(t-DeadTime)/TimeConstants[i])), each at least 0.
type Steps struct {
	Gains    [Modes]float64        // K at full power
	Cov      [Modes][Modes]float64 // K², of Gains, with the weak prior in it: what the test did not show is as wide as the prior
	DeadTime time.Duration
	Rest     float64 // °C the model's room had without heat at the beginning of the record, as if the load stayed
	Duty     float64 // share of the time heating must have been on before the record, 0 to 1
	Confidence
}
