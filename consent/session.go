package consent

import (
	"slices"
	"time"
)

// Bounds of a session, all on CLOCK_BOOTTIME.
const (
	DefaultButtonWindow = 30 * time.Second // from the last press
	SessionCap          = 2 * time.Minute  // from the evidence, whatever comes after it
	FloodLimit          = 20               // sessions opened within FloodSpan; the next is refused
	FloodSpan           = time.Hour
)

// Source is where a session event came from.
type Source uint8

const (
	SourceNone    Source = iota
	SourceButton         // the talk button, counted by control; never heard from an adapter
	SourceLVA            // linux-voice-assistant, loopback
	SourceWyoming        // Wyoming event service, loopback
	SourceHermes         // Hermes over a local broker
	SourceOVOS           // OpenVoiceOS message bus
	SourceESPHome        // a keyed ESPHome device
	SourceRemote         // Home Assistant, Alexa, any upstream
)

// EventKind is what a voice stack says happened.
type EventKind uint8

const (
	KindNone EventKind = iota
	KindButton
	KindWake
	KindListening
	KindThinking
	KindSpeaking
	KindEnd
	KindError
	KindMuted
	KindLost // the adapter lost its voice stack
)

// Class is what an event proves.
type Class uint8

const (
	ClassUnproven Class = iota // U: somebody says so; never opens
	ClassWake                  // W: a wake word heard live by an adapter in the house
	ClassPress                 // P: a press of the button
)

// SessionEvent is one thing heard about a voice session. It has no place for
// what was said.
type SessionEvent struct {
	Source Source
	Site   string // room, as the stack names it
	ExtID  string // the stack's own id of the session
	Kind   EventKind
	Live   bool // happened now, not replayed after a reconnect
}

// Class is what the event proves. It is derived and cannot be claimed: a button
// event is press evidence only when it comes with control's counter, which is
// why TalkPress carries no SessionEvent at all.
func (e SessionEvent) Class() Class {
	if e.Source.adapter() && e.Kind == KindWake && e.Live {
		return ClassWake
	}
	return ClassUnproven
}

// adapter reports whether the source is a voice stack in the house.
func (s Source) adapter() bool {
	switch s {
	case SourceLVA, SourceWyoming, SourceHermes, SourceOVOS, SourceESPHome:
		return true
	}
	return false
}

// Ends reports whether the event closes a session. What is not understood does.
func (e SessionEvent) Ends() bool {
	switch e.Kind {
	case KindButton, KindWake, KindListening, KindThinking, KindSpeaking:
		return false
	}
	return true
}

// Session is a lease opened by evidence from the room. It is never written down,
// so a restart ends it.
type Session struct {
	ID         string        // unique in this state's life
	Evidence   Class         // what opened it: ClassPress or ClassWake
	Source     Source        // where that came from
	Opened     time.Duration // BOOTTIME of the evidence it began with
	Deadline   time.Duration // BOOTTIME at which it closes by itself
	Recipients []string      // those with a standing policy when it opened, sorted

	held    place         // the track it lasts as long as; zero when it was pressed for
	pressed time.Duration // BOOTTIME until which the last press holds it, 0 without one
	limit   time.Duration // BOOTTIME no press can move
}

// extend moves the deadline to a window from now, never past the limit and never back.
func (s Session) extend(now, window time.Duration) Session {
	s.pressed = min(now+window, s.limit)
	s.Deadline = max(s.Deadline, s.pressed)
	return s
}

// from starts a session that is pressed for.
func (s Session) from(now, window time.Duration) Session {
	s.limit = s.Opened + SessionCap
	return s.extend(now, window)
}

// without takes a recipient out: whoever was re-enrolled or given another policy
// during a session waits for the next one.
func (s Session) without(recipient string) Session {
	s.Recipients = slices.DeleteFunc(slices.Clone(s.Recipients), func(r string) bool { return r == recipient })
	return s
}

// flooded reports whether there were FloodLimit openings within FloodSpan, and
// returns those that still count.
func flooded(openings []time.Duration, now time.Duration) (bool, []time.Duration) {
	recent := slices.DeleteFunc(slices.Clone(openings), func(at time.Duration) bool { return now-at >= FloodSpan })
	return len(recent) >= FloodLimit, recent
}
