package consent

// Check names the place that refused: the ordered checks of the gate, then the
// rules for owners' actions and for sessions.
type Check uint8

const (
	CheckNone      Check = iota
	CheckKill            // not shut
	CheckLedger          // the ledger can be written
	CheckClock           // clocks agree with the state
	CheckSchema          // every field known and in range
	CheckRecipient       // enrolled and unchanged
	CheckBasis           // a basis covers every category
	CheckLive            // the basis is open now
	CheckFresh           // sampled after the basis began, and lately
	CheckGrain           // rounded
	CheckRate            // period and hourly bound
	CheckShape           // topic, size, padding
	CheckPath            // the connection of this window
	CheckLight           // the indicator confirmed
	CheckIntent          // the ledger holds the intent
	CheckOwner           // an owner's action is proven
	CheckEvidence        // a session is proven
)

var checkNames = []string{
	"none", "kill", "ledger", "clock", "schema", "recipient", "basis", "live", "fresh",
	"grain", "rate", "shape", "path", "light", "intent", "owner", "evidence",
}

// String returns the name in lower case, for example "fresh".
func (c Check) String() string { return enumName(checkNames, c) }

// Refusal is the answer no, as a value. Error gives a sentence with the remedy
// and names neither recipient nor reading; those who may see them read the fields.
type Refusal struct {
	Check     Check
	Reason    ReasonCode
	Recipient string   // id, "" when it does not matter
	Basis     string   // id of the session, grant or once, "" when none
	Category  Category // CategoryNone when it does not matter
	Err       error    // the cause, if there is one; not printed
}

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Err }

// Counted reports whether the refusal belongs in a deny.summary. Waiting for the
// next period is not a denial.
func (r *Refusal) Counted() bool { return r.Reason != ReasonNotDue }

// Error says what was refused and what would help.
func (r *Refusal) Error() string {
	s := "consent: " + sentences[r.Reason]
	if sentences[r.Reason] == "" {
		s = "consent: refused (" + r.Reason.String() + ")"
	}
	if r.Category != CategoryNone {
		s += " (" + r.Category.String() + ")"
	}
	return s
}

var sentences = map[ReasonCode]string{
	ReasonShut:          "the gate is shut: it opens again only when the keeper is restarted",
	ReasonLedger:        "the ledger cannot be written, so nothing may leave: free space on the disk or run ledger verify",
	ReasonClock:         "the clock disagrees with what was seen before: nothing leaves until the next tick agrees",
	ReasonSchema:        "a field or profile is unknown or out of range: what is not understood is not sent",
	ReasonNoRecipient:   "this recipient is not enrolled: add it on the device",
	ReasonFingerprint:   "the recipient is not the one consent was given for: give it again if the change was yours",
	ReasonNoBasis:       "nobody is sharing with this recipient now: press talk, or grant an opt-in on the device",
	ReasonForbidden:     "this category cannot be covered by this kind of consent and purpose: leave it out",
	ReasonEnded:         "the consent has ended or not begun: start a session or grant again",
	ReasonHeld:          "quiet was pressed within the hour: wait, or grant again on the device",
	ReasonUntrustedTime: "the wall clock is not trusted yet, opt-ins are held closed until it is: check time synchronisation",
	ReasonUncharged:     "used validity is not on disk, opt-ins are held closed: check that the state folder can be written",
	ReasonStaleSample:   "the sample is too old: check the sensor",
	ReasonEarlySample:   "the sample was taken before sharing began: the next one may leave",
	ReasonGrain:         "finer than this category allows: give the consent again with a coarser rounding",
	ReasonNotAsShown:    "the house is not as the preview showed it any more, so it stays: preview again",
	ReasonUnsavedTopic:  "its topic is not on disk yet, so that it could not be erased later: check that the state folder can be written",
	ReasonNotDue:        "the next message is not due yet",
	ReasonRate:          "the hourly bound of this consent is reached: wait",
	ReasonShape:         "the message does not fit the topic or size that were agreed: check the topic prefix",
	ReasonNoPath:        "there is no connection to the recipient: check that it is reachable",
	ReasonPathMismatch:  "the connection is not the one this window opened: it must be closed and opened again",
	ReasonLight:         "the indicator is not confirmed on: check its wiring",
	ReasonIntent:        "the ledger did not take the entry, so nothing leaves: free space on the disk",
	ReasonEntropy:       "no randomness is available: nothing leaves without a fresh salt",
	ReasonUnproven:      "a session was claimed without evidence from the room: press talk, or say the wake word",
	ReasonOverlap:       "two voice sessions of one site went on at once, so both are closed: say the wake word again",
	ReasonBeneficiary:   "a voice stack at the address of a recipient cannot say that somebody spoke: run the stack's broker apart from the recipient's",
	ReasonRoom:          "this-room is always known and has a policy for sessions alone: quietstat policy set this-room",
	ReasonRetained:      "a command was kept by the broker and is not of now, so it is not carried out: send commands without retaining them",
	ReasonNoCommand:     "this recipient may not command: an opt-in for remote.control lets it, quietstat consent grant ID --purpose remote.control",
	ReasonFlood:         "too many sessions within the hour: wait",
	ReasonNoPresence:    "this needs a press of the talk button on the device within 60 s",
	ReasonBusy:          "another action waits for its press: finish or cancel it first",
	ReasonLimit:         "there are too many recipients or opt-ins: remove one first",
	ReasonControlLost:   "control is not there to be asked: check that it runs",
	ReasonIndicator:     "the indicator cannot be driven, so nothing opens: check its wiring",
	ReasonNothingSent:   "nothing was ever sent to this recipient, so there is nothing to erase: revoke without erasing",
	ReasonUplinkClosed:  "its connection ended or could not be made: it is tried again within five minutes, see quietstat status",
	ReasonUplinkStalled: "this machine stood still for longer than the 100 ms an uplink's lease lasts, so the connection was cut: it is opened again at once; if it comes often, give the machine less to do",
	ReasonInvalid:       "there is nothing of that name to act on: list what there is",
}
