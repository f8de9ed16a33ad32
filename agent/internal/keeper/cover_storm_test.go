package keeper

import (
	"testing"

	"quietstat/consent"
)

// A reason that joined a window after its line was let in ends that line too.
func TestFenceFindsAReasonThatJoinedLater(t *testing.T) {
	f := newFence()
	l := admitted(t, f, "a", 1, consent.Basis{Kind: consent.BasisGrant, ID: "first"})
	f.cover("a", []consent.Basis{{Kind: consent.BasisGrant, ID: "second"}})
	f.cover("nobody", []consent.Basis{{Kind: consent.BasisGrant, ID: "second"}})
	f.shutWhere(ofBasis(func(b consent.Basis) bool { return b.ID == "second" }))
	if !l.shut.Load() {
		t.Error("the line of a revoked reason is still there")
	}
}
