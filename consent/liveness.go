package consent

import "time"

// Liveness is how old a sample a consent may tell. It is part of the granularity.
type Liveness uint8

const (
	LivenessNone   Liveness = iota // the basis's default: live in a session and once, latest under a grant
	LivenessLive                   // the room as it is: a sample of the last 10 s, or nothing
	LivenessLatest                 // the newest sample there is, at most a period old; grants only
)

var livenessNames = []string{"none", "live", "latest"}

// ParseLiveness reads a name as String writes it. Anything else is an error.
func ParseLiveness(s string) (Liveness, error) {
	return enumParse[Liveness]("liveness", livenessNames, s)
}

// String returns "live" or "latest".
func (l Liveness) String() string { return enumName(livenessNames, l) }

// MarshalText writes the name; a liveness without one is an error.
func (l Liveness) MarshalText() ([]byte, error) { return enumText("liveness", livenessNames, l) }

// UnmarshalText reads the name; an unknown one is an error.
func (l *Liveness) UnmarshalText(b []byte) (err error) {
	*l, err = ParseLiveness(string(b))
	return err
}

// freshest is how old a live sample may be.
const freshest = 10 * time.Second

// oldest is how old a sample may be that leaves under this scope: the strictest of
// its items counts, as they travel in one message.
func (s Scope) oldest(kind BasisKind) time.Duration {
	if kind != BasisGrant {
		return freshest
	}
	for _, it := range s {
		if it.Mode == LivenessLive {
			return min(freshest, s.Period())
		}
	}
	return s.Period()
}
