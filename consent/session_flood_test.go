package consent

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Twenty wake words in an hour, also such that nobody spoke after, are believed; the
// next ones are not, for an hour, in which a press opens.
func TestWakeFlood(t *testing.T) {
	h := newHearing(t)
	for n := range FloodLimit {
		h.at(time.Duration(n) * time.Minute)
		if _, held := h.st.WakeHeld(h.now); held {
			t.Fatalf("held back after %d", n)
		}
		h.must(kitchen(KindWake))
		h.must(kitchen(KindEnd))
	}
	held := time.Duration(FloodLimit-1)*time.Minute + FloodSpan
	if until, ok := h.st.WakeHeld(h.now); !ok || until != h.t0+held {
		t.Fatalf("held until %v, %v", until-h.t0, ok)
	}
	_, err := h.do(kitchen(KindWake))
	wantReason(t, err, ReasonFlood)
	if h.do(kitchen(KindThinking)); h.open() {
		t.Error("a wake word that was refused opened")
	}
	h.must(TalkPress{})
	if !h.open() {
		t.Error("a press does not open")
	}
	h.must(SessionEnd{})
	for d := -time.Nanosecond; d <= time.Nanosecond; d++ {
		h.at(held + d)
		h.do(kitchen(KindWake))
		h.do(kitchen(KindThinking))
		if _, held := h.st.WakeHeld(h.now); h.open() != (d >= 0) || held != (d < 0) {
			t.Errorf("%v after the flood began: open %v, held %v", held, h.open(), held)
		}
	}
}

// Nineteen in an hour are none too many, for ever.
func TestWakesBelowTheFlood(t *testing.T) {
	h := newHearing(t)
	for n := range 3 * FloodLimit {
		h.at(time.Duration(n) * FloodSpan / (FloodLimit - 1))
		if _, err := h.do(kitchen(KindWake)); err != nil {
			t.Fatalf("number %d: %v", n, err)
		}
		h.must(kitchen(KindEnd))
	}
}

// listener keeps the simplest books there can be of what was heard, and judges by
// them what the machine makes of it.
type listener struct {
	*rig
	wakes   []time.Duration // live, believed or not, of any adapter, since anything closed
	thought bool            // somebody spoke after one
	press   time.Duration   // the last press, 0 = none
	pressed bool
	opened  map[string]time.Duration // when each session was first seen
}

func (l *listener) silence() { l.wakes, l.thought, l.pressed = nil, false, false }

// judge says whether the session that is open may be.
func (l *listener) judge(t *rapid.T) {
	sess, open := l.st.Session()
	if len(l.st.Windows()) > 0 != open {
		t.Fatalf("session open %v, windows %v", open, l.st.Windows())
	}
	if !open {
		return
	}
	newest := time.Duration(-1)
	if len(l.wakes) > 0 {
		newest = l.wakes[len(l.wakes)-1]
	}
	spoken := newest >= 0 && l.thought && l.now.Boot < newest+SessionCap
	held := l.pressed && l.now.Boot < l.press+SessionCap
	if !spoken && !held {
		t.Fatalf("open with neither a wake word nor a press: %+v, heard %v, pressed %v at %v", sess, l.wakes, l.pressed, l.press)
	}
	evidence := max(newest, 0)
	if l.pressed {
		evidence = max(evidence, l.press)
	}
	if sess.Deadline > evidence+SessionCap || sess.Deadline <= l.now.Boot {
		t.Fatalf("a deadline of %v, now %v, last evidence %v", sess.Deadline, l.now.Boot, evidence)
	}
	if _, seen := l.opened[sess.ID]; !seen {
		l.opened[sess.ID] = sess.Opened
	}
	if l.now.Boot >= l.opened[sess.ID]+conversationCap {
		t.Fatalf("session %s lasts for %v", sess.ID, l.now.Boot-l.opened[sess.ID])
	}
}

// Whatever is heard in whatever order, a session is open only after a live wake word
// and the end of speech, or after a press; it ends within 120 s of the last of them
// and 180 s of the first; an end that names nobody ends all there is; and no more
// than twenty wake words in an hour begin anything.
func TestVoiceNeedsEvidence(t *testing.T) {
	sessions := 0
	rapid.Check(t, func(t *rapid.T) {
		l := &listener{rig: newRig(t), opened: map[string]time.Duration{}}
		places := rapid.SampledFrom([]SessionEvent{
			{Source: SourceLVA}, {Source: SourceHermes, Site: "kitchen"}, {Source: SourceHermes, Site: "kitchen", ExtID: "a"}, {Source: SourceHermes, Site: "bath", ExtID: "b"},
			{Source: SourceRemote, Site: "kitchen"}, {Source: SourceButton}, {Source: Source(77), Site: "bath"},
		})
		hear := func(t *rapid.T, kind EventKind, live bool) {
			ev := places.Draw(t, "place")
			ev.Kind, ev.Live = kind, live
			if _, err := l.do(Voice{ev}); err == nil && ev.Class() == ClassWake {
				l.wakes = append(l.wakes, l.now.Boot)
			}
			if live && kind == KindThinking {
				l.thought = l.thought || len(l.wakes) > 0
			}
			if ev.Ends() && !ev.Source.adapter() {
				pressed := l.pressed && kind == KindLost // a press does not depend on a stack
				l.silence()
				l.pressed = pressed
				if _, open := l.st.Session(); open && !pressed {
					t.Fatalf("%+v did not end it", ev)
				}
			}
		}
		kind := rapid.SampledFrom([]EventKind{KindButton, KindListening, KindThinking, KindThinking, KindSpeaking})
		end := rapid.SampledFrom([]EventKind{KindNone, KindEnd, KindError, KindMuted, KindLost, 99})
		t.Repeat(map[string]func(*rapid.T){
			"":       l.judge,
			"wake":   func(t *rapid.T) { hear(t, KindWake, true) },
			"speak":  func(t *rapid.T) { hear(t, KindThinking, true) },
			"stage":  func(t *rapid.T) { hear(t, kind.Draw(t, "kind"), true) },
			"replay": func(t *rapid.T) { hear(t, EventKind(rapid.IntRange(1, 5).Draw(t, "kind")), false) },
			"end":    func(t *rapid.T) { hear(t, end.Draw(t, "end"), rapid.Bool().Draw(t, "live")) },
			"press": func(*rapid.T) {
				if _, err := l.do(TalkPress{}); err == nil {
					l.press, l.pressed = l.now.Boot, true
				}
			},
			"quiet":   func(*rapid.T) { l.must(Quiet{}); l.silence() },
			"restart": func(*rapid.T) { l.silence(); l.boot() },
			"wait":    func(t *rapid.T) { l.after(time.Duration(rapid.IntRange(1, 25000).Draw(t, "ms")) * time.Millisecond) },
		})
		sessions += len(l.opened)
		began := 0
		for _, at := range l.wakes {
			if l.now.Boot-at < FloodSpan {
				began++
			}
		}
		if _, held := l.st.WakeHeld(l.now); began > 3*FloodLimit && !held {
			t.Fatalf("%d wake words within an hour and still believed", began)
		}
	})
	if sessions == 0 {
		t.Error("no session was opened: the histories prove nothing")
	}
	t.Logf("judged %d sessions", sessions)
}
