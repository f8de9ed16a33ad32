package sim

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"

	"quietstat/drivers"
)

// Label is the label of the simulated GPIO chip.
const Label = "pinctrl-sim"

const (
	busName     = "1"
	headerLines = 28 // GPIO0 to GPIO27, as on the 40-pin header
)

// Board is the simulated hardware. All methods are safe for concurrent use.
type Board struct {
	mu       sync.Mutex // guards everything below
	clock    func() time.Duration
	chip     *bme280
	address  uint16
	second   beside // a second sensor, if FitSecond put one there
	air      climate
	faults   [endOfFaults]bool
	pins     [headerLines]*simPin
	onOutput func(pin string, level gpio.Level)
}

// New returns a board whose sensor noise comes from seed, in a room of 20 °C, 50 %RH
// and 101 325 Pa, on real time, with the sensor at 0x76 on bus "1".
func New(seed uint64) *Board {
	begun := time.Now()
	b := &Board{
		clock:   func() time.Duration { return time.Since(begun) },
		chip:    newBME280(seed, DatasheetCalibration),
		address: 0x76,
		air:     climate{celsius: 20, percent: 50, pascal: 101325},
	}
	for i := range b.pins {
		b.pins[i] = newPin(b, i)
	}
	return b
}

// SetClock gives the time on which conversions last. It is called with the board
// locked and must not call back.
func (b *Board) SetClock(clock func() time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock = clock
}

// SetClimate sets what the sensor is surrounded by: °C, %RH and Pa. The next conversion
// to end measures it.
func (b *Board) SetClimate(celsius, percent, pascal float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.air = climate{celsius, percent, pascal}
}

// SetCalibration swaps the sensor for one with other constants; it starts at its
// power-on values.
func (b *Board) SetCalibration(c Calibration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.chip.calib = c
	b.chip.powerUp()
}

// SetAddress moves the sensor to another bus address.
func (b *Board) SetAddress(address uint16) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.address = address
}

// String implements drivers.Hardware.
func (b *Board) String() string { return "simulated board" }

// OpenBus implements drivers.Hardware; there is one bus, "1".
func (b *Board) OpenBus(name string) (i2c.BusCloser, error) {
	if name != busName {
		return nil, fmt.Errorf("sim: no I²C bus %q: the simulated board has %q", name, busName)
	}
	return bus{b}, nil
}

// Pin implements drivers.Hardware.
func (b *Board) Pin(chip, name string) (gpio.PinIO, error) {
	if chip == "" {
		chip = drivers.DefaultChip
	}
	if !strings.HasPrefix(Label, chip) {
		return nil, fmt.Errorf("sim: no GPIO chip with a label beginning %q (there is: %s)", chip, Label)
	}
	p, err := b.line(name)
	if err != nil {
		return nil, err
	}
	return p, nil
}

func (b *Board) line(name string) (*simPin, error) {
	n, err := strconv.Atoi(strings.TrimPrefix(name, "GPIO"))
	if err != nil || n < 0 || n >= headerLines || name != "GPIO"+strconv.Itoa(n) {
		return nil, fmt.Errorf("sim: no line named %q: write it like GPIO17 (GPIO0 to GPIO%d)", name, headerLines-1)
	}
	return b.pins[n], nil
}

// bus is the one I²C bus of a board.
type bus struct{ b *Board }

func (u bus) String() string                  { return "I2C" + busName }
func (u bus) Close() error                    { return nil }
func (u bus) SetSpeed(physic.Frequency) error { return nil }

// Tx implements i2c.Bus: writes are (register, value) pairs, a write of one byte with a
// read is a read from that register on.
func (u bus) Tx(addr uint16, w, r []byte) error {
	b := u.b
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock()
	if b.second.chip != nil && addr == b.second.address {
		return b.second.transfer(w, r, now)
	}
	if b.faults[SensorDead] || addr != b.address {
		return ErrNoAcknowledge
	}
	if len(r) == 0 {
		b.chip.write(w, now)
		return nil
	}
	if b.faults[SensorHang] {
		for i := range r {
			r[i] = 0xFF
		}
		return nil
	}
	var reg byte
	if len(w) > 0 {
		reg = w[0]
	}
	b.chip.read(reg, r, now, b.air)
	return nil
}

var _ drivers.Hardware = (*Board)(nil)
