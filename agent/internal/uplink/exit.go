package uplink

import (
	"errors"

	"quietstat/agent/internal/mqtt"
)

var (
	// ErrRecipient is wrapped by errors about the recipient file, its credentials,
	// or a fingerprint that is not the keeper's.
	ErrRecipient = errors.New("the recipient is not usable")
	// ErrLease is wrapped when the keeper fell silent during a window.
	ErrLease = errors.New("the keeper's lease ran out")
	// ErrLink is wrapped by errors about the link to the keeper.
	ErrLink = errors.New("the link to the keeper failed")
	// ErrUnreachable is wrapped when the recipient could not be connected to.
	ErrUnreachable = errors.New("the recipient could not be reached")
)

// The exit codes of the uplink role. In every case the connection to the
// recipient is cut.
const (
	ExitDone        = 0 // closed as asked: Shut, the end of the link, or a signal
	ExitOther       = 1
	ExitRecipient   = 2 // ErrRecipient
	ExitLease       = 3 // ErrLease
	ExitUnreachable = 4 // ErrUnreachable, or a connection that was lost
	ExitLink        = 5 // ErrLink
)

// ExitCode is the exit code for what Run returned.
func ExitCode(err error) int {
	switch {
	case err == nil:
		return ExitDone
	case errors.Is(err, ErrRecipient):
		return ExitRecipient
	case errors.Is(err, ErrLease):
		return ExitLease
	case errors.Is(err, ErrUnreachable), errors.Is(err, mqtt.ErrLost):
		return ExitUnreachable
	case errors.Is(err, ErrLink):
		return ExitLink
	default:
		return ExitOther
	}
}

// Word says what Run returned without naming anybody, for a log.
func Word(err error) string {
	for _, known := range []error{ErrRecipient, ErrLease, ErrUnreachable, mqtt.ErrLost, ErrLink} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "it failed"
}
