package consent

import (
	"fmt"
	"io"
)

// The profiles there are: in whose words a recipient is told what was decided.
const (
	ProfileJSON          = "json/1"           // a flat JSON envelope of our own
	ProfileHomeAssistant = "home-assistant/1" // the same, and a device that Home Assistant discovers
	ProfileRoom          = "room/1"           // a sentence to say in the room; this-room alone has it
)

// profile is how one kind of recipient is told. It renders and decides nothing: what
// it is given was decided before, and what it makes of it goes through the rest of
// the checks. It has no clock, no memory and no randomness of its own.
type profile struct {
	// topics are all a recipient can be told on while these bases are open. They are on
	// the disk before the first message on them, and an erasure empties them.
	topics func(Recipient, []Basis) []string
	// outside is the one topic that is not below the recipient's prefix; nil for none.
	outside func(Recipient) string
	// validate is what the profile wants of a recipient besides; nil for nothing.
	validate func(Recipient) error
	// named says that it knows the house by a device id.
	named bool
	// tell renders a message. ok is false when it cannot be written down.
	tell func(message) (m rendering, ok bool)
	// introduce renders what a recipient has to know before it understands a message
	// of this basis: no value of the house, and nothing the basis does not cover. No
	// payload means that other bases tell all of it already. nil for profiles that
	// need none.
	introduce func(message) (m rendering, ok bool)
	// listens are the topics a recipient may be heard on while its window is open, exact
	// ones and no filters with wildcards; nil for none.
	listens func(Recipient) []string
	// understands reads what it says there; the zero Question is not understood.
	understands func(r Recipient, topic string, payload []byte) Question
	// obeysSession says that the profile carries wishes of whoever is in a session.
	obeysSession bool
	// answers says that the recipient is told only what it has asked (Gate.Ask).
	answers bool
}

// profileOf finds a profile. There is no default.
func profileOf(name string) (profile, bool) {
	switch name {
	case ProfileJSON:
		return profileJSON, true
	case ProfileHomeAssistant:
		return profileHomeAssistant, true
	case ProfileRoom:
		return profileRoom, true
	case ProfileAlexa:
		return profileAlexa, true
	}
	return profile{}, false
}

// ParseProfile returns the name of a profile there is. Anything else is an error.
func ParseProfile(s string) (string, error) {
	if _, ok := profileOf(s); !ok {
		return "", fmt.Errorf("consent: unknown profile %q: use %q, %q or %q", s, ProfileJSON, ProfileHomeAssistant, ProfileAlexa)
	}
	return s, nil
}

// message is what has been decided, as a profile gets it. Every value is rounded, as
// JSON, and covered by the basis.
type message struct {
	recipient  Recipient
	id         string // of the message, 16 hexadecimal digits
	basis      BasisKind
	basisID    string // "" in a preview of a policy
	purpose    Purpose
	scope      Scope
	categories []Category // of the scope, sorted
	sampledAt  string     // see sampleTime
	tickAt     string     // the same, of the snapshot
	fields     []Field
	values     []string // parallel to fields; empty in an introduction
	// before are the other bases of the window that come before this one where both
	// cover the same (request.before).
	before []candidate
	// question is what is answered; nil when nobody has asked.
	question *Question
}

// value finds a value by the name of its field. ok is false when it is not covered.
func (m message) value(field string) (value string, ok bool) {
	for i, f := range m.fields {
		if f.Name == field && i < len(m.values) {
			return m.values[i], true
		}
	}
	return "", false
}

// rendering is a message in its recipient's words.
type rendering struct {
	topic      string
	payload    []byte
	categories []Category // what it tells of, for the ledger
	fields     int        // how many values of the house it carries
}

// Named gives a recipient the device id its profile needs, if it has none: that of old,
// which it takes the place of, or else a new one. One that needs none stays as it is.
func (r Recipient) Named(entropy io.Reader, old Recipient) (Recipient, error) {
	p, ok := profileOf(r.Profile)
	if !ok || !p.named || r.DeviceID != "" {
		return r, nil
	}
	if old.ID == r.ID && old.Profile == r.Profile {
		r.DeviceID = old.DeviceID
		return r, nil
	}
	id, err := NewDeviceID(entropy)
	r.DeviceID = id
	return r, err
}

// Answered reports whether the recipient is told what it has asked and nothing else.
func (r Recipient) Answered() bool {
	p, ok := profileOf(r.Profile)
	return ok && p.answers
}

// Listens are the topics a recipient may be heard on while its window is open: exact
// topics, a closed list that follows from its profile and prefix. Empty for profiles
// that hear nothing.
func (r Recipient) Listens() []string {
	p, ok := profileOf(r.Profile)
	if !ok || p.listens == nil {
		return nil
	}
	return p.listens(r)
}
