package consent

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"quietstat/consent/alexa"
)

// ProfileAlexa answers the directives of Amazon's smart home API, and says nothing
// that was not asked (package alexa is its manual).
const ProfileAlexa = "alexa/1"

var profileAlexa = profile{
	topics:   func(r Recipient, _ []Basis) []string { return []string{alexaEvents(r)} },
	validate: validAlexa,
	tell:     tellAlexa,
	listens:  func(r Recipient) []string { return []string{r.TopicPrefix + "/alexa/directive"} },

	understands:  alexaUnderstands,
	obeysSession: true,
	named:        true,
	answers:      true,
}

func alexaEvents(r Recipient) string { return r.TopicPrefix + "/alexa/event" }

func validAlexa(r Recipient) error {
	if len(r.DeviceID) != 2*deviceIDBytes || !only(r.DeviceID, "0123456789abcdef") {
		return fmt.Errorf("consent: a recipient of profile %s has a random device id of %d hexadecimal digits", ProfileAlexa, 2*deviceIDBytes)
	}
	return nil
}

// tellAlexa renders the answer to a question. What it tells is what the basis covers
// and the question is about; the ledger is told of no more than that.
func tellAlexa(m message) (rendering, bool) {
	if m.question == nil { // a preview: as if somebody asked how it is
		m.question = &Question{Kind: CommandReport, Ref: "0 " + m.recipient.DeviceID + " preview"}
	}
	d, err := alexaDirective(*m.question)
	if err != nil {
		return rendering{}, false
	}
	told := m.alexaTold()
	at, _ := time.Parse(sampleLayout, m.tickAt)
	r := alexa.Reply{To: d, MessageID: m.id, Endpoint: m.recipient.DeviceID, At: at, Cover: m.alexaCover(), Told: told}
	if m.question.Kind.Moves() {
		switch m.question.Result {
		case ResultApplied:
		case ResultRefused:
			r.Fault = alexa.FaultUnwilling
		default: // nobody was asked to carry it out
			r.Fault = alexa.FaultUnreachable
		}
	}
	payload, names, err := r.Encode()
	out := rendering{topic: alexaEvents(m.recipient), payload: payload, fields: len(names)}
	for _, name := range names {
		out.categories = append(out.categories, alexaCategories[name])
	}
	out.categories = sortedCategories(out.categories)
	if d.Kind == alexa.KindDiscover {
		out.categories = alexaKnown(m.categories) // that they can be asked, and no value
	}
	return out, err == nil
}

// alexaCategories is what Alexa's properties tell of.
var alexaCategories = map[string]Category{
	"temperature": CategoryTemperature, "targetSetpoint": CategorySetpoint, "thermostatMode": CategorySetpoint,
	"connectivity": CategoryHealth, "detectionState": CategoryDoor,
}

// alexaKnown are those of some categories that Alexa has a property for.
func alexaKnown(cs []Category) []Category {
	return slices.DeleteFunc(slices.Clone(cs), func(c Category) bool {
		for _, known := range alexaCategories {
			if known == c {
				return false
			}
		}
		return true
	})
}

// alexaTold are the values of the message. Without trusted wall time there are none,
// for none could say when it was sampled.
func (m message) alexaTold() alexa.Told {
	at, err := time.Parse(sampleLayout, m.sampledAt)
	if err != nil {
		return alexa.Told{}
	}
	t := alexa.Told{At: at}
	t.Temperature, _ = m.value("temperature")
	t.Setpoint, _ = m.value("setpoint")
	if v, ok := m.value("mode"); ok {
		for word, mode := range alexaModes {
			if strconv.Quote(mode.String()) == v {
				t.Mode = word
			}
		}
	}
	switch v, ok := m.value("sensor"); {
	case ok && v == strconv.Quote(HealthOK.String()):
		t.Health = alexa.HealthOK
	case ok:
		t.Health = alexa.HealthUnreachable
	}
	for i := range t.Doors {
		switch v, _ := m.value("door_" + strconv.Itoa(i+1)); v {
		case "true":
			t.Doors[i] = alexa.ContactOpen
		case "false":
			t.Doors[i] = alexa.ContactClosed
		}
	}
	return t
}

// alexaCover is what the basis covers, which discovery says can be asked.
func (m message) alexaCover() alexa.Cover {
	covers := func(name string) bool { return slices.Contains(m.scope.FieldNames(), name) }
	c := alexa.Cover{Temperature: covers("temperature"), Setpoint: covers("setpoint"), Health: covers("sensor")}
	for i := range c.Doors {
		c.Doors[i] = covers("door_" + strconv.Itoa(i+1))
	}
	return c
}
