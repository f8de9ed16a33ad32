package consent

// BasisKind is why something may leave. There are three and no other: not
// enrolment, not account linking, not a default, not a certification.
type BasisKind uint8

const (
	BasisNone    BasisKind = iota
	BasisSession           // live evidence from the room and the owner's standing policy
	BasisGrant             // an explicit opt-in of the owner, expiring
	BasisOnce              // one snapshot, within OnceLife
)

var basisNames = []string{"none", "session", "grant", "once"}

// ParseBasisKind reads a name as String writes it. Anything else is an error.
func ParseBasisKind(s string) (BasisKind, error) {
	return enumParse[BasisKind]("basis", basisNames, s)
}

// String returns "session", "grant" or "once".
func (b BasisKind) String() string { return enumName(basisNames, b) }

// MarshalText writes the name; a basis without one is an error.
func (b BasisKind) MarshalText() ([]byte, error) { return enumText("basis", basisNames, b) }

// UnmarshalText reads the name; an unknown one is an error.
func (b *BasisKind) UnmarshalText(t []byte) (err error) {
	*b, err = ParseBasisKind(string(t))
	return err
}
