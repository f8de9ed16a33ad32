package voice

import (
	"encoding/json"
	"errors"
	"time"

	"quietstat/consent"
)

// errOVOS is returned for a message that is none of the bus.
var errOVOS = errors.New("not a message of the OpenVoiceOS bus")

// ovosWake is how long a wake word waits for its recording and for the listener's
// word on its mode. The listener says both at once.
const ovosWake = 5 * time.Second

// ovosMessage is what is read of a message: its type and, of the listener's state,
// the mode. There is no field for words.
type ovosMessage struct {
	kind string
	mode string // of recognizer_loop:state
}

// decodeOVOS reads a message (ovos-bus-client: type, data, context).
func decodeOVOS(b []byte) (ovosMessage, error) {
	var m struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(b, &m) != nil || m.Type == "" {
		return ovosMessage{}, errOVOS // the cause could quote what was said
	}
	if m.Type != "recognizer_loop:state" {
		return ovosMessage{kind: m.Type}, nil
	}
	var state struct {
		Data struct {
			Mode string `json:"mode"`
		} `json:"data"`
	}
	if json.Unmarshal(b, &state) != nil {
		return ovosMessage{}, errOVOS
	}
	return ovosMessage{m.Type, state.Data.Mode}, nil
}

// ovosKinds is every message that means something here and is not part of a wake.
// Everything else on the bus, which carries all that skills say to each other, means
// nothing.
var ovosKinds = map[string]consent.EventKind{
	"recognizer_loop:utterance":                  consent.KindThinking,
	"recognizer_loop:audio_output_start":         consent.KindSpeaking,
	"recognizer_loop:audio_output_end":           consent.KindEnd,
	"recognizer_loop:speech.recognition.unknown": consent.KindEnd,
	"recognizer_loop:sleep":                      consent.KindEnd,
	"complete_intent_failure":                    consent.KindEnd,
	"mycroft.stop":                               consent.KindEnd,
	"mycroft.mic.mute":                           consent.KindMuted,
	"mycroft.mic.mute.toggle":                    consent.KindMuted,
}

// recogniser is what is known of a wake word that has not become a session yet. It
// becomes one when the wake word, then a recording, and the listener's word that it
// waits for wake words (asked for after this one) have come within ovosWake.
type recogniser struct {
	woken           time.Time // zero for not
	recording, mode bool
}

// on takes one message that came at now and says what it means; ask is true when
// the listener's state must be asked for.
func (r *recogniser) on(m ovosMessage, now time.Time) (kinds []consent.EventKind, ask bool) {
	if !r.woken.IsZero() && now.Sub(r.woken) > ovosWake {
		*r = recogniser{}
	}
	pending := !r.woken.IsZero()
	switch m.kind {
	case "recognizer_loop:wakeword":
		*r = recogniser{woken: now}
		return nil, true
	case "recognizer_loop:record_begin":
		if !pending {
			return []consent.EventKind{consent.KindListening}, false
		}
		r.recording = true
	case "recognizer_loop:state":
		if m.mode != "wakeword" { // listening all the time, or asleep: no wake word proves anybody
			*r = recogniser{}
			return []consent.EventKind{consent.KindEnd}, false
		}
		r.mode = pending
	default:
		kind, known := ovosKinds[m.kind]
		if !known {
			return nil, false
		}
		*r = recogniser{}
		return []consent.EventKind{kind}, false
	}
	if r.recording && r.mode {
		*r = recogniser{}
		return []consent.EventKind{consent.KindWake, consent.KindListening}, false
	}
	return nil, false
}
