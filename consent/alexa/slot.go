package alexa

import (
	"fmt"
	"strings"
)

// Every answer to a question of one kind has one size, in bytes: whether it is an
// error, an echo or a state, and whatever the state is. Both are size classes of
// package consent.
const (
	slot         = 2048 // holds four properties behind the longest token and endpoint id
	discoverSlot = 4096 // holds a thermostat and eight doors
	maxOwnID     = 16   // of this device's own endpoint id
)

// padded fills the slot with spaces behind the message, the only place where JSON
// leaves room: a property object may have no member of our own.
func (r Reply) padded(message string, told []string, size int) ([]byte, []string, error) {
	if len(message) > size {
		return nil, nil, fmt.Errorf("%w: %d bytes, more than %d", ErrReply, len(message), size)
	}
	return []byte(message + strings.Repeat(" ", size-len(message))), told, nil
}
