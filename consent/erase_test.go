package consent

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// used is a rig whose grant has told something, so that there is something to erase.
func used(t rapid.TB) (*rig, Grant) {
	r := ready(t, BasisGrant)
	r.mustRelease()
	r.after(time.Second)
	return r, r.st.Grants()[0]
}

func TestErasureIsEmptyRecordedAndOnce(t *testing.T) {
	r, g := used(t)
	r.must(GrantErase{g.ID})
	out, err := r.release("hub")
	if err != nil || len(out) != 1 {
		t.Fatalf("%d releases, %v", len(out), err)
	}
	m := out[0]
	rec, _ := r.st.Recipient("hub")
	if !m.Erases() || len(m.Payload()) != 0 || m.Topic() != rec.Topics()[0] || m.Fields() != 0 || !m.Valid() {
		t.Errorf("erased with %+v", m)
	}
	last := r.ledger.entries[len(r.ledger.entries)-1]
	if last.Kind != EntryEraseSent || last.BasisID != g.ID || last.Bytes != 0 || last.Commitment != Commit(m.Salt(), nil) {
		t.Errorf("recorded as %+v", last)
	}
	if left, ok := r.st.Erasing(g.ID); left != 0 || !ok {
		t.Errorf("%d topics left, %v", left, ok)
	}
	// Nothing more leaves under it, not even what would have been due.
	if n := r.run(time.Hour); n != 0 {
		t.Errorf("%d messages after the erasure", n)
	}
	r.must(GrantRevoke{g.ID})
	if _, ok := r.st.Erasing(g.ID); ok {
		t.Error("a withdrawn opt-in is still being erased")
	}
}

func TestEraseRefuses(t *testing.T) {
	fresh := func(r *rig) Grant { r.noLink = true; return r.give("hub", GrantRequest{}) }
	for name, tt := range map[string]struct {
		spoil func(r *rig, g Grant) string
		want  ReasonCode
	}{
		"unknown":      {func(*rig, Grant) string { return "nothing" }, ReasonInvalid},
		"withdrawn":    {func(r *rig, g Grant) string { r.must(GrantRevoke{g.ID}); return g.ID }, ReasonInvalid},
		"quiet":        {func(r *rig, g Grant) string { r.must(Quiet{}); return g.ID }, ReasonHeld},
		"ledger":       {func(r *rig, g Grant) string { r.must(LedgerFault{}); return g.ID }, ReasonLedger},
		"nothing sent": {func(r *rig, g Grant) string { r.st.kept = nil; return g.ID }, ReasonNothingSent},
	} {
		r := newRig(t)
		g := fresh(r)
		_, err := r.do(GrantErase{tt.spoil(r, g)})
		if err == nil {
			t.Errorf("%s: begun", name)
			continue
		}
		wantReason(t, err, tt.want)
	}
}

// A topic is on the disk before the first message on it.
func TestNoMessageOnATopicThatWasNotSaved(t *testing.T) {
	r := newRig(t)
	r.noSave = true
	r.must(TalkPress{})
	r.after(time.Second)
	_, err := r.release("hub")
	wantReason(t, err, ReasonUnsavedTopic)
	r.noSave = false
	_, saved, err := Save(r.st)
	if err != nil {
		t.Fatal(err)
	}
	r.must(saved)
	r.mustRelease()
	// It is there after a restart, and gone with the recipient.
	r.restart()
	if len(r.st.kept["hub"]) != 1 {
		t.Errorf("after a restart topics are %v", r.st.kept)
	}
	r.must(RecipientRemove{"hub"})
	if len(r.st.kept)+len(r.st.topics) != 0 {
		t.Errorf("without a recipient topics are %v, %v", r.st.kept, r.st.topics)
	}
}

func TestAnErasureWithoutOutcomeIsUnknown(t *testing.T) {
	r, g := used(t)
	r.must(GrantErase{g.ID})
	r.mustRelease()
	open := OpenIntents(r.ledger.entries, r.now)
	if len(open) != 2 { // the rig writes no outcomes
		t.Fatalf("%d open intents", len(open))
	}
	lines := Statement(append(r.ledger.entries, open[1]))
	if l := lines[len(lines)-1]; l.Outcome != ReasonUnknown || l.Bytes != 0 {
		t.Errorf("the statement says %+v", l)
	}
}

// Whatever happens around it, under an opt-in that is being erased nothing but
// nothing can be said, to its own topics, each once.
func TestErasureCanExpressNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, g := used(t)
		r.must(PolicySet{Owner{By: AuthorityRoot}, r.policy("hub", nil)})
		r.must(GrantErase{g.ID})
		empty := 0
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				r.do(TalkPress{})
			case 1:
				r.do(GrantErase{g.ID})
			case 2:
				r.do(Quiet{})
			case 3:
				if w, ok := r.st.Window("hub"); ok {
					r.do(UplinkClosed{"hub", w.Epoch})
				}
			}
			r.after(time.Duration(rapid.IntRange(1, 400).Draw(t, "seconds")) * time.Second)
			out, _ := r.release("hub")
			for _, m := range out {
				if (m.BasisID() == g.ID) != m.Erases() || m.Erases() != (len(m.Payload()) == 0) {
					t.Fatalf("under %s left %q", m.Basis(), m.Payload())
				}
				if m.Erases() {
					empty++
				}
			}
		}
		if left, ok := r.st.Erasing(g.ID); ok && left == 0 && empty == 0 {
			t.Fatal("an erasure was spent without being made")
		}
	})
}
