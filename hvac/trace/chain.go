package trace

import (
	"fmt"
	"math"
	"strings"
	"time"

	"quietstat/hvac"
)

// Chain tells in sentences how the outputs of the tick came about, from what is wanted
// to what the relays do. doors are the names people have for the doors, in the order of
// the board; a missing one has its number.
func (t *Tick) Chain(doors []string) []string {
	chain := []string{t.wanted(), t.measured()}
	if t.After.PID.Active {
		chain = append(chain, t.Filter())
	}
	chain = append(chain, t.contacts(doors)...)
	if o := t.In.Outdoor; o.Known {
		chain = append(chain, fmt.Sprintf("outside: %.1f °C", float64(o.Temperature)))
	}
	for _, r := range t.Why.List[:min(max(t.Why.N, 0), hvac.MaxReasons)] {
		chain = append(chain, Sentence(r, doors))
	}
	chain = append(chain, t.demanded())
	if t.In.Params != nil {
		chain = append(chain, t.Dwell())
	}
	return append(chain, fmt.Sprintf("relays: heat %s, cool %s, fan %s (%s)",
		onOff(t.Out.Call == hvac.CallHeat), onOff(t.Out.Call == hvac.CallCool), onOff(t.Out.Fan), t.Out.Action))
}

// Sentence is the reason's own words, with the door's name in place of its number.
func Sentence(r hvac.Reason, doors []string) string {
	text := r.String()
	switch r.Kind {
	case hvac.DoorOpen, hvac.DoorClosing, hvac.DoorPauseExpired, hvac.DoorBypassed:
		if i := int(r.Door); i >= 0 && i < len(doors) && doors[i] != "" {
			text = strings.Replace(text, fmt.Sprintf("door %d", i+1), "door "+doors[i], 1)
		}
	}
	return text
}

func (t *Tick) wanted() string {
	text := "wanted: no temperature has been named"
	if sp := t.In.Setpoint; sp.Finite() {
		text = fmt.Sprintf("wanted: %.1f °C", float64(sp))
	}
	text += ", mode " + t.In.Mode.String()
	if a := t.In.Ahead; a.Known {
		text += fmt.Sprintf("; %.1f °C follows in %s", float64(a.Setpoint), whole(a.In))
	}
	return text
}

func (t *Tick) measured() string {
	s := &t.After.Sensor
	if !s.Tracking {
		return "measured: nothing yet"
	}
	return fmt.Sprintf("measured: %.2f °C, %s ago", s.Good, whole(s.Age))
}

// Filter tells what the controller works with in the sample's place.
func (t *Tick) Filter() string {
	s := &t.After.Sensor
	return fmt.Sprintf("filtered: %.2f °C, trend %+.1f K/h; the controller works to %.2f °C",
		s.Filtered, float64(s.Trend*3600)+0, t.After.PID.Reference)
}

func (t *Tick) contacts(names []string) (lines []string) {
	n := min(max(t.In.DoorCount, 0), hvac.MaxDoors)
	for i, c := range t.In.Doors[:n] {
		name := fmt.Sprint(i + 1)
		if i < len(names) && names[i] != "" {
			name = names[i]
		}
		switch {
		case !c.Known:
			lines = append(lines, "door not known: "+name)
		case c.Open:
			lines = append(lines, "door open: "+name)
		}
	}
	if n > 0 && len(lines) == 0 {
		lines = []string{"doors: all closed"}
	}
	return lines
}

// demanded tells what the demand is made of, unless something above the controller
// set it.
func (t *Tick) demanded() string {
	text := fmt.Sprintf("demand %.0f %%", math.Round(t.Out.Demand*100)+0) // + 0: a zero has no sign
	m := t.Out.Terms
	if m == (hvac.Terms{}) {
		return text
	}
	return text + fmt.Sprintf(": proportional %+.2f, integral %+.2f, derivative %+.2f, feed-forward %+.2f",
		m.Proportional, m.Integral, m.Derivative, m.FeedForward)
}

// Dwell tells what stands between the demand and the relay: how long it has been as it
// is, when it may change, and what it owes. In.Params is not nil.
func (t *Tick) Dwell() string {
	r, next := &t.After.Relay, hvac.CallHeat
	if t.Out.Demand < 0 {
		next = hvac.CallCool
	}
	left := t.After.DwellLeft(next, t.In.Params)
	text := "the pause has lasted " + whole(r.Held)
	then := "the next run may begin"
	if r.Call != hvac.CallNone {
		text, then = "the run has lasted "+whole(r.Held), "it may end"
	}
	if left > 0 {
		text += "; " + then + " in " + whole(left)
	} else {
		text += "; " + then + " at any time"
	}
	if t.Out.Demand != 0 {
		text += fmt.Sprintf("; %.0f s of running time are owed", r.Remainder+0)
	}
	return text
}

// whole prints whole seconds.
func whole(d time.Duration) string { return d.Round(time.Second).String() }

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
