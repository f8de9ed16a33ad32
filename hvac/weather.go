package hvac

import (
	"math"
	"time"
)

// Weather is what Step remembers of a house and the temperature outside, where that is
// known: what heating each kelvin of difference takes, its energy signature, from slow
// means of both. The zero value knows nothing.
type Weather struct {
	Share   float64       // mean share of heating, 0 to 1
	Across  float64       // K, mean of room less outside
	Learnt  time.Duration // how much time the means are of, up to weatherTime
	Outside float64       // °C, outside as the walls feel it; only if Met
	Met     bool          // the temperature outside was known in the last step
	Fed     bool          // Feed holds: the controller was fed in the last step
	Feed    float64       // K, setpoint less Outside then, at least 0
}

const (
	// weatherTime is how long the means look back: days and nights, a weekend.
	weatherTime = 48 * time.Hour
	// weatherLeast is a day with its night.
	weatherLeast = 24 * time.Hour
	// weatherAcross in kelvin is the least mean difference that tells anything: below,
	// sun and people heat a house.
	weatherAcross = 5.0
	// mostSignature per kelvin is a house that cannot be kept 10 K warmer than outside.
	mostSignature = 0.1
	// wallTime in seconds is how slowly a house feels the weather. Sooner does harm where
	// floors heat, later no good where the air is heated.
	wallTime = 6 * 3600.0
	// nearSetpoint in kelvin is a room at rest: what warming up takes, and cooling down
	// saves, is not what the weather takes.
	nearSetpoint = 1.0
)

// signature is the share of heating that a kelvin of difference takes, 0 if it is not
// known. It is never more than the truth by much: what sun and people give is not in it.
func (w *Weather) signature() float64 {
	if w.Learnt < weatherLeast || w.Across < weatherAcross {
		return 0
	}
	return clamp(w.Share/w.Across, 0, mostSignature)
}

// meet follows the temperature outside. Where it was not known a moment ago, the walls
// feel what it is now.
func (w *Weather) meet(o Outdoor, dt float64) {
	w.repair()
	if t := float64(o.Temperature); o.Known && t >= leastOutside && t <= mostOutside {
		if !w.Met {
			w.Outside = t
		}
		w.Outside += float64((t - w.Outside) * (dt / (wallTime + dt)))
		w.Met = true
		return
	}
	w.Met, w.Fed = false, false
}

// leastOutside and mostOutside are the weather of this planet, in degrees Celsius.
const leastOutside, mostOutside = -90.0, 60.0

// weigh learns from a room that is kept at its setpoint by heating that is the first
// stage's alone.
func (s *State) weigh(in *Input, setpoint, dt float64) {
	call, known := s.acts(in)
	rest := math.Abs(setpoint-s.Sensor.Filtered) <= nearSetpoint
	if s.Weather.Met && known && rest && dt > 0 && !in.Probe.Active && !s.Plant.Helped && !s.Plant.PumpLocked && !s.Watch.Stuck {
		s.Weather.learn(s.Sensor.Filtered, call, dt)
	}
}

// learn takes in dt seconds of a room at temp that was kept at its setpoint by call.
func (w *Weather) learn(temp float64, call Call, dt float64) {
	on := 0.0
	if call == CallHeat {
		on = 1
	}
	w.Learnt = min(max(w.Learnt, 0)+time.Duration(float64(dt*float64(time.Second))), weatherTime)
	share := dt / (max(w.Learnt, time.Hour).Seconds() + dt)
	w.Share += float64((on - w.Share) * share)
	w.Across += float64((temp - w.Outside - w.Across) * share)
}

// feed moves the integral by what a change of weather or setpoint asks for, and returns
// the share of it that the weather asks for now. The integral holds both together, the
// plain share that the house needs: so nothing moves when the temperature outside comes,
// goes, or when more is learned of the house.
func (s *State) feed(side Call, setpoint float64) float64 {
	w, each := &s.Weather, s.Weather.signature()
	if side != CallHeat || !w.Met || each == 0 {
		w.Fed = false
		return 0
	}
	drive := max(0, setpoint-w.Outside)
	if w.Fed {
		was := clamp(float64(each*w.Feed), 0, 1)
		s.PID.Heat = clamp(s.PID.Heat+clamp(float64(each*drive), 0, 1)-was, 0, 1)
	}
	w.Fed, w.Feed = true, drive
	return clamp(float64(each*drive), 0, 1)
}

// repair turns a damaged state into a fresh one.
func (w *Weather) repair() {
	if !finite(w.Share) || !finite(w.Across) || !finite(w.Outside) || !finite(w.Feed) {
		*w = Weather{}
	}
	w.Share, w.Across = clamp(w.Share, 0, 1), clamp(w.Across, -150, 150)
	w.Learnt = min(max(w.Learnt, 0), weatherTime)
}

// SavedWeather is the part of Weather that survives a restart, in its units.
type SavedWeather struct {
	Share  float64       `json:"share"`
	Across float64       `json:"across_k"`
	Learnt time.Duration `json:"learnt_ns"`
}
