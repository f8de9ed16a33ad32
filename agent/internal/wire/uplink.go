package wire

// Hello is the first frame of an uplink. It is sent with SCM_CREDENTIALS, so that
// the keeper knows from the kernel which process to kill.
type Hello struct {
	Recipient   string `json:"recipient"`
	Fingerprint string `json:"fingerprint"` // of the recipient file this uplink was started with
}

// Open lets the uplink dial, and starts its lease.
type Open struct {
	Epoch       uint64 `json:"epoch"`
	Fingerprint string `json:"fingerprint"` // must equal Hello's, or the uplink exits
}

// Opened says that the connection to the recipient stands.
type Opened struct {
	Epoch uint64 `json:"epoch"`
	Error string `json:"error,omitempty"` // why it does not; carries no state of the house
}

// Lease keeps an open uplink alive; without one for LeaseTime it dies by itself.
type Lease struct {
	Epoch uint64 `json:"epoch"`
}

// Outcome is what became of one Delivery.
type Outcome struct {
	ID     string `json:"id"`
	Epoch  uint64 `json:"epoch"`
	Result Result `json:"result"`
	Error  string `json:"error,omitempty"`
}

// Result is the closed list of outcomes. The zero value, unknown, is what a
// ledger records when no outcome ever came.
type Result uint8

const (
	ResultUnknown Result = iota
	ResultSent           // handed to the recipient's connection, whole
	ResultFailed         // not one byte of it was written
	ResultRefused        // the fence was closed, or the epoch was over
)

// Shut ends the window: linger zero, close, answer Closed, exit.
type Shut struct {
	Epoch uint64 `json:"epoch"`
}

// Closed is the last frame of an uplink: nothing can leave any more.
type Closed struct {
	Epoch uint64 `json:"epoch"`

	// Lapsed says that it ended because its lease ran out: this machine stood still, or
	// the keeper did. The recipient had no part in it.
	Lapsed bool `json:"lapsed,omitempty"`
}
