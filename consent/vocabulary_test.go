package consent

import (
	"encoding"
	"testing"
)

type vocable interface {
	comparable
	encoding.TextMarshaler
	String() string
}

// vocabulary walks a closed list: every word survives a round trip, zero and
// whatever lies past the end do not, and nothing else is read.
func vocabulary[T interface {
	~uint8
	vocable
}](t *testing.T, names []string, parse func(string) (T, error)) {
	t.Helper()
	seen := map[string]bool{}
	for i, name := range names {
		v := T(i)
		if v.String() != name || seen[name] {
			t.Errorf("%T(%d) is %q, want %q, once", v, i, v.String(), name)
		}
		seen[name] = true
		b, err := v.MarshalText()
		if i == 0 {
			if err == nil {
				t.Errorf("%T zero was written as %q", v, b)
			}
			if _, err := parse(name); err == nil {
				t.Errorf("%T: %q was read", v, name)
			}
			continue
		}
		if got, perr := parse(string(b)); err != nil || perr != nil || got != v {
			t.Errorf("%T(%d): %q, %v, %v, %v", v, i, b, err, got, perr)
		}
	}
	past := T(len(names))
	if b, err := past.MarshalText(); err == nil {
		t.Errorf("%T past the end was written as %q", past, b)
	}
	for _, s := range []string{"", " ", "unknown(1)", past.String(), names[1] + " "} {
		if v, err := parse(s); err == nil || v != T(0) {
			t.Errorf("%q was read as %v", s, v)
		}
	}
}

func unmarshal[T any, P interface {
	*T
	encoding.TextUnmarshaler
}](s string) (v T, err error) {
	err = P(&v).UnmarshalText([]byte(s))
	return v, err
}

func TestVocabularies(t *testing.T) {
	vocabulary(t, categoryNames, ParseCategory)
	vocabulary(t, categoryNames, unmarshal[Category])
	vocabulary(t, purposeNames, ParsePurpose)
	vocabulary(t, purposeNames, unmarshal[Purpose])
	vocabulary(t, basisNames, ParseBasisKind)
	vocabulary(t, basisNames, unmarshal[BasisKind])
	vocabulary(t, reachNames, ParseReach)
	vocabulary(t, reachNames, unmarshal[Reach])
	vocabulary(t, reasonNames, ParseReason)
	vocabulary(t, reasonNames, unmarshal[ReasonCode])
	vocabulary(t, grantStateNames, unmarshal[GrantState])
	vocabulary(t, entryKindNames, unmarshal[EntryKind])
	vocabulary(t, sourceNames, unmarshal[Source])
	vocabulary(t, classNames, unmarshal[Class])
}

// A name that is missing would shift all after it.
func TestVocabulariesAreComplete(t *testing.T) {
	for _, tt := range []struct {
		names []string
		last  uint8
	}{
		{categoryNames, uint8(CategoryVoice)}, {purposeNames, uint8(PurposeResearch)}, {basisNames, uint8(BasisOnce)},
		{reachNames, uint8(ReachInternet)}, {reasonNames, uint8(ReasonUnknown)}, {grantStateNames, uint8(GrantInvalidated)},
		{entryKindNames, uint8(EntryCommandRefused)}, {sourceNames, uint8(SourceRemote)}, {classNames, uint8(ClassPress)}, {checkNames, uint8(CheckEvidence)},
		{modeNames, uint8(ModeDry)}, {actionNames, uint8(ActionDrying)}, {healthNames, uint8(HealthFault)}, {indicatorNames, uint8(IndicatorFault)},
		{commandNames, uint8(CommandAcceptGrant)},
	} {
		if len(tt.names) != int(tt.last)+1 {
			t.Errorf("%d names for %d values: %q", len(tt.names), tt.last+1, tt.names)
		}
	}
	if len(Categories()) != len(categoryNames)-1 || len(Purposes()) != len(purposeNames)-1 {
		t.Error("Categories or Purposes leaves some out")
	}
	for k := EntryRecipientEnrolled; k <= EntryCommandRefused; k++ {
		if (kindWords[k] == "") != (k == EntryReleaseIntent || k == EntryReleaseOutcome) {
			t.Errorf("a statement has no words for %v", k)
		}
	}
}

// What the design says never leaves has no way to.
func TestNeverCategories(t *testing.T) {
	for _, c := range []Category{CategoryNone, CategorySetpointSchedule, CategoryDoorEvents, CategoryPresence, CategoryIdentity, CategoryCommandAck, CategoryConsentState, CategoryVoice, Category(200)} {
		for _, k := range []BasisKind{BasisNone, BasisSession, BasisGrant, BasisOnce, BasisKind(9)} {
			if c.AllowedFor(k) {
				t.Errorf("%v may be covered by a %v", c, k)
			}
		}
	}
	for _, k := range []BasisKind{BasisSession, BasisGrant} {
		if CategoryDiagnostics.AllowedFor(k) {
			t.Errorf("diagnostics may be covered by a %v", k)
		}
	}
	for _, p := range append(Purposes(), PurposeNone, Purpose(99)) {
		for _, c := range []Category{CategoryDoorEvents, CategoryPresence, CategoryConsentState, CategoryVoice} {
			if p.Allows(c) {
				t.Errorf("%v may carry %v", p, c)
			}
		}
	}
}

// Every reason that can reach a person is a sentence with a remedy.
func TestRefusalsAreSentences(t *testing.T) {
	for _, tt := range refusals {
		if sentences[tt.reason] == "" {
			t.Errorf("no sentence for %v", tt.reason)
		}
	}
	for _, r := range []ReasonCode{ReasonUnproven, ReasonFlood, ReasonNoPresence, ReasonBusy, ReasonLimit, ReasonInvalid, ReasonNoRecipient, ReasonEntropy, ReasonControlLost, ReasonIndicator} {
		if sentences[r] == "" {
			t.Errorf("no sentence for %v", r)
		}
	}
	no := &Refusal{Reason: ReasonForbidden, Category: CategoryVoice, Recipient: "hub"}
	if got := no.Error(); got != "consent: "+sentences[ReasonForbidden]+" (voice.content)" {
		t.Errorf("got %q", got)
	}
	if got := (&Refusal{Reason: ReasonSent}).Error(); got != "consent: refused (sent)" {
		t.Errorf("got %q", got)
	}
}
