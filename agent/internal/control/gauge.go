package control

import (
	"fmt"
	"time"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
	"quietstat/hvac"
)

// outdoorFor is how long a temperature outside counts: weather moves slowly, and what
// is older than this is no help any more.
const outdoorFor = 15 * time.Minute

// gauge completes the controller's input with what the second sensor says and with
// what people have bypassed, and takes the sensor's own warmth off its reading, here
// and nowhere else: snapshot, status and history see what the controller sees.
func (l *loop) gauge(in *hvac.Input, o *orders) {
	in.Reading = o.params.Correct(in.Reading)
	o.bypassed.tell(in)
	l.second, l.secondFault = l.board.LatestSecond()
	if !l.outdoor {
		in.Spare, in.SpareFault = l.second, l.secondFault
		return
	}
	r := &l.second
	in.Outdoor = hvac.Outdoor{}
	if age := in.Now - r.At; r.Valid && l.secondFault == hvac.FaultNone && age >= 0 && age <= outdoorFor && r.Temperature.Finite() {
		in.Outdoor = hvac.Outdoor{Known: true, Temperature: r.Temperature}
	}
}

// second is what a Status says about the second sensor, nil if there is none.
func second(use config.SecondUse, r *record) *local.Second {
	if use == "" {
		return nil
	}
	s := &local.Second{Use: string(use), Sampled: r.second.Valid, Fault: r.secondFault.String()}
	if r.second.Valid {
		s.SampleAgeS = max(0, r.snapshot.Boot-r.second.At).Seconds()
		s.TemperatureC = float64(r.second.Temperature)
	}
	if use == config.UseFallback {
		s.DifferenceK = r.state.Beside.Offset
	}
	return s
}

// correction says what was added to the temperature beside it.
func correction(offset float64) string {
	if offset == 0 {
		return ""
	}
	return fmt.Sprintf(" (corrected by %+.1f K)", offset)
}

// beside is the second sensor in the chain of explain.
func beside(s *local.Second) []string {
	switch {
	case s == nil:
		return nil
	case !s.Sampled:
		return []string{"second sensor (" + s.Use + "): nothing yet; fault " + s.Fault}
	case s.Fault != hvac.FaultNone.String():
		return []string{fmt.Sprintf("second sensor (%s): %.1f °C, %.0f s ago; fault %s", s.Use, s.TemperatureC, s.SampleAgeS, s.Fault)}
	case s.Use == string(config.UseFallback):
		return []string{fmt.Sprintf("second sensor (%s): %.1f °C, usually %+.1f K beside the first", s.Use, s.TemperatureC, s.DifferenceK)}
	}
	return []string{fmt.Sprintf("second sensor (%s): %.1f °C", s.Use, s.TemperatureC)}
}
