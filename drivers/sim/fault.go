package sim

import (
	"errors"
	"fmt"
	"strings"
)

// Fault is one thing that can break. The zero value is none.
type Fault uint8

const (
	SensorFrozen     Fault = iota + 1 // the data registers keep their value; the bus works
	SensorDead                        // nobody acknowledges the address
	SensorReset                       // lost its supply: power-on values until it is initialised anew
	SensorResetHeld                   // power-on values whatever one does
	SensorHang                        // every read gives FF, a line is held
	SensorBMP280                      // somebody fitted a BMP280
	RelayWriteFailed                  // no output can be switched
	DoorStuck                         // SetDoor has no effect
	endOfFaults
)

var faultNames = [...]string{"none", "sensor-frozen", "sensor-dead", "sensor-reset", "sensor-reset-held",
	"sensor-hang", "sensor-bmp280", "relay-write", "door-stuck"}

// String is the name that ParseFault understands.
func (f Fault) String() string {
	if int(f) >= len(faultNames) {
		return fmt.Sprintf("fault %d", uint8(f))
	}
	return faultNames[f]
}

// ParseFault reads a name such as "sensor-frozen". "none" is not a fault to set and is
// refused like any other unknown name; the error lists what is known.
func ParseFault(name string) (Fault, error) {
	for f := SensorFrozen; f < endOfFaults; f++ {
		if f.String() == name {
			return f, nil
		}
	}
	return 0, fmt.Errorf("sim: unknown fault %q: want one of %s", name, strings.Join(faultNames[1:], ", "))
}

// ErrNoAcknowledge is what a transfer to a dead or absent chip returns.
var ErrNoAcknowledge = errors.New("sim: no acknowledge on the I²C bus (remote I/O error)")

// ErrRelayWrite is what an output returns under RelayWriteFailed.
var ErrRelayWrite = errors.New("sim: the line cannot be written (input/output error)")

// SetFault breaks something. Several faults can hold at once.
func (b *Board) SetFault(f Fault) { b.setFault(f, true) }

// ClearFault mends it again. What it left behind stays: a chip that was swapped or reset
// comes back with its power-on registers.
func (b *Board) ClearFault(f Fault) { b.setFault(f, false) }

func (b *Board) setFault(f Fault, on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if f == 0 || f >= endOfFaults || b.faults[f] == on {
		return
	}
	b.faults[f] = on
	switch f {
	case SensorFrozen:
		b.chip.frozen = on
	case SensorReset:
		b.chip.powerUp()
		b.chip.latched = on
	case SensorResetHeld:
		b.chip.powerUp()
		b.chip.heldDown = on
	case SensorBMP280:
		b.chip.noHum = on
		b.chip.powerUp()
	}
}

// BrownOut takes the sensor's supply away for an instant. Temperature and pressure
// recover with the next forced conversion, but the humidity setting is lost.
func (b *Board) BrownOut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.chip.powerUp()
}
