package consent

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestReminderComesAtEightyPercent(t *testing.T) {
	const day = 24 * time.Hour
	for _, tt := range []struct {
		name                    string
		validity, used, lastUse time.Duration
		why                     ReasonCode // none: not reminded
		left                    time.Duration
	}{
		{"fresh", 30 * day, 0, 0, ReasonNone, 0},
		{"just before", 30 * day, 24*day - 1, 24*day - 1, ReasonNone, 0},
		{"at 80 %", 30 * day, 24 * day, 24 * day, ReasonExpired, 6 * day},
		{"after", 30 * day, 24*day + 1, 24 * day, ReasonExpired, 6*day - 1},
		{"unused, just before", 365 * day, 72*day - 1, 0, ReasonNone, 0},
		{"unused for 72 days", 365 * day, 72 * day, 0, ReasonUnused, 18 * day},
		{"used since", 365 * day, 72 * day, day, ReasonNone, 0},
		{"both, suspension first", 100 * day, 85 * day, 0, ReasonUnused, 5 * day},
		{"both, end first", 91 * day, 85 * day, 2 * day, ReasonExpired, 6 * day},
	} {
		r := newRig(t)
		g := r.give("hub", GrantRequest{Validity: tt.validity})
		g.Consumed, g.LastUse = tt.used, tt.lastUse
		r.st.grants[g.ID] = g
		got := r.st.Reminders()
		if (len(got) == 1) != (tt.why != ReasonNone) {
			t.Errorf("%s: %v", tt.name, got)
			continue
		}
		if len(got) == 1 && (got[0].Why != tt.why || got[0].EndsIn != tt.left || got[0].Grant != g.ID) {
			t.Errorf("%s: %+v", tt.name, got[0])
		}
		r.must(GrantRevoke{g.ID})
		if len(r.st.Reminders()) != 0 {
			t.Errorf("%s: reminded of what has ended", tt.name)
		}
	}
}

func TestRenewalTakesThePlaceOfTheOld(t *testing.T) {
	r := newRig(t)
	old := r.give("hub", GrantRequest{})
	r.run(time.Minute)
	next := r.grant("hub", GrantRequest{Renews: old.ID, Scope: Scope{{CategoryTemperature, Granularity{Round: 1}}}})
	if diff := Difference(old, next); len(diff) != 1 || diff[0].Wider || !strings.Contains(diff[0].To, "rounded to 1") {
		t.Errorf("the difference is %+v", diff)
	}
	_, err := r.do(GrantGive{Owner{By: AuthorityRoot}, next})
	wantReason(t, err, ReasonNoPresence)
	if g, _ := r.st.Grant(old.ID); g.State != GrantGiven {
		t.Fatal("a renewal that nobody confirmed ended the old one")
	}
	r.must(GrantGive{r.press(), next})
	g, _ := r.st.Grant(old.ID)
	if g.State != GrantWithdrawn || g.Why != ReasonRenewed || !g.Ended.Equal(r.now.Wall) {
		t.Errorf("the old one is %+v", g)
	}
	if n, _ := r.st.Grant(next.ID); n.State != GrantGiven || n.Renews != old.ID {
		t.Errorf("the new one is %+v", n)
	}
	r.restart()
	if len(r.st.Grants()) != 2 {
		t.Errorf("%d grants after a restart", len(r.st.Grants()))
	}
}

// Renewed twice from the same opt-in, the first renewal would stand unseen beside
// the second.
func TestRenewalHappensOnce(t *testing.T) {
	r := newRig(t)
	old := r.give("hub", GrantRequest{})
	first := r.give("hub", GrantRequest{Renews: old.ID})
	_, err := r.do(GrantGive{r.press(), r.grant("hub", GrantRequest{Renews: old.ID})})
	wantReason(t, err, ReasonInvalid)
	r.must(CancelPresence{r.st.presence.id})
	if n := len(r.st.Grants()); n != 2 {
		t.Fatalf("%d opt-ins", n)
	}
	r.must(GrantRevoke{first.ID}) // by a person, who may give it again
	again := r.give("hub", GrantRequest{Renews: first.ID})
	if g, _ := r.st.Grant(again.ID); g.State != GrantGiven {
		t.Errorf("a withdrawn opt-in cannot be given again: %+v", g)
	}
}

func TestRenewalOfSomethingElseIsRefused(t *testing.T) {
	r := newRig(t)
	old := r.give("hub", GrantRequest{})
	for name, edit := range map[string]func(*GrantRequest){
		"nothing":         func(q *GrantRequest) { q.Renews = "019b8cbd-af00-7208-a007-2939487f6999" },
		"another purpose": func(q *GrantRequest) { q.Purpose = PurposeEnergy },
	} {
		q := GrantRequest{Renews: old.ID}
		edit(&q)
		_, err := r.do(GrantGive{r.press(), r.grant("hub", q)})
		if err == nil {
			t.Errorf("%s: renewed", name)
		}
		r.must(CancelPresence{r.st.presence.id})
	}
	bad := r.grant("hub", GrantRequest{})
	for _, id := range []string{"x", bad.ID} {
		bad.Renews = id
		if bad.Validate() == nil {
			t.Errorf("renews %q is valid", id)
		}
	}
}

// A door has nothing to round, and nobody is told that it had.
func TestWordsOfADoor(t *testing.T) {
	r := newRig(t)
	g := r.grant("hub", GrantRequest{Scope: Scope{{CategoryDoor, Granularity{Fields: []string{"door_1"}}}, {CategoryTemperature, Granularity{}}}})
	if text := Notice(testRecipient("hub"), g.Purpose, g.Scope); strings.Contains(text, "rounded to 0 ") || strings.Contains(text, "rounded to 0,") || !strings.Contains(text, "temperature, rounded to 0.5") {
		t.Errorf("the notice is %q", text)
	}
}

func TestDifferenceNamesEverything(t *testing.T) {
	r := newRig(t)
	item := func(c Category, g Granularity) Scope { return Scope{{c, g}} }
	base := r.grant("hub", GrantRequest{Scope: item(CategoryHVAC, Granularity{Round: 0.25, Period: time.Minute, MaxPerHour: 30, Mode: LivenessLatest, Fields: []string{"action", "heat"}})})
	for name, tt := range map[string]struct {
		edit  func(*Grant)
		what  string
		wider bool
	}{
		"finer":          {func(g *Grant) { g.Scope[0].Round = 0.05 }, "hvac.state", true},
		"coarser":        {func(g *Grant) { g.Scope[0].Round = 0.5 }, "hvac.state", false},
		"sooner":         {func(g *Grant) { g.Scope[0].Period = time.Second * 59 }, "hvac.state", true},
		"later":          {func(g *Grant) { g.Scope[0].Period = time.Second * 61 }, "hvac.state", false},
		"more often":     {func(g *Grant) { g.Scope[0].MaxPerHour = 31 }, "hvac.state", true},
		"a field more":   {func(g *Grant) { g.Scope[0].Fields = []string{"action", "heat", "cool"} }, "hvac.state", true},
		"a field less":   {func(g *Grant) { g.Scope[0].Fields = []string{"action"} }, "hvac.state", false},
		"another field":  {func(g *Grant) { g.Scope[0].Fields = []string{"cool", "heat"} }, "hvac.state", true},
		"live":           {func(g *Grant) { g.Scope[0].Mode = LivenessLive }, "hvac.state", false},
		"new category":   {func(g *Grant) { g.Scope = append(g.Scope, Item{Category: CategoryHumidity}) }, "climate.humidity", true},
		"gone category":  {func(g *Grant) { g.Scope = nil }, "hvac.state", false},
		"longer":         {func(g *Grant) { g.NotAfter = g.NotAfter.Add(1) }, "life", true},
		"shorter":        {func(g *Grant) { g.NotAfter = g.NotAfter.Add(-time.Hour) }, "life", false},
		"somebody other": {func(g *Grant) { g.Fingerprint[0]++ }, "recipient", true},
	} {
		next := base
		next.Scope = append(Scope(nil), base.Scope...)
		tt.edit(&next)
		diff := Difference(base, next)
		if len(diff) != 1 || diff[0].What != tt.what || diff[0].Wider != tt.wider || diff[0].From == diff[0].To {
			t.Errorf("%s: %+v", name, diff)
		}
	}
	if diff := Difference(base, base); len(diff) != 0 {
		t.Errorf("nothing changed and the difference is %+v", diff)
	}
}

// A change that is not called wider lets nothing out that the old one did not.
func TestDifferenceNeverHidesAWidening(t *testing.T) {
	item := rapid.Custom(func(t *rapid.T) Item {
		fields := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"action", "demand", "heat"}), 1, 3, rapid.ID[string]).Draw(t, "fields")
		return Item{CategoryHVAC, Granularity{
			Round: rapid.SampledFrom([]float64{0.05, 0.25, 1}).Draw(t, "round"), Period: time.Duration(rapid.IntRange(10, 12).Draw(t, "s")) * time.Second,
			MaxPerHour: rapid.IntRange(1, 3).Draw(t, "rate"), Mode: rapid.SampledFrom([]Liveness{LivenessLive, LivenessLatest}).Draw(t, "mode"), Fields: fields,
		}}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := item.Draw(t, "a"), item.Draw(t, "b")
		if a.narrowerThan(b) {
			return
		}
		for _, f := range b.Fields {
			if _, ok := (Scope{a}).item(CategoryHVAC); !ok || !strings.Contains(a.words(), f) {
				t.Fatalf("%s is new in %+v", f, b)
			}
		}
		if b.Round < a.Round || b.Period < a.Period || b.MaxPerHour > a.MaxPerHour || (Scope{b}).oldest(BasisGrant) > max((Scope{a}).oldest(BasisGrant), b.Period) {
			t.Fatalf("%+v is wider than %+v", b, a)
		}
	})
}
