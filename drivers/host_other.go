//go:build !linux

package drivers

import (
	"errors"
	"runtime"
)

// Host fails everywhere but on Linux; the simulated board works anywhere.
func Host() (Hardware, error) {
	return nil, errors.New("drivers: no real board on " + runtime.GOOS + ": use the simulated one")
}
