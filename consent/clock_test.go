package consent

import (
	"testing"
	"time"
)

func TestClockStepAtItsBounds(t *testing.T) {
	for _, tt := range []struct {
		name string
		step time.Duration
		bad  bool
	}{
		{"none", 0, false},
		{"2 s back", -stepBack, false},
		{"more than 2 s back", -stepBack - 1, true},
		{"60 s ahead", stepAhead, false},
		{"more than 60 s ahead", stepAhead + 1, true},
	} {
		r := ready(t, BasisSession)
		r.now.Wall = r.now.Wall.Add(tt.step)
		r.after(time.Second)
		if _, open := r.st.Session(); open == tt.bad {
			t.Errorf("%s: session open is %v", tt.name, open)
		}
		if got := r.ledger.count(EntryClockStep); (got == 1) != tt.bad {
			t.Errorf("%s: %d entries", tt.name, got)
		}
	}
}

func TestSteppedClockIsDoubtedForTenMinutes(t *testing.T) {
	r := ready(t, BasisGrant)
	r.now.Wall = r.now.Wall.Add(time.Hour)
	r.must(Tick{})
	at := r.now.Boot
	r.after(time.Second)
	r.after(at + suspicion - 1 - r.now.Boot)
	if len(r.st.Windows()) != 0 {
		t.Fatal("an opt-in is open while the clock is doubted")
	}
	r.must(TalkPress{})
	if len(r.st.Windows()) != 1 {
		t.Error("a session needs no wall clock")
	}
	r.must(SessionEnd{})
	r.after(1)
	if len(r.st.Windows()) != 1 {
		t.Error("the clock stood still for ten minutes and is still doubted")
	}
}

// The kernel's word for a step counts once, and not for the first synchronisation.
func TestClockStepEvent(t *testing.T) {
	r := ready(t, BasisSession)
	r.now.Wall = r.now.Wall.Add(-time.Hour)
	r.must(ClockStep{})
	if got := r.ledger.count(EntryClockStep); got != 1 {
		t.Errorf("%d entries for one step", got)
	}

	r = newRig(t)
	r.now.WallTrusted = false
	r.must(Tick{})
	r.must(TalkPress{})
	r.now.WallTrusted = true
	r.now.Wall = r.now.Wall.Add(300 * 24 * time.Hour)
	r.must(ClockStep{})
	if _, open := r.st.Session(); !open || r.ledger.count(EntryClockStep) != 0 {
		t.Error("the first synchronisation was taken for a step")
	}
}

func TestBoottimeThatCannotBeShuts(t *testing.T) {
	for name, spoil := range map[string]func(*Now){
		"back":       func(n *Now) { n.Boot-- },
		"other boot": func(n *Now) { n.BootID = "boot-b" },
	} {
		r := ready(t, BasisSession)
		spoil(&r.now)
		r.must(Tick{})
		if r.st.Blocked() != ReasonShut || len(r.st.Windows()) != 0 || r.st.Indicator() != IndicatorFault {
			t.Errorf("%s: blocked for %v", name, r.st.Blocked())
		}
	}
}

// A Pi without a clock wakes in the past: no opt-in until time is known and past
// the mark.
func TestHighWaterMark(t *testing.T) {
	r := newRig(t)
	r.give("hub", GrantRequest{})
	r.after(time.Hour)
	high := r.now.Wall
	r.must(Quiet{}) // saves
	for id, g := range r.st.grants {
		g.HeldUntil = 0
		r.st.grants[id] = g
	}
	for _, tt := range []struct {
		name string
		wall time.Time
		sync bool
		open bool
	}{
		{"1970", time.Unix(0, 0), true, false},
		{"not synchronised", high.Add(time.Hour), false, false},
		{"a nanosecond below the charged mark", high.Add(chargeAhead - 1), true, false},
		{"at the charged mark", high.Add(chargeAhead), true, true},
	} {
		s := *r
		s.ledger, s.st = &memLedger{}, r.st.clone()
		s.gate = NewGate(s.ledger, s.entropy)
		s.now = Now{Boot: time.Minute, BootID: "boot-b", Wall: tt.wall, WallTrusted: tt.sync}
		s.restart()
		s.must(Tick{})
		if open := len(s.st.Windows()) == 1; open != tt.open {
			t.Errorf("%s: open is %v", tt.name, open)
		}
	}
}

func TestRebase(t *testing.T) {
	for _, tt := range []struct{ deadline, old, new, want time.Duration }{
		{10, 10, 100, 0}, {9, 10, 100, 0}, {11, 10, 100, 101}, {0, 0, 5, 0},
	} {
		if got := rebase(tt.deadline, tt.old, tt.new); got != tt.want {
			t.Errorf("rebase(%d, %d, %d) = %d, want %d", tt.deadline, tt.old, tt.new, got, tt.want)
		}
	}
}
