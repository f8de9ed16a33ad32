package consent

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"
)

// PolicyVersion is the version of the rules a policy or grant was given under.
// One given under another version is not honoured: an update may only narrow.
const PolicyVersion = 1

// SessionPolicy is the owner's standing word on what a session may tell one
// recipient. It releases nothing by itself: a person in the room must open a
// session as well.
type SessionPolicy struct {
	RecipientID string      `json:"recipient"`
	Fingerprint Fingerprint `json:"fingerprint"`
	Scope       Scope       `json:"scope"`
	SetAt       time.Time   `json:"set_at"` // wall time, for display; may be untrusted
	Version     int         `json:"version"`
}

// NewSessionPolicy binds a scope to a recipient. A nil scope takes
// DefaultSessionScope. Categories that can never be in a policy give a *Refusal.
func NewSessionPolicy(r Recipient, scope Scope, now Now) (SessionPolicy, error) {
	if scope == nil {
		scope = DefaultSessionScope()
	}
	n, err := scope.Normalise(BasisSession, PurposeVoiceAnswer)
	if err != nil {
		return SessionPolicy{}, err
	}
	return SessionPolicy{RecipientID: r.ID, Fingerprint: r.Fingerprint(), Scope: n, SetAt: now.Wall.UTC(), Version: PolicyVersion}, nil
}

// Validate checks a policy as it was read from somewhere.
func (p SessionPolicy) Validate() error {
	if p.Version != PolicyVersion {
		return fmt.Errorf("consent: policy of version %d is not understood: set it again", p.Version)
	}
	if err := validID(p.RecipientID); err != nil {
		return err
	}
	_, err := p.Scope.Normalise(BasisSession, PurposeVoiceAnswer)
	return err
}

// Digest is the SHA-256 of the policy's JSON form; the ledger refers to it.
func (p SessionPolicy) Digest() [32]byte { return digest(p) }

// digest hashes a record of this package. Its types always encode; a value that
// does not has been tampered with in memory and hashes as nothing.
func digest(v any) [32]byte {
	b := record(v)
	if b == nil {
		return [32]byte{}
	}
	return sha256.Sum256(b)
}

func record(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return b
}
