package drivers

import (
	"errors"
	"strings"
	"testing"

	"periph.io/x/conn/v3/driver"
	"periph.io/x/conn/v3/driver/driverreg"
)

type fakeDriver string

func (f fakeDriver) String() string        { return string(f) }
func (fakeDriver) Prerequisites() []string { return nil }
func (fakeDriver) After() []string         { return nil }
func (fakeDriver) Init() (bool, error)     { return true, nil }

func TestLoaded(t *testing.T) {
	cause := errors.New("no GPIO chips found")
	failure := []driverreg.DriverFailure{{D: fakeDriver("other"), Err: errors.New("unrelated")}, {D: fakeDriver("ioctl-gpio"), Err: cause}}
	if err := loaded([]driver.Impl{fakeDriver("x"), fakeDriver("ioctl-gpio")}, nil, nil, "ioctl-gpio"); err != nil {
		t.Errorf("loaded: %v", err)
	}
	for name, err := range map[string]error{
		"failed":  loaded(nil, failure, nil, "ioctl-gpio"),
		"skipped": loaded(nil, nil, failure, "ioctl-gpio"),
	} {
		if !errors.Is(err, cause) || !strings.Contains(err.Error(), "group gpio") {
			t.Errorf("%s: err = %v, want the cause and the remedy", name, err)
		}
	}
	if err := loaded(nil, nil, nil, "ioctl-gpio"); err == nil {
		t.Error("nothing loaded and nothing failed: want an error")
	}
}

func TestHostOpenBusNames(t *testing.T) {
	for _, name := range []string{"", "-1", "i2c-1", "/dev/i2c-1"} {
		if _, err := (host{}).OpenBus(name); err == nil || !strings.Contains(err.Error(), "usually \"1\"") {
			t.Errorf("OpenBus(%q): err = %v, want the remedy", name, err)
		}
	}
	// No machine has this many buses: the error must name the bus and the remedy.
	if _, err := (host{}).OpenBus("99999"); err == nil || !strings.Contains(err.Error(), "dtparam=i2c_arm=on") {
		t.Errorf("absent bus: err = %v, want the remedy", err)
	}
}
