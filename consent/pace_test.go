package consent

import (
	"testing"
	"time"
)

// rhythm is what a scope of this period and rate makes of a stream.
type rhythm struct {
	period  time.Duration
	perHour int
}

func paced(period time.Duration, perHour int) rhythm {
	var r rhythm
	q := &request{consent: candidate{scope: Scope{{CategoryTemperature, Granularity{Period: period, MaxPerHour: perHour}}}}}
	r.period, r.perHour = q.rhythm()
	return r
}

// The grid is fixed: a late message does not shift those after it, and a pause
// is not made up for.
func TestPaceKeepsItsGrid(t *testing.T) {
	c := paced(10*time.Second, 360)
	var p pace
	at := 100 * time.Second
	p = p.spend(at, c.period, c.perHour)
	for _, tt := range []struct {
		now time.Duration
		ok  bool
	}{
		{at + 10*time.Second - 1, false},
		{at + 10*time.Second, true},
		{at + 13*time.Second, true},
	} {
		if no := p.allows(tt.now); (no == nil) != tt.ok {
			t.Errorf("at +%v: %v", tt.now-at, no)
		}
	}
	p = p.spend(at+13*time.Second, c.period, c.perHour)
	if p.next != at+20*time.Second {
		t.Errorf("after a late message the next is due at +%v", p.next-at)
	}
	p = p.spend(at+100*time.Second, c.period, c.perHour)
	if p.next != at+110*time.Second {
		t.Errorf("after a pause the next is due at +%v", p.next-at)
	}
}

func TestPaceHourlyBound(t *testing.T) {
	c := paced(time.Second, 3)
	var p pace
	now := time.Hour
	sent := 0
	for range 3600 {
		if p.allows(now) == nil {
			p = p.spend(now, c.period, c.perHour)
			sent++
		}
		now += time.Second
	}
	// A full bucket of 3, and what drips in within the hour.
	if sent < 3 || sent > 6 {
		t.Errorf("%d messages in the first hour, bound 3 and a bucket of 3", sent)
	}
	sent = 0
	for range 10 * 3600 {
		if p.allows(now) == nil {
			p = p.spend(now, c.period, c.perHour)
			sent++
		}
		now += time.Second
	}
	if sent < 29 || sent > 31 {
		t.Errorf("%d messages in ten hours at 3 each", sent)
	}
}

// Closing and opening a grant's window does not fill its bucket.
func TestPaceSurvivesTheWindow(t *testing.T) {
	r := newRig(t)
	r.give("hub", GrantRequest{})
	r.after(time.Second)
	r.mustRelease()
	w, _ := r.st.Window("hub")
	r.must(UplinkClosed{"hub", w.Epoch})
	r.after(backoffFirst)
	r.after(time.Second)
	_, err := r.release("hub")
	wantReason(t, err, ReasonNotDue)

	// A session's is forgotten with it.
	r = ready(t, BasisSession)
	r.mustRelease()
	r.must(SessionEnd{})
	r.release("hub")
	if len(r.gate.pace) != 0 {
		t.Errorf("%d paces left", len(r.gate.pace))
	}
}

// Two recipients of one session do not wait for each other.
func TestPaceIsOfOneRecipient(t *testing.T) {
	r := newRig(t)
	far := testRecipient("far")
	far.TopicPrefix = "far"
	r.must(RecipientAdd{Owner{By: AuthorityRoot}, far})
	r.must(PolicySet{Owner{By: AuthorityRoot}, r.policy("far", nil)})
	r.must(TalkPress{})
	r.after(time.Second)
	for _, id := range []string{"far", "hub"} {
		if out, err := r.release(id); len(out) != 1 {
			t.Errorf("%s: %d messages, %v", id, len(out), err)
		}
		_, err := r.release(id)
		wantReason(t, err, ReasonNotDue)
	}
}
