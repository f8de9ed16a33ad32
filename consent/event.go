package consent

import "time"

// Event is one thing that happened. The list is closed: only this package can
// add to it.
type Event interface{ apply(m *machine) error }

// BootStarted comes first in every process. It ends whatever was open, carries
// durations over to this boot, and charges the time nobody counted.
type BootStarted struct {
	// ButtonWindow is how long a press of talk opens; 0 takes
	// DefaultButtonWindow, more than SessionCap takes SessionCap.
	ButtonWindow time.Duration
	// EndedGrants are the ids the ledger holds an end for (see EndedGrants): a
	// withdrawal whose state file was lost stays a withdrawal.
	EndedGrants []string
	// NoTalkButton says that none is wired, so nobody can press: then the owner on
	// the local socket is proof enough for an opt-in. The zero value demands a press.
	NoTalkButton bool
	// OpenFromWake opens a voice session at its wake word. The zero value opens at the
	// end of speech, so that a wake word nobody said releases nothing.
	OpenFromWake bool
}

// Tick lets time pass. Apply it once per snapshot and at least every second.
type Tick struct{}

// TalkPress is a press of the talk button, from control's counter and from
// nowhere else. It proves a pending owner's action, or else opens or extends a session.
type TalkPress struct{}

// Quiet is a press of the quiet button, or anybody's wish to close: everything
// closes, and grants are held closed for an hour.
type Quiet struct{}

// QuietHold is the quiet button held, or the same wish: all grants are withdrawn.
type QuietHold struct{}

// SessionEnd ends the open session. Anybody may.
type SessionEnd struct{}

// Voice is something a voice stack said. It opens a session only from a wake word that
// was heard live in the house, and ends one on any end. KindLost ends all of its
// source; an end from a source that is no adapter ends everything.
type Voice struct{ Event SessionEvent }

// LedgerOK says the ledger is whole and can be written; LedgerFault that it is not.
type (
	LedgerOK    struct{}
	LedgerFault struct{}
)

// ControlBack says snapshots arrive; ControlLost that they do not.
type (
	ControlBack struct{}
	ControlLost struct{}
)

// IndicatorDown says that control could not set the indicator; IndicatorUp that
// it can again.
type (
	IndicatorDown struct{}
	IndicatorUp   struct{}
)

// ClockStep says the kernel reported a step of the wall clock. Tick notices
// steps by itself as well.
type ClockStep struct{}

// Shut closes everything until the process is started again. Apply it when the
// gate panicked.
type Shut struct{}

// UplinkOpened says that an uplink holds a connection. What it reports must be
// what OpenWindow asked for; otherwise the window is closed.
type UplinkOpened struct {
	Recipient   string
	Epoch       uint64
	Fingerprint Fingerprint
}

// UplinkClosed says that the uplink of a window is gone; UplinkStalled, that it gave up
// because this machine stood still: its lease ran out, and nobody outside had a part
// in it.
type (
	UplinkClosed struct {
		Recipient string
		Epoch     uint64
	}
	UplinkStalled struct {
		Recipient string
		Epoch     uint64
	}
)

// StateSaved says that what Save returned is durable. Save makes it.
type StateSaved struct {
	boot   time.Duration       // BOOTTIME of the state that was saved
	topics map[string][]string // those in it
}
