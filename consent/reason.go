package consent

// ReasonCode says why something was refused, closed or ended, and what became
// of a release. The list is closed: it is part of the ledger's format.
type ReasonCode uint8

const (
	ReasonNone ReasonCode = iota

	// Gate.
	ReasonShut          // the gate is shut until the keeper restarts
	ReasonLedger        // the ledger cannot be written or is not known to be whole
	ReasonClock         // the clocks do not agree with the state
	ReasonSchema        // a field or profile is unknown or out of range
	ReasonNoRecipient   // not enrolled
	ReasonFingerprint   // the recipient changed since the consent was given
	ReasonNoBasis       // no session, grant or once covers this recipient
	ReasonForbidden     // the category can never be covered by this basis and purpose
	ReasonEnded         // the basis has ended or has not begun
	ReasonHeld          // held back: quiet was pressed
	ReasonUntrustedTime // wall time is not trusted
	ReasonUncharged     // validity was not charged on disk in the last ten minutes
	ReasonStaleSample   // the sample is too old
	ReasonEarlySample   // the sample was taken before the basis began
	ReasonGrain         // finer than the category allows
	ReasonNotAsShown    // the house is not as the preview of a once showed it
	ReasonUnsavedTopic  // the topic is not on disk, so it could not be erased later
	ReasonNotDue        // the period has not passed; this is pacing and is not counted
	ReasonRate          // too many messages in an hour
	ReasonShape         // topic or size outside what was agreed
	ReasonNoPath        // no connection of this window
	ReasonPathMismatch  // the connection belongs to another window or recipient
	ReasonLight         // the indicator is not confirmed for this epoch
	ReasonIntent        // the intent could not be written to the ledger
	ReasonEntropy       // no randomness for message id and salt

	// State machine.
	ReasonUnproven         // a session was claimed without evidence from the room
	ReasonFlood            // too many sessions in an hour
	ReasonNoPresence       // an owner's action without a press on the device
	ReasonBusy             // another action waits for its press
	ReasonLimit            // too many recipients or grants
	ReasonInvalid          // the request does not make sense
	ReasonNothingSent      // nothing was ever sent, so nothing can be erased
	ReasonTimeout          // the lease ran out
	ReasonSessionEnd       // ended by a person or by the voice stack
	ReasonQuiet            // quiet was pressed
	ReasonQuietHold        // quiet was held: everything withdrawn
	ReasonRestart          // the keeper started
	ReasonControlLost      // no snapshots
	ReasonIndicator        // the indicator cannot be driven
	ReasonClockStep        // the wall clock jumped
	ReasonUplinkClosed     // the connection ended
	ReasonUplinkStalled    // this machine stood still for longer than an uplink's lease
	ReasonPolicyChanged    // the standing policy was changed or cleared
	ReasonRecipientChanged // the recipient was changed
	ReasonRecipientRemoved // the recipient was removed
	ReasonRevoked          // withdrawn by a person
	ReasonExpired          // the validity was used up
	ReasonUnused           // not used for 90 days
	ReasonUsed             // a once was used
	ReasonRenewed          // replaced by a renewal
	ReasonNoticeChanged    // what was confirmed reads otherwise in this program
	ReasonOverlap          // two voice sessions of one site
	ReasonBeneficiary      // a voice stack that is a recipient as well
	ReasonRoom             // what this-room cannot have
	ReasonRetained         // a command that was kept for whoever comes
	ReasonNoCommand        // no opt-in lets this recipient command

	// Outcomes of a release.
	ReasonSent    // the bytes were handed to the connection
	ReasonFailed  // they were not
	ReasonUnknown // a crash came between intent and outcome
)

var reasonNames = []string{
	"none", "shut", "ledger", "clock", "schema", "no-recipient", "fingerprint", "no-basis", "forbidden", "ended",
	"held", "untrusted-time", "uncharged", "stale-sample", "early-sample", "grain", "not-as-shown", "unsaved-topic", "not-due", "rate", "shape",
	"no-path", "path-mismatch", "light", "intent", "entropy",
	"unproven", "flood", "no-presence", "busy", "limit", "invalid", "nothing-sent", "timeout", "session-end", "quiet", "quiet-hold",
	"restart", "control-lost", "indicator", "clock-step", "uplink-closed", "uplink-stalled", "policy-changed", "recipient-changed",
	"recipient-removed", "revoked", "expired", "unused", "used", "renewed", "notice-changed", "overlap", "beneficiary", "this-room", "retained", "no-command",
	"sent", "failed", "unknown",
}

// ParseReason reads a name as String writes it. Anything else is an error.
func ParseReason(s string) (ReasonCode, error) {
	return enumParse[ReasonCode]("reason", reasonNames, s)
}

// String returns the name, for example "no-basis".
func (r ReasonCode) String() string { return enumName(reasonNames, r) }

// MarshalText writes the name; a reason without one is an error.
func (r ReasonCode) MarshalText() ([]byte, error) { return enumText("reason", reasonNames, r) }

// UnmarshalText reads the name; an unknown one is an error.
func (r *ReasonCode) UnmarshalText(b []byte) (err error) {
	*r, err = ParseReason(string(b))
	return err
}
