package consent

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"
)

func TestDefaultSessionScope(t *testing.T) {
	s, err := DefaultSessionScope().Normalise(BasisSession, PurposeVoiceAnswer)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"temperature", "humidity", "setpoint", "mode", "action"}
	if got := s.FieldNames(); !slices.Equal(got, want) {
		t.Errorf("the voice policy tells %q, want %q", got, want)
	}
	if s[0].Round != 0.5 || s[1].Round != 5 || s.Period() != SessionPeriod || s.MaxPerHour() != 360 {
		t.Errorf("rounded to %v and %v, each %v, %d per hour", s[0].Round, s[1].Round, s.Period(), s.MaxPerHour())
	}
	again, err := s.Normalise(BasisSession, PurposeVoiceAnswer)
	if err != nil || len(again) != len(s) || !slices.Equal(again.FieldNames(), want) {
		t.Errorf("normalising twice: %v, %v", again, err)
	}
}

func TestPolicyRefusesByName(t *testing.T) {
	for _, c := range []Category{CategoryDoorEvents, CategoryPresence, CategoryConsentState, CategoryVoice, CategoryDiagnostics, CategoryNone} {
		_, err := NewSessionPolicy(testRecipient("hub"), Scope{{Category: c}}, Now{})
		var no *Refusal
		if !errors.As(err, &no) || no.Reason != ReasonForbidden || no.Category != c {
			t.Errorf("%v: %v", c, err)
		}
	}
}

func TestScopeBounds(t *testing.T) {
	temp := func(g Granularity) Scope { return Scope{{CategoryTemperature, g}} }
	for _, tt := range []struct {
		name  string
		kind  BasisKind
		scope Scope
		ok    bool
	}{
		{"empty", BasisGrant, Scope{}, false},
		{"plain", BasisGrant, temp(Granularity{}), true},
		{"twice", BasisGrant, append(temp(Granularity{}), temp(Granularity{})...), false},
		{"finest", BasisGrant, temp(Granularity{Round: 0.1}), true},
		{"too fine", BasisGrant, temp(Granularity{Round: 0.0999}), false},
		{"negative", BasisGrant, temp(Granularity{Round: -1}), false},
		{"not a number", BasisGrant, temp(Granularity{Round: math.NaN()}), false},
		{"infinite", BasisGrant, temp(Granularity{Round: math.Inf(1)}), false},
		{"shortest grant", BasisGrant, temp(Granularity{Period: MinGrantPeriod}), true},
		{"too short grant", BasisGrant, temp(Granularity{Period: MinGrantPeriod - 1}), false},
		{"longest grant", BasisGrant, temp(Granularity{Period: MaxGrantPeriod}), true},
		{"too long grant", BasisGrant, temp(Granularity{Period: MaxGrantPeriod + 1}), false},
		{"shortest session", BasisSession, temp(Granularity{Period: MinSessionPeriod}), true},
		{"too short session", BasisSession, temp(Granularity{Period: MinSessionPeriod - 1}), false},
		{"too long session", BasisSession, temp(Granularity{Period: MaxSessionPeriod + 1}), false},
		{"negative rate", BasisGrant, temp(Granularity{MaxPerHour: -1}), false},
		{"highest rate", BasisGrant, temp(Granularity{MaxPerHour: 3600}), true},
		{"too high rate", BasisGrant, temp(Granularity{MaxPerHour: 3601}), false},
		{"unknown field", BasisGrant, temp(Granularity{Fields: []string{"heat"}}), false},
		{"doors unnamed", BasisGrant, Scope{{Category: CategoryDoor}}, false},
		{"door named", BasisGrant, Scope{{CategoryDoor, Granularity{Fields: []string{"door_2"}}}}, true},
		{"demand named", BasisGrant, Scope{{CategoryHVAC, Granularity{Fields: []string{"demand", "action"}}}}, true},
		{"no basis", BasisNone, temp(Granularity{}), false},
	} {
		p := PurposeAutomation
		if tt.kind == BasisSession {
			p = PurposeVoiceAnswer
		}
		if _, err := tt.scope.Normalise(tt.kind, p); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// One basis is one message: the strictest of its items decides.
func TestScopeStrictest(t *testing.T) {
	s, err := Scope{
		{CategoryHVAC, Granularity{Period: time.Minute, MaxPerHour: 7}},
		{CategoryTemperature, Granularity{Period: time.Hour}},
	}.Normalise(BasisGrant, PurposeEnergy)
	if err != nil || s.Period() != time.Hour || s.MaxPerHour() != 1 || s[0].Category != CategoryTemperature {
		t.Errorf("%v, %v", s, err)
	}
	if got := s.Categories(); !slices.Equal(got, []Category{CategoryTemperature, CategoryHVAC}) {
		t.Errorf("categories %v", got)
	}
	var none Scope
	if none.Period() != 0 || none.MaxPerHour() != 0 || none.FieldNames() != nil {
		t.Error("the zero scope covers something")
	}
}
