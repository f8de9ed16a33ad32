package drivers

import (
	"errors"
	"fmt"
	"time"
)

// Survey is what there is to look at before a board is opened. Taking it claims no
// line and moves no output.
type Survey struct {
	Loaded []string      // periph's drivers that work here
	Failed []DriverState // and those that do not, or need not
	Chips  []ChipState   // GPIO chips that could be opened
}

// DriverState is a driver of periph that is not loaded.
type DriverState struct {
	Name    string
	Skipped bool // its hardware is not here; otherwise it has failed
	Reason  string
}

// ChipState is one GPIO chip and its lines by offset, as the kernel told when the
// program looked first.
type ChipState struct {
	Name  string // gpiochip0; the number means nothing
	Label string // pinctrl-bcm2711
	Lines []LineState
}

// LineState is one line of a chip.
type LineState struct {
	Name   string
	Holder string // who holds it (consumer of GPIO_V2_GET_LINEINFO_IOCTL), "" for nobody who says so
}

// Find looks for the line that Hardware.Pin would choose, by the same rules.
func (s Survey) Find(label, name string) (chipName string, line LineState, err error) {
	chips := make([]chip, len(s.Chips))
	for i, c := range s.Chips {
		chips[i].label = c.Label
		for _, l := range c.Lines {
			chips[i].lines = append(chips[i].lines, l.Name)
		}
	}
	i, offset, err := pickLine(chips, label, name)
	if err != nil {
		return "", LineState{}, err
	}
	return s.Chips[i].Name, s.Chips[i].Lines[offset], nil
}

// Answer is a device that answers on an I²C bus.
type Answer struct {
	Address uint16
	ID      byte // of register 0xD0 at the addresses a BME280 can have; 0 elsewhere
}

// chipNames are what Bosch's chips say of themselves in register 0xD0.
var chipNames = map[byte]string{
	chipBME280: "BME280", // BST-BME280-DS002 §5.4.1
	chipBMP280: "BMP280", // BST-BMP280-DS001 §4.3.1
	0x56:       "BMP280 (sample)", 0x57: "BMP280 (sample)",
	0x61:       "BME680 or BME688", // BST-BME680-DS001 §5.3.1.6
	chipBMP180: "BMP180",
}

// Chip names the chip by its id.
func (a Answer) Chip() string {
	if name, known := chipNames[a.ID]; known {
		return name
	}
	return fmt.Sprintf("unknown chip, id %#02x", a.ID)
}

// The addresses that devices may have, and how long looking for them may take. A bus
// whose clock is held low lets every transfer wait for the kernel's time-out of 1 s.
const (
	firstAddress, lastAddress = 0x08, 0x77
	scanLimit                 = 5 * time.Second
)

// ErrBusHangs is returned by ScanBus when the bus answers too slowly to be asked to the
// end.
var ErrBusHangs = errors.New("drivers: the I²C bus hangs: something holds SDA or SCL low")

// ScanBus reads a byte from every address of a bus, and the chip id where a BME280 can
// be. It only reads. Nobody else may use the bus meanwhile (see Hardware).
func ScanBus(hw Hardware, name string) ([]Answer, error) {
	bus, err := hw.OpenBus(name)
	if err != nil {
		return nil, err
	}
	defer bus.Close()
	var found []Answer
	begun := time.Now()
	for address := uint16(lastAddress); address >= firstAddress; address-- { // the sensor's first
		if time.Since(begun) > scanLimit {
			return found, ErrBusHangs
		}
		var answer [1]byte
		var register []byte
		if address == 0x76 || address == 0x77 {
			register = []byte{regChipID}
		}
		if bus.Tx(address, register, answer[:]) != nil {
			continue // nobody there
		}
		a := Answer{Address: address}
		if register != nil {
			a.ID = answer[0]
		}
		found = append(found, a)
	}
	return found, nil
}
