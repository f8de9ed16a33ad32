package consent

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Field is one thing that can be published, and the only bridge from a Snapshot
// to a message. A field that is not in Fields cannot leave.
type Field struct {
	Name     string   // key in the message, for example "temperature"
	Unit     string   // "°C", "%", "Pa", or "" for words and truths
	Category Category // exactly one; equal to the tag of Source
	Source   string   // name of the Snapshot field it is taken from
	Core     bool     // released when a scope names the category without naming fields

	width  int // longest rendering in bytes; a longer one is refused
	render func(s *Snapshot, round float64) (string, bool)
}

var fields = fieldTable()

// Fields lists every publishable field, in the order messages carry them.
func Fields() []Field { return append([]Field(nil), fields...) }

// FieldByName finds a publishable field.
func FieldByName(name string) (Field, bool) {
	for _, f := range fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

func fieldTable() []Field {
	t := []Field{
		number("temperature", "°C", CategoryTemperature, "Temperature", true, func(s *Snapshot) float64 { return s.Temperature }),
		number("humidity", "%", CategoryHumidity, "Humidity", true, func(s *Snapshot) float64 { return s.Humidity }),
		number("pressure", "Pa", CategoryPressure, "Pressure", true, func(s *Snapshot) float64 { return s.Pressure }),
		number("setpoint", "°C", CategorySetpoint, "Setpoint", true, func(s *Snapshot) float64 { return s.Setpoint }),
		word("mode", CategorySetpoint, "Mode", true, modeNames, func(s *Snapshot) uint8 { return uint8(s.Mode) }),
		choice("preset", CategorySetpoint, "Preset", func(s *Snapshot) uint8 { return s.Preset }),
		word("action", CategoryHVAC, "Action", true, actionNames, func(s *Snapshot) uint8 { return uint8(s.Action) }),
		number("demand", "", CategoryHVAC, "Demand", false, func(s *Snapshot) float64 { return s.Demand }),
		truth("heat", CategoryHVAC, "Heat", func(s *Snapshot) (bool, bool) { return s.Heat, true }),
		truth("cool", CategoryHVAC, "Cool", func(s *Snapshot) (bool, bool) { return s.Cool, true }),
		truth("fan", CategoryHVAC, "Fan", func(s *Snapshot) (bool, bool) { return s.Fan, true }),
	}
	// A door leaves only when its own name is in the scope: one tick per door.
	for i := range MaxDoors {
		t = append(t, truth("door_"+strconv.Itoa(i+1), CategoryDoor, "Doors", func(s *Snapshot) (bool, bool) {
			d := s.Doors[i]
			return d.Open, d.Known && i < s.DoorCount
		}))
	}
	return append(t,
		word("sensor", CategoryHealth, "Sensor", true, healthNames, func(s *Snapshot) uint8 { return uint8(s.Sensor) }),
		number("ticks_late", "", CategoryDiagnostics, "TicksLate", true, func(s *Snapshot) float64 { return float64(s.TicksLate) }),
		number("ticks_missed", "", CategoryDiagnostics, "TicksMissed", true, func(s *Snapshot) float64 { return float64(s.TicksMissed) }),
		number("lateness", "s", CategoryDiagnostics, "Lateness", true, func(s *Snapshot) float64 { return s.Lateness.Seconds() }),
	)
}

// number is a field rounded by the gate; 16 bytes hold every plausible value.
func number(name, unit string, c Category, source string, core bool, get func(*Snapshot) float64) Field {
	return Field{Name: name, Unit: unit, Category: c, Source: source, Core: core, width: 16,
		render: func(s *Snapshot, round float64) (string, bool) { return roundTo(get(s), round) }}
}

// choice is a field that counts through a list: rounding would make another choice of
// it. It is written with as many decimals as the numbers of its category.
func choice(name string, c Category, source string, get func(*Snapshot) uint8) Field {
	return Field{Name: name, Category: c, Source: source, width: 16,
		render: func(s *Snapshot, round float64) (string, bool) {
			zero, ok := roundTo(0, round)
			return strconv.Itoa(int(get(s))) + strings.TrimPrefix(zero, "0"), ok
		}}
}

// word is a field out of a closed list.
func word(name string, c Category, source string, core bool, names []string, get func(*Snapshot) uint8) Field {
	width := 0
	for _, n := range names {
		width = max(width, len(n)+2)
	}
	return Field{Name: name, Category: c, Source: source, Core: core, width: width,
		render: func(s *Snapshot, _ float64) (string, bool) {
			v := get(s)
			if int(v) >= len(names) {
				return "", false
			}
			return strconv.Quote(names[v]), true
		}}
}

// truth is true, false, or null when it is not known.
func truth(name string, c Category, source string, get func(*Snapshot) (value, known bool)) Field {
	return Field{Name: name, Category: c, Source: source, width: len("false"),
		render: func(s *Snapshot, _ float64) (string, bool) {
			v, known := get(s)
			if !known {
				return "null", true
			}
			return strconv.FormatBool(v), true
		}}
}

// value renders the field as JSON, rounded. Not finite, not in the vocabulary
// or longer than the field may be is an error: its length would tell its value.
func (f Field) value(s *Snapshot, round float64) (string, error) {
	v, ok := f.render(s, round)
	if !ok || len(v) > f.width {
		return "", fmt.Errorf("consent: field %s cannot be written down: its source is out of range", f.Name)
	}
	return v, nil
}

// roundTo rounds v to the nearest multiple of step (halves away from zero) and
// writes it with as many decimals as step has. ok is false when v or step is not
// finite or step is not positive.
func roundTo(v, step float64) (text string, ok bool) {
	if math.IsNaN(v) || math.IsInf(v, 0) || !(step > 0) || math.IsInf(step, 0) {
		return "", false
	}
	s := strconv.FormatFloat(step, 'f', -1, 64)
	decimals := 0
	if _, frac, found := strings.Cut(s, "."); found {
		decimals = len(frac)
	}
	r := math.Round(v/step) * step
	if r == 0 {
		r = 0 // -0 and 0 are one value
	}
	return strconv.FormatFloat(r, 'f', decimals, 64), true
}
