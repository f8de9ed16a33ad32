package drivers

import (
	"errors"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
)

// Hardware is where a Board gets its bus and its pins from: the Raspberry Pi
// itself (Host) or the simulated one (package sim). Implementations must be safe
// for concurrent use, and nothing obtained from one may be touched by another
// program at the same time.
type Hardware interface {
	// OpenBus opens the I²C bus of that name, "1" for /dev/i2c-1. The empty name
	// is refused: periph would pick the lowest numbered bus, which on a Pi may
	// belong to the HDMI connector.
	OpenBus(name string) (i2c.BusCloser, error)
	// Pin finds a line by name ("GPIO17") on the GPIO chip whose label begins with
	// chip; an empty chip means DefaultChip. The line is not configured yet.
	Pin(chip, name string) (gpio.PinIO, error)
	// String names the hardware for logs.
	String() string
}

// InputBatcher is what a Hardware implements beside Hardware when it can read
// many inputs at the price of one (the remote simulated board: one round trip).
type InputBatcher interface {
	// BatchInputs prepares a reader for pins that came from this Hardware and have
	// been configured as inputs. The reader fills levels in the order of pins; after
	// an error levels mean nothing.
	BatchInputs(pins []gpio.PinIO) (func(levels []gpio.Level) error, error)
}

// DefaultChip is the label prefix of the GPIO chip that carries the header pins on
// every Raspberry Pi (pinctrl-bcm2835, pinctrl-bcm2711, pinctrl-rp1). The number of
// the chip moves between kernels (gpiochip4 became gpiochip0 on the Pi 5 within
// 6.6.y) and is never used.
const DefaultChip = "pinctrl-"

// ErrClosed is what a Board answers after Close: nothing can be switched on again.
var ErrClosed = errors.New("drivers: the board is closed")

// ErrNotFitted is returned when the configuration names no pin for what was asked.
var ErrNotFitted = errors.New("drivers: not fitted: the configuration names no pin for it")
