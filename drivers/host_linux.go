package drivers

import (
	"errors"
	"fmt"
	"strconv"

	"periph.io/x/conn/v3/driver"
	"periph.io/x/conn/v3/driver/driverreg"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/host/v3/gpioioctl"
	"periph.io/x/host/v3/sysfs"
)

// Host returns the machine's own hardware. It needs the group gpio for the lines and
// the group i2c for the sensor, and no root. It fails when there is no GPIO chip; a
// missing I²C bus shows later, at Sense, because the sensor may come back.
func Host() (Hardware, error) {
	state, err := driverreg.Init()
	keepInput()
	if err != nil {
		return nil, fmt.Errorf("drivers: cannot look for hardware: %w", err)
	}
	if err := loaded(state.Loaded, state.Failed, state.Skipped, "ioctl-gpio"); err != nil {
		return nil, err
	}
	return host{}, nil
}

// loaded looks for the driver called name in what driverreg.Init found. Init itself
// returns nil even when nothing was loaded at all.
func loaded(ok []driver.Impl, failed, skipped []driverreg.DriverFailure, name string) error {
	for _, d := range ok {
		if d.String() == name {
			return nil
		}
	}
	err := errors.New("none could be opened")
	for _, f := range append(failed, skipped...) {
		if f.D.String() == name && f.Err != nil {
			err = f.Err
		}
	}
	return fmt.Errorf("drivers: no GPIO chip can be used (is this a Raspberry Pi, and is the user in the group gpio?): %w", err)
}

type host struct{}

func (host) String() string { return "Raspberry Pi" }

// OpenBus opens the device itself for a number. periph's register of buses is filled
// once at start, so a bus whose module is loaded later would never be found in it.
func (host) OpenBus(name string) (i2c.BusCloser, error) {
	n, err := strconv.Atoi(name)
	if err != nil || n < 0 {
		return nil, fmt.Errorf("drivers: I²C bus %q: write the number of /dev/i2c-N, usually \"1\"", name)
	}
	b, err := sysfs.NewI2C(n)
	if err != nil {
		return nil, fmt.Errorf("drivers: I²C bus %d (dtparam=i2c_arm=on in config.txt, user in the group i2c?): %w", n, err)
	}
	return b, nil
}

func (host) Pin(label, name string) (gpio.PinIO, error) {
	chips := make([]chip, len(gpioioctl.Chips))
	for i, c := range gpioioctl.Chips {
		chips[i].label = c.Label()
		for _, l := range c.Lines() {
			chips[i].lines = append(chips[i].lines, l.Name())
		}
	}
	i, offset, err := pickLine(chips, label, name)
	if err != nil {
		return nil, err
	}
	return gpioioctl.Chips[i].Lines()[offset], nil
}
