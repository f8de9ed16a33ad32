package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"unicode"
	"unicode/utf8"

	"quietstat/consent"
)

// Bounds of what the voice role may say and be told.
const (
	MaxVoiceName = 64  // bytes of a Site or an ExtID
	MaxAnswer    = 240 // bytes of an Answer's text
)

// Heard is one thing a voice stack did: a consent.SessionEvent on its way. It has
// no place for what was said.
type Heard struct {
	Source consent.Source    `json:"source"`
	Site   string            `json:"site,omitempty"`   // room, as the stack names it, at most MaxVoiceName bytes
	ExtID  string            `json:"ext_id,omitempty"` // the stack's own id of the session, at most MaxVoiceName bytes
	Kind   consent.EventKind `json:"kind"`
	Live   bool              `json:"live,omitempty"` // happened now, not replayed after a reconnect
}

// HeardOf makes a frame of an event. A name that is too long or is not printable
// UTF-8 becomes its SHA-256 in hexadecimal: it stays itself and becomes short.
func HeardOf(e consent.SessionEvent) Heard {
	return Heard{Source: e.Source, Site: voiceName(e.Site), ExtID: voiceName(e.ExtID), Kind: e.Kind, Live: e.Live}
}

// Event is what was heard, for the keeper.
func (h Heard) Event() consent.SessionEvent {
	return consent.SessionEvent{Source: h.Source, Site: h.Site, ExtID: h.ExtID, Kind: h.Kind, Live: h.Live}
}

// IntentKind is what a person may ask of the thermostat by voice. The list is closed.
type IntentKind uint8

// The zero IntentKind asks for nothing and is refused.
const (
	IntentNone              IntentKind = iota
	IntentSetTemperature               // Number is the wish in °C
	IntentChangeTemperature            // Number is added to the setpoint, in K
	IntentGetTemperature               // Number is ignored
	IntentSetMode                      // Number is a consent.Mode
)

// Intent is one wish, and for all of them but IntentGetTemperature a number. The
// keeper answers every one with an Answer of the same ID.
type Intent struct {
	ID     uint64         `json:"id"` // chosen by the voice role, not 0
	Source consent.Source `json:"source"`
	Site   string         `json:"site,omitempty"` // at most MaxVoiceName bytes
	Kind   IntentKind     `json:"kind"`
	Number float64        `json:"number"`
}

// Answer is what to say in the room. An empty Text means to say nothing.
type Answer struct {
	ID   uint64 `json:"id"`
	Text string `json:"text"` // at most MaxAnswer bytes
}

// AnswerOf makes of a decided message (EncodeRelease) the answer to a wish, and the
// outcome to report once it has been given. It is the only way from a message to words.
func AnswerOf(frame []byte, wish uint64) (Answer, Outcome, error) {
	if len(frame) == 0 || Kind(frame[0]) != KindDelivery {
		return Answer{}, Outcome{}, fmt.Errorf("%w: only a decided message is said in the room", ErrFrame)
	}
	d, err := DecodeDelivery(frame[1:])
	if err != nil {
		return Answer{}, Outcome{}, err
	}
	a := Answer{ID: wish, Text: string(d.Payload())}
	if a.ID == 0 || len(a.Text) == 0 || len(a.Text) > MaxAnswer || !printable(a.Text) {
		return Answer{}, Outcome{}, fmt.Errorf("%w: a message to be said is at most %d printable bytes", ErrFrame, MaxAnswer)
	}
	return a, Outcome{ID: d.ID(), Epoch: d.Epoch(), Result: ResultSent}, nil
}

// DecodeHeard reads the body of a KindHeard frame. Sources are a closed list and
// the button is not among them: its presses come from control alone. A kind
// nobody knows is let through, since consent closes on it.
func DecodeHeard(body []byte) (Heard, error) {
	var h Heard
	if err := Decode(body, &h); err != nil {
		return Heard{}, err
	}
	if !adapterSource(h.Source) || h.Kind == consent.KindNone || !voiceNamed(h.Site) || !voiceNamed(h.ExtID) {
		return Heard{}, fmt.Errorf("%w: an event needs a source that is an adapter, a kind, and names of at most %d printable bytes", ErrFrame, MaxVoiceName)
	}
	return h, nil
}

// DecodeIntent reads the body of a KindIntent frame.
func DecodeIntent(body []byte) (Intent, error) {
	var i Intent
	if err := Decode(body, &i); err != nil {
		return Intent{}, err
	}
	known := i.Kind > IntentNone && i.Kind <= IntentSetMode
	finite := !math.IsNaN(i.Number) && math.Abs(i.Number) <= 1000
	if i.ID == 0 || !known || !finite || !adapterSource(i.Source) || !voiceNamed(i.Site) {
		return Intent{}, fmt.Errorf("%w: an intent needs an id, a source that is an adapter, a kind, and a number within 1000", ErrFrame)
	}
	return i, nil
}

// DecodeAnswer reads the body of a KindAnswer frame.
func DecodeAnswer(body []byte) (Answer, error) {
	var a Answer
	if err := Decode(body, &a); err != nil {
		return Answer{}, err
	}
	if a.ID == 0 || len(a.Text) > MaxAnswer || !printable(a.Text) {
		return Answer{}, fmt.Errorf("%w: an answer needs an id and at most %d printable bytes", ErrFrame, MaxAnswer)
	}
	return a, nil
}

func adapterSource(s consent.Source) bool {
	return s >= consent.SourceLVA && s <= consent.SourceESPHome
}

func voiceNamed(s string) bool { return len(s) <= MaxVoiceName && printable(s) }

func printable(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

func voiceName(s string) string {
	if voiceNamed(s) {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
