package alexa

import (
	"math"
	"strconv"
)

// Static limits of the model, in °C: no configuration of this controller reaches
// beyond them, so they tell nothing about one house. What a household allows within
// them is its own affair and is answered with FaultUnwilling.
const (
	MinSetpoint = 5.0
	MaxSetpoint = 35.0
)

// mostDegrees bounds every number that is read, on any scale.
const mostDegrees = 1000

// celsius converts a temperature, or with delta a difference of two, to °C or K,
// to 0.01. ok is false for a scale that is none of Alexa's three and for a number
// beyond mostDegrees.
func celsius(value float64, scale string, delta bool) (c float64, ok bool) {
	switch scale {
	case "CELSIUS":
		c = value
	case "FAHRENHEIT":
		if !delta {
			value -= 32
		}
		c = float64(value*5) / 9
	case "KELVIN":
		c = value
		if !delta {
			c -= 273.15
		}
	default:
		return 0, false
	}
	if !(math.Abs(c) <= mostDegrees) {
		return 0, false
	}
	c = math.Round(c*100) / 100
	return c + 0, true // -0 and 0 are one value
}

// inRange reports whether a setpoint in °C is within the static limits.
func inRange(c float64) bool { return c >= MinSetpoint && c <= MaxSetpoint }

// degrees writes a number of °C that celsius made.
func degrees(c float64) string { return strconv.FormatFloat(c, 'f', -1, 64) }

// temperature is Alexa's temperature object around the text of a number of °C.
func temperature(text string) string { return `{"value":` + text + `,"scale":"CELSIUS"}` }
