package consent

import (
	"strings"
	"testing"
	"time"
)

func TestStatement(t *testing.T) {
	r := newRig(t)
	r.must(TalkPress{})
	r.run(25 * time.Second)
	r.must(Quiet{})
	if len(r.sent) != 3 {
		t.Fatalf("%d messages", len(r.sent))
	}
	for i, how := range []ReasonCode{ReasonSent, ReasonFailed} {
		r.ledger.Append(r.sent[i].Outcome(r.now, how))
	}
	r.gate.Count(&Refusal{Reason: ReasonLight})
	e, _ := r.gate.Summary(r.now)
	r.ledger.Append(e)
	var got []string
	for _, l := range Statement(r.ledger.entries) {
		got = append(got, l.String())
	}
	want := []string{
		"     0  2026-01-05 06:00:00   hub                        recipient enrolled",
		"     1  2026-01-05 06:00:00   hub                        session policy set",
		"     2  2026-01-05 06:00:00   -                 session  session opened: somebody pressed talk",
		"     3  2026-01-05 06:00:01   hub               session  sent climate.temperature, climate.humidity, setpoint, hvac.state  (512 bytes)",
		"     4  2026-01-05 06:00:11   hub               session  did not send climate.temperature, climate.humidity, setpoint, hvac.state  (512 bytes)",
		"     5  2026-01-05 06:00:21   hub               session  may have sent climate.temperature, climate.humidity, setpoint, hvac.state  (512 bytes)",
		"     6  2026-01-05 06:00:25   -                 session  session closed (quiet)",
		"     7  2026-01-05 06:00:25   -                          everything closed (quiet)",
		"    10  2026-01-05 06:00:25   -                          refused 1 light",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	untrusted := Now{Wall: start}.Entry(EntrySessionOpen)
	if l := Statement([]Entry{untrusted})[0].String(); !strings.Contains(l, "06:00:00?") {
		t.Errorf("an untrusted time is not marked: %s", l)
	}
	given := r.now.Entry(EntryGrantGiven)
	given.Purpose, given.Categories = PurposeEnergy, []Category{CategoryHVAC}
	if l := Statement([]Entry{given})[0]; l.What != "opt-in given for energy.report: hvac.state" {
		t.Errorf("got %q", l.What)
	}
}

func TestOpenIntents(t *testing.T) {
	r := newRig(t)
	r.must(TalkPress{})
	r.run(25 * time.Second)
	r.ledger.Append(r.sent[1].Outcome(r.now, ReasonSent))
	open := OpenIntents(r.ledger.entries, r.now)
	if len(open) != 2 || open[0].Commitment != r.sent[0].Commitment() || open[1].Commitment != r.sent[2].Commitment() || open[0].Reason != ReasonUnknown || open[0].Kind != EntryReleaseOutcome {
		t.Fatalf("%+v", open)
	}
	for _, e := range open {
		r.ledger.Append(e)
	}
	if again := OpenIntents(r.ledger.entries, r.now); again != nil {
		t.Errorf("closed and still open: %+v", again)
	}
}

func TestReleaseIsItsOwn(t *testing.T) {
	r := ready(t, BasisSession)
	rel := r.mustRelease()
	p, c := rel.Payload(), rel.Categories()
	p[0], c[0] = 'x', CategoryVoice
	if rel.Payload()[0] == 'x' || rel.Categories()[0] == CategoryVoice {
		t.Error("a release can be changed from outside")
	}
	if (Release{}).Valid() {
		t.Error("the zero release is valid")
	}
	w, _ := r.st.Window("hub")
	if rel.Epoch() != w.Epoch || rel.Fingerprint() != w.Fingerprint || rel.Recipient() != "hub" || rel.Purpose() != PurposeVoiceAnswer || rel.BasisID() == "" {
		t.Error("a release does not say what it is for")
	}
	if e := r.ledger.entries[rel.Seq()]; e.Bytes != len(rel.Payload()) || e.Fields != rel.Fields() || e.Commitment != rel.Commitment() {
		t.Errorf("intent %+v", e)
	}
}
