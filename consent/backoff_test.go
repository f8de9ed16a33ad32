package consent

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// lapse lets the lease of hub's uplink run out and returns the window that ended.
func lapse(r *rig) Window {
	r.t.Helper()
	w, open := r.st.Window("hub")
	if !open {
		r.t.Fatal("no window whose lease could run out")
	}
	r.must(UplinkStalled{"hub", w.Epoch})
	return w
}

func TestStalledUplinkIsOpenedAgainAtOnce(t *testing.T) {
	r := newRig(t)
	r.noLink = true
	r.give("hub", GrantRequest{})
	for _, wait := range []time.Duration{0, 250 * time.Millisecond, 500 * time.Millisecond, time.Second, 5 * time.Second, 10 * time.Second} {
		before := lapse(r)
		if wait > 0 {
			if r.after(wait - 1); len(r.st.Windows()) != 0 {
				t.Fatalf("opened before %v", wait)
			}
			r.after(1)
		}
		w, open := r.st.Window("hub")
		if !open {
			t.Fatalf("no window %v after a stall", wait)
		}
		if w.Epoch <= before.Epoch || w.Opened != r.now.Boot || w.Bases[0].Opened != r.now.Boot {
			t.Errorf("the window goes on as the one before: %+v, %+v", before, w)
		}
		if slices.ContainsFunc(w.Bases, func(b Basis) bool { return b.Kind != BasisGrant }) || len(w.Bases) != len(before.Bases) {
			t.Errorf("it is open for more than before: %+v, %+v", before, w)
		}
	}
}

// The window that ended is closed first, for its own reason, and the light is asked for
// anew before another one opens.
func TestStallClosesBeforeItOpens(t *testing.T) {
	r := newRig(t)
	r.must(TalkPress{})
	w := lapse(r)
	var order []string
	for _, e := range r.effects {
		switch e := e.(type) {
		case CloseWindow:
			if e.Reason != ReasonUplinkStalled || e.Epoch != w.Epoch {
				t.Errorf("closed: %+v", e)
			}
			order = append(order, "close")
		case SetIndicator:
			order = append(order, "light")
		case OpenWindow:
			order = append(order, "open")
		}
	}
	if !slices.Equal(order, []string{"close", "light", "open"}) {
		t.Errorf("effects %v", order)
	}
	if len(r.st.Windows()) != 1 || r.ledger.count(EntrySessionOpen) != 1 || r.ledger.count(EntrySessionClose) != 0 {
		t.Error("the session did not outlive the connection")
	}
}

func TestSteadyConnectionForgetsStalls(t *testing.T) {
	for _, test := range []struct {
		held time.Duration
		soon bool
	}{{steadyLink - 1, false}, {steadyLink, true}, {steadyLink + 1, true}} {
		r := newRig(t)
		r.give("hub", GrantRequest{})
		for _, wait := range stallWaits {
			lapse(r)
			r.after(wait)
		}
		r.after(test.held)
		lapse(r)
		if _, soon := r.st.Window("hub"); soon != test.soon {
			t.Errorf("after %v opened at once: %v", test.held, soon)
		}
	}
}

// A recipient that refuses is not tried sooner because the machine stalled before, and
// a stall is not held against a recipient.
func TestStallsAndFailuresAreCountedApart(t *testing.T) {
	r := newRig(t)
	r.noLink = true
	r.give("hub", GrantRequest{})
	lapse(r)
	w, _ := r.st.Window("hub")
	r.must(UplinkClosed{"hub", w.Epoch})
	if r.after(backoffFirst - 1); len(r.st.Windows()) != 0 {
		t.Error("a connection that failed was tried again too soon")
	}
	r.after(1)
	lapse(r)
	if r.after(stallWaits[1]); len(r.st.Windows()) != 1 {
		t.Error("a stall waits as long as a failure")
	}
}

// Whatever else happens around a stall, it opens nothing that nobody gave or that has
// ended: a window after it has bases that hold, each of which was there before it.
func TestStallOpensNothingNew(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := newRig(rt)
		end := func(name string, ev Event) { // what ends a reason, or not, before the stall is heard of
			if rapid.Bool().Draw(rt, name) {
				r.do(ev)
			}
		}
		if rapid.Bool().Draw(rt, "session") {
			r.must(TalkPress{})
		}
		if rapid.Bool().Draw(rt, "grant") {
			r.give("hub", GrantRequest{})
		}
		before, open := r.st.Window("hub")
		r.now.Boot += time.Duration(rapid.IntRange(0, 200).Draw(rt, "seconds")) * time.Second
		end("session ends", SessionEnd{})
		end("quiet", Quiet{})
		end("control lost", ControlLost{})
		end("shut", Shut{})
		held := r.st.Windows()
		r.do(UplinkStalled{"hub", before.Epoch})
		r.after(time.Duration(rapid.IntRange(0, 10).Draw(rt, "wait")) * time.Second)
		after := r.st.Windows()
		if len(after) > len(held) || !open && len(after) != 0 {
			rt.Fatalf("a stall opened %+v where there was %+v", after, held)
		}
		for _, w := range after {
			if !covers(before.Bases, w.Bases) {
				rt.Fatalf("%+v is open for more than %+v", w, before)
			}
		}
	})
}

func TestStallOfAnotherWindowIsNone(t *testing.T) {
	r := newRig(t)
	r.must(TalkPress{})
	w, _ := r.st.Window("hub")
	for _, e := range []Event{UplinkStalled{"hub", w.Epoch - 1}, UplinkStalled{"hub", w.Epoch + 1}, UplinkStalled{"nobody", w.Epoch}} {
		r.must(e)
		if got, open := r.st.Window("hub"); !open || got.Epoch != w.Epoch {
			t.Errorf("%+v closed %+v", e, w)
		}
	}
}
