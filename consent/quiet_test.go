package consent

import (
	"testing"
	"time"
)

// A program that presses quiet all day does not fill the ledger, and closes all the
// same.
func TestQuietDoesNotFloodTheLedger(t *testing.T) {
	r := newRig(t)
	presses := func(n int, every time.Duration) int {
		before := r.ledger.count(EntryButtonClose)
		for range n {
			r.must(Quiet{})
			r.after(every)
		}
		return r.ledger.count(EntryButtonClose) - before
	}
	if n := presses(3000, 10*time.Millisecond); n != 1 {
		t.Errorf("%d entries for 3,000 presses in half a minute", n)
	}
	r.after(quietAgain)
	if n := presses(1, 0); n != 1 {
		t.Errorf("%d entries for a press a minute later", n)
	}
	for _, tt := range []struct {
		after time.Duration
		want  int
	}{{quietAgain - 1, 0}, {1, 1}, {quietAgain + 1, 1}} {
		r.after(tt.after)
		if n := presses(1, 0); n != tt.want {
			t.Errorf("%d entries %v after the last", n, tt.after)
		}
	}
	// One that closes something is always recorded.
	r.must(TalkPress{})
	if n := presses(2, 0); n != 1 {
		t.Errorf("%d entries for a press that ended a session, and another", n)
	}
	r.give("hub", GrantRequest{})
	if n := presses(2, 0); n != 1 {
		t.Errorf("%d entries for a press that held an opt-in, and another", n)
	}
	r.must(QuietHold{})
	if g := r.st.Grants()[0]; g.State != GrantWithdrawn || g.Why != ReasonQuietHold {
		t.Errorf("held, it left %+v", g)
	}
}

// However often it is pressed, an hour counts from the last press.
func TestQuietHoldsFromTheLastPress(t *testing.T) {
	r := newRig(t)
	r.give("hub", GrantRequest{})
	for range 30 {
		r.must(Quiet{})
		r.after(20 * time.Second)
	}
	last := r.now.Boot - 20*time.Second
	r.after(last + quietHoldsBack - 1 - r.now.Boot)
	if _, open := r.st.Window("hub"); open {
		t.Error("open before the hour was over")
	}
	r.after(1)
	if _, open := r.st.Window("hub"); !open {
		t.Error("still held after the hour")
	}
}
