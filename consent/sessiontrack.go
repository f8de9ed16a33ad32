package consent

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Bounds of a voice session, all on CLOCK_BOOTTIME. Whatever a voice stack forgets to
// say, one of them ends what it began.
const (
	speechLimit     = 30 * time.Second // from the wake word, or from listening again, to the end of speech
	thinkingLimit   = 20 * time.Second
	speakingLimit   = time.Minute
	silenceLimit    = 20 * time.Second // without any event
	conversationCap = 3 * time.Minute  // from the first wake word, whatever comes after it
	followUps       = 2                // times a conversation may go on after an answer
)

// stage is where the voice session of one site stands. The zero stage is closed.
type stage uint8

const (
	stageClosed    stage = iota
	stageArmed           // a wake word was heard
	stageListening       //
	stageThinking        // the person has ended speaking
	stageSpeaking        //
)

// track follows one site's voice session from its wake word to its end. It is
// never written down.
type track struct {
	source   Source
	site     string
	extID    string // the stack's own id, as soon as it has named one
	stage    stage
	first    time.Duration // BOOTTIME of the evidence it began with
	evidence time.Duration // and of the latest
	since    time.Duration // when the stage's limit began to run
	heard    time.Duration // when the last event came
	turns    int           // follow-ups so far
	open     bool          // it came to the event that opens, and may hold a session
}

// place is what a track is found by.
type place struct {
	source Source
	site   string
}

func (t track) place() place { return place{t.source, t.site} }

// cap is the BOOTTIME nothing but another wake word can move, and no wake word past
// the end of the conversation.
func (t track) cap() time.Duration {
	return min(t.evidence+SessionCap, t.first+conversationCap)
}

// deadline is the BOOTTIME at which the track is closed by itself.
func (t track) deadline() time.Duration {
	limit := speechLimit
	switch t.stage {
	case stageThinking:
		limit = thinkingLimit
	case stageSpeaking:
		limit = speakingLimit
	}
	return min(t.since+limit, t.heard+silenceLimit, t.cap())
}

// advance moves the track on by an event that is no evidence. It reports false for a
// follow-up too many. Going back is a follow-up, whatever the stack calls it: only so
// are the turns of a conversation counted.
func (t *track) advance(kind EventKind, now time.Duration) bool {
	t.heard = now
	next := t.stage
	switch kind {
	case KindListening:
		next = stageListening
	case KindThinking:
		next = stageThinking
	case KindSpeaking:
		next = stageSpeaking
	}
	back := next < t.stage
	if back {
		t.turns++
	}
	if back || next > t.stage && next != stageListening {
		t.since = now // from the wake word to listening the same limit runs on
	}
	t.stage = next
	t.open = t.open || next == stageThinking
	return t.turns <= followUps
}

// wake takes another wake word in. While somebody is heard it says nothing new;
// after that it is a follow-up with evidence of its own. It reports false for one too
// many.
func (t *track) wake(now time.Duration) bool {
	t.heard = now
	if t.stage <= stageListening {
		return true
	}
	t.turns++
	t.stage, t.since, t.evidence = stageArmed, now, now
	return t.turns <= followUps
}

// is reports whether an ending event is about this track. Who is not known to be an
// adapter, an adapter that names no site and one that lost its stack end all there is.
func (t track) is(e SessionEvent) bool {
	if !e.Source.adapter() {
		return true
	}
	return t.source == e.Source && (e.Kind == KindLost || e.Site == "" || e.Site == t.site)
}

// collides reports whether an event of the same site belongs to another session.
func (t track) collides(e SessionEvent) bool {
	return t.site == e.Site && (t.source != e.Source || e.ExtID != "" && t.extID != "" && e.ExtID != t.extID)
}

// oldestTracks lists tracks by the age of their evidence.
func oldestTracks(m map[place]track) []track {
	return slices.SortedFunc(maps.Values(m), func(a, b track) int {
		switch {
		case a.first != b.first:
			return int(min(max(a.first-b.first, -1), 1))
		case a.source != b.source:
			return int(a.source) - int(b.source)
		}
		return strings.Compare(a.site, b.site)
	})
}
