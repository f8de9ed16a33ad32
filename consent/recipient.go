package consent

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Reach is how far a recipient's endpoint is from the house.
type Reach uint8

const (
	ReachNone       Reach = iota
	ReachThisDevice       // a broker on the same machine
	ReachLAN              // on the local network; not thereby safe, see Onward
	ReachInternet         // anywhere else
)

var reachNames = []string{"none", "this-device", "lan", "internet"}

// ParseReach reads a name as String writes it. Anything else is an error.
func ParseReach(s string) (Reach, error) { return enumParse[Reach]("reach", reachNames, s) }

// String returns "this-device", "lan" or "internet".
func (r Reach) String() string { return enumName(reachNames, r) }

// MarshalText writes the name; a reach without one is an error.
func (r Reach) MarshalText() ([]byte, error) { return enumText("reach", reachNames, r) }

// UnmarshalText reads the name; an unknown one is an error.
func (r *Reach) UnmarshalText(b []byte) (err error) {
	*r, err = ParseReach(string(b))
	return err
}

// Fingerprint is the SHA-256 of a recipient's canonical form. Consent is given
// to a fingerprint, so a recipient that changes in any way has none.
type Fingerprint [sha256.Size]byte

// String returns 64 hexadecimal digits.
func (f Fingerprint) String() string { return hex.EncodeToString(f[:]) }

// MarshalText writes the hexadecimal form.
func (f Fingerprint) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads exactly 64 lower-case hexadecimal digits.
func (f *Fingerprint) UnmarshalText(b []byte) error {
	var g Fingerprint
	if n, err := hex.Decode(g[:], b[:min(len(b), 2*len(g))]); err != nil || n != len(g) || g.String() != string(b) {
		return fmt.Errorf("consent: a fingerprint is 64 lower-case hexadecimal digits")
	}
	*f = g
	return nil
}

// Recipient is somebody who may be told something, enrolled on the device.
// Enrolment is an event and never a reason to send.
type Recipient struct {
	ID           string   `json:"id"`                     // a-z 0-9 -, 1 to 32, starting with a letter or digit
	DisplayName  string   `json:"display_name"`           // 1 to 64 characters
	LegalEntity  string   `json:"legal_entity,omitempty"` // who answers for it; needed when Reach is internet
	Jurisdiction string   `json:"jurisdiction,omitempty"` // where; needed when Reach is internet
	Reach        Reach    `json:"reach"`                  // how far away
	Endpoint     string   `json:"endpoint"`               // see ParseEndpoint; mqtts when Reach is internet
	Pins         []string `json:"pins,omitempty"`         // "sha256/" and the base64 SHA-256 of a SubjectPublicKeyInfo; mqtts needs one, or a CA
	CA           string   `json:"ca,omitempty"`           // "sha256/" and the base64 SHA-256 of the file ca.pem, the only authorities to trust
	ClientCert   string   `json:"client_cert,omitempty"`  // name of the credential to present, "" for none
	TopicPrefix  string   `json:"topic_prefix"`           // every topic is below it
	Profile      string   `json:"profile"`                // see ParseProfile
	DeviceID     string   `json:"device_id,omitempty"`    // random and stable, of profiles that need one; see NewDeviceID
	Onward       []string `json:"onward,omitempty"`       // third parties it passes data to, as declared
}

// Validate says what is wrong, one thing at a time, and how to put it right.
func (r Recipient) Validate() error {
	if err := validID(r.ID); err != nil {
		return err
	}
	if err := validText("display name", r.DisplayName, 64); err != nil {
		return err
	}
	ep, err := ParseEndpoint(r.Endpoint)
	if err != nil {
		return err
	}
	switch r.Reach {
	case ReachThisDevice, ReachLAN:
	case ReachInternet:
		if !ep.TLS() {
			return fmt.Errorf("consent: a recipient on the internet needs an mqtts:// endpoint")
		}
		if r.LegalEntity == "" || r.Jurisdiction == "" {
			return fmt.Errorf("consent: a recipient on the internet needs a legal entity and a jurisdiction: say who answers for the data, and where")
		}
	default:
		return fmt.Errorf("consent: recipient has no reach: say this-device, lan or internet")
	}
	if err := r.validTLS(ep); err != nil {
		return err
	}
	if err := validPrefix(r.TopicPrefix); err != nil {
		return err
	}
	if _, err := ParseProfile(r.Profile); err != nil {
		return err
	}
	if p, _ := profileOf(r.Profile); p.validate != nil {
		if err := p.validate(r); err != nil {
			return err
		}
	}
	for _, t := range append([]string{r.LegalEntity, r.Jurisdiction, r.ClientCert}, r.Onward...) {
		if t != "" {
			if err := validText("legal entity, jurisdiction, client certificate or onward party", t, 128); err != nil {
				return err
			}
		}
	}
	if len(r.Onward) > 16 || len(r.Pins) > 8 || slices.Contains(r.Onward, "") {
		return fmt.Errorf("consent: a recipient has at most 8 pins and 16 onward parties, none of them empty")
	}
	return nil
}

// validTLS wants an encrypted endpoint to say who is at its other end, and one that
// is not encrypted to say nothing of the kind.
func (r Recipient) validTLS(ep Endpoint) error {
	if ep.TLS() != (len(r.Pins) > 0 || r.CA != "") {
		return fmt.Errorf("consent: an mqtts:// endpoint needs at least one pin or a CA, and an mqtt:// endpoint can have none")
	}
	for _, p := range r.Pins {
		if err := validPin(p); err != nil {
			return err
		}
	}
	if r.CA != "" && validPin(r.CA) != nil {
		return fmt.Errorf("consent: a CA is sha256/ and the base64 SHA-256 of its file ca.pem")
	}
	return nil
}

// Canonical is the byte form the fingerprint covers: a version line, then for
// every field in a fixed order its name and its values with their lengths.
// Pins and onward parties are sorted, for their order means nothing. A field that
// came later than the form is left out while it is empty, so that a recipient that
// did not change keeps its fingerprint.
func (r Recipient) Canonical() []byte {
	var b bytes.Buffer
	b.WriteString("quietstat/recipient/1\n")
	for _, f := range r.parts() {
		if f.later && len(f.values) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s %d\n", f.name, len(f.values))
		for _, v := range f.values {
			fmt.Fprintf(&b, "%d:%s\n", len(v), v)
		}
	}
	return b.Bytes()
}

// Fingerprint is the SHA-256 of Canonical.
func (r Recipient) Fingerprint() Fingerprint { return sha256.Sum256(r.Canonical()) }

// Changed names the fields in which two recipients differ, in canonical order.
// Any of them voids every policy and grant.
func Changed(old, new Recipient) []string {
	var names []string
	a, b := old.parts(), new.parts()
	for i := range a {
		if !slices.Equal(a[i].values, b[i].values) {
			names = append(names, a[i].name)
		}
	}
	return names
}

type part struct {
	name   string
	values []string
	later  bool // came after the first form
}

func (r Recipient) parts() []part {
	return []part{
		{name: "id", values: []string{r.ID}},
		{name: "display_name", values: []string{r.DisplayName}},
		{name: "legal_entity", values: []string{r.LegalEntity}},
		{name: "jurisdiction", values: []string{r.Jurisdiction}},
		{name: "reach", values: []string{r.Reach.String()}},
		{name: "endpoint", values: []string{r.Endpoint}},
		{name: "pins", values: slices.Sorted(slices.Values(r.Pins))},
		{name: "client_cert", values: []string{r.ClientCert}},
		{name: "topic_prefix", values: []string{r.TopicPrefix}},
		{name: "profile", values: []string{r.Profile}},
		{name: "onward", values: slices.Sorted(slices.Values(r.Onward))},
		{"ca", slices.DeleteFunc([]string{r.CA}, func(s string) bool { return s == "" }), true},
		{"device_id", slices.DeleteFunc([]string{r.DeviceID}, func(s string) bool { return s == "" }), true},
	}
}

func validID(id string) error {
	if len(id) < 1 || len(id) > 32 || id[0] == '-' || !only(id, "abcdefghijklmnopqrstuvwxyz0123456789-") {
		return fmt.Errorf("consent: a recipient's id is 1 to 32 of a-z, 0-9 and -, starting with a letter or digit")
	}
	return nil
}

func validText(what, s string, limit int) error {
	if s == "" || !utf8.ValidString(s) || utf8.RuneCountInString(s) > limit || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Errorf("consent: %s must be 1 to %d printable characters", what, limit)
	}
	return nil
}

func validPin(p string) error {
	b64, ok := strings.CutPrefix(p, "sha256/")
	raw, err := base64.StdEncoding.Strict().DecodeString(b64)
	if !ok || err != nil || len(raw) != sha256.Size {
		return fmt.Errorf("consent: a pin is sha256/ and the base64 SHA-256 of the broker's public key")
	}
	return nil
}

func validPrefix(p string) error {
	ok := len(p) >= 1 && len(p) <= 128 && utf8.ValidString(p) &&
		!strings.ContainsAny(p, "+#$\x00 ") && !strings.HasPrefix(p, "/") && !strings.HasSuffix(p, "/") && !strings.Contains(p, "//") &&
		!strings.ContainsFunc(p, func(r rune) bool { return !unicode.IsPrint(r) })
	if !ok {
		return fmt.Errorf("consent: a topic prefix is 1 to 128 printable bytes without + # $ or spaces, and has no empty level")
	}
	return nil
}
