package drivers

import (
	"fmt"

	"quietstat/hvac"
)

// An InterlockError is a decision that the relays refuse to follow, whoever made it.
// Everything is driven off then.
type InterlockError struct {
	Refused string // what stays off
	Because string // what is on, or not known to be off
}

// Error names both sides.
func (e *InterlockError) Error() string {
	return fmt.Sprintf("drivers: interlock: %s stays off while %s", e.Refused, e.Because)
}

// sides is what each relay may do to the house. A compressor does one or the other, by
// where its valve stands; one without a valve only heats.
var heating = [...]hvac.Line{hvac.LineHeat, hvac.LineHeat2, hvac.LineAux}

// check refuses a decision that contradicts itself or the wiring. The work is one
// value, so heat and cool together cannot be written down; a corrupt value is neither.
func (g *relays) check(out hvac.Outputs) error {
	work := out.Lines.Work
	switch {
	case out.Call > hvac.CallCool:
		return fmt.Errorf("drivers: call %d is neither none, heat nor cool: relays off", out.Call)
	case work.Side() != out.Call || work > hvac.WorkDry:
		return &InterlockError{"everything", fmt.Sprintf("the call is %v and the work is %v", out.Call, work)}
	case out.Lines.Valve > hvac.ValveCool:
		return &InterlockError{"everything", fmt.Sprintf("there is no valve position %d", out.Lines.Valve)}
	}
	lines := work.Lines(g.pump())
	for l := range g.lines {
		if lines.Has(hvac.Line(l)) && !g.lines[l].fitted() {
			return fmt.Errorf("drivers: %v without a relay for it: %w", work, ErrNotFitted)
		}
	}
	if g.pump() && work == hvac.WorkCool && !g.lines[hvac.LineReversing].fitted() {
		return fmt.Errorf("drivers: cooling by a compressor without a reversing valve: %w", ErrNotFitted)
	}
	return nil
}

// pump reports whether a compressor heats, rather than a heat relay.
func (g *relays) pump() bool { return g.lines[hvac.LineCompressor].fitted() }

// turn brings the reversing valve to where it is wanted, if the compressor is
// certainly off. ValveStay leaves it alone.
func (g *relays) turn(to hvac.Valve) error {
	valve, compressor := &g.lines[hvac.LineReversing], &g.lines[hvac.LineCompressor]
	if to == hvac.ValveStay || !valve.fitted() {
		return nil
	}
	on := (to == hvac.ValveHeat) == g.reversingB
	if valve.known && valve.on == on {
		g.valve = to
		return nil
	}
	if !compressor.certainlyOff() {
		return &InterlockError{valve.what, compressor.what + " is not known to be off"}
	}
	g.valve = hvac.ValveStay // until it obeys
	if err := valve.set(on); err != nil {
		return err
	}
	g.valve = to
	return nil
}

// energise switches l on for a side, if nothing that works for the other side can be
// on, and for a compressor if its valve stands for that side.
func (g *relays) energise(l hvac.Line, side hvac.Call) error {
	r := &g.lines[l]
	if l == hvac.LineCompressor && g.lines[hvac.LineReversing].fitted() && g.valve != valveOf(side) {
		return &InterlockError{r.what, g.lines[hvac.LineReversing].what + " is not known to stand for it"}
	}
	refuse := func(other *relay) error {
		return &InterlockError{r.what, other.what + " is not known to be off"}
	}
	compressor := &g.lines[hvac.LineCompressor]
	if side == hvac.CallCool {
		for _, h := range heating {
			if other := &g.lines[h]; !other.certainlyOff() {
				return refuse(other)
			}
		}
	} else if other := &g.lines[hvac.LineCool]; !other.certainlyOff() {
		return refuse(other)
	}
	if l != hvac.LineCompressor && !compressor.certainlyOff() && g.lines[hvac.LineReversing].fitted() && g.valve != valveOf(side) {
		return refuse(compressor)
	}
	return r.set(true)
}

// valveOf is where the valve must stand for a side; ValveStay is never there, because
// it means that nobody knows.
func valveOf(side hvac.Call) hvac.Valve {
	if side == hvac.CallCool {
		return hvac.ValveCool
	}
	return hvac.ValveHeat
}
