package local

import "time"

// KeeperStatus is the keeper's answer to "status": who may know what right now.
type KeeperStatus struct {
	Sharing   string   `json:"sharing"`   // closed, session, once, grant, fault
	Indicator string   `json:"indicator"` // what the light was last confirmed to show
	Epoch     uint64   `json:"epoch"`
	Control   bool     `json:"control"` // snapshots arrive
	Windows   []Window `json:"windows"`
	Ledger    Ledger   `json:"ledger"`
	Clock     Clock    `json:"clock"`
	Waiting   []string `json:"waiting"` // owner's actions that wait for a press of the talk button

	Refusals    map[string]uint64 `json:"refusals"`        // since start, by reason code
	LastRefusal string            `json:"last_refusal"`    // as a sentence
	Refused     uint64            `json:"presses_refused"` // presses of talk that opened nothing, since start
	Notices     []string          `json:"notices"`         // what was found damaged or dropped at start
	TalkButton  bool              `json:"talk_button"`     // owners prove their presence with it
	Reminders   []string          `json:"reminders"`       // opt-ins that end before long
	Failing     map[string]string `json:"failing"`         // by recipient: why its last window could not be used, as a sentence

	Session *Session     `json:"session,omitempty"` // that is open
	Voice   *VoiceStatus `json:"voice,omitempty"`   // nil: no voice stack is followed
}

// Window is one open way out of the house.
type Window struct {
	Recipient string   `json:"recipient"`
	Basis     string   `json:"basis"`
	OpenedS   float64  `json:"opened_s"` // ago
	LeftS     float64  `json:"left_s"`   // until it closes by itself
	Connected bool     `json:"connected"`
	Messages  uint64   `json:"messages"`
	Fields    []string `json:"categories"`
}

// Ledger is the state of the record.
type Ledger struct {
	Entries uint64 `json:"entries"`
	OK      bool   `json:"ok"`
	Problem string `json:"problem,omitempty"`
}

// Clock is what the keeper thinks of the wall clock.
type Clock struct {
	Wall    time.Time `json:"wall"`
	Trusted bool      `json:"trusted"`
	Problem string    `json:"problem,omitempty"`
}

// Pending says that an owner's action waits for a press of the talk button.
type Pending struct {
	Action  uint64  `json:"action"`       // to be given to "action.wait"; 0 = done at once
	ID      string  `json:"id,omitempty"` // of the grant, once it stands
	WithinS float64 `json:"within_s"`     // until the press must have come
	Message string  `json:"message,omitempty"`

	Notice  string   `json:"notice,omitempty"`  // of an opt-in: in plain words what the press confirms
	Changes []Change `json:"changes,omitempty"` // of a renewal
	Changed []string `json:"changed,omitempty"` // of an enrolment: the fields in which it differs from the one before
	Voided  []string `json:"voided,omitempty"`  // of an enrolment: the opt-ins, "policy" and "credentials" that it made void
}

// ID names a recipient or a grant.
type ID struct {
	ID string `json:"id"`
}

// Share is one category of a policy or a grant, with its granularity.
type Share struct {
	Category string   `json:"category"`
	Round    float64  `json:"round,omitempty"`        // in the field's unit; 0 = the category's default
	PeriodS  float64  `json:"period_s,omitempty"`     // 0 = the basis's default
	PerHour  int      `json:"max_per_hour,omitempty"` // 0 = what the period allows
	Mode     string   `json:"mode,omitempty"`         // live, latest; "" = the basis's default
	Fields   []string `json:"fields,omitempty"`       // empty = the category's core fields; doors must be named
}

// PolicyArguments are the arguments of "policy.set".
type PolicyArguments struct {
	Recipient  string  `json:"recipient"`
	Categories []Share `json:"categories"` // empty = the default policy
}

// GrantArguments are the arguments of "consent.grant".
type GrantArguments struct {
	Recipient  string  `json:"recipient"`
	Purpose    string  `json:"purpose"`
	Categories []Share `json:"categories"`
	Days       float64 `json:"days"` // 0 = 30
}

// WaitArguments are the arguments of "action.wait" and "session.wait".
type WaitArguments struct {
	Action   uint64  `json:"action,omitempty"`
	TimeoutS float64 `json:"timeout_s"`
	// Refused is KeeperStatus.Refused from before the press, so that a refusal that
	// was quicker than this question ends the wait too. Absent: as it is now.
	Refused *uint64 `json:"presses_refused,omitempty"`
}

// LedgerArguments are the arguments of "ledger.show".
type LedgerArguments struct {
	Since     time.Time `json:"since"`
	Recipient string    `json:"recipient,omitempty"`
	Category  string    `json:"category,omitempty"`
	Last      int       `json:"last,omitempty"` // 0 = all
}

// LedgerLine is one line of the statement.
type LedgerLine struct {
	Seq  uint64 `json:"seq"`
	Kind string `json:"kind"`
	Text string `json:"text"`
	Raw  string `json:"entry"`           // the entry as recorded
	Sent string `json:"value,omitempty"` // the exact message, while it is kept
}
