package consent

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestSummary(t *testing.T) {
	r := newRig(t)
	if _, due := r.gate.Summary(r.now); due {
		t.Error("a summary of nothing")
	}
	r.after(time.Second)
	for range 3 {
		r.release("hub")
	}
	r.gate.Count(&Refusal{Reason: ReasonUnproven})
	r.gate.Count(&Refusal{Reason: ReasonNotDue})
	r.gate.Count(errors.New("something else"))
	e, due := r.gate.Summary(r.now)
	if !due || e.Kind != EntryDenySummary || len(e.Counts) != 2 || e.Counts[ReasonNoBasis] != 3 || e.Counts[ReasonUnproven] != 1 {
		t.Errorf("%v, %+v", due, e)
	}
	b, err := e.Format()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ParseEntry(b); err != nil || got.Counts[ReasonNoBasis] != 3 {
		t.Errorf("%+v, %v", got, err)
	}
	r.release("hub")
	r.now.Boot += SummaryPeriod - 1
	if _, due := r.gate.Summary(r.now); due {
		t.Error("a second summary within a quarter of an hour")
	}
	r.now.Boot++
	if _, due := r.gate.Summary(r.now); !due {
		t.Error("no summary after a quarter of an hour")
	}
}

func TestPreviewSaysWhatWouldLeaveAndWhyNot(t *testing.T) {
	r := newRig(t)
	r.give("hub", GrantRequest{Purpose: PurposeEnergy})
	r.after(time.Second)
	entries := len(r.ledger.entries)
	scope, err := Scope{{Category: CategoryPressure}}.Normalise(BasisGrant, PurposeAutomation)
	if err != nil {
		t.Fatal(err)
	}
	p := r.gate.Preview(r.now, &r.st, "hub", r.snap, Proposal{BasisGrant, PurposeAutomation, scope})
	if len(p.Messages) != 3 {
		t.Fatalf("%d messages, want those of the opt-in, the policy and the proposal", len(p.Messages))
	}
	grant, policy, proposal := p.Messages[0], p.Messages[1], p.Messages[2]
	if len(grant.Refusals) != 0 || len(grant.Payload) != 256 {
		t.Errorf("the opt-in: %v, %s", grant.Refusals, grant.Payload)
	}
	if len(policy.Refusals) == 0 || policy.Refusals[0].Check != CheckLive || policy.Payload == nil {
		t.Errorf("the policy: %v, %s", policy.Refusals, policy.Payload)
	}
	if len(proposal.Refusals) == 0 || proposal.Payload == nil {
		t.Errorf("the proposal: %v, %s", proposal.Refusals, proposal.Payload)
	}
	for _, w := range p.Withheld {
		if w.Field == "temperature" || w.Field == "pressure" || w.Field == "mode" {
			t.Errorf("%s is both told and withheld", w.Field)
		}
	}
	if len(p.Withheld) != len(fields)-6 {
		t.Errorf("%d fields withheld", len(p.Withheld))
	}
	if len(r.ledger.entries) != entries || len(r.gate.denied) != 0 || len(r.gate.pace) != 0 {
		t.Error("a preview left a trace")
	}
	if !strings.HasPrefix(string(grant.Payload), `{"v":1,"id":"0000000000000000"`) {
		t.Errorf("a preview drew randomness: %s", grant.Payload)
	}
	// What was previewed is what leaves, but for the id.
	got := r.mustRelease().Payload()
	const id = len(`{"v":1,"id":"0123456789abcdef"`)
	if string(got[id:]) != string(grant.Payload[id:]) {
		t.Errorf("previewed\n%s\nsent\n%s", grant.Payload, got)
	}
	if p := r.gate.Preview(r.now, &r.st, "nobody", r.snap); len(p.Messages) != 0 || len(p.Withheld) != len(fields) {
		t.Errorf("for nobody: %+v", p)
	}
}

// An opt-in that stands and is not used says what holds it, not that there is none.
func TestPreviewSaysWhatHoldsAnOptIn(t *testing.T) {
	for name, tt := range map[string]struct {
		hold func(*rig)
		want ReasonCode
	}{
		"quiet":          {func(r *rig) { r.must(Quiet{}) }, ReasonHeld},
		"the clock":      {func(r *rig) { r.now.WallTrusted = false; r.must(Tick{}) }, ReasonUntrustedTime},
		"control":        {func(r *rig) { r.must(ControlLost{}) }, ReasonControlLost},
		"the connection": {func(r *rig) { w, _ := r.st.Window("hub"); r.must(UplinkClosed{"hub", w.Epoch}) }, ReasonUplinkClosed},
	} {
		r := newRig(t)
		g := r.give("hub", GrantRequest{Purpose: PurposeEnergy})
		r.after(time.Second)
		tt.hold(r)
		found := false
		for _, m := range r.gate.Preview(r.now, &r.st, "hub", r.snap).Messages {
			if m.BasisID != g.ID {
				continue
			}
			for _, no := range m.Refusals {
				found = found || no.Check == CheckLive && no.Reason == tt.want
				if no.Reason == ReasonNoBasis {
					t.Errorf("%s: it stands, and is said not to", name)
				}
			}
			if strings.Contains((&Refusal{Reason: tt.want}).Error(), "refused (") {
				t.Errorf("%s: no sentence for %v", name, tt.want)
			}
		}
		if !found {
			t.Errorf("%s: the preview does not say so", name)
		}
	}
}
