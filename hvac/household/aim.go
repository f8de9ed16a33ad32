package household

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"quietstat/hvac"
)

// Lowest and Highest are the temperatures that can be asked for at all, in °C: the
// widest range hvac.Params can have. Limits are within them.
const (
	Lowest  hvac.Celsius = 5
	Highest hvac.Celsius = 35
)

// Aim is how warm it shall be: a preset, or a temperature where Preset is None.
type Aim struct {
	Preset   Preset
	Setpoint hvac.Celsius // with None
}

// String is the preset's name, or the temperature as ParseAim reads it.
func (a Aim) String() string {
	if a.Preset != None {
		return a.Preset.String()
	}
	return strconv.FormatFloat(float64(a.Setpoint), 'f', -1, 64)
}

// ParseAim reads the name of a preset or a temperature in °C, with a point or a
// comma. The error is a *Fault.
func ParseAim(s string) (Aim, error) {
	word := strings.TrimSpace(s)
	if p, err := ParsePreset(word); err == nil {
		return Aim{Preset: p}, nil
	}
	fault := &Fault{Field: "temperature", Value: quoted(s),
		Expected: "one of " + strings.Join(presetWords[1:], ", ") + ", or a temperature in °C",
		Remedy:   "for example 20.5, or home"}
	v, err := strconv.ParseFloat(strings.Replace(word, ",", ".", 1), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return Aim{}, fault
	}
	a := Aim{Setpoint: hvac.Celsius(v)}
	return a, a.validate("temperature")
}

// validate holds a against what anybody can ask for.
func (a Aim) validate(field string) error {
	switch {
	case !a.Preset.Valid():
		return &Fault{Field: field, Value: fmt.Sprintf("preset number %d", a.Preset), Expected: "a preset that exists", Remedy: "choose one of Presets"}
	case a.Preset == None && !(a.Setpoint >= Lowest && a.Setpoint <= Highest):
		return temperatureFault(field, a.Setpoint, Lowest, Highest)
	}
	return nil
}

func temperatureFault(field string, c, low, high hvac.Celsius) *Fault {
	return &Fault{Field: field, Value: degrees(c), Refused: true,
		Expected: fmt.Sprintf("between %.1f and %s", float64(low), degrees(high)), Remedy: "choose a temperature in that range"}
}

// degrees is a temperature for people.
func degrees(c hvac.Celsius) string { return fmt.Sprintf("%.1f °C", float64(c)) }
