package voice

import (
	"context"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// Sink is where an adapter puts what it heard. It may be used by any goroutine.
type Sink interface {
	// Heard passes an event on. It does not block for longer than a write to a
	// local socket, and while the keeper is away the event is dropped: what was
	// heard then is not evidence when it comes back.
	Heard(consent.SessionEvent)
	// Ask passes a wish on, filling in its ID, and waits for the answer to say in
	// the room. It fails when ctx ends or when the keeper is away.
	Ask(ctx context.Context, i wire.Intent) (wire.Answer, error)
}

// Adapter follows one voice stack on this device.
type Adapter interface {
	// String names the adapter as the configuration does, for example "lva".
	String() string
	// Run follows the stack until ctx ends, and then returns nil. It connects again
	// by itself (1 s to 30 s apart) and says consent.KindLost whenever its link goes.
	Run(ctx context.Context, sink Sink) error
}
