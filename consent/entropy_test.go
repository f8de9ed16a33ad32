package consent

import (
	"errors"
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
	t.Run("a source that fails once", func(t *testing.T) {
		r := ready(t, BasisSession)
		r.gate.entropy = &faltering{rand.New(rand.NewSource(1)), 1}
		out, err := r.release("hub")
		wantReason(t, err, ReasonEntropy)
		if len(out) != 0 {
			t.Errorf("%d messages, whose id nobody drew", len(out))
		}
	})
	t.Run("a source that is not there", func(t *testing.T) {
		r := ready(t, BasisSession)
		r.gate.entropy = nil
		_, err := r.release("hub")
		wantReason(t, err, ReasonEntropy)
	})
}

// faltering is a source that fails a few times and then works.
type faltering struct {
	io.Reader
	fails int
}

func (f *faltering) Read(b []byte) (int, error) {
	if f.fails > 0 {
		f.fails--
		return 0, errors.New("not now")
	}
	return f.Reader.Read(b)
}
