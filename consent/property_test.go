package consent

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// world drives a rig through a random history and keeps its own books of what
// people did, from the outside and by simpler rules, to judge what leaves.
type world struct {
	*rig
	session  bool // somebody pressed, and nothing has closed it since
	first    time.Duration
	last     time.Duration
	heard    []string // recipients with a policy when it was pressed for
	policies map[string]bool
	grants   map[string]optIn
	epoch    uint64
	stepped  time.Duration
	boots    int
}

type optIn struct {
	recipient string
	end       time.Time
	used      time.Duration // BOOTTIME that passed for sure
	life      time.Duration
	held      time.Duration
}

func newWorld(t *rapid.T) *world {
	return &world{rig: emptyRig(t), policies: map[string]bool{}, grants: map[string]optIn{}, stepped: -suspicion}
}

func (w *world) closeRoom() { w.session = false }

func (w *world) void(id string) {
	delete(w.policies, id)
	w.heard = slices.DeleteFunc(slices.Clone(w.heard), func(h string) bool { return h == id })
	for g, o := range w.grants {
		if o.recipient == id {
			delete(w.grants, g)
		}
	}
}

func (w *world) pass(d time.Duration) {
	for id, o := range w.grants {
		o.used += d
		w.grants[id] = o
	}
	w.after(d)
	if w.session && (w.now.Boot >= w.last+DefaultButtonWindow || w.now.Boot >= w.first+SessionCap) {
		w.session = false
	}
}

// actions weighs the history: closing and failing are many and each is rare, so
// that something is open often enough for their effect to be seen.
func (w *world) actions() map[string]func(*rapid.T) {
	all := w.singles()
	one := func(names ...string) func(*rapid.T) {
		return func(t *rapid.T) { all[rapid.SampledFrom(names).Draw(t, "which")](t) }
	}
	then := func(names ...string) func(*rapid.T) {
		return func(t *rapid.T) {
			for _, n := range names {
				all[n](t)
			}
		}
	}
	return map[string]func(*rapid.T){
		"":        w.check,
		"second":  all["second"],
		"seconds": all["seconds"],
		"talk":    then("cure", "talk", "second"),
		"give":    then("cure", "give", "second"),
		"owner":   one("enrol", "policy", "policy", "give", "talk"),
		"close":   one("quiet", "hold", "end", "voice", "remove", "clear", "revoke"),
		"fault":   one("ledger", "control", "light", "cut", "restart", "reboot", "step", "sync", "hours"),
	}
}

func (w *world) singles() map[string]func(*rapid.T) {
	ids := rapid.SampledFrom([]string{"hub", "radio"})
	root := Owner{By: AuthorityRoot}
	return map[string]func(*rapid.T){
		"second":  func(*rapid.T) { w.pass(time.Second) },
		"seconds": func(t *rapid.T) { w.pass(time.Duration(rapid.IntRange(1, 40).Draw(t, "s")) * time.Second) },
		"hours": func(t *rapid.T) {
			w.pass(time.Duration(rapid.IntRange(1, 400).Draw(t, "h")) * time.Hour)
		},
		"talk": func(*rapid.T) {
			was := w.session
			if _, err := w.do(TalkPress{}); err != nil {
				return
			}
			if w.last = w.now.Boot; !was {
				w.session, w.first, w.heard = true, w.now.Boot, nil
				for id := range w.policies {
					w.heard = append(w.heard, id)
				}
			}
		},
		"quiet": func(*rapid.T) {
			w.must(Quiet{})
			w.closeRoom()
			for id, o := range w.grants {
				o.held = w.now.Boot + quietHoldsBack
				w.grants[id] = o
			}
		},
		"hold": func(*rapid.T) {
			w.must(QuietHold{})
			w.closeRoom()
			clear(w.grants)
		},
		"end": func(*rapid.T) { w.must(SessionEnd{}); w.closeRoom() },
		"voice": func(t *rapid.T) {
			ev := SessionEvent{
				Source: Source(rapid.IntRange(0, 9).Draw(t, "source")), Live: rapid.Bool().Draw(t, "live"),
				Kind: EventKind(rapid.IntRange(0, int(KindSpeaking)).Draw(t, "kind")),
			}
			if ev.Class() == ClassWake {
				return // see session_test.go; here nobody says one
			}
			if w.do(Voice{ev}); ev.Ends() {
				w.closeRoom()
			}
		},
		"enrol": func(t *rapid.T) {
			rec := testRecipient(ids.Draw(t, "id"))
			rec.DisplayName = rapid.SampledFrom([]string{"One", "Two"}).Draw(t, "name")
			if old, ok := w.st.Recipient(rec.ID); !ok || len(Changed(old, rec)) > 0 {
				if _, err := w.do(RecipientAdd{root, rec}); err == nil {
					w.void(rec.ID)
				}
			}
		},
		"remove": func(t *rapid.T) {
			id := ids.Draw(t, "id")
			w.do(RecipientRemove{id})
			w.void(id)
		},
		"policy": func(t *rapid.T) {
			id := ids.Draw(t, "id")
			rec, ok := w.st.Recipient(id)
			if !ok {
				return
			}
			p, err := NewSessionPolicy(rec, nil, w.now)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.do(PolicySet{root, p}); err == nil {
				w.heard = slices.DeleteFunc(slices.Clone(w.heard), func(h string) bool { return h == id })
				w.policies[id] = true
			}
		},
		"clear": func(t *rapid.T) {
			id := ids.Draw(t, "id")
			w.do(PolicyClear{id})
			delete(w.policies, id)
			w.heard = slices.DeleteFunc(slices.Clone(w.heard), func(h string) bool { return h == id })
		},
		"give": func(t *rapid.T) { w.giveOptIn(t, ids.Draw(t, "id"), rapid.Bool().Draw(t, "pressed")) },
		"revoke": func(t *rapid.T) {
			for _, g := range w.st.Grants() {
				w.do(GrantRevoke{g.ID})
				delete(w.grants, g.ID)
				return
			}
		},
		"ledger": func(t *rapid.T) {
			w.must(LedgerFault{})
			w.closeRoom()
			if rapid.Bool().Draw(t, "again") {
				w.must(LedgerOK{})
			}
		},
		"control": func(t *rapid.T) {
			w.must(ControlLost{})
			w.closeRoom()
			if rapid.Bool().Draw(t, "again") {
				w.must(ControlBack{})
			}
		},
		"light": func(t *rapid.T) {
			w.must(IndicatorDown{})
			w.closeRoom()
			if rapid.Bool().Draw(t, "again") {
				w.must(IndicatorUp{})
			}
		},
		"cure": func(*rapid.T) {
			w.must(LedgerOK{})
			w.must(ControlBack{})
			w.must(IndicatorUp{})
			w.now.WallTrusted = true
		},
		"cut": func(*rapid.T) {
			for _, win := range w.st.Windows() {
				w.must(UplinkClosed{win.Recipient, win.Epoch})
			}
		},
		"stall": func(*rapid.T) {
			for _, win := range w.st.Windows() {
				w.must(UplinkStalled{win.Recipient, win.Epoch})
			}
		},
		"restart": func(*rapid.T) { w.closeRoom(); w.restart() },
		"reboot": func(*rapid.T) {
			w.closeRoom()
			for id, o := range w.grants { // what was left of quiet stays left
				if o.held = max(0, o.held-w.now.Boot); o.held > 0 {
					o.held += time.Minute
				}
				w.grants[id] = o
			}
			w.boots++
			w.now.BootID, w.now.Boot, w.stepped = "boot-"+string(rune('b'+w.boots%20)), time.Minute, -suspicion
			w.restart()
		},
		"step": func(t *rapid.T) {
			d := time.Duration(rapid.SampledFrom([]int{-400 * 24, -1, 1, 400 * 24}).Draw(t, "hours")) * time.Hour
			w.now.Wall = w.now.Wall.Add(d)
			if w.now.WallTrusted && w.st.clock.Trusted {
				w.stepped = w.now.Boot
				w.closeRoom()
			}
			w.must(Tick{})
		},
		"sync": func(t *rapid.T) { w.now.WallTrusted = !w.now.WallTrusted; w.must(Tick{}) },
	}
}

func (w *world) giveOptIn(t *rapid.T, id string, pressed bool) {
	rec, ok := w.st.Recipient(id)
	if !ok || !w.now.WallTrusted {
		return
	}
	q := GrantRequest{Purpose: PurposeAutomation, Scope: Scope{{Category: CategoryTemperature}}, Validity: time.Duration(rapid.IntRange(1, 200).Draw(t, "days")) * 24 * time.Hour}
	g, err := NewGrant(w.entropy, w.now, rec, q)
	if err != nil {
		t.Fatal(err)
	}
	own := Owner{By: AuthorityRoot, Proof: "x"}
	if pressed {
		own = w.press()
	}
	_, err = w.do(GrantGive{own, g})
	w.must(CancelPresence{own.Proof})
	if err == nil && !pressed {
		t.Fatal("an opt-in was given without a press")
	}
	if err == nil {
		w.grants[g.ID] = optIn{recipient: id, end: g.NotAfter, life: q.Validity}
	}
}

// check runs after every action: what holds always, and what may leave now.
func (w *world) check(t *rapid.T) {
	if w.st.Epoch() < w.epoch {
		t.Fatalf("epoch went from %d to %d", w.epoch, w.st.Epoch())
	}
	w.epoch = w.st.Epoch()
	if w.st.Blocked() != ReasonNone && len(w.st.Windows()) > 0 {
		t.Fatalf("windows open though blocked for %v", w.st.Blocked())
	}
	if _, open := w.st.Session(); open != w.session {
		t.Fatalf("session open is %v, people say %v", open, w.session)
	}
	for _, win := range w.st.Windows() {
		if _, ok := w.st.Recipient(win.Recipient); !ok || len(win.Bases) == 0 {
			t.Fatalf("window %+v has no recipient or no basis", win)
		}
	}
	for _, id := range []string{"hub", "radio"} {
		out, err := w.release(id)
		if (err == nil) != (len(out) > 0) {
			t.Fatalf("%d releases and error %v", len(out), err)
		}
		for _, rel := range out {
			w.judge(t, id, rel)
		}
	}
}

// judge says whether people allowed a release.
func (w *world) judge(t *rapid.T, id string, rel Release) {
	win, ok := w.st.Window(id)
	if !ok || rel.Epoch() != win.Epoch || rel.Recipient() != id {
		t.Fatalf("release of epoch %d to %q, window %+v", rel.Epoch(), rel.Recipient(), win)
	}
	e := w.ledger.entries[rel.Seq()]
	if e.Kind != EntryReleaseIntent || e.Commitment != Commit(rel.Salt(), rel.Payload()) || e.Recipient != id || e.BasisID != rel.BasisID() {
		t.Fatalf("released without its intent: %+v", e)
	}
	switch rel.Basis() {
	case BasisSession:
		if !w.session || !slices.Contains(w.heard, id) || w.now.Boot >= w.last+DefaultButtonWindow || w.now.Boot >= w.first+SessionCap {
			t.Fatalf("a session message left that nobody pressed for: %+v", w)
		}
	case BasisGrant:
		g, given := w.grants[rel.BasisID()]
		if !given || g.recipient != id || w.now.Boot < g.held || g.used >= g.life || !w.now.Wall.Before(g.end) || !w.now.WallTrusted || w.now.Boot < w.stepped+suspicion {
			t.Fatalf("an opt-in message left that nobody allowed: given %v, %+v", given, g)
		}
	default:
		t.Fatalf("released on basis %v", rel.Basis())
	}
}

// TestNothingLeavesUnasked is the promise: whatever happens in whatever order,
// nothing leaves that people in the house did not ask for, after every closing
// nothing leaves until they ask anew, and the epoch never goes back.
func TestNothingLeavesUnasked(t *testing.T) {
	sessions, optIns := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.must(RecipientAdd{Owner{By: AuthorityRoot}, testRecipient("hub")})
		w.must(PolicySet{Owner{By: AuthorityRoot}, w.policy("hub", nil)})
		w.policies["hub"] = true
		t.Repeat(w.actions())
		for _, rel := range w.sent {
			if rel.Basis() == BasisSession {
				sessions++
			} else {
				optIns++
			}
		}
	})
	t.Logf("judged %d session and %d opt-in messages", sessions, optIns)
	if sessions == 0 || optIns == 0 {
		t.Errorf("%d session and %d opt-in messages: the histories prove nothing", sessions, optIns)
	}
}

// Without a press nothing leaves, whatever else is done to the machine.
func TestNoPressNoRelease(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		acts := w.actions()
		delete(acts, "talk")
		delete(acts, "owner")
		acts["give"] = func(t *rapid.T) { w.giveOptIn(t, "hub", false) }
		t.Repeat(acts)
		if len(w.sent) > 0 {
			t.Fatalf("%d messages without a press", len(w.sent))
		}
	})
}

// Apply does not touch the state it was given, so a history can be replayed.
func TestApplyIsPure(t *testing.T) {
	r := ready(t, BasisGrant)
	r.must(TalkPress{})
	before, _, err := Save(r.st)
	if err != nil {
		t.Fatal(err)
	}
	old := r.st
	for _, ev := range []Event{Tick{}, TalkPress{}, Quiet{}, QuietHold{}, RecipientRemove{"hub"}, PolicyClear{"hub"}, Shut{}, BootStarted{}, SessionEnd{}} {
		one, fx1, _ := Apply(old, r.now, ev)
		two, fx2, _ := Apply(old, r.now, ev)
		if len(fx1) != len(fx2) || one.epoch != two.epoch || one.light != two.light {
			t.Errorf("%T: two runs differ", ev)
		}
		for i := range fx1 {
			if a, ok := fx1[i].(Record); ok {
				fa, _ := a.Entry.Format()
				fb, _ := fx2[i].(Record).Entry.Format()
				if string(fa) != string(fb) {
					t.Errorf("%T: effect %d differs", ev, i)
				}
			} else if fx1[i] != fx2[i] {
				t.Errorf("%T: effect %d differs", ev, i)
			}
		}
	}
	after, _, err := Save(old)
	if err != nil || string(after) != string(before) || len(old.Windows()) != 1 || old.session == nil {
		t.Error("an event changed the state it was applied to")
	}
}
