//go:build !linux

package drivers

import (
	"errors"
	"runtime"
)

// Look fails everywhere but on Linux.
func Look() (Survey, error) {
	return Survey{}, errors.New("drivers: nothing to look at on " + runtime.GOOS)
}
