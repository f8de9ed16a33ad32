package consent

import "slices"

// Release is one message that may leave, decided, minimised and already in the
// ledger. Its fields are closed and only Gate.Release makes one, so whoever takes
// a Release takes nothing that was not decided. The zero Release is not Valid.
type Release struct {
	id          string
	epoch       uint64
	recipient   string
	topic       string
	payload     []byte
	basis       BasisKind
	basisID     string
	purpose     Purpose
	categories  []Category
	fields      int
	seq         uint64
	salt        [32]byte
	commitment  [32]byte
	fingerprint Fingerprint
	erase       bool
	decided     bool
}

// Valid reports whether the gate made this Release.
func (r Release) Valid() bool { return r.decided }

// ID is the random id of the message, 16 hexadecimal digits; it stands in the payload.
func (r Release) ID() string { return r.id }

// Epoch is the epoch of the window; a connection of another epoch must not send it.
func (r Release) Epoch() uint64 { return r.epoch }

// Recipient is the id of whom it may go to.
func (r Release) Recipient() string { return r.recipient }

// Fingerprint is that of the recipient.
func (r Release) Fingerprint() Fingerprint { return r.fingerprint }

// Topic is below the recipient's prefix.
func (r Release) Topic() string { return r.topic }

// Erases reports whether it is an erasure: its payload is empty, and a broker may
// be asked to keep it, which makes it forget what it held.
func (r Release) Erases() bool { return r.erase }

// Payload is what may be written, byte for byte; empty for an erasure and for
// nothing else.
func (r Release) Payload() []byte { return slices.Clone(r.payload) }

// Basis is why it may leave.
func (r Release) Basis() BasisKind { return r.basis }

// BasisID is the id of the session, grant or once.
func (r Release) BasisID() string { return r.basisID }

// Purpose stands in the payload.
func (r Release) Purpose() Purpose { return r.purpose }

// Categories lists what it tells, sorted.
func (r Release) Categories() []Category { return slices.Clone(r.categories) }

// Fields is how many values it carries.
func (r Release) Fields() int { return r.fields }

// Seq is the ledger entry of the intent.
func (r Release) Seq() uint64 { return r.seq }

// Commitment is what the ledger holds of the payload.
func (r Release) Commitment() [32]byte { return r.commitment }

// Salt opens the commitment together with the payload. It belongs in the store of
// values and never in a message.
func (r Release) Salt() [32]byte { return r.salt }

// Outcome is the ledger entry that follows the intent: ReasonSent, ReasonFailed
// or ReasonUnknown.
func (r Release) Outcome(now Now, how ReasonCode) Entry {
	e := r.entry(now, EntryReleaseOutcome)
	e.Reason = how
	return e
}

func (r Release) entry(now Now, kind EntryKind) Entry {
	e := now.Entry(kind)
	e.Basis, e.BasisID, e.Recipient, e.Purpose = r.basis, r.basisID, r.recipient, r.purpose
	e.Categories, e.Fields, e.Bytes, e.Commitment = r.Categories(), r.fields, len(r.payload), r.commitment
	return e
}
