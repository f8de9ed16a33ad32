package consent

import "testing"

// Where no talk button is wired nobody can press, and the owner on the socket is
// proof enough for an opt-in; for nobody else, and a wired button is always asked.
func TestOptInWithoutATalkButton(t *testing.T) {
	for _, test := range []struct {
		name     string
		noButton bool
		owner    Owner
		given    bool
	}{
		{"owner, no button", true, Owner{By: AuthorityRoot}, true},
		{"owner, button wired", false, Owner{By: AuthorityRoot}, false},
		{"nobody, no button", true, Owner{}, false},
		{"a press that never was, no button", true, Owner{By: AuthorityPress, Proof: "x"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t)
			r.must(BootStarted{NoTalkButton: test.noButton})
			r.must(LedgerOK{})
			_, err := r.do(GrantGive{test.owner, r.grant("hub", GrantRequest{})})
			if test.given {
				if err != nil || len(r.st.Grants()) != 1 {
					t.Errorf("%v; %d opt-ins", err, len(r.st.Grants()))
				}
				return
			}
			wantReason(t, err, ReasonNoPresence)
			if len(r.st.Grants()) != 0 {
				t.Error("an opt-in was given all the same")
			}
		})
	}
}
