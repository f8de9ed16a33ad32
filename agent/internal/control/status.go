package control

import (
	"fmt"
	"math"
	"strings"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
	"quietstat/hvac"
)

// facts are what a Status tells that is not in the loop's record.
type facts struct {
	realtime  string
	simulated bool
	doors     []local.Door // id and label
	second    config.SecondUse
	lines     []hvac.Line // relays that are wired
}

// status is the house after the last tick, with the orders that hold from the
// next one.
func status(f *facts, o *orders, r *record, disk error) local.Status {
	s := &r.snapshot
	out := local.Status{
		Wall: s.Wall, WallTrusted: s.WallTrusted,
		UptimeS: max(0, s.Boot-r.begun).Seconds(),
		Sampled: r.reading.Valid,
		Sensor:  healthWords[s.Sensor],
		Action:  hvac.Action(s.Action).String(), Demand: s.Demand,
		Heat: s.Heat, Cool: s.Cool, Fan: s.Fan,
		RelayFault: r.relay != nil,
		Terms: local.Terms{
			Proportional: r.terms.Proportional, Integral: r.terms.Integral,
			Derivative: r.terms.Derivative, FeedForward: r.terms.FeedForward,
		},
		Ticks: s.Seq, TicksLate: s.TicksLate, TicksMissed: s.TicksMissed,
		LatenessMaxS: r.worst.Seconds(),
		Realtime:     f.realtime,
		Indicator:    lightWords[s.Indicator],
		Simulated:    f.simulated,
		Doors:        make([]local.Door, len(f.doors)),
		Wear:         wear(f.lines, &r.state.Plant),
	}
	if r.reading.Valid {
		out.SampleAgeS = max(0, s.Boot-r.reading.At).Seconds()
		out.TemperatureC, out.HumidityPct, out.PressurePa = s.Temperature, s.Humidity, s.Pressure
	}
	for i, d := range f.doors {
		d.Known, d.Open = s.Doors[i].Known, s.Doors[i].Open
		out.Doors[i] = d
	}
	bypassed(&out, &o.bypassed, s.Boot)
	out.SensorOffsetK, out.Second = o.params.SensorOffset, second(f.second, r)
	out.Reasons = reasons(f, r, disk)
	wanted(&out, o, r)
	return out
}

// reasons are the controller's own, in its order, and after them what ails the
// program around it.
func reasons(f *facts, r *record, disk error) []local.Why {
	why := []local.Why{} // not nil: scripts get a list
	if r.relay != nil {
		why = append(why, local.Why{Kind: "relay_fault",
			Text: "everything is driven off, as far as it obeys: a relay line could not be switched (" + r.relay.Error() + ")"})
	}
	for _, reason := range r.reasons.List[:r.reasons.N] {
		if r.relay != nil && (reason.Kind == hvac.Heating || reason.Kind == hvac.Cooling) {
			continue // that was the decision, and it was not carried out
		}
		why = append(why, local.Why{Kind: reason.Kind.String(), Text: sentence(f, reason)})
	}
	if disk != nil {
		why = append(why, local.Why{Kind: "state_file", Text: disk.Error()})
	}
	if r.dropped > 0 {
		why = append(why, local.Why{Kind: "keeper_slow",
			Text: fmt.Sprintf("the keeper had no room for %d snapshots; heating does not depend on it", r.dropped)})
	}
	return why
}

// sentence is the reason's own, with the door's name in place of its number.
func sentence(f *facts, r hvac.Reason) string {
	text := r.String()
	switch r.Kind {
	case hvac.DoorOpen, hvac.DoorClosing, hvac.DoorPauseExpired, hvac.DoorBypassed:
		if i := int(r.Door); i >= 0 && i < len(f.doors) {
			text = strings.Replace(text, fmt.Sprintf("door %d", i+1), "door "+name(f.doors[i]), 1)
		}
	}
	return text
}

// name is what people call a door.
func name(d local.Door) string {
	if d.Label != "" {
		return d.Label
	}
	return d.ID
}

// Explanation is control's answer to the verb "explain".
type Explanation struct {
	Status local.Status `json:"status"`
	Chain  []string     `json:"chain"` // sentences, from what is wanted to what is done
	Terms  local.Terms  `json:"terms"` // the same as the status's
}

// explain tells in sentences how the present outputs came about.
func explain(s local.Status) Explanation {
	chain := []string{fmt.Sprintf("wanted: %.1f °C, mode %s", s.SetpointC, s.Mode)}
	for _, line := range s.Plan {
		chain = append(chain, "plan: "+line)
	}
	if s.Sampled {
		chain = append(chain, fmt.Sprintf("measured: %.1f °C%s, %.0f s ago; sensor %s", s.TemperatureC, correction(s.SensorOffsetK), s.SampleAgeS, s.Sensor))
	} else {
		chain = append(chain, "measured: nothing yet; sensor "+s.Sensor)
	}
	if s.SensorProblem != "" {
		chain = append(chain, "sensor: "+s.SensorProblem)
	}
	chain = append(chain, beside(s.Second)...)
	for _, d := range s.Doors {
		if d.Known && d.Open {
			chain = append(chain, "door open: "+name(d))
		}
	}
	for _, why := range s.Reasons {
		chain = append(chain, why.Text)
	}
	chain = append(chain, demand(s),
		fmt.Sprintf("relays: heat %s, cool %s, fan %s (%s)", onOff(s.Heat), onOff(s.Cool), onOff(s.Fan), s.Action))
	return Explanation{Status: s, Chain: chain, Terms: s.Terms}
}

// demand tells what it is made of, unless something above the controller set it.
func demand(s local.Status) string {
	text := fmt.Sprintf("demand %.0f %%", math.Round(s.Demand*100)+0) // + 0: a zero has no sign
	t := s.Terms
	if t == (local.Terms{}) {
		return text
	}
	return text + fmt.Sprintf(": proportional %+.2f, integral %+.2f, derivative %+.2f, feed-forward %+.2f",
		t.Proportional, t.Integral, t.Derivative, t.FeedForward)
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
