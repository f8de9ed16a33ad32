package consent

import "time"

// Effect is one thing Apply asks the shell to do. Effects come in the order in
// which they must be done: close, record, light, open, persist. If a Record
// fails, apply LedgerFault at once and do the effects of that instead of the rest.
type Effect interface{ effect() }

// CloseWindow ends the connection now: linger 0, close, kill. It needs no record
// and waits for nothing.
type CloseWindow struct {
	Recipient string
	Epoch     uint64 // of the window that closes
	Reason    ReasonCode
}

// Record asks for an entry in the ledger. The shell gives it its Seq.
type Record struct{ Entry Entry }

// SetIndicator asks control to show a state, and to report it back with this epoch.
type SetIndicator struct {
	State IndicatorState
	Epoch uint64
}

// OpenWindow allows one uplink to exist for this recipient and epoch. It dials
// only after the indicator is confirmed for the epoch of the SetIndicator before it.
type OpenWindow struct {
	Recipient   string
	Epoch       uint64
	Fingerprint Fingerprint // the uplink must report it back in UplinkOpened
	Basis       BasisKind   // the strongest: session, once, grant
}

// PresenceProven answers AskPresence: the button was pressed. The action must
// follow before Until (BOOTTIME) and carry the same id.
type PresenceProven struct {
	ID    string
	Until time.Duration
}

// Persist asks for Save, a durable write, and then StateSaved.
type Persist struct{}

func (CloseWindow) effect()    {}
func (Record) effect()         {}
func (SetIndicator) effect()   {}
func (OpenWindow) effect()     {}
func (PresenceProven) effect() {}
func (Persist) effect()        {}
