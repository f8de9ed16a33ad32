package hvac

import "time"

// Beside is what Step remembers of the second sensor.
type Beside struct {
	Sensor Sensor
	Offset float64       // K, how much warmer it reads than the first
	Learnt time.Duration // time both were good, up to offsetTime
}

const (
	// offsetTime is how slowly the difference of two sensors is followed once it is
	// known: over the day's swings of sun and doors.
	offsetTime = 6 * time.Hour
	// offsetMost in kelvin is as far as two sensors of one house may differ.
	offsetMost = 5
)

// look finds the temperature to keep the house by: the first sensor's, or the
// second's less the difference learned while both were good, so that nothing jumps
// when they change over. Without either it is for blind to decide.
func (s *State) look(in *Input, dt time.Duration, rs *Reasons) room {
	p, b := in.Params, &s.Beside
	call, _ := s.acts(in)
	working := call != CallNone
	r := s.Sensor.judge(sight{in.Now, &in.Reading, in.Fault, working, p}, dt, rs)
	if !in.Spare.Valid && in.SpareFault == FaultNone { // not fitted
		b.Sensor = Sensor{}
		return r
	}
	b.repair()
	second := b.Sensor.judge(sight{in.Now, &in.Spare, in.SpareFault, working, p}, dt, nil)
	switch {
	case !second.trusted:
		rs.add(Reason{Kind: SpareFaulty, Value: float64(in.SpareFault), Since: b.Sensor.Age})
	case r.trusted:
		b.compare(second.temp-r.temp, dt)
	default:
		return s.standIn(second, rs)
	}
	return r
}

// standIn keeps the house by the second sensor. The first one's filter is given its
// values, so that the controller need not know which of them it sees.
func (s *State) standIn(second room, rs *Reasons) room {
	b, m := &s.Beside, &s.Sensor
	m.Known = true
	m.Filtered, m.Slope, m.Trend = second.temp-b.Offset, b.Sensor.Slope, b.Sensor.Trend
	rs.add(Reason{Kind: SensorSpare, Since: m.Age, Value: b.Offset})
	return room{trusted: true, temp: m.Filtered, raw: second.raw - b.Offset}
}

// compare follows the difference of the two sensors: a mean at first, slower and
// slower until offsetTime.
func (b *Beside) compare(difference float64, dt time.Duration) {
	b.Learnt = min(grow(b.Learnt, dt), offsetTime)
	share := 1.0
	if b.Learnt > dt {
		share = dt.Seconds() / b.Learnt.Seconds()
	}
	b.Offset = clamp(b.Offset+float64((difference-b.Offset)*share), -offsetMost, offsetMost)
}

// repair turns a damaged state into a fresh one.
func (b *Beside) repair() {
	if !finite(b.Offset) {
		b.Offset, b.Learnt = 0, 0
	}
	b.Offset, b.Learnt = clamp(b.Offset, -offsetMost, offsetMost), min(max(b.Learnt, 0), offsetTime)
}

// Correct is what the sensor would have read without its own warmth and that of the
// board around it: SensorOffset is added to the temperature. It is for whoever takes
// the sample, once, before anybody sees it. Humidity is left as it was measured.
func (p *Params) Correct(r Reading) Reading {
	r.Temperature += Celsius(p.SensorOffset)
	return r
}

// holding is the demand of a house that has just been lost from sight: what it took
// lately, but no more than it takes on the whole, so that a warm-up is not held. Less
// than a house that is heated at all needs is nothing.
func (s *State) holding(in *Input, paused bool, rs *Reasons) float64 {
	p := in.Params
	wanted := in.Mode == ModeHeat || in.Mode == ModeAuto
	duty := clamp(min(s.Recent, s.standing()), 0, 1)
	if !wanted || paused || !p.CanHeat || s.Blind >= p.HoldFor || duty < heated {
		return 0
	}
	rs.add(Reason{Kind: HoldDuty, Value: duty, Left: p.HoldFor - s.Blind})
	return duty
}
