package hvac

import "time"

// Reading is one sample of the room. At is CLOCK_BOOTTIME. The zero Reading is
// "never sampled" (Valid false) and must not be used for control.
type Reading struct {
	At          time.Duration // CLOCK_BOOTTIME of the conversion
	Valid       bool
	Temperature Celsius
	Humidity    Percent
	Pressure    Pascal
}

// SensorFault is the driver's present complaint about the climate sensor. The
// zero value is "no complaint"; the age of the last Reading is judged apart.
type SensorFault uint8

const (
	FaultNone       SensorFault = iota
	FaultBus                    // the transfer failed (cable, address, power)
	FaultResetValue             // the registers hold their power-on pattern 0x80000
	FaultStuck                  // bit-identical bursts for so long that the noise must have vanished
	FaultTimeout                // the conversion never ended
	FaultChip                   // another chip answers at this address
	FaultRange                  // a value no room can have
)

// Contact is one debounced door. The zero Contact is unknown, which counts as
// closed for comfort and as unpublishable for consent. Open is true for a cut
// cable too: the pull-up wiring reads a missing switch as an open door.
type Contact struct {
	Known bool
	Open  bool
	Since time.Duration // CLOCK_BOOTTIME of the last debounced change
}

// MaxDoors is how many reeds one board can carry.
const MaxDoors = 8
