package local

import (
	"encoding/json"
	"time"
)

// PolicyView is the keeper's answer to "policy.show".
type PolicyView struct {
	Recipient   string    `json:"recipient"`
	Fingerprint string    `json:"fingerprint"`
	Scope       []Share   `json:"scope"`
	SetAt       time.Time `json:"set_at"` // wall time, may be untrusted
}

// GrantView is one opt-in, in the answers to "consent.list" and "recipient.show".
type GrantView struct {
	ID          string    `json:"id"`
	Recipient   string    `json:"recipient"`
	Fingerprint string    `json:"fingerprint"`
	Purpose     string    `json:"purpose"`
	Scope       []Share   `json:"scope"`
	NotBefore   time.Time `json:"not_before"`
	NotAfter    time.Time `json:"not_after"`
	State       string    `json:"state"`          // given, withdrawn, expired, suspended, invalidated
	Held        string    `json:"held,omitempty"` // why nothing leaves under it now although it is given
	Why         string    `json:"why,omitempty"`  // how it ended
	Ended       time.Time `json:"ended,omitzero"`
	Renews      string    `json:"renews,omitempty"` // the opt-in it took the place of
	LeftS       float64   `json:"left_s"`           // of its validity
	UnusedS     float64   `json:"unused_s"`         // since it was last used, or given
	LastUsed    time.Time `json:"last_used,omitzero"`
	Reminder    string    `json:"reminder,omitempty"` // that it ends before long
}

// Change is one thing in which a renewal differs from what it renews.
type Change struct {
	What  string `json:"what"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
	Wider bool   `json:"wider"`
}

// RenewArguments are the arguments of "consent.renew".
type RenewArguments struct {
	ID         string  `json:"id"`
	Categories []Share `json:"categories"` // empty = as it was
	Days       float64 `json:"days"`       // 0 = 30
}

// Offer is the answer to "consent.offer": exactly what a once would send, and whom.
type Offer struct {
	Name     string            `json:"display_name"`
	Endpoint string            `json:"endpoint"`
	Onward   []string          `json:"onward"`
	Topic    string            `json:"topic"`
	Message  json.RawMessage   `json:"message"` // padding included
	Shown    map[string]string `json:"shown"`   // its values, for "consent.once"
}

// OnceArguments are the arguments of "consent.once".
type OnceArguments struct {
	Recipient  string            `json:"recipient"`
	Purpose    string            `json:"purpose"`
	Categories []Share           `json:"categories"`
	Shown      map[string]string `json:"shown"` // of the Offer
}

// OnceWait are the arguments of "once.wait".
type OnceWait struct {
	ID       string  `json:"id"`
	TimeoutS float64 `json:"timeout_s"`
}

// OnceOutcome is what became of a once.
type OnceOutcome struct {
	ID      string          `json:"id"`
	Outcome string          `json:"outcome"`           // sent, failed, unknown
	Message json.RawMessage `json:"message,omitempty"` // what was handed out
}

// EraseOutcome is the answer to "consent.erase". The opt-in is withdrawn, whatever
// became of the erasure.
type EraseOutcome struct {
	ID      string `json:"id"`
	Erased  int    `json:"erased"` // topics whose erasure left the house
	Problem string `json:"problem,omitempty"`
}

// CredentialsArguments are the arguments of "recipient.credentials".
type CredentialsArguments struct {
	ID    string            `json:"id"`
	Files map[string][]byte `json:"files"` // by name: username, password, ca.pem, NAME.crt, NAME.key; none = take them away
}

// CheckpointAnswer is the answer to "ledger.checkpoint".
type CheckpointAnswer struct {
	Checkpoint string `json:"checkpoint"` // signed note
	Key        string `json:"key"`        // to verify it with
}

// ProofArguments are the arguments of "ledger.proof".
type ProofArguments struct {
	Seq uint64 `json:"seq"`
}

// ProofAnswer is the answer to "ledger.proof".
type ProofAnswer struct {
	Proof string `json:"proof"` // consent.Proof
	Key   string `json:"key"`
}

// VerifyArguments are the arguments of "ledger.verify": what is known from elsewhere.
type VerifyArguments struct {
	Key        string `json:"key,omitempty"`
	Checkpoint string `json:"checkpoint,omitempty"`
}

// PurgeArguments are the arguments of "ledger.purge".
type PurgeArguments struct {
	OlderS float64 `json:"older_s"` // values older than this go
	All    bool    `json:"all"`     // all of them go, whatever the clock says
}

// PurgeAnswer is the answer to "ledger.purge".
type PurgeAnswer struct {
	Days int `json:"days"` // of values that were deleted
}
