package trial

import (
	"math"
	"time"
)

// A Result is what one controller did in one scenario. All errors are of the true
// temperature at the sensor's place against the setpoint.
type Result struct {
	IAE       float64 `json:"iae_kh"`           // K·h, integral of the absolute error over the hours that count
	Overshoot float64 `json:"overshoot_k"`      // K, highest above the setpoint in the hours that count
	Lowest    float64 `json:"lowest_k"`         // K, lowest below it, negative
	Settled   float64 `json:"settled_h"`        // h from the start of counting until the error stays within 0.3 K; -1 if it never does
	RMS       float64 `json:"rms_k"`            // K, over the hours that count
	CSD       float64 `json:"csd_k"`            // K, control to setpoint deviation: the mean's distance from the setpoint
	CV        float64 `json:"cv_k"`             // K, control variation: half of highest less lowest
	Energy    float64 `json:"energy_kwh_day"`   // kWh a day, all hours after settling
	Cycles    float64 `json:"cycles_per_h"`     // relay starts an hour, all hours after settling
	Short     int     `json:"dwell_violations"` // runs and pauses of the relay below 180 s, whole scenario
	Hours     float64 `json:"hours_that_count"` // h
}

// CA is the control accuracy after EN 15500-1 as this bench composes it: CSD + CV.
func (r *Result) CA() float64 { return r.CSD + r.CV }

// Near is how close to the setpoint counts as settled, in kelvin.
const Near = 0.3

// measure takes the error of every second that counts.
type measure struct {
	iae, square, sum float64 // K·s, K²·s, K·s
	low, high        float64
	seconds          int
	away             time.Duration // when the error was last beyond Near
	far              bool          // it is so now
}

func newMeasure() measure { return measure{low: math.Inf(1), high: math.Inf(-1)} }

// add takes the error e of the second that ends at since, counted from the start of
// counting.
func (m *measure) add(since time.Duration, e float64) {
	m.iae += math.Abs(e)
	m.square += e * e
	m.sum += e
	m.low, m.high = min(m.low, e), max(m.high, e)
	m.seconds++
	if m.far = math.Abs(e) > Near; m.far {
		m.away = since
	}
}

// result closes the account. w has seen the relay for window; power is the heater's
// in kW.
func (m *measure) result(w *Witness, window time.Duration, power float64) Result {
	n := float64(m.seconds)
	r := Result{
		IAE: m.iae / 3600, Overshoot: m.high, Lowest: m.low, Settled: m.away.Hours(),
		RMS: math.Sqrt(m.square / n), CSD: math.Abs(m.sum / n), CV: (m.high - m.low) / 2,
		Energy: power * w.On.Hours() * 24 / window.Hours(), Cycles: float64(w.Starts) / window.Hours(),
		Short: w.Short, Hours: n / 3600,
	}
	if m.far {
		r.Settled = -1
	}
	return r
}
