package household

import (
	"slices"
	"strings"

	"quietstat/hvac"
)

// Preset is a name for a temperature. The zero Preset is none: a plain temperature.
// The numbers are those of the preset in a consent.Snapshot and never change.
type Preset uint8

const (
	None Preset = iota
	Home
	Away
	Sleep
	Eco
	Frost // as little as keeps the pipes whole
)

const presets = int(Frost) + 1

var presetWords = [presets]string{None: "none", Home: "home", Away: "away", Sleep: "sleep", Eco: "eco", Frost: "frost"}

// Presets are all there are, without None.
func Presets() []Preset { return []Preset{Home, Away, Sleep, Eco, Frost} }

// Valid reports whether p is None or one of Presets.
func (p Preset) Valid() bool { return int(p) < presets }

// String is the name in lower case; "none" also for what is no preset.
func (p Preset) String() string {
	if !p.Valid() {
		return presetWords[None]
	}
	return presetWords[p]
}

// ParsePreset reads the name of one of Presets, in any case. The error is a *Fault.
func ParsePreset(s string) (Preset, error) {
	if i := slices.Index(presetWords[1:], strings.ToLower(strings.TrimSpace(s))); i >= 0 {
		return Preset(i + 1), nil
	}
	return None, &Fault{Field: "preset", Value: quoted(s), Expected: "one of " + strings.Join(presetWords[1:], ", "),
		Remedy: "for example quietstat preset away"}
}

// Temperatures are what a preset stands for, in °C.
type Temperatures struct {
	Heat hvac.Celsius // modes heat and auto
	Cool hvac.Celsius // mode cool
}

// in is the one for a mode.
func (t Temperatures) in(mode hvac.Mode) hvac.Celsius {
	if mode == hvac.ModeCool {
		return t.Cool
	}
	return t.Heat
}

// DefaultTemperatures are the presets as shipped: ISO 17772-1 category II for home and
// sleep, and for the others 2 to 5 K less heat or 2 to 4 K less cold.
func DefaultTemperatures() [presets]Temperatures {
	return [presets]Temperatures{
		Home:  {Heat: 21, Cool: 25},
		Away:  {Heat: 16, Cool: 29},
		Sleep: {Heat: 18, Cool: 25},
		Eco:   {Heat: 19, Cool: 27},
		Frost: {Heat: 8, Cool: Highest},
	}
}
