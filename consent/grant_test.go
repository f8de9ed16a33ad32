package consent

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestNewGrant(t *testing.T) {
	r := newRig(t)
	rec, _ := r.st.Recipient("hub")
	ask := GrantRequest{Purpose: PurposeAutomation, Scope: Scope{{Category: CategoryTemperature}}}
	for _, tt := range []struct {
		name     string
		validity time.Duration
		ok       bool
	}{
		{"default", 0, true}, {"a nanosecond", 1, true}, {"negative", -1, false}, {"longest", MaxValidity, true}, {"too long", MaxValidity + 1, false},
	} {
		ask.Validity = tt.validity
		g, err := NewGrant(r.entropy, r.now, rec, ask)
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
		if tt.validity == 0 && g.Validity() != DefaultValidity {
			t.Errorf("lasts %v by default", g.Validity())
		}
	}
	ask.Validity = 0
	untrusted := r.now
	untrusted.WallTrusted = false
	_, err := NewGrant(r.entropy, untrusted, rec, ask)
	wantReason(t, err, ReasonUntrustedTime)
	_, err = NewGrant(strings.NewReader("short"), r.now, rec, ask)
	wantReason(t, err, ReasonEntropy)
	ask.Purpose = PurposeVoiceAnswer
	if _, err := NewGrant(r.entropy, r.now, rec, ask); err == nil {
		t.Error("an opt-in took a session's purpose")
	}
	ask.Purpose = PurposeSafetyAlert
	_, err = NewGrant(r.entropy, r.now, rec, ask)
	wantReason(t, err, ReasonForbidden)
}

func TestUUID(t *testing.T) {
	wall := time.UnixMilli(0x0190_1234_5678)
	id, err := newUUID(bytes.NewReader(bytes.Repeat([]byte{0xff}, 16)), wall)
	if want := "01901234-5678-7fff-bfff-ffffffffffff"; err != nil || id != want {
		t.Errorf("got %s, %v; want %s", id, err, want)
	}
	if !validUUID(id) {
		t.Error("our own id is not valid")
	}
	for _, bad := range []string{"", id[1:], strings.ToUpper(id), strings.Replace(id, "-7", "-4", 1), strings.Replace(id, "-", "x", 1), "g" + id[1:]} {
		if validUUID(bad) {
			t.Errorf("%q is taken for an id", bad)
		}
	}
}

func TestGrantValidate(t *testing.T) {
	r := newRig(t)
	good := r.grant("hub", GrantRequest{})
	for name, spoil := range map[string]func(*Grant){
		"version":       func(g *Grant) { g.Version++ },
		"id":            func(g *Grant) { g.ID = "x" },
		"recipient":     func(g *Grant) { g.RecipientID = "" },
		"no state":      func(g *Grant) { g.State = GrantNone },
		"odd state":     func(g *Grant) { g.State = 99 },
		"purpose":       func(g *Grant) { g.Purpose = PurposeVoiceAnswer },
		"no validity":   func(g *Grant) { g.NotAfter = g.NotBefore },
		"long validity": func(g *Grant) { g.NotAfter = g.NotBefore.Add(MaxValidity + 1) },
		"given back":    func(g *Grant) { g.Consumed = -1 },
		"used later":    func(g *Grant) { g.LastUse = 1 },
		"hold":          func(g *Grant) { g.HeldUntil = -1 },
		"scope":         func(g *Grant) { g.Scope = nil },
	} {
		g := good
		spoil(&g)
		if g.Validate() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	used := good
	used.State, used.Consumed, used.LastUse, used.HeldUntil = GrantExpired, 5, 4, 3
	if good.Digest() != used.Digest() {
		t.Error("use changed what the ledger knows the opt-in by")
	}
	used.Purpose = PurposeEnergy
	if good.Digest() == used.Digest() {
		t.Error("another purpose, the same digest")
	}
}

func TestGrantExpiresOnTheInstant(t *testing.T) {
	for _, tt := range []struct {
		name    string
		advance func(r *rig, d time.Duration)
	}{
		{"both clocks", func(r *rig, d time.Duration) { r.after(d) }},
		{"boottime alone", func(r *rig, d time.Duration) { // the wall clock is held back, unsynchronised
			r.now.WallTrusted = false
			r.now.Boot += d
			r.must(Tick{})
		}},
	} {
		r := newRig(t)
		g := r.give("hub", GrantRequest{Validity: 24 * time.Hour})
		tt.advance(r, 24*time.Hour-1)
		if got, _ := r.st.Grant(g.ID); got.State != GrantGiven || got.Left() != 1 {
			t.Errorf("%s: a nanosecond before the end it is %v with %v left", tt.name, got.State, got.Left())
		}
		tt.advance(r, 1)
		if got, _ := r.st.Grant(g.ID); got.State != GrantExpired || got.Left() != 0 {
			t.Errorf("%s: at the end it is %v", tt.name, got.State)
		}
		if len(r.st.Windows()) != 0 || r.ledger.count(EntryGrantExpired) != 1 {
			t.Errorf("%s: window open, or no entry", tt.name)
		}
	}
}

func TestUnusedGrantIsSuspended(t *testing.T) {
	r := newRig(t)
	r.noLink = true
	g := r.give("hub", GrantRequest{Validity: MaxValidity})
	r.after(UnusedLimit - 1)
	if got, _ := r.st.Grant(g.ID); got.State != GrantGiven {
		t.Fatalf("%v too early", got.State)
	}
	r.after(1)
	if got, _ := r.st.Grant(g.ID); got.State != GrantSuspended {
		t.Fatalf("%v after 90 unused days", got.State)
	}

	// Use starts the 90 days anew.
	r = newRig(t)
	g = r.give("hub", GrantRequest{Validity: MaxValidity})
	r.after(UnusedLimit - time.Second)
	r.mustRelease()
	r.after(UnusedLimit - 1)
	if got, _ := r.st.Grant(g.ID); got.State != GrantGiven || got.LastUsed.IsZero() {
		t.Errorf("%v though it was used, last at %v", got.State, got.LastUsed)
	}
	r.after(1)
	if got, _ := r.st.Grant(g.ID); got.State != GrantSuspended {
		t.Errorf("%v after 90 more unused days", got.State)
	}
}

// Whatever the wall clock does, validity is not given back.
func TestValidityIsNeverGivenBack(t *testing.T) {
	r := newRig(t)
	g := r.give("hub", GrantRequest{Validity: 48 * time.Hour})
	id := g.ID
	last := time.Duration(0)
	look := func(what string) {
		t.Helper()
		got, _ := r.st.Grant(id)
		if got.Consumed < last {
			t.Errorf("after %s: %v used up, before it was %v", what, got.Consumed, last)
		}
		last = got.Consumed
	}
	r.after(10 * time.Hour)
	look("ten hours")
	r.now.Wall = r.now.Wall.Add(-9 * time.Hour)
	r.after(time.Second)
	look("the wall clock going back")
	if len(r.st.Windows()) != 0 {
		t.Error("open though the clock stepped back")
	}
	r.restart()
	look("a restart")
	r.now.BootID, r.now.Boot, r.now.WallTrusted = "boot-b", time.Second, false
	r.restart()
	look("a new boot")
	if last < 10*time.Hour+time.Second+chargeAhead {
		t.Errorf("%v used up: a new boot is not charged ten minutes", last)
	}
	r.now.Wall, r.now.WallTrusted = start.Add(30*time.Hour), true
	r.after(time.Second)
	r.after(suspicion) // still doubted since the step
	look("the wall clock coming right")
	if last < 30*time.Hour {
		t.Errorf("%v used up: the time the device was off is not counted", last)
	}
	r.now.Wall = start.Add(49 * time.Hour)
	r.after(chargeAhead)
	r.after(suspicion)
	if got, _ := r.st.Grant(id); got.State != GrantExpired {
		t.Errorf("%v an hour after its end", got.State)
	}
}

// A wall clock that is slewed slow is no step and buys no time.
func TestSlowWallClockBuysNoTime(t *testing.T) {
	r := newRig(t)
	g := r.give("hub", GrantRequest{Validity: time.Hour})
	for range 3600 {
		r.now.Boot += time.Second
		r.now.Wall = r.now.Wall.Add(time.Second / 2)
		r.must(Tick{})
	}
	if got, _ := r.st.Grant(g.ID); got.State != GrantExpired {
		t.Errorf("%v with %v left after an hour of BOOTTIME", got.State, got.Left())
	}
}

// A grant speaks only while the validity it uses up is on disk.
func TestUnchargedGrantIsSilent(t *testing.T) {
	r := newRig(t)
	r.give("hub", GrantRequest{Scope: Scope{{CategoryTemperature, Granularity{Period: 10 * time.Second}}}})
	r.noSave = true
	n := r.run(chargeAhead - time.Second)
	if n < 59 {
		t.Fatalf("%d messages within the charge", n)
	}
	if n := r.run(time.Hour); n != 0 {
		t.Errorf("%d messages without a charge", n)
	}
	r.noSave = false
	if n := r.run(2*persistRetry + 10*time.Second); n == 0 {
		t.Error("still silent after the state could be saved")
	}
}

// Nobody with a grant means nothing to save: an SD card is not worn for nothing.
func TestPersistOnlyWhenNeeded(t *testing.T) {
	r := newRig(t)
	count := func(d time.Duration) (n int) {
		for end := r.now.Boot + d; r.now.Boot < end; {
			for _, f := range r.after(time.Second) {
				if f == Effect(Persist{}) {
					n++
				}
			}
		}
		return n
	}
	r.must(TalkPress{})
	if n := count(24 * time.Hour); n != 0 {
		t.Errorf("%d writes a day without an opt-in", n)
	}
	g := r.give("hub", GrantRequest{})
	if n := count(time.Hour); n < 5 || n > 6 {
		t.Errorf("%d writes an hour with an opt-in, want one each ten minutes", n)
	}
	fx := r.must(GrantRevoke{g.ID})
	if !slices.Contains(fx, Effect(Persist{})) {
		t.Error("a withdrawal is not saved")
	}
}

// An update that would say something else suspends what was confirmed in other words.
func TestChangedNoticeSuspends(t *testing.T) {
	for name, tt := range map[string]struct {
		edit func(*Grant)
		want GrantState
	}{
		"the same words":              {func(*Grant) {}, GrantGiven},
		"other words":                 {func(g *Grant) { g.Notice = strings.Repeat("0", 64) }, GrantSuspended},
		"from before there were any":  {func(g *Grant) { g.Notice = "" }, GrantGiven},
		"other words, but withdrawn":  {func(g *Grant) { g.Notice, g.State = strings.Repeat("0", 64), GrantWithdrawn }, GrantWithdrawn},
		"other words of another time": {func(g *Grant) { g.Notice = noticeDigest(Recipient{}, g.Purpose, g.Scope) }, GrantSuspended},
	} {
		r := newRig(t)
		g := r.give("hub", GrantRequest{})
		if g.Notice != noticeDigest(testRecipient("hub"), g.Purpose, g.Scope) {
			t.Fatalf("given with the notice %q", g.Notice)
		}
		tt.edit(&g)
		r.st.grants[g.ID] = g
		r.restart()
		got, _ := r.st.Grant(g.ID)
		if got.State != tt.want {
			t.Errorf("%s: %v", name, got.State)
		}
		suspended := tt.want == GrantSuspended
		if suspended != (r.ledger.count(EntryGrantSuspended) == 1) || suspended != (got.Why == ReasonNoticeChanged) {
			t.Errorf("%s: %v, %d entries", name, got.Why, r.ledger.count(EntryGrantSuspended))
		}
		if n := r.run(30 * time.Minute); (n > 0) != (tt.want == GrantGiven) {
			t.Errorf("%s: %d messages", name, n)
		}
	}
}

func TestMalformedNoticeIsInvalid(t *testing.T) {
	r := newRig(t)
	g := r.grant("hub", GrantRequest{})
	for _, notice := range []string{"0", strings.Repeat("0", 63), strings.Repeat("0", 65), strings.Repeat("G", 64)} {
		if g.Notice = notice; g.Validate() == nil {
			t.Errorf("%q is valid", notice)
		}
	}
}
