package consent

import (
	"io"
	"math/rand"
	"testing"
)

// A message needs randomness twice: for its id and for the salt that hides it in
// the ledger. Where it ends, nothing is decided and nothing is written down.
func TestNothingLeavesWithoutRandomness(t *testing.T) {
	for name, bytes := range map[string]int64{"none": 0, "half an id": 4, "an id": 8, "half a salt": 24} {
		t.Run(name, func(t *testing.T) {
			r := ready(t, BasisSession)
			r.gate.entropy = io.LimitReader(rand.New(rand.NewSource(1)), bytes)
			before := len(r.ledger.entries)
			out, err := r.release("hub")
			wantReason(t, err, ReasonEntropy)
			if len(out) != 0 || len(r.ledger.entries) != before {
				t.Errorf("%d messages, %d entries", len(out), len(r.ledger.entries)-before)
			}
		})
	}
	t.Run("a source that is not there", func(t *testing.T) {
		r := ready(t, BasisSession)
		r.gate.entropy = nil
		_, err := r.release("hub")
		wantReason(t, err, ReasonEntropy)
	})
}
