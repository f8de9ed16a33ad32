package voice

import (
	"encoding/json"
	"errors"
	"fmt"

	"quietstat/consent"
)

// errLVA is wrapped by every error about the form of a peripheral event.
var errLVA = errors.New("not an event of the peripheral API")

// lvaKinds is every event of the peripheral API up to v1.1.15 (docs/peripheral_api.md
// of OHF-Voice/linux-voice-assistant) and what it means here; KindNone means nothing.
// What is not in the list is taken for an error, which closes.
var lvaKinds = map[string]consent.EventKind{
	"wake_word_detected": consent.KindWake,
	"listening":          consent.KindListening,
	"thinking":           consent.KindThinking,
	"tts_speaking":       consent.KindSpeaking,
	"tts_finished":       consent.KindEnd, // a continued conversation needs its own wake word
	"idle":               consent.KindEnd,
	"pipeline_error":     consent.KindError,
	"disconnected":       consent.KindLost, // of Home Assistant, which does the thinking
	"muted":              consent.KindMuted,

	"snapshot": consent.KindNone, "stt_text": consent.KindNone, "tts_text": consent.KindNone,
	"zeroconf": consent.KindNone, "button_controls_disabled": consent.KindNone, "button_lock_changed": consent.KindNone,
	"timer_ticking": consent.KindNone, "timer_updated": consent.KindNone, "timer_ringing": consent.KindNone,
	"media_player_playing": consent.KindNone, "volume_changed": consent.KindNone, "volume_muted": consent.KindNone,
	"light_command": consent.KindNone, "button_press": consent.KindNone,
}

// lvaLink is what has been heard on one connection. The zero lvaLink has heard
// nothing, and nothing it hears is live before the server's greeting is over: a
// snapshot, then at most one event that repeats the present state. The protocol
// does not tell the repetition from the real thing, so the first event after the
// snapshot is taken for it, unless settle was called first.
type lvaLink struct {
	snapshot bool
	replayed bool
}

// decode reads one message. Of the data of an event it reads one truth value,
// whether the microphone is off; what was said has no place to go to.
func (l *lvaLink) decode(message []byte) (kind consent.EventKind, live bool, err error) {
	var m struct {
		Event string `json:"event"`
		Data  struct {
			Muted *bool `json:"muted"`
		} `json:"data"`
	}
	if err := json.Unmarshal(message, &m); err != nil {
		return consent.KindNone, false, errLVA // the cause could quote what was said
	}
	if m.Event == "" {
		return consent.KindNone, false, fmt.Errorf("%w: it has no name", errLVA)
	}
	if m.Event == "snapshot" {
		l.snapshot, l.replayed = true, false
		return consent.KindNone, false, nil
	}
	kind, known := lvaKinds[m.Event]
	switch {
	case !known:
		kind = consent.KindError
	case kind == consent.KindMuted && m.Data.Muted != nil && !*m.Data.Muted:
		kind = consent.KindNone
	}
	live = l.replayed
	if l.snapshot {
		l.replayed = true
	}
	return kind, live, nil
}

// settle says that the greeting is over: the snapshot was not followed by a
// repetition, which is sent at once or not at all, or there was no snapshot, as an
// assistant that is still starting has none to give.
func (l *lvaLink) settle() { l.snapshot, l.replayed = true, true }
