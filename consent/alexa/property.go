package alexa

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// The interfaces this device has words for (source: the message schema in
// alexa-samples/alexa-smarthome).
const (
	thermostatController = "Alexa.ThermostatController"
	temperatureSensor    = "Alexa.TemperatureSensor"
	contactSensor        = "Alexa.ContactSensor"
	endpointHealth       = "Alexa.EndpointHealth"
)

// Contact is what is known of a door. The zero Contact is none: not known, or not
// covered.
type Contact uint8

const (
	ContactNone Contact = iota
	ContactClosed
	ContactOpen
)

// contactWords are easily taken the wrong way round: DETECTED is an open door
// (Alexa.ContactSensor, developer.amazon.com).
var contactWords = []string{"", "NOT_DETECTED", "DETECTED"}

// Health is whether the endpoint can tell what it is asked. The zero Health is none.
type Health uint8

const (
	HealthNone Health = iota
	HealthOK
	HealthUnreachable
)

var healthWords = []string{"", "OK", "UNREACHABLE"}

// MaxDoors is how many doors can be endpoints of their own.
const MaxDoors = 8

// Told is what was decided to be told, rounded and covered. Whatever is zero is not
// told. A zero At tells nothing at all: a property has to say when it was sampled.
type Told struct {
	At          time.Time // of the sample, from a clock that is trusted
	Temperature string    // °C, as JSON; "" for none
	Setpoint    string    // °C, as JSON; "" for none
	Mode        Mode
	Health      Health
	Doors       [MaxDoors]Contact
}

// sampleLayout is a case of the schema's pattern for timeOfSample, without the
// fraction it allows: a second is as fine as any message of this house tells.
const sampleLayout = "2006-01-02T15:04:05Z"

// uncertainty is what cutting a time to the second leaves open, in milliseconds. It
// is a constant: how late a reading was would tell of the machine.
const uncertainty = "1000"

// property is one property object and its name.
type property struct{ name, text string }

// sample writes a property object of exactly the five members that are required.
func sample(namespace, name, value string, at time.Time) property {
	return property{name, `{"namespace":"` + namespace + `","name":"` + name + `","value":` + value +
		`,"timeOfSample":"` + at.UTC().Format(sampleLayout) + `","uncertaintyInMilliseconds":` + uncertainty + `}`}
}

func setpoint(text string, at time.Time) property {
	return sample(thermostatController, "targetSetpoint", temperature(text), at)
}

func mode(m Mode, at time.Time) property {
	return sample(thermostatController, "thermostatMode", `"`+modeWords[m]+`"`, at)
}

// surroundings are the properties of the thermostat besides its setpoint.
func (t Told) surroundings() []property {
	var out []property
	if t.Mode != ModeNone {
		out = append(out, mode(t.Mode, t.At))
	}
	if t.Temperature != "" {
		out = append(out, sample(temperatureSensor, "temperature", temperature(t.Temperature), t.At))
	}
	if t.Health != HealthNone {
		out = append(out, sample(endpointHealth, "connectivity", `{"value":"`+healthWords[t.Health]+`"}`, t.At))
	}
	return out
}

// thermostat is all that is told of it.
func (t Told) thermostat() []property {
	out := t.surroundings()
	if t.Setpoint != "" {
		out = append([]property{setpoint(t.Setpoint, t.At)}, out...)
	}
	return out
}

// door is what is told of one, 1 to MaxDoors.
func (t Told) door(n int) []property {
	c := t.Doors[n-1]
	if c == ContactNone {
		return nil
	}
	return []property{sample(contactSensor, "detectionState", `"`+contactWords[c]+`"`, t.At)}
}

// known drops what cannot be written down: unknown words, texts that are no number,
// and everything without a time of this era.
func (t Told) known() Told {
	if y := t.At.UTC().Year(); t.At.IsZero() || y < 1000 || y > 9999 {
		return Told{}
	}
	if !number(t.Temperature) {
		t.Temperature = ""
	}
	if !number(t.Setpoint) {
		t.Setpoint = ""
	}
	if int(t.Mode) >= len(modeWords) {
		t.Mode = ModeNone
	}
	if int(t.Health) >= len(healthWords) {
		t.Health = HealthNone
	}
	for i, c := range t.Doors {
		if int(c) >= len(contactWords) {
			t.Doors[i] = ContactNone
		}
	}
	return t
}

// number reports whether text is a plain decimal number of JSON, at most 16 bytes, and
// within the ±100 the schema allows a temperature.
func number(text string) bool {
	if len(text) > 16 || strings.Trim(text, "-.0123456789") != "" {
		return false
	}
	whole, fraction, dotted := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	if whole == "" || dotted && fraction == "" || len(whole) > 1 && whole[0] == '0' {
		return false
	}
	c, err := strconv.ParseFloat(text, 64)
	return err == nil && math.Abs(c) <= 100
}
