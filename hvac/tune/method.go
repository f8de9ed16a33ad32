package tune

import "fmt"

// Method chooses the rules that may propose gains. The zero value is Auto.
type Method uint8

const (
	Auto  Method = iota // all rules and variations of the best; the simulation chooses
	SIMC                // Skogestad's rule alone
	AMIGO               // the rule of Åström and Hägglund alone
)

var methodWords = [...]string{Auto: "auto", SIMC: "simc", AMIGO: "amigo"}

// String is auto, simc or amigo.
func (m Method) String() string {
	if int(m) < len(methodWords) {
		return methodWords[m]
	}
	return fmt.Sprintf("method %d", uint8(m))
}

// ParseMethod reads a word; "" is Auto. The error lists what is allowed.
func ParseMethod(word string) (Method, error) {
	for i, w := range methodWords {
		if word == w || word == "" {
			return Method(i), nil
		}
	}
	return Auto, fmt.Errorf("tuning method %q is not known: use one of auto, simc, amigo", word)
}
