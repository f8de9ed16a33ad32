package voice

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"quietstat/consent"
)

// Bounds of a Hermes message, in bytes.
const (
	hermesPayload = 32 << 10
	hermesName    = 256 // of a site or session id
)

// errHermes is returned for a message that is not what its topic promises.
var errHermes = errors.New("not a Hermes message")

// hermesWhat is what a message says happened.
type hermesWhat uint8

const (
	hermesNothing hermesWhat = iota
	hermesHotword
	hermesStarted
	hermesIntent
	hermesNotRecognized
	hermesEnded
	hermesFailed
)

// hermesFilters is everything that is subscribed to. What people said is in intent
// messages, where it cannot be left out; the topics that exist to carry it
// (hermes/asr/textCaptured, hermes/nlu/query, hermes/tts/say) are not asked for.
var hermesFilters = []string{
	"hermes/hotword/+/detected",
	"hermes/dialogueManager/sessionStarted",
	"hermes/dialogueManager/sessionEnded",
	"hermes/dialogueManager/intentNotRecognized",
	"hermes/intent/+",
	"hermes/error/#",
}

// hermesMessage is what is read of a message: ids, the name of an intent, and the
// numbers in its slots. There is no field for words.
type hermesMessage struct {
	what          hermesWhat
	site, session string
	intent        string
	slots         hermesSlots
}

// hermesSlots is what an intent was given: numbers and the name of a mode.
type hermesSlots struct {
	temperature, delta *float64
	mode               *consent.Mode
}

// decodeHermes reads a message (rhasspy-hermes, dialogue.py, wake.py, nlu.py).
func decodeHermes(topic string, payload []byte) (hermesMessage, error) {
	m := hermesMessage{what: hermesTopic(topic)}
	if m.what == hermesNothing {
		return m, nil
	}
	var p struct {
		SiteID    string       `json:"siteId"`
		SessionID string       `json:"sessionId"`
		Slots     []hermesSlot `json:"slots"`
	}
	if len(payload) > hermesPayload || json.Unmarshal(payload, &p) != nil {
		return hermesMessage{}, errHermes // the cause could quote what was said
	}
	if len(p.SiteID) > hermesName || len(p.SessionID) > hermesName {
		return hermesMessage{}, errHermes
	}
	m.site, m.session = p.SiteID, p.SessionID
	if m.what != hermesIntent {
		return m, nil
	}
	m.intent = topic[len("hermes/intent/"):]
	for _, s := range p.Slots {
		switch {
		case s.Name == "temperature" && s.Value.number != nil:
			m.slots.temperature = s.Value.number
		case s.Name == "delta" && s.Value.number != nil:
			m.slots.delta = s.Value.number
		case s.Name == "mode" && s.Value.mode != nil:
			m.slots.mode = s.Value.mode
		}
	}
	return m, nil
}

// hermesTopic says which of the subscribed topics a topic is.
func hermesTopic(topic string) hermesWhat {
	levels := strings.Split(topic, "/")
	switch {
	case len(levels) < 3 || levels[0] != "hermes":
		return hermesNothing
	case len(levels) == 4 && levels[1] == "hotword" && levels[3] == "detected":
		return hermesHotword
	case levels[1] == "error":
		return hermesFailed
	case len(levels) == 3 && levels[1] == "intent" && levels[2] != "":
		return hermesIntent
	case topic == "hermes/dialogueManager/sessionStarted":
		return hermesStarted
	case topic == "hermes/dialogueManager/sessionEnded":
		return hermesEnded
	case topic == "hermes/dialogueManager/intentNotRecognized":
		return hermesNotRecognized
	}
	return hermesNothing
}

// hermesSlot is one slot of an intent.
type hermesSlot struct {
	Name  string      `json:"slotName"`
	Value hermesValue `json:"value"`
}

// hermesValue is a slot's value if it is a number or the name of a mode, and
// nothing otherwise. Rhasspy writes {"kind":"Number","value":21}, others 21 or "21".
type hermesValue struct {
	number *float64
	mode   *consent.Mode
}

// UnmarshalJSON never fails: a value that is not understood is none.
func (v *hermesValue) UnmarshalJSON(b []byte) error {
	*v = hermesValue{}
	var inner struct {
		Value json.RawMessage `json:"value"`
	}
	if json.Unmarshal(b, &inner) == nil && inner.Value != nil {
		b = inner.Value
	}
	var number float64
	if json.Unmarshal(b, &number) == nil && string(b) != "null" {
		v.number = &number
		return nil
	}
	var name string
	if json.Unmarshal(b, &name) != nil {
		return nil
	}
	if number, err := strconv.ParseFloat(name, 64); err == nil {
		v.number = &number
		return nil
	}
	if w, known := vocabulary[strings.ToLower(name)]; known {
		if mode, is := modes[w]; is {
			v.mode = &mode
		}
	}
	return nil
}
