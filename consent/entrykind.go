package consent

// EntryKind is what a ledger entry records. The list is closed.
type EntryKind uint8

const (
	EntryNone EntryKind = iota
	EntryRecipientEnrolled
	EntryRecipientChanged
	EntryRecipientRemoved
	EntryPolicySet
	EntryPolicyCleared
	EntryGrantGiven
	EntryGrantRefused
	EntryGrantWithdrawn
	EntryGrantExpired
	EntryGrantSuspended
	EntryGrantInvalidated
	EntrySessionOpen
	EntrySessionClose
	EntryReleaseIntent
	EntryReleaseOutcome
	EntryEraseSent
	EntryDenySummary
	EntryClockStep
	EntryLedgerRecovered
	EntryIndicatorFault
	EntryButtonClose
	EntryCheckpointExported
	EntryKeyRotated
	EntryCommandReceived
	EntryCommandApplied
	EntryCommandRefused
)

var entryKindNames = []string{
	"none", "recipient.enrolled", "recipient.changed", "recipient.removed", "policy.set", "policy.cleared",
	"grant.given", "grant.refused", "grant.withdrawn", "grant.expired", "grant.suspended", "grant.invalidated",
	"session.open", "session.close", "release.intent", "release.outcome", "erase.sent", "deny.summary", "clock.step",
	"ledger.recovered", "indicator.fault", "button.close", "checkpoint.exported", "key.rotated",
	"command.received", "command.applied", "command.refused",
}

// String returns the dotted name, for example "release.intent".
func (k EntryKind) String() string { return enumName(entryKindNames, k) }

// MarshalText writes the name; a kind without one is an error.
func (k EntryKind) MarshalText() ([]byte, error) { return enumText("entry kind", entryKindNames, k) }

// UnmarshalText reads the name; an unknown one is an error.
func (k *EntryKind) UnmarshalText(b []byte) (err error) {
	*k, err = enumParse[EntryKind]("entry kind", entryKindNames, string(b))
	return err
}
