package clock

import "time"

// Instant is one moment on both clocks. The zero Instant is boot time zero with
// an untrusted wall, the side on which nothing opens.
type Instant struct {
	Boot    time.Duration // CLOCK_BOOTTIME
	Wall    time.Time     // UTC; a label unless Trusted
	Trusted bool          // synchronised by the system's time service
}

// Source tells the present moment. It never blocks.
type Source interface {
	Now() Instant
}
