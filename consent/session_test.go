package consent

import (
	"bytes"
	"slices"
	"testing"
	"time"
)

// said is one event of a voice stack in the kitchen, at a time from the first.
type said struct {
	at   time.Duration
	kind EventKind
}

func kitchen(kind EventKind) Voice {
	return Voice{SessionEvent{Source: SourceHermes, Site: "kitchen", Kind: kind, Live: true}}
}

// hearing is a house with a voice stack and a policy.
type hearing struct {
	*rig
	t0 time.Duration
}

func newHearing(t *testing.T) hearing {
	r := newRig(t)
	return hearing{r, r.now.Boot}
}

// at moves both clocks to a time from the start, second by second as a keeper does.
func (h hearing) at(d time.Duration) {
	h.t.Helper()
	for h.now.Boot+time.Second <= h.t0+d {
		h.now.Boot, h.now.Wall = h.now.Boot+time.Second, h.now.Wall.Add(time.Second)
		h.must(Tick{})
	}
	rest := h.t0 + d - h.now.Boot
	h.now.Boot, h.now.Wall = h.now.Boot+rest, h.now.Wall.Add(rest)
	h.must(Tick{})
}

func (h hearing) hear(events ...said) {
	for _, e := range events {
		h.at(e.at)
		h.do(kitchen(e.kind))
	}
}

func (h hearing) open() bool { _, open := h.st.Session(); return open }

const s = time.Second

// Each timer, a nanosecond before it, at it and after it: the session is there, and
// is not.
func TestVoiceTimers(t *testing.T) {
	talk := func(more ...said) []said {
		return append([]said{{0, KindWake}, {2 * s, KindListening}, {5 * s, KindThinking}}, more...)
	}
	for _, tt := range []struct {
		name   string
		events []said
		closes time.Duration
	}{
		{"thinking", talk(), 25 * s},
		{"thinking, said twice", talk(said{15 * s, KindThinking}), 25 * s},
		{"silence while speaking", talk(said{7 * s, KindSpeaking}), 27 * s},
		{"speaking", talk(said{7 * s, KindSpeaking}, said{26 * s, KindSpeaking}, said{45 * s, KindSpeaking}, said{64 * s, KindSpeaking}), 67 * s},
		{"listening again", talk(said{7 * s, KindSpeaking}, said{17 * s, KindListening}, said{33 * s, KindListening}), 47 * s},
		{"120 s from the wake word", talk(said{7 * s, KindSpeaking}, said{26 * s, KindSpeaking}, said{45 * s, KindSpeaking}, said{60 * s, KindListening}, said{75 * s, KindThinking},
			said{90 * s, KindSpeaking}, said{105 * s, KindSpeaking}, said{119 * s, KindSpeaking}), 120 * s},
		{"120 s from another wake word", talk(said{7 * s, KindSpeaking}, said{25 * s, KindWake}, said{40 * s, KindThinking}, said{50 * s, KindSpeaking}, said{69 * s, KindSpeaking},
			said{88 * s, KindSpeaking}, said{107 * s, KindSpeaking}), 110 * s},
		{"180 s from the first wake word", talk(said{7 * s, KindSpeaking}, said{26 * s, KindSpeaking}, said{45 * s, KindSpeaking}, said{62 * s, KindWake}, said{80 * s, KindThinking},
			said{95 * s, KindSpeaking}, said{114 * s, KindSpeaking}, said{133 * s, KindSpeaking}, said{150 * s, KindListening}, said{168 * s, KindThinking}), 180 * s},
	} {
		for d := -time.Nanosecond; d <= time.Nanosecond; d++ {
			h := newHearing(t)
			h.hear(tt.events...)
			if !h.open() {
				t.Fatalf("%s: not open after its events", tt.name)
			}
			sess, _ := h.st.Session()
			h.at(tt.closes + d)
			if h.open() != (d < 0) {
				t.Errorf("%s: %v after the wake word the session is open: %v (its deadline was %v)", tt.name, tt.closes+d, h.open(), sess.Deadline-h.t0)
			}
		}
	}
}

// Before the end of speech nothing opens, and what opens it must come in time.
func TestVoiceOpensAtTheEndOfSpeech(t *testing.T) {
	for _, tt := range []struct {
		name   string
		events []said
		opens  bool
	}{
		{"wake word alone", []said{{0, KindWake}}, false},
		{"and listening", []said{{0, KindWake}, {s, KindListening}}, false},
		{"and thinking", []said{{0, KindWake}, {s, KindListening}, {3 * s, KindThinking}}, true},
		{"thinking without listening", []said{{0, KindWake}, {3 * s, KindThinking}}, true},
		{"an announcement after a false wake word", []said{{0, KindWake}, {s, KindSpeaking}}, false},
		{"speech ends in time", []said{{0, KindWake}, {15 * s, KindListening}, {30*s - 1, KindThinking}}, true},
		{"speech ends too late", []said{{0, KindWake}, {15 * s, KindListening}, {30 * s, KindThinking}}, false},
		{"silence after the wake word, in time", []said{{0, KindWake}, {20*s - 1, KindThinking}}, true},
		{"silence after the wake word", []said{{0, KindWake}, {20 * s, KindThinking}}, false},
		{"no wake word", []said{{0, KindListening}, {s, KindThinking}, {2 * s, KindSpeaking}}, false},
		{"after an end", []said{{0, KindWake}, {s, KindEnd}, {2 * s, KindThinking}}, false},
		{"after a mute", []said{{0, KindWake}, {s, KindMuted}, {2 * s, KindThinking}}, false},
		{"after a lost link", []said{{0, KindWake}, {s, KindLost}, {2 * s, KindThinking}}, false},
		{"another wake word while listening is no more time", []said{{0, KindWake}, {s, KindListening}, {12 * s, KindWake}, {24 * s, KindWake}, {30 * s, KindThinking}}, false},
		{"nor does it harm", []said{{0, KindWake}, {s, KindListening}, {12 * s, KindWake}, {24 * s, KindWake}, {30*s - 1, KindThinking}}, true},
		{"the stack's own button is no event", []said{{0, KindWake}, {12 * s, KindButton}, {21 * s, KindThinking}}, false},
		{"the stack's own button", []said{{0, KindButton}, {s, KindThinking}}, false},
	} {
		h := newHearing(t)
		h.hear(tt.events...)
		if h.open() != tt.opens {
			t.Errorf("%s: open is %v", tt.name, h.open())
		}
	}
}

func TestOpenFromWake(t *testing.T) {
	h := newHearing(t)
	h.must(BootStarted{OpenFromWake: true})
	h.must(LedgerOK{})
	h.must(ControlBack{})
	h.hear(said{0, KindWake})
	if !h.open() {
		t.Error("the wake word did not open")
	}
	h.hear(said{s, KindEnd})
	if h.open() {
		t.Error("it stays open after its end")
	}
}

// Two follow-ups are a conversation, a third ends it, whatever it is called; and a
// wake word after that begins another.
func TestFollowUps(t *testing.T) {
	for _, again := range []EventKind{KindListening, KindWake} {
		h := newHearing(t)
		at := time.Duration(0)
		turn := func(begin EventKind) bool {
			h.hear(said{at, begin}, said{at + s, KindThinking}, said{at + 2*s, KindSpeaking})
			at += 5 * s
			return h.open()
		}
		turn(KindWake)
		first, _ := h.st.Session()
		for n := 1; n <= 2; n++ {
			if !turn(again) {
				t.Fatalf("kind %d: closed at follow-up %d", again, n)
			}
		}
		if now, _ := h.st.Session(); now.ID != first.ID {
			t.Errorf("kind %d: a follow-up began another session", again)
		}
		open := turn(again)
		now, _ := h.st.Session()
		if again == KindListening && open || again == KindWake && (!open || now.ID == first.ID) {
			t.Errorf("kind %d: after the third follow-up open is %v, session %s of %s", again, open, now.ID, first.ID)
		}
	}
	// Thinking again after an answer is a turn as well: it would begin its time anew.
	h := newHearing(t)
	h.hear(said{0, KindWake}, said{s, KindThinking})
	for n := range 3 {
		at := time.Duration(4*n) * s
		h.hear(said{at + 2*s, KindSpeaking}, said{at + 4*s, KindThinking})
	}
	if h.open() {
		t.Error("thinking three times after an answer keeps a session open")
	}
}

func TestVoiceEnds(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  Event
		open bool
	}{
		{"its end", kitchen(KindEnd), false},
		{"an error", kitchen(KindError), false},
		{"mute", kitchen(KindMuted), false},
		{"lost", kitchen(KindLost), false},
		{"a kind of tomorrow", kitchen(99), false},
		{"a replayed end", Voice{SessionEvent{Source: SourceHermes, Site: "kitchen", Kind: KindEnd}}, false},
		{"an end without a site", Voice{SessionEvent{Source: SourceHermes, Kind: KindEnd, Live: true}}, false},
		{"the link of its stack lost, elsewhere", Voice{SessionEvent{Source: SourceHermes, Site: "bath", Kind: KindLost, Live: true}}, false},
		{"the end from above", Voice{SessionEvent{Source: SourceRemote, Site: "bath", Kind: KindEnd}}, false},
		{"the voice role lost", Voice{SessionEvent{Kind: KindLost}}, false},
		{"a person", SessionEnd{}, false},
		{"quiet", Quiet{}, false},
		{"a restart", BootStarted{}, false},
		{"the end of another site", Voice{SessionEvent{Source: SourceHermes, Site: "bath", Kind: KindEnd, Live: true}}, true},
		{"the end of another stack", Voice{SessionEvent{Source: SourceLVA, Site: "kitchen", Kind: KindEnd, Live: true}}, true},
		{"another stack lost", Voice{SessionEvent{Source: SourceLVA, Kind: KindLost, Live: true}}, true},
	} {
		h := newHearing(t)
		h.hear(said{0, KindWake}, said{s, KindThinking})
		h.must(tt.end)
		if h.open() != tt.open {
			t.Errorf("%s: open is %v", tt.name, h.open())
		}
		h.boot() // whatever was blocked is not any more
		if h.do(kitchen(KindSpeaking)); !tt.open && h.open() {
			t.Errorf("%s: the rest of the conversation opened again", tt.name)
		}
	}
}

// A replay moves nothing: it does not open, and does not keep open.
func TestReplaysDoNotCount(t *testing.T) {
	h := newHearing(t)
	replay := func(k EventKind) error {
		_, err := h.do(Voice{SessionEvent{Source: SourceHermes, Site: "kitchen", Kind: k}})
		return err
	}
	wantReason(t, replay(KindWake), ReasonUnproven)
	h.hear(said{s, KindThinking})
	if h.open() {
		t.Fatal("a replayed wake word opened")
	}
	h.hear(said{2 * s, KindWake})
	wantReason(t, replay(KindThinking), ReasonUnproven)
	if h.open() {
		t.Fatal("replayed thinking opened")
	}
	h.hear(said{3 * s, KindThinking})
	h.at(20 * s)
	wantReason(t, replay(KindThinking), ReasonUnproven)
	if h.at(23 * s); h.open() {
		t.Error("a replay kept a session open")
	}
}

func TestOverlapCloses(t *testing.T) {
	other := func(src Source, site, id string, kind EventKind) Voice {
		return Voice{SessionEvent{Source: src, Site: site, ExtID: id, Kind: kind, Live: true}}
	}
	for _, tt := range []struct {
		name string
		ev   Voice
		open bool
	}{
		{"another stack hears the same room", other(SourceLVA, "kitchen", "", KindWake), false},
		{"another session of the stack wakes", other(SourceHermes, "kitchen", "b", KindWake), false},
		{"another session of the stack thinks", other(SourceHermes, "kitchen", "b", KindThinking), false},
		{"the same session goes on", other(SourceHermes, "kitchen", "a", KindSpeaking), true},
		{"a session without an id", other(SourceHermes, "kitchen", "", KindSpeaking), true},
		{"another room wakes", other(SourceHermes, "bath", "b", KindWake), true},
		{"another stack claims the room", other(SourceLVA, "kitchen", "", KindThinking), true},
	} {
		h := newHearing(t)
		h.must(other(SourceHermes, "kitchen", "a", KindWake))
		h.must(other(SourceHermes, "kitchen", "a", KindThinking))
		_, err := h.do(tt.ev)
		if h.open() != tt.open {
			t.Errorf("%s: open is %v, %v", tt.name, h.open(), err)
		}
		if !tt.open {
			wantReason(t, err, ReasonOverlap)
			last := h.ledger.entries[len(h.ledger.entries)-1]
			if last.Kind != EntrySessionClose || last.Reason != ReasonOverlap {
				t.Errorf("%s: recorded as %+v", tt.name, last)
			}
			h.do(other(SourceLVA, "kitchen", "", KindThinking))
			if h.open() {
				t.Errorf("%s: one of the two opened again", tt.name)
			}
		}
	}
}

// While one room is talking another's session waits, and follows with a window and
// a cap of its own.
func TestAnotherRoomFollows(t *testing.T) {
	h := newHearing(t)
	bath := func(k EventKind) Voice {
		return Voice{SessionEvent{Source: SourceHermes, Site: "bath", Kind: k, Live: true}}
	}
	h.hear(said{0, KindWake}, said{s, KindThinking})
	first, _ := h.st.Session()
	h.must(bath(KindWake))
	h.must(bath(KindThinking))
	if now, _ := h.st.Session(); now.ID != first.ID {
		t.Fatal("another room took the session over")
	}
	h.must(bath(KindEnd))
	if now, _ := h.st.Session(); now.ID != first.ID {
		t.Fatal("another room's end ended the session")
	}
	h.must(bath(KindWake))
	h.must(bath(KindThinking))
	h.hear(said{10 * s, KindEnd})
	second, open := h.st.Session()
	if !open || second.ID == first.ID || second.Opened != h.t0+s || second.Deadline != h.t0+21*s {
		t.Errorf("after the first room ended: %+v, open %v", second, open)
	}
	if w, ok := h.st.Window("hub"); !ok || slices.ContainsFunc(w.Bases, func(b Basis) bool { return b.ID == first.ID }) {
		t.Errorf("the window is %+v", w)
	}
}

// A press during a voice session extends it, never past the cap of the evidence.
func TestPressDuringVoice(t *testing.T) {
	h := newHearing(t)
	h.hear(said{0, KindWake}, said{s, KindThinking})
	voice, _ := h.st.Session()
	h.at(10 * s)
	h.must(TalkPress{})
	pressed, _ := h.st.Session()
	if pressed.ID != voice.ID || pressed.Evidence != ClassWake || pressed.Deadline != h.t0+40*s {
		t.Errorf("pressed: %+v", pressed)
	}
	h.at(30 * s) // the track ran out at 21 s
	if !h.open() {
		t.Error("the press did not hold it")
	}
	for at := 35 * s; at < 120*s; at += 20 * s {
		h.at(at)
		h.must(TalkPress{})
	}
	for d := -time.Nanosecond; d <= time.Nanosecond; d++ {
		if h.at(120*s + d); h.open() != (d < 0) {
			t.Errorf("%v after the wake word open is %v", 120*s+d, h.open())
		}
	}
}

func TestVoiceIsRefusedWhileBlocked(t *testing.T) {
	h := newHearing(t)
	h.must(LedgerFault{})
	_, err := h.do(kitchen(KindWake))
	wantReason(t, err, ReasonLedger)
	h.must(LedgerOK{})
	if h.do(kitchen(KindThinking)); h.open() {
		t.Error("a wake word from before the ledger came back opened")
	}
}

// The record says what kind of evidence there was and which kind of stack heard it,
// and neither the room nor the stack's id.
func TestSessionOpenIsRecorded(t *testing.T) {
	h := newHearing(t)
	h.must(Voice{SessionEvent{Source: SourceHermes, Site: "kitchen", ExtID: "x-77", Kind: KindWake, Live: true}})
	h.must(kitchen(KindThinking))
	e := h.ledger.entries[len(h.ledger.entries)-1]
	b, err := e.Format()
	if err != nil || e.Kind != EntrySessionOpen || e.Evidence != ClassWake || e.Source != SourceHermes {
		t.Fatalf("%s, %v", b, err)
	}
	for _, word := range []string{"kitchen", "x-77"} {
		if bytes.Contains(b, []byte(word)) {
			t.Errorf("%q is in the ledger: %s", word, b)
		}
	}
	if describe(e) != "session opened: somebody said the wake word to hermes" {
		t.Errorf("it reads %q", describe(e))
	}
	back, err := ParseEntry(b)
	if err != nil || back.Evidence != ClassWake || back.Source != SourceHermes {
		t.Errorf("read back as %+v, %v", back, err)
	}
}

// A session that was pressed for ends on any end, and goes on when a voice stack that
// has nothing to do with it breaks down again and again.
func TestPressOutlivesALostStack(t *testing.T) {
	h := newHearing(t)
	h.must(TalkPress{})
	h.must(Voice{SessionEvent{Source: SourceLVA, Kind: KindLost, Live: true}})
	h.must(Voice{SessionEvent{Kind: KindLost}})
	if !h.open() {
		t.Fatal("it ended with the stack")
	}
	h.must(kitchen(KindEnd))
	if h.open() {
		t.Error("it outlived an end")
	}
}
