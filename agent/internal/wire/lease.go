package wire

import "time"

// LeaseTime is how long an open uplink lives after the last Lease frame, on the
// real clock. LeasePeriod is how often the keeper sends one while the window is
// open; four may be late before the uplink gives up.
const (
	LeaseTime   = 100 * time.Millisecond
	LeasePeriod = 20 * time.Millisecond
)
