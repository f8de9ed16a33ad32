package hvac

import "fmt"

// Work is what turns energy into warmth or cold. It is one value, so equipment that
// heats and equipment that cools cannot be asked for together: there is no word for
// it. The zero value is nothing.
type Work uint8

const (
	WorkNone    Work = iota
	WorkHeat         // the first stage, or a heat pump's compressor
	WorkHeat2        // first and second stage
	WorkHeatAux      // a heat pump's compressor and auxiliary heat
	WorkAux          // auxiliary heat alone
	WorkCool         // cooling, by a cooling relay or a heat pump's compressor
	WorkDry          // a dehumidifier
	works
)

// Side is what the work is for. Drying is for neither.
func (w Work) Side() Call {
	switch w {
	case WorkHeat, WorkHeat2, WorkHeatAux, WorkAux:
		return CallHeat
	case WorkCool:
		return CallCool
	}
	return CallNone
}

// Valve is where a heat pump's reversing valve stands. The zero value leaves it where
// it is: everything off must not move it.
type Valve uint8

const (
	ValveStay Valve = iota
	ValveHeat
	ValveCool
)

// valveOf is where the valve must stand for a side.
func valveOf(side Call) Valve {
	switch side {
	case CallHeat:
		return ValveHeat
	case CallCool:
		return ValveCool
	}
	return ValveStay
}

// Lines is what the relays are told, apart from the fan. The zero value switches
// everything off.
type Lines struct {
	Work  Work
	Valve Valve
}

// Line is one relay. Its number is also its place in what is saved.
type Line uint8

const (
	LineHeat       Line = iota // W1
	LineHeat2                  // W2
	LineAux                    // auxiliary heat of a heat pump: W2, AUX or E
	LineCool                   // Y of equipment that only cools
	LineCompressor             // Y of a heat pump
	LineDry                    // dehumidifier: DH
	LineReversing              // O/B
	LineFan                    // G
	MaxLines                   // how many there are
)

// energy is how many of the lines turn energy into something; they come first.
const energy = LineReversing

var lineWords = [MaxLines]string{
	LineHeat: "heat", LineHeat2: "heat2", LineAux: "aux", LineCool: "cool",
	LineCompressor: "compressor", LineDry: "dehumidifier", LineReversing: "reversing", LineFan: "fan",
}

// String is the name of the relay's table in the configuration.
func (l Line) String() string { return word(lineWords[:], "line", uint8(l)) }

var workWords = [works]string{
	WorkNone: "none", WorkHeat: "heat", WorkHeat2: "heat_2", WorkHeatAux: "heat_aux",
	WorkAux: "aux", WorkCool: "cool", WorkDry: "dry",
}

// String is a short stable name, for machines.
func (w Work) String() string { return word(workWords[:], "work", uint8(w)) }

// String is "stay", "heat" or "cool".
func (v Valve) String() string {
	if v == ValveStay {
		return "stay"
	}
	if v > ValveCool {
		return fmt.Sprintf("valve(%d)", uint8(v))
	}
	return Call(v).String()
}

// A LineSet is a set of energy lines.
type LineSet uint8

// Has reports whether l is in the set.
func (s LineSet) Has(l Line) bool { return l < energy && s>>l&1 != 0 }

func setOf(lines ...Line) (s LineSet) {
	for _, l := range lines {
		s |= 1 << l
	}
	return s
}

// heaters are the lines that can only heat.
var heaters = setOf(LineHeat, LineHeat2, LineAux)

// Lines are the relays that do the work, in equipment with or without a heat pump. A
// value that does not exist has none.
func (w Work) Lines(pump bool) LineSet {
	first, cool := setOf(LineHeat), setOf(LineCool)
	if pump {
		first, cool = setOf(LineCompressor), setOf(LineCompressor)
	}
	switch w {
	case WorkHeat:
		return first
	case WorkHeat2:
		return first | setOf(LineHeat2)
	case WorkHeatAux:
		return first | setOf(LineAux)
	case WorkAux:
		return setOf(LineAux)
	case WorkCool:
		return cool
	case WorkDry:
		return setOf(LineDry)
	}
	return 0
}

// workOf is the work that a set of lines does on a side, the inverse of Work.Lines.
// Sets that no work has come out as what is safe in them: nothing, or the first stage.
func workOf(s LineSet, side Call) Work {
	first := s.Has(LineHeat) || s.Has(LineCompressor) && side != CallCool
	switch {
	case first && s.Has(LineAux):
		return WorkHeatAux
	case first && s.Has(LineHeat2):
		return WorkHeat2
	case first:
		return WorkHeat
	case s.Has(LineAux):
		return WorkAux
	case s.Has(LineCool), s.Has(LineCompressor):
		return WorkCool
	case s.Has(LineDry):
		return WorkDry
	}
	return WorkNone
}
