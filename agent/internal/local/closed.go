package local

// Closed is the keeper's answer to "quiet" and "session.end".
type Closed struct {
	// TookS is how long it took, in seconds of real time, from when the keeper was asked
	// until nothing could leave any more: every uplink had said so or was dead. The
	// keeper takes note and writes it down after that, in its own time.
	TookS float64 `json:"took_s"`
}
