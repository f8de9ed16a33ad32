package drivers

import (
	"errors"
	"strings"
	"testing"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
)

// claimedPin is a line that another program holds, as gpioioctl shows it.
type claimedPin struct {
	gpio.PinIO
	by       string
	believes bool
}

// freePin takes whatever it is told.
type freePin struct{ gpio.PinIO }

func (freePin) Out(gpio.Level) error          { return nil }
func (freePin) In(gpio.Pull, gpio.Edge) error { return nil }

var errTaken = errors.New("line_request ioctl: device or resource busy")

func (p *claimedPin) Consumer() string { return p.by }

// Out is refused; like a line of gpioioctl it believes afterwards that it is an output,
// and writes to whatever file it has, until it is closed.
func (p *claimedPin) Out(gpio.Level) error {
	if p.believes {
		return errors.New("inappropriate ioctl for device")
	}
	p.believes = true
	return errTaken
}
func (p *claimedPin) Close()                        { p.believes = false }
func (p *claimedPin) In(gpio.Pull, gpio.Edge) error { return errTaken }

type claimedHardware struct{ by map[string]string }

func (claimedHardware) String() string                        { return "claimed" }
func (claimedHardware) OpenBus(string) (i2c.BusCloser, error) { return nil, errors.New("no bus") }
func (h claimedHardware) Pin(_, name string) (gpio.PinIO, error) {
	if by, claimed := h.by[name]; claimed {
		return &claimedPin{PinIO: gpio.INVALID, by: by}, nil
	}
	return freePin{gpio.INVALID}, nil
}

func TestWhoHoldsALine(t *testing.T) {
	options := Options{Bus: "1", Address: 0x76, Heat: RelayOptions{Pin: "GPIO17"}, Cool: RelayOptions{Pin: "GPIO27"}, QuietPin: "GPIO23"}
	tests := []struct {
		by        map[string]string
		want, not string
	}{
		{map[string]string{"GPIO17": "other@12"}, "the heat relay (pin GPIO17, held by other@12 when this program began)", "GPIO27"},
		{map[string]string{"GPIO17": ""}, "the heat relay (pin GPIO17)", "held"},
		{map[string]string{"GPIO17": "a", "GPIO27": "b"}, "GPIO27, held by b", ""},
		{map[string]string{"GPIO23": "other@12"}, "pin GPIO23, held by other@12 when this program began", "GPIO17"},
	}
	for _, tt := range tests {
		_, err := Open(claimedHardware{tt.by}, options)
		if !errors.Is(err, errTaken) || !strings.Contains(err.Error(), tt.want) || tt.not != "" && strings.Contains(err.Error(), tt.not) {
			t.Errorf("held %v: err = %v, want %q and not %q", tt.by, err, tt.want, tt.not)
		}
		if strings.Contains(err.Error(), "inappropriate") || strings.Count(err.Error(), errTaken.Error()) != len(tt.by) {
			t.Errorf("held %v: err = %v, want the kernel's refusal once for each line", tt.by, err)
		}
	}
}
