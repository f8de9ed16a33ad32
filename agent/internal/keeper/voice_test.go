package keeper

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// role is a voice role played by the test, on the real socket.
type role struct {
	h    *house
	conn net.Conn
}

func (h *house) role() *role {
	h.t.Helper()
	conn, err := net.Dial("unixpacket", filepath.Join(h.folder, local.VoiceSocket))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { conn.Close() })
	h.seen("the voice role is connected", func(s local.KeeperStatus) bool { return s.Voice != nil && s.Voice.Connected })
	return &role{h, conn}
}

// seen waits for the keeper to have taken in what was said, without letting the
// house's time pass.
func (h *house) seen(what string, there func(local.KeeperStatus) bool) local.KeeperStatus {
	h.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		s := h.status()
		if there(s) {
			return s
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("not seen: %s; %+v, voice %+v", what, s, s.Voice)
		}
	}
}

// says sends one event of the kitchen and waits until it has been heard.
func (r *role) says(kind consent.EventKind, live bool) local.KeeperStatus {
	r.h.t.Helper()
	return r.event(consent.SessionEvent{Source: consent.SourceHermes, Site: "kitchen", ExtID: "s1", Kind: kind, Live: live})
}

func (r *role) event(e consent.SessionEvent) local.KeeperStatus {
	r.h.t.Helper()
	heard := func(s local.KeeperStatus) (n uint64) {
		for _, k := range s.Voice.Stacks {
			n += k.Events
		}
		return n
	}
	before := heard(r.h.status())
	if err := wire.Send(r.conn, wire.KindHeard, wire.HeardOf(e)); err != nil {
		r.h.t.Fatal(err)
	}
	return r.h.seen("the event", func(s local.KeeperStatus) bool { return heard(s) > before })
}

// speaks goes through a wake word and the end of speech.
func (r *role) speaks() {
	r.says(consent.KindWake, true)
	r.says(consent.KindListening, true)
	r.says(consent.KindThinking, true)
}

func (r *role) asks(kind wire.IntentKind, number float64) {
	r.h.t.Helper()
	if err := wire.Send(r.conn, wire.KindIntent, wire.Intent{ID: 7, Source: consent.SourceWyoming, Kind: kind, Number: number}); err != nil {
		r.h.t.Fatal(err)
	}
}

// answer reads the answer, letting time pass while there is none.
func (r *role) answer() string {
	r.h.t.Helper()
	got := make(chan wire.Answer, 1)
	go func() {
		kind, body, err := wire.Receive(r.conn, make([]byte, wire.MaxFrame+1))
		a, bad := wire.DecodeAnswer(body)
		if err != nil || bad != nil || kind != wire.KindAnswer {
			a = wire.Answer{Text: "no answer"}
		}
		got <- a
	}()
	for range 20 {
		select {
		case a := <-got:
			if a.ID != 7 {
				r.h.t.Errorf("the answer is to %d: %q", a.ID, a.Text)
			}
			return a.Text
		case <-time.After(100 * time.Millisecond):
			r.h.tick(1)
		}
	}
	r.h.t.Fatal("no answer in 20 s")
	return ""
}

// gone waits for the keeper to cut the connection.
func (r *role) gone() {
	r.h.t.Helper()
	r.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, err := r.conn.Read(make([]byte, 8)); err == nil || errors.Is(err, context.DeadlineExceeded) {
		r.h.t.Fatalf("not cut off: %v", err)
	}
	r.h.seen("the end of the connection", func(s local.KeeperStatus) bool { return !s.Voice.Connected })
}

// A wake word and the end of speech tell the kitchen what its policy allows, from the
// first sample after; the end stops it.
func TestVoiceSession(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature())
	r := h.role()
	r.says(consent.KindWake, true)
	h.tick(3)
	if s := h.status(); s.Sharing != "closed" || len(h.broker.messages()) != 0 {
		t.Fatalf("the wake word alone opened: %+v", s)
	}
	r.says(consent.KindThinking, true)
	h.within(12, h.hears(1)) // a busy machine loses an uplink and opens another
	s := h.status()
	if s.Sharing != "session" || s.Session == nil || s.Session.Evidence != "wake" || s.Session.Source != "hermes" || len(h.broker.messages()) == 0 {
		t.Fatalf("after the end of speech: %+v, %+v, %d messages", s, s.Session, len(h.broker.messages()))
	}
	r.says(consent.KindEnd, true)
	h.seen("the end", func(s local.KeeperStatus) bool { return s.Sharing == "closed" })
	h.gone(t)
	told := len(h.broker.messages())
	h.tick(30)
	if n := len(h.broker.messages()); n != told {
		t.Errorf("%d messages after the end", n-told)
	}
	var lines []local.LedgerLine
	h.must("ledger.show", local.LedgerArguments{}, &lines)
	opened := false
	for _, l := range lines {
		if l.Kind == "session.open" {
			opened = strings.Contains(l.Raw, `"evidence":"wake","source":"hermes"`)
		}
		if strings.Contains(l.Raw, `s1`) || l.Kind == "session.open" && strings.Contains(l.Raw, "kitchen") {
			t.Errorf("the ledger knows the room or the stack's id: %s", l.Raw)
		}
	}
	if !opened {
		t.Error("the ledger does not say what opened the session")
	}
}

// Every way to lose the voice role closes what it opened, and is told apart.
func TestVoiceRoleIsCutOff(t *testing.T) {
	raw := func(b string) func(*role) { return func(r *role) { r.conn.Write([]byte(b)) } }
	for name, tt := range map[string]struct {
		do   func(*role)
		word string
	}{
		"it ends":            {func(r *role) { r.conn.Close() }, ""},
		"half a frame":       {raw(`V{"source":"hermes"`), "malformed"},
		"an empty frame":     {raw(`V`), "malformed"},
		"a frame of another": {raw(`P{}`), "malformed"},
		"a transcript":       {raw(`V{"source":"hermes","kind":2,"live":true,"text":"good morning"}`), "malformed"},
		"the button":         {raw(`V{"source":"button","kind":1,"live":true}`), "malformed"},
		"too long a frame":   {raw(`V{"source":"hermes","kind":2,"site":"` + strings.Repeat("x", wire.MaxFrame) + `"}`), "malformed"},
		"more than it can be": {func(r *role) {
			for range voiceFrames + 1 {
				wire.Send(r.conn, wire.KindHeard, wire.Heard{Source: consent.SourceHermes, Site: "kitchen", Kind: consent.KindListening, Live: true})
			}
		}, "flood"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.tick(2)
			h.enrol(temperature())
			r := h.role()
			r.speaks()
			h.tick(2)
			if h.status().Sharing != "session" {
				t.Fatal("no session to close")
			}
			tt.do(r)
			s := h.seen("the end", func(s local.KeeperStatus) bool { return s.Sharing == "closed" && !s.Voice.Connected })
			if tt.word != "" {
				r.gone()
				if s.Voice.Refusals[tt.word] != 1 || s.Voice.LastRefusal == "" {
					t.Errorf("voice status %+v", s.Voice)
				}
			} else if len(s.Voice.Refusals) != 0 {
				t.Errorf("voice status %+v", s.Voice)
			}
			h.role() // and another may come
		})
	}
}

// A second voice role and somebody of another user are sent away; the first goes on.
func TestVoiceRoleIsOne(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	r := h.role()
	second, err := net.Dial("unixpacket", filepath.Join(h.folder, local.VoiceSocket))
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	second.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, err := second.Read(make([]byte, 8)); err == nil {
		t.Error("a second voice role was let in")
	}
	s := r.says(consent.KindWake, true)
	if s.Voice.Refusals["second"] != 1 || !s.Voice.Connected {
		t.Errorf("voice status %+v", s.Voice)
	}
	e := &ear{trusts: func(*net.UnixConn) bool { return false }}
	if err := e.take(second); !errors.Is(err, errVoiceStranger) {
		t.Errorf("a stranger gives %v", err)
	}
}

// What is refused has a name in status, and opens nothing.
func TestVoiceRefusals(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	r := h.role()
	r.says(consent.KindThinking, true)
	r.says(consent.KindWake, false)
	if s := h.status(); s.Voice.Refusals["unproven"] != 2 || s.Sharing != "closed" || !strings.Contains(s.Voice.LastRefusal, "wake word") {
		t.Errorf("unproven: %+v", s.Voice)
	}
	for range consent.FloodLimit + 1 {
		r.says(consent.KindWake, true)
		r.says(consent.KindEnd, true)
		h.tick(1)
		time.Sleep(40 * time.Millisecond) // below the bound on frames
	}
	s := h.status()
	if s.Voice.Refusals["flood"] != 1 || s.Voice.HeldS < 3500 || s.Voice.HeldS > 3600 {
		t.Errorf("flood: %+v", s.Voice)
	}
	h.press()
	h.tick(1)
	if s := h.status(); s.Sharing != "session" || s.Session.Evidence != "press" {
		t.Errorf("a press during the flood: %+v", s)
	}
}

// What waited too long to be heard is old: it closes.
func TestLateVoiceCloses(t *testing.T) {
	for waited, kind := range map[time.Duration]consent.EventKind{
		0: consent.KindWake, voiceLate: consent.KindWake, voiceLate + 1: consent.KindLost, time.Hour: consent.KindLost,
	} {
		e := consent.SessionEvent{Source: consent.SourceLVA, Site: "a", Kind: consent.KindWake, Live: true}
		if got := inTime(e, waited); got.Kind != kind || got.Source != e.Source {
			t.Errorf("after %v: %+v", waited, got)
		}
	}
}

// playControl answers commands as control would, and notes them.
func (h *house) playControl(refuse bool) func() []string {
	l, err := net.Listen("unix", filepath.Join(h.folder, local.ControlSocket))
	if err != nil {
		h.t.Fatal(err)
	}
	var mu sync.Mutex
	var got []string
	now := local.Status{SetpointC: 21}
	tell := func(context.Context, local.Caller, json.RawMessage) (any, error) {
		mu.Lock()
		defer mu.Unlock()
		return now, nil
	}
	note := func(verb string) local.Handler {
		return func(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, verb+" "+string(raw))
			if refuse {
				return nil, local.Refuse("no", "")
			}
			if verb == "set" {
				return struct{}{}, json.Unmarshal(raw, &now)
			}
			return struct{}{}, nil
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		(&local.Server{Name: "control", Verbs: map[string]local.Handler{"set": note("set"), "mode": note("mode"), "status": tell}}).Serve(ctx, l)
	}()
	h.t.Cleanup(func() { cancel(); <-done })
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return got
	}
}
