package consent

import (
	"fmt"
	"strings"
)

// The closed vocabularies of this package are small integers whose zero value
// means nothing. Their names stand in a slice; index 0 is only ever printed,
// never parsed, so that an empty or forgotten word cannot be read back as a
// choice.

func enumName[T ~uint8](names []string, v T) string {
	if int(v) < len(names) {
		return names[v]
	}
	return fmt.Sprintf("unknown(%d)", uint8(v))
}

func enumParse[T ~uint8](what string, names []string, s string) (T, error) {
	for i, name := range names {
		if i > 0 && name == s {
			return T(i), nil
		}
	}
	return 0, fmt.Errorf("consent: unknown %s %q: use one of %s", what, s, strings.Join(names[1:], ", "))
}

func enumText[T ~uint8](what string, names []string, v T) ([]byte, error) {
	if v == 0 || int(v) >= len(names) {
		return nil, fmt.Errorf("consent: %s %d has no name and cannot be written", what, uint8(v))
	}
	return []byte(names[v]), nil
}
