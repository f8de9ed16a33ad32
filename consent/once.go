package consent

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// OnceLife is how long a once may be used.
const OnceLife = time.Minute

// Once is a single previewed snapshot: what leaves is what was shown, value by
// value, of a new sample.
type Once struct {
	ID          string // UUID version 7
	RecipientID string
	Fingerprint Fingerprint
	Purpose     Purpose
	Scope       Scope
	// Shown are the values of the preview, as JSON, in the order of
	// Scope.FieldNames. They are neither recorded nor kept.
	Shown    []string      `json:"-"`
	Deadline time.Duration // BOOTTIME
	Used     bool          // a message was decided; the window stays until its outcome is known
}

// NewOnce makes a once out of a request and the values that were shown for it, by
// the names of their fields. Its life is OnceLife; Validity is not used.
func NewOnce(entropy io.Reader, now Now, r Recipient, q GrantRequest, shown map[string]string) (Once, error) {
	scope, err := q.Scope.Normalise(BasisOnce, q.Purpose)
	if err != nil {
		return Once{}, err
	}
	id, err := newUUID(entropy, now.Wall)
	if err != nil {
		return Once{}, err
	}
	o := Once{ID: id, RecipientID: r.ID, Fingerprint: r.Fingerprint(), Purpose: q.Purpose, Scope: scope, Deadline: now.Boot + OnceLife}
	for _, name := range scope.FieldNames() {
		value, ok := shown[name]
		if !ok {
			return Once{}, fmt.Errorf("consent: %s was not shown: a once sends what its preview showed, and nothing else", name)
		}
		o.Shown = append(o.Shown, value)
	}
	if len(shown) != len(o.Shown) {
		return Once{}, fmt.Errorf("consent: more was shown than is asked for: preview again")
	}
	return o, nil
}

// OnceGive allows a single snapshot. It needs a press.
type OnceGive struct {
	Owner Owner
	Once  Once
}

// OnceDone says that the outcome of a once's message is known: its window has
// nothing to wait for any more.
type OnceDone struct{ ID string }

func (e OnceGive) apply(m *machine) error {
	o := e.Once
	if err := m.known(o.RecipientID, o.Fingerprint); err != nil {
		return err
	}
	if err := notOfRoom(o.RecipientID); err != nil {
		return err
	}
	if _, err := o.Scope.Normalise(BasisOnce, o.Purpose); err != nil {
		return err
	}
	if !validUUID(o.ID) || o.Used || o.Deadline > m.now.Boot+OnceLife || len(o.Shown) != len(o.Scope.FieldNames()) {
		return &Refusal{Check: CheckOwner, Reason: ReasonInvalid}
	}
	if err := m.prove(e.Owner, false); err != nil {
		return err
	}
	m.st.onces[o.ID] = o
	delete(m.st.backoff, o.RecipientID)
	m.recordGiven(BasisOnce, o.ID, o.RecipientID, o.Purpose, o.Scope, o.Digest())
	return nil
}

func (e OnceDone) apply(m *machine) error {
	if o, ok := m.st.onces[e.ID]; ok && o.Used {
		delete(m.st.onces, e.ID)
		m.because(ReasonUsed)
	}
	return nil
}

// lapseOnces ends the onces whose minute is over, used or not.
func (m *machine) lapseOnces() {
	for _, o := range byKey(m.st.onces) {
		if m.now.Boot < o.Deadline {
			continue
		}
		delete(m.st.onces, o.ID)
		if o.Used {
			m.because(ReasonUsed)
		} else {
			m.because(ReasonTimeout)
		}
	}
}

// asShown wants the values of a once to be those that were shown. A proposal has
// not been shown yet.
func (q *request) asShown() *Refusal {
	if q.consent.kind == BasisOnce && q.consent.basis != nil && !slices.Equal(q.values, q.consent.shown) {
		return refuse(ReasonNotAsShown)
	}
	return nil
}

// Record is the once as the ledger refers to it, in JSON.
func (o Once) Record() []byte { return record(o) }

// Digest is the SHA-256 of Record.
func (o Once) Digest() [32]byte { return digest(o) }
