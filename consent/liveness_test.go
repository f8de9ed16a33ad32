package consent

import (
	"testing"
	"time"
)

func TestLivenessBoundsTheAgeOfASample(t *testing.T) {
	for _, tt := range []struct {
		mode Liveness
		age  time.Duration
		ok   bool
	}{
		{LivenessNone, 2 * time.Minute, true}, // a grant is latest unless it says otherwise
		{LivenessLatest, 2 * time.Minute, true},
		{LivenessLatest, 2*time.Minute + 1, false},
		{LivenessLive, freshest, true},
		{LivenessLive, freshest + 1, false},
	} {
		r := newRig(t)
		r.give("hub", GrantRequest{Scope: Scope{{CategoryTemperature, Granularity{Period: 2 * time.Minute, Mode: tt.mode}}}})
		r.after(5 * time.Minute)
		r.snap.SampleBoot -= tt.age
		r.st.windows["hub"].Bases[0].Opened -= time.Hour
		_, err := r.release("hub")
		if tt.ok && err != nil {
			t.Errorf("%v, %v old: %v", tt.mode, tt.age, err)
		}
		if !tt.ok {
			wantReason(t, err, ReasonStaleSample)
		}
	}
}

func TestSessionsAreLive(t *testing.T) {
	scope, err := Scope{{Category: CategoryTemperature}}.Normalise(BasisSession, PurposeVoiceAnswer)
	if err != nil || scope[0].Mode != LivenessLive {
		t.Errorf("%+v, %v", scope, err)
	}
	for _, kind := range []BasisKind{BasisSession, BasisOnce} {
		if _, err := (Scope{{CategoryTemperature, Granularity{Mode: LivenessLatest}}}).Normalise(kind, PurposeAutomation); err == nil && kind == BasisOnce {
			t.Errorf("%v takes an old sample", kind)
		}
	}
	if _, err := (Scope{{CategoryTemperature, Granularity{Mode: 9}}}).Normalise(BasisGrant, PurposeAutomation); err == nil {
		t.Error("an unknown liveness is taken")
	}
	scope, err = Scope{{Category: CategoryTemperature}}.Normalise(BasisGrant, PurposeAutomation)
	if err != nil || scope[0].Mode != LivenessLatest {
		t.Errorf("%+v, %v", scope, err)
	}
}
