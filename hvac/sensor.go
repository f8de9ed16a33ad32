package hvac

import (
	"math"
	"time"
)

// Sensor is what Step remembers of the climate sensor. Ages are counted by
// adding up steps, so a clock that jumps cannot make an old sample young.
type Sensor struct {
	Known    bool          // at least one good sample, ever (survives a restart)
	Tracking bool          // at least one good sample since the start
	Age      time.Duration // of the last good sample; of the start if there was none
	Good     float64       // °C, the last good sample
	Filtered float64       // °C, Good behind FilterTime: what the controller works with
	Slope    float64       // K/s, derivative of Filtered
	Trend    float64       // K/s, the same over a quarter of an hour
	Seen     bool          // SeenAt holds
	SeenAt   time.Duration // BOOTTIME of the last sample looked at, good or not
	Waiting  bool          // a jump waits to be confirmed
	Jump     float64       // °C it went to
	JumpFor  time.Duration // for how long
	Damp     float64       // %, humidity of the last good sample
	Air      float64       // Pa, pressure of the last good sample
	Same     time.Duration // samples have been the same to the last bit for this long
	Worked   time.Duration // of it with heating or cooling on
}

// A sight is one sensor as one step sees it.
type sight struct {
	now     time.Duration
	reading *Reading
	fault   SensorFault
	working bool // heating or cooling is on
	params  *Params
}

// trendTime smooths Trend enough to see the 0.1 K/h of a heavy house through
// 0.02 K of sensor noise.
const trendTime = 900.0 // s

// A room is the sensor's verdict for one step.
type room struct {
	trusted bool
	temp    float64 // °C, filtered; only if trusted
	raw     float64 // °C, the last good sample; only if trusted
}

// judge takes in the reading if it is new and good, and says whether the room's
// temperature is known. Bus trouble leaves the last good sample in force until
// StaleAfter; a fault that casts doubt on the value itself does not.
func (s *Sensor) judge(in sight, dt time.Duration, rs *Reasons) room {
	p := in.params
	s.repair()
	s.Age = grow(s.Age, dt)
	if s.Waiting {
		s.JumpFor = grow(s.JumpFor, dt)
	}
	s.stand(in.working, dt)
	doubt := false
	switch in.fault {
	case FaultNone:
		s.take(in, rs)
	case FaultBus, FaultTimeout, FaultResetValue:
		s.take(in, rs)
		left := time.Duration(0)
		if s.Tracking {
			left = max(0, p.StaleAfter-s.Age)
		}
		rs.add(Reason{Kind: SensorFaulty, Value: float64(in.fault), Left: left})
	default:
		doubt = true
		rs.add(Reason{Kind: SensorFaulty, Value: float64(in.fault)})
	}
	switch {
	case !s.Tracking:
		rs.add(Reason{Kind: SensorAbsent, Since: s.Age})
		return room{}
	case s.Age > p.StaleAfter:
		rs.add(Reason{Kind: SensorStale, Since: s.Age})
		return room{}
	case doubt:
		return room{}
	case s.frozen(p):
		rs.add(Reason{Kind: SensorFrozen, Since: s.Same})
		return room{}
	}
	return room{trusted: true, temp: s.Filtered, raw: s.Good}
}

// take looks at the reading once, however often it is shown.
func (s *Sensor) take(in sight, rs *Reasons) {
	p, r := in.params, in.reading
	if !r.Valid {
		return
	}
	age, future := elapsed(r.At, in.now)
	if future {
		rs.add(Reason{Kind: SensorImplausible, Value: float64(r.Temperature)})
		return
	}
	if age > p.StaleAfter || s.Tracking && age >= s.Age {
		return // too old to learn from, or already known
	}
	x := float64(r.Temperature)
	if !finite(x) || x < float64(p.PlausibleMin) || x > float64(p.PlausibleMax) {
		rs.add(Reason{Kind: SensorImplausible, Value: x})
		return
	}
	if s.Tracking && s.Age <= p.StaleAfter && !s.believe(x, s.Age-age, r.At, p) {
		rs.add(Reason{Kind: SensorSpike, Value: x - s.Good, Left: max(0, p.SpikeConfirm-s.JumpFor)})
		return
	}
	s.alike(r)
	s.accept(x, age, p)
	s.Seen, s.SeenAt = true, r.At
}

// believe decides about jumps: at once if a room could do it in dt, after
// SpikeConfirm if later samples agree. One sample shown again proves nothing.
func (s *Sensor) believe(x float64, dt, at time.Duration, p *Params) bool {
	possible := p.SpikeLimit + float64(p.MaxRate*dt.Minutes())
	if math.Abs(x-s.Good) <= possible {
		return true
	}
	fresh := !s.Seen || at != s.SeenAt
	s.Seen, s.SeenAt = true, at
	if !s.Waiting || math.Abs(x-s.Jump) > p.SpikeLimit {
		s.Waiting, s.Jump, s.JumpFor = true, x, 0
		return false
	}
	return fresh && s.JumpFor >= p.SpikeConfirm
}

// accept makes x the last good sample and moves the filters. After a gap, a
// confirmed jump or a restart they begin anew: a slope across it means nothing.
func (s *Sensor) accept(x float64, age time.Duration, p *Params) {
	dt := (s.Age - age).Seconds()
	anew := !s.Tracking || s.Age > p.StaleAfter || s.Waiting && math.Abs(x-s.Jump) <= p.SpikeLimit
	if anew || dt <= 0 {
		if !s.Known || math.Abs(x-s.Filtered) > p.SpikeLimit {
			s.Filtered = x
		}
		s.Slope, s.Trend = 0, 0
	} else {
		f := p.Gains.FilterTime.Seconds()
		s.Slope = (x - s.Filtered) / (f + dt)
		s.Filtered += float64(s.Slope * dt)
		s.Trend += float64((s.Slope - s.Trend) * (dt / (trendTime + dt)))
	}
	s.Known, s.Tracking, s.Waiting = true, true, false
	s.Good, s.Age = x, age
}

// repair turns a damaged state into "nothing known".
func (s *Sensor) repair() {
	if !finite(s.Good) || !finite(s.Filtered) || !finite(s.Slope) || !finite(s.Trend) || !finite(s.Jump) || !finite(s.Damp) || !finite(s.Air) {
		*s = Sensor{Age: s.Age}
	}
}
