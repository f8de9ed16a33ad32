package consent

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"time"
)

// Lives of a grant.
const (
	DefaultValidity = 30 * 24 * time.Hour
	MaxValidity     = 365 * 24 * time.Hour
	UnusedLimit     = 90 * 24 * time.Hour // unused for longer: suspended
)

// GrantState is where a grant stands. Only GrantGiven can release, and no state
// leads back to it.
type GrantState uint8

const (
	GrantNone        GrantState = iota
	GrantGiven                  // may release while its validity lasts
	GrantWithdrawn              // taken back by a person
	GrantExpired                // validity used up
	GrantSuspended              // unused for UnusedLimit, or what was confirmed reads otherwise now
	GrantInvalidated            // the recipient changed or was removed
)

var grantStateNames = []string{"none", "given", "withdrawn", "expired", "suspended", "invalidated"}

// String returns the name in lower case, for example "given".
func (s GrantState) String() string { return enumName(grantStateNames, s) }

// MarshalText writes the name; a state without one is an error.
func (s GrantState) MarshalText() ([]byte, error) { return enumText("grant state", grantStateNames, s) }

// UnmarshalText reads the name; an unknown one is an error.
func (s *GrantState) UnmarshalText(b []byte) (err error) {
	*s, err = enumParse[GrantState]("grant state", grantStateNames, string(b))
	return err
}

// Grant is an explicit opt-in of the owner, given on the device: one recipient,
// one purpose, a scope, and an end.
type Grant struct {
	ID          string      `json:"id"` // UUID version 7
	RecipientID string      `json:"recipient"`
	Fingerprint Fingerprint `json:"fingerprint"`
	Purpose     Purpose     `json:"purpose"`
	Scope       Scope       `json:"scope"`
	NotBefore   time.Time   `json:"not_before"` // trusted wall time of giving
	NotAfter    time.Time   `json:"not_after"`
	Version     int         `json:"version"`
	Renews      string      `json:"renews,omitempty"` // id of the grant it takes the place of
	// Notice is the SHA-256, in hexadecimal, of the text the owner confirmed; see Notice.
	// A program that would say something else suspends the opt-in. "" was given before
	// there was one, and stands.
	Notice string     `json:"notice,omitempty"`
	State  GrantState `json:"state"`

	// Consumed is the validity used up: the greater of wall and BOOTTIME elapsed,
	// never less than before. LastUse is Consumed at the last release.
	Consumed time.Duration `json:"consumed"`
	LastUse  time.Duration `json:"last_use"`
	LastUsed time.Time     `json:"last_used,omitzero"` // wall time of the last release, for display

	// Why and Ended say how a grant that ended did; wall time, for display.
	Why   ReasonCode `json:"why,omitempty"`
	Ended time.Time  `json:"ended,omitzero"`

	// HeldUntil is the BOOTTIME until which quiet holds the grant closed.
	HeldUntil time.Duration `json:"held_until,omitempty"`
}

// GrantRequest is what an owner asks for.
type GrantRequest struct {
	RecipientID string
	Purpose     Purpose
	Scope       Scope
	Validity    time.Duration // 0 takes DefaultValidity; at most MaxValidity
	Renews      string        // id of the grant it takes the place of, "" for none
}

// NewGrant makes a grant out of a request. entropy and the wall clock make its
// id. Wall time must be trusted: a grant without a known beginning has no end.
func NewGrant(entropy io.Reader, now Now, r Recipient, q GrantRequest) (Grant, error) {
	if !now.WallTrusted {
		return Grant{}, &Refusal{Check: CheckClock, Reason: ReasonUntrustedTime, Recipient: r.ID}
	}
	if q.Validity == 0 {
		q.Validity = DefaultValidity
	}
	scope, err := q.Scope.Normalise(BasisGrant, q.Purpose)
	if err != nil {
		return Grant{}, err
	}
	id, err := newUUID(entropy, now.Wall)
	if err != nil {
		return Grant{}, err
	}
	start := now.Wall.UTC().Truncate(time.Second)
	g := Grant{
		ID: id, RecipientID: r.ID, Fingerprint: r.Fingerprint(), Purpose: q.Purpose, Scope: scope,
		NotBefore: start, NotAfter: start.Add(q.Validity), Version: PolicyVersion, Renews: q.Renews, State: GrantGiven,
		Notice: noticeDigest(r, q.Purpose, scope),
	}
	return g, g.Validate()
}

// Validity is the whole life of the grant.
func (g Grant) Validity() time.Duration { return g.NotAfter.Sub(g.NotBefore) }

// Left is what remains of the validity, 0 when it is used up.
func (g Grant) Left() time.Duration { return max(0, g.Validity()-g.Consumed) }

// Validate checks a grant as it was read from somewhere.
func (g Grant) Validate() error {
	if g.Version != PolicyVersion {
		return fmt.Errorf("consent: opt-in of version %d is not understood: give it again", g.Version)
	}
	if !validUUID(g.ID) {
		return fmt.Errorf("consent: opt-in has a malformed id: give it again")
	}
	if g.Renews != "" && (!validUUID(g.Renews) || g.Renews == g.ID) {
		return fmt.Errorf("consent: opt-in renews another with a malformed id: give it again")
	}
	if g.Notice != "" && (len(g.Notice) != 64 || !only(g.Notice, "0123456789abcdef")) {
		return fmt.Errorf("consent: opt-in has a malformed notice: give it again")
	}
	if err := validID(g.RecipientID); err != nil {
		return err
	}
	if g.State == GrantNone || int(g.State) >= len(grantStateNames) {
		return fmt.Errorf("consent: opt-in has no known state: give it again")
	}
	if g.Purpose == PurposeVoiceAnswer {
		return fmt.Errorf("consent: %s is a session's purpose: choose another", g.Purpose)
	}
	if v := g.Validity(); v <= 0 || v > MaxValidity {
		return fmt.Errorf("consent: an opt-in lasts more than nothing and at most %d days", int(MaxValidity.Hours()/24))
	}
	if g.Consumed < 0 || g.LastUse < 0 || g.HeldUntil < 0 || g.LastUse > g.Consumed {
		return fmt.Errorf("consent: opt-in has impossible accounts: give it again")
	}
	_, err := g.Scope.Normalise(BasisGrant, g.Purpose)
	return err
}

// Digest is the SHA-256 of the grant as it was given; the ledger refers to it.
func (g Grant) Digest() [32]byte {
	return digest(g.asGiven())
}

// Record is the grant as it was given, in JSON: what Digest is the digest of.
func (g Grant) Record() []byte { return record(g.asGiven()) }

// asGiven is the grant without its accounts.
func (g Grant) asGiven() Grant {
	g.State, g.Consumed, g.LastUse, g.LastUsed, g.HeldUntil = GrantGiven, 0, 0, time.Time{}, 0
	g.Why, g.Ended = ReasonNone, time.Time{}
	return g
}

// account adds elapsed BOOTTIME and, where wall time is trusted, takes the wall
// clock's word if that is more.
func (g *Grant) account(elapsed time.Duration, now Now, trusted bool) {
	g.Consumed += max(0, elapsed)
	if trusted {
		g.Consumed = max(g.Consumed, now.Wall.Sub(g.NotBefore))
	}
}

// lapsed reports the state a given grant falls into by time alone.
func (g Grant) lapsed(now Now, trusted bool) (GrantState, ReasonCode) {
	switch {
	case g.Consumed >= g.Validity() || trusted && !now.Wall.Before(g.NotAfter):
		return GrantExpired, ReasonExpired
	case g.Consumed-g.LastUse >= UnusedLimit:
		return GrantSuspended, ReasonUnused
	}
	return GrantGiven, ReasonNone
}

// newUUID is a UUID version 7 (RFC 9562 §5.7): 48 bits of milliseconds, then entropy.
func newUUID(entropy io.Reader, wall time.Time) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(entropy, b[:]); err != nil {
		return "", &Refusal{Check: CheckOwner, Reason: ReasonEntropy, Err: err}
	}
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(wall.UnixMilli()))
	copy(b[:6], ms[2:])
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], nil
}

func validUUID(s string) bool {
	if len(s) != 36 || s[14] != '7' {
		return false
	}
	for i := range len(s) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (s[i] == '-') || !dash && !only(s[i:i+1], "0123456789abcdef") {
			return false
		}
	}
	return true
}
