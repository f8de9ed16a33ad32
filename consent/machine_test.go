package consent

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func TestZeroStateIsClosed(t *testing.T) {
	var st State
	now := Now{Boot: time.Hour, BootID: "b", Wall: start, WallTrusted: true}
	for _, ev := range []Event{Tick{}, TalkPress{}, LedgerOK{}, ControlBack{}, TalkPress{}, Voice{SessionEvent{Source: SourceLVA, Kind: KindWake, Live: true}}} {
		var fx []Effect
		st, fx, _ = Apply(st, now, ev)
		for _, f := range fx {
			if _, ok := f.(OpenWindow); ok {
				t.Fatalf("%T opened a window before BootStarted", ev)
			}
		}
	}
	if st.Blocked() != ReasonShut {
		t.Errorf("blocked for %v, want shut", st.Blocked())
	}
}

func TestBlockedUntilEverythingIsThere(t *testing.T) {
	steps := []struct {
		ev   Event
		want ReasonCode
	}{
		{BootStarted{}, ReasonLedger},
		{LedgerOK{}, ReasonControlLost},
		{ControlBack{}, ReasonNone},
		{IndicatorDown{}, ReasonIndicator},
		{IndicatorUp{}, ReasonNone},
		{ControlLost{}, ReasonControlLost},
		{ControlBack{}, ReasonNone},
		{LedgerFault{}, ReasonLedger},
		{LedgerOK{}, ReasonNone},
		{Shut{}, ReasonShut},
		{LedgerOK{}, ReasonShut},
		{BootStarted{}, ReasonLedger},
	}
	r := &rig{t: t, ledger: &memLedger{}, now: Now{Boot: time.Hour, BootID: "b", Wall: start}}
	for i, s := range steps {
		r.must(s.ev)
		if got := r.st.Blocked(); got != s.want {
			t.Fatalf("step %d, after %T: blocked for %v, want %v", i, s.ev, got, s.want)
		}
	}
}

// Everything that can go wrong closes a session and every window, in the step it
// is told, and leaves nothing open by itself afterwards but a grant.
func TestWhatCloses(t *testing.T) {
	for _, tt := range []struct {
		ev     Event
		reason ReasonCode
	}{
		{Quiet{}, ReasonQuiet},
		{QuietHold{}, ReasonQuietHold},
		{SessionEnd{}, ReasonSessionEnd},
		{Voice{SessionEvent{Source: SourceLVA, Kind: KindEnd}}, ReasonSessionEnd},
		{Voice{SessionEvent{Source: SourceRemote, Kind: EventKind(99)}}, ReasonSessionEnd},
		{LedgerFault{}, ReasonLedger},
		{ControlLost{}, ReasonControlLost},
		{IndicatorDown{}, ReasonIndicator},
		{ClockStep{}, ReasonClockStep},
		{Shut{}, ReasonShut},
		{BootStarted{}, ReasonRestart},
		{PolicyClear{"hub"}, ReasonPolicyChanged},
		{RecipientRemove{"hub"}, ReasonRecipientRemoved},
	} {
		r := ready(t, BasisSession)
		w, _ := r.st.Window("hub")
		before := r.st.Epoch()
		fx := r.must(tt.ev)
		if want := (CloseWindow{"hub", w.Epoch, tt.reason}); len(fx) == 0 || fx[0] != Effect(want) {
			t.Errorf("%T: first effect %+v, want %+v", tt.ev, fx, want)
		}
		if len(r.st.Windows()) != 0 || r.st.Epoch() <= before {
			t.Errorf("%T: windows %v, epoch %d after %d", tt.ev, r.st.Windows(), r.st.Epoch(), before)
		}
		if r.boot(); r.run(5*time.Minute) != 0 {
			t.Errorf("%T: something left afterwards", tt.ev)
		}
	}
}

// Nothing a voice stack or anybody else says opens anything, in whatever order,
// without a wake word heard live.
func TestOnlyAWakeWordOpens(t *testing.T) {
	r := newRig(t)
	for src := SourceNone; src <= SourceRemote+1; src++ {
		for kind := KindNone; kind <= KindLost+1; kind++ {
			for _, live := range []bool{false, true} {
				ev := SessionEvent{Source: src, Kind: kind, Live: live}
				if ev.Class() == ClassWake {
					continue
				}
				r.do(Voice{ev})
				if _, open := r.st.Session(); open {
					t.Fatalf("%+v opened a session", ev)
				}
				if ev.Class() == ClassPress {
					t.Fatalf("%+v claims a press", ev)
				}
			}
		}
	}
	_, err := r.do(Voice{SessionEvent{Source: SourceRemote, Kind: KindWake, Live: true}})
	wantReason(t, err, ReasonUnproven)
}

func TestSessionLease(t *testing.T) {
	const w, cap = DefaultButtonWindow, SessionCap
	for _, tt := range []struct {
		name    string
		presses []time.Duration // from the first
		closes  time.Duration
	}{
		{"one press", nil, w},
		{"extended", []time.Duration{10 * time.Second}, 10*time.Second + w},
		{"extended at the last moment", []time.Duration{w - 1}, w - 1 + w},
		{"held up to the cap", []time.Duration{25 * time.Second, 50 * time.Second, 75 * time.Second, 100 * time.Second}, cap},
		{"pressed just before the cap", []time.Duration{29 * time.Second, 58 * time.Second, 87 * time.Second, 116 * time.Second, cap - 1}, cap},
	} {
		r := newRig(t)
		r.must(TalkPress{})
		t0 := r.now.Boot
		at := func(d time.Duration) {
			r.now.Wall = r.now.Wall.Add(t0 + d - r.now.Boot)
			r.now.Boot = t0 + d
		}
		for _, p := range tt.presses {
			at(p)
			r.must(TalkPress{})
		}
		at(tt.closes - 1)
		r.must(Tick{})
		if _, open := r.st.Session(); !open {
			t.Errorf("%s: closed before %v", tt.name, tt.closes)
		}
		at(tt.closes)
		r.must(Tick{})
		if _, open := r.st.Session(); open {
			t.Errorf("%s: still open at %v", tt.name, tt.closes)
		}
	}
}

func TestButtonWindow(t *testing.T) {
	for _, tt := range []struct{ set, want time.Duration }{
		{0, DefaultButtonWindow}, {-1, DefaultButtonWindow}, {time.Second, time.Second}, {SessionCap, SessionCap}, {SessionCap + 1, SessionCap},
	} {
		r := newRig(t)
		r.must(BootStarted{ButtonWindow: tt.set})
		r.must(LedgerOK{})
		r.must(ControlBack{})
		r.must(TalkPress{})
		if s, _ := r.st.Session(); s.Deadline-s.Opened != tt.want {
			t.Errorf("window %v: open for %v, want %v", tt.set, s.Deadline-s.Opened, tt.want)
		}
	}
}

func TestFlood(t *testing.T) {
	r := newRig(t)
	first := r.now.Boot
	for range FloodLimit {
		r.must(TalkPress{})
		r.must(SessionEnd{})
		r.after(time.Second)
	}
	_, err := r.do(TalkPress{})
	wantReason(t, err, ReasonFlood)
	r.after(FloodSpan - (r.now.Boot - first) - 1)
	_, err = r.do(TalkPress{})
	wantReason(t, err, ReasonFlood)
	r.after(1)
	r.must(TalkPress{})
}

func TestQuietHoldsGrantsForAnHour(t *testing.T) {
	r := ready(t, BasisGrant)
	r.must(Quiet{})
	at := r.now.Boot
	if n := r.run(quietHoldsBack - time.Second); n != 0 {
		t.Fatalf("%d messages within the hour", n)
	}
	fx := r.after(at + quietHoldsBack - r.now.Boot)
	if !slices.ContainsFunc(fx, func(f Effect) bool { _, ok := f.(OpenWindow); return ok }) {
		t.Fatal("the grant did not come back after the hour")
	}

	// A new opt-in is a new wish, and does not wake the old one.
	r = ready(t, BasisGrant)
	r.must(Quiet{})
	g := r.give("hub", GrantRequest{})
	w, _ := r.st.Window("hub")
	if len(w.Bases) != 1 || w.Bases[0].ID != g.ID {
		t.Errorf("window after quiet and a new opt-in: %+v", w.Bases)
	}
}

func TestQuietHoldWithdraws(t *testing.T) {
	r := ready(t, BasisGrant)
	r.must(QuietHold{})
	for _, g := range r.st.Grants() {
		if g.State != GrantWithdrawn {
			t.Errorf("grant is %v", g.State)
		}
	}
	if n := r.run(2 * time.Hour); n != 0 {
		t.Errorf("%d messages after everything was withdrawn", n)
	}
}

func TestPressProvesOneActionAndNothingElse(t *testing.T) {
	r := newRig(t)
	g := r.grant("hub", GrantRequest{})
	_, err := r.do(GrantGive{Owner{}, g})
	wantReason(t, err, ReasonNoPresence)
	_, err = r.do(GrantGive{Owner{By: AuthorityRoot}, g})
	wantReason(t, err, ReasonNoPresence)
	_, err = r.do(GrantGive{Owner{By: AuthorityPress}, g})
	wantReason(t, err, ReasonNoPresence)

	r.must(AskPresence{ID: "one"})
	_, err = r.do(AskPresence{ID: "two"})
	wantReason(t, err, ReasonBusy)
	_, err = r.do(GrantGive{Owner{AuthorityPress, "one"}, g}) // not pressed yet
	wantReason(t, err, ReasonNoPresence)
	fx := r.must(TalkPress{})
	if !slices.Contains(fx, Effect(PresenceProven{"one", r.now.Boot + presenceLife})) {
		t.Errorf("effects of the press: %v", fx)
	}
	if _, open := r.st.Session(); open {
		t.Error("the press that proved an action opened a session too")
	}
	_, err = r.do(GrantGive{Owner{AuthorityPress, "two"}, g})
	wantReason(t, err, ReasonNoPresence)
	r.must(GrantGive{Owner{AuthorityPress, "one"}, g})
	_, err = r.do(GrantGive{Owner{AuthorityPress, "one"}, r.grant("hub", GrantRequest{})})
	wantReason(t, err, ReasonNoPresence)
}

func TestPresenceRunsOut(t *testing.T) {
	r := newRig(t)
	r.must(AskPresence{ID: "one", OptInFor: "hub"})
	r.after(presenceLife - 1)
	if _, waiting := r.st.Pending(); !waiting {
		t.Fatal("gave up too early")
	}
	r.after(1)
	if _, waiting := r.st.Pending(); waiting || r.ledger.count(EntryGrantRefused) != 1 {
		t.Error("still waiting, or the refusal is not in the ledger")
	}
	r.must(TalkPress{})
	if _, open := r.st.Session(); !open {
		t.Error("the press after it ran out was not a session")
	}

	r = newRig(t)
	r.must(AskPresence{ID: "one"})
	r.must(TalkPress{})
	g := r.grant("hub", GrantRequest{})
	r.after(presenceLife)
	_, err := r.do(GrantGive{Owner{AuthorityPress, "one"}, g})
	wantReason(t, err, ReasonNoPresence)
	r.must(AskPresence{ID: "two"})
	r.must(CancelPresence{ID: "one"})
	if _, waiting := r.st.Pending(); !waiting {
		t.Error("another's cancel took the question away")
	}
	r.must(CancelPresence{ID: "two"})
	if _, waiting := r.st.Pending(); waiting {
		t.Error("cancelled and still waiting")
	}
	_, err = r.do(AskPresence{ID: "three", OptInFor: "nobody"})
	wantReason(t, err, ReasonNoRecipient)
}

func TestPolicyDuringSessionWaits(t *testing.T) {
	r := emptyRig(t)
	r.must(RecipientAdd{Owner{By: AuthorityRoot}, testRecipient("hub")})
	r.must(TalkPress{})
	r.must(PolicySet{Owner{By: AuthorityRoot}, r.policy("hub", nil)})
	if n := r.run(10 * time.Second); n != 0 {
		t.Errorf("%d messages under a policy set after the press", n)
	}
	r.must(SessionEnd{})
	r.must(TalkPress{})
	if n := r.run(10 * time.Second); n != 1 {
		t.Errorf("%d messages in the next session, want 1", n)
	}
}

func TestRecipientChangeVoidsEverything(t *testing.T) {
	r := ready(t, BasisGrant)
	r.must(TalkPress{})
	rec, _ := r.st.Recipient("hub")
	same := rec
	r.must(RecipientAdd{Owner{}, same}) // nothing changed, nothing to prove
	rec.Endpoint = "mqtt://192.0.2.8:1883"
	_, err := r.do(RecipientAdd{Owner{}, rec})
	wantReason(t, err, ReasonNoPresence)
	if len(r.st.Windows()) != 1 {
		t.Fatal("an unproven change had an effect")
	}
	r.must(RecipientAdd{r.press(), rec})
	if _, ok := r.st.Policy("hub"); ok || len(r.st.Windows()) != 0 || r.st.Grants()[0].State != GrantInvalidated {
		t.Error("policy, window or grant outlived the change")
	}
	if r.ledger.count(EntryRecipientChanged) != 1 || r.ledger.count(EntryGrantInvalidated) != 1 {
		t.Error("the change is not in the ledger")
	}
}

func TestUplinkBackoff(t *testing.T) {
	r := newRig(t)
	r.noLink = true
	r.give("hub", GrantRequest{})
	for _, wait := range []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 40 * time.Second, 80 * time.Second, 160 * time.Second, 5 * time.Minute, 5 * time.Minute} {
		w, ok := r.st.Window("hub")
		if !ok {
			t.Fatalf("no window before waiting %v", wait)
		}
		r.must(UplinkClosed{"hub", w.Epoch})
		r.after(wait - 1)
		if _, ok := r.st.Window("hub"); ok {
			t.Fatalf("opened before %v", wait)
		}
		r.after(1)
	}
	// A connection that held for a minute is no failure.
	w, _ := r.st.Window("hub")
	r.must(UplinkOpened{"hub", w.Epoch, w.Fingerprint})
	r.after(steadyLink)
	r.must(UplinkClosed{"hub", w.Epoch})
	r.after(backoffFirst)
	if _, ok := r.st.Window("hub"); !ok {
		t.Error("not opened 5 s after a steady connection ended")
	}
	// A press does not wait.
	w, _ = r.st.Window("hub")
	r.must(UplinkClosed{"hub", w.Epoch})
	r.must(TalkPress{})
	if _, ok := r.st.Window("hub"); !ok {
		t.Error("a press had to wait for the backoff")
	}
}

func TestUplinkMustBeTheOneAskedFor(t *testing.T) {
	r := newRig(t)
	r.noLink = true
	_, err := r.do(UplinkOpened{"hub", 1, Fingerprint{}})
	wantReason(t, err, ReasonNoBasis)
	r.must(TalkPress{})
	w, _ := r.st.Window("hub")
	_, err = r.do(UplinkOpened{"hub", w.Epoch - 1, w.Fingerprint})
	wantReason(t, err, ReasonPathMismatch)
	_, err = r.do(UplinkOpened{"hub", w.Epoch, Fingerprint{1}})
	wantReason(t, err, ReasonPathMismatch)
	if r.st.Connected("hub") {
		t.Error("connected without a connection")
	}
	r.must(UplinkOpened{"hub", w.Epoch, w.Fingerprint})
	if !r.st.Connected("hub") {
		t.Error("not connected")
	}
	r.must(UplinkClosed{"hub", w.Epoch - 1}) // of an earlier window
	if _, ok := r.st.Window("hub"); !ok {
		t.Error("an earlier connection's end closed this window")
	}
}

// The light is asked for before the window, and outlasts it by three seconds.
func TestIndicator(t *testing.T) {
	r := newRig(t)
	if r.st.Indicator() != IndicatorClosed {
		t.Fatalf("light %v at rest", r.st.Indicator())
	}
	fx := r.must(TalkPress{})
	light := slices.IndexFunc(fx, func(f Effect) bool { s, ok := f.(SetIndicator); return ok && s.State == IndicatorSession })
	open := slices.IndexFunc(fx, func(f Effect) bool { _, ok := f.(OpenWindow); return ok })
	if light < 0 || open < light {
		t.Fatalf("the light comes at %d and the window at %d", light, open)
	}
	r.must(SessionEnd{})
	r.after(lightLinger - 1)
	if r.st.Indicator() != IndicatorSession {
		t.Error("the light went out within three seconds")
	}
	r.after(1)
	if r.st.Indicator() != IndicatorClosed {
		t.Error("the light stayed on")
	}
	r.give("hub", GrantRequest{})
	if r.st.Indicator() != IndicatorGrant {
		t.Errorf("light %v with an opt-in open", r.st.Indicator())
	}
	r.must(TalkPress{})
	if r.st.Indicator() != IndicatorSession {
		t.Errorf("light %v with a session and an opt-in open", r.st.Indicator())
	}
	r.must(LedgerFault{})
	if r.st.Indicator() != IndicatorFault {
		t.Errorf("light %v with a broken ledger", r.st.Indicator())
	}
}

func TestOnceIsOnce(t *testing.T) {
	r := ready(t, BasisOnce)
	got := r.mustRelease()
	if got.Purpose() != PurposeSupport || got.Fields() != 3 {
		t.Errorf("released %v with %d fields", got.Purpose(), got.Fields())
	}
	if n := r.run(5 * time.Minute); n != 0 || len(r.st.Windows()) != 0 {
		t.Errorf("%d more messages", n)
	}

	r = ready(t, BasisOnce)
	r.after(OnceLife - time.Second - 1)
	if len(r.st.Windows()) != 1 {
		t.Error("gone before its minute")
	}
	r.after(1)
	if len(r.st.Windows()) != 0 {
		t.Error("still there after its minute")
	}
}

func TestOnceDoesNotOutliveAClosing(t *testing.T) {
	for _, ev := range []Event{Quiet{}, QuietHold{}, LedgerFault{}, ControlLost{}, IndicatorDown{}, RecipientRemove{"hub"}} {
		r := ready(t, BasisOnce)
		r.must(ev)
		for _, cure := range []Event{LedgerOK{}, ControlBack{}, IndicatorUp{}} {
			r.must(cure)
		}
		if n := r.run(10 * time.Second); n != 0 {
			t.Errorf("%T: the once came back", ev)
		}
	}
}

func TestOnceGiveIsChecked(t *testing.T) {
	r := newRig(t)
	r.sample()
	o, err := r.once("hub", GrantRequest{Purpose: PurposeAutomation, Scope: Scope{{Category: CategoryTemperature}}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.do(OnceGive{Owner{By: AuthorityRoot}, o})
	wantReason(t, err, ReasonNoPresence)
	long := o
	long.Deadline++
	_, err = r.do(OnceGive{Owner{}, long})
	wantReason(t, err, ReasonInvalid)
	other := o
	other.Fingerprint[0]++
	_, err = r.do(OnceGive{Owner{}, other})
	wantReason(t, err, ReasonFingerprint)
	voice := o
	voice.Scope = Scope{{Category: CategoryVoice}}
	_, err = r.do(OnceGive{Owner{}, voice})
	wantReason(t, err, ReasonForbidden)
	r.must(OnceGive{r.press(), o})
	if n := r.run(time.Minute); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
}

func TestLists(t *testing.T) {
	r := newRig(t)
	for i := range maxRecipients - 1 {
		r.must(RecipientAdd{Owner{By: AuthorityRoot}, testRecipient("r" + string(rune('a'+i)))})
	}
	_, err := r.do(RecipientAdd{Owner{By: AuthorityRoot}, testRecipient("one-more")})
	wantReason(t, err, ReasonLimit)

	first := r.give("hub", GrantRequest{})
	for range maxGrants - 1 {
		r.after(time.Millisecond)
		r.give("hub", GrantRequest{})
	}
	g := r.grant("hub", GrantRequest{})
	_, err = r.do(GrantGive{Owner{}, g})
	wantReason(t, err, ReasonLimit)
	r.must(GrantRevoke{first.ID})
	r.must(GrantGive{r.press(), g})
	if _, ok := r.st.Grant(first.ID); ok || len(r.st.Grants()) != maxGrants {
		t.Error("the ended opt-in did not make room")
	}
	for _, ev := range []Event{GrantRevoke{"nothing"}, GrantRevoke{first.ID}, PolicyClear{"ra"}, RecipientRemove{"nobody"}} {
		_, err := r.do(ev)
		wantReason(t, err, ReasonInvalid)
	}
}

func TestNothingOpensWithoutALedger(t *testing.T) {
	r := newRig(t)
	g := r.grant("hub", GrantRequest{})
	own := r.press()
	r.must(LedgerFault{})
	_, err := r.do(TalkPress{})
	wantReason(t, err, ReasonLedger)
	_, err = r.do(GrantGive{own, g})
	wantReason(t, err, ReasonLedger)
	r.must(Quiet{}) // closing works all the same

	r = newRig(t)
	r.ledger.err = errors.New("no space left")
	r.do(TalkPress{})
	if len(r.st.Windows()) != 0 {
		t.Error("a window is open though its session could not be recorded")
	}
}

// A window that loses one of its bases is closed and opened anew for the others: a
// message that waits at the uplink for a slow recipient does not outlive what it was
// decided on.
func TestALostBasisTakesTheLineWithIt(t *testing.T) {
	for name, end := range map[string]func(*rig){
		"ended":   func(r *rig) { r.must(SessionEnd{}) },
		"by time": func(r *rig) { r.after(DefaultButtonWindow) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			g := r.give("hub", GrantRequest{})
			r.must(TalkPress{})
			r.after(time.Second)
			before, open := r.st.Window("hub")
			if !open || len(before.Bases) != 2 {
				t.Fatalf("window %+v", before)
			}
			end(r)
			if closed := before.Epoch; !slices.ContainsFunc(r.effects, func(e Effect) bool {
				c, ok := e.(CloseWindow)
				return ok && c.Recipient == "hub" && c.Epoch == closed
			}) {
				t.Error("the line that carried both stays")
			}
			after, open := r.st.Window("hub")
			if !open || after.Epoch == before.Epoch || len(after.Bases) != 1 || after.Bases[0].ID != g.ID {
				t.Errorf("the opt-in does not go on: %+v", after)
			}
			sent := len(r.sent)
			if r.run(10 * time.Minute); len(r.sent) == sent {
				t.Error("the opt-in tells nothing any more")
			}
			for _, m := range r.sent[sent:] {
				if m.Basis() != BasisGrant || m.Epoch() != after.Epoch {
					t.Errorf("%v in epoch %d", m.Basis(), m.Epoch())
				}
			}
		})
	}
}
