package drivers

import (
	"fmt"

	"periph.io/x/conn/v3/driver/driverreg"
	"periph.io/x/host/v3/gpioioctl"
)

// Look takes the survey of this machine.
func Look() (Survey, error) {
	state, err := driverreg.Init()
	keepInput()
	if err != nil {
		return Survey{}, fmt.Errorf("drivers: cannot look for hardware: %w", err)
	}
	var s Survey
	for _, d := range state.Loaded {
		s.Loaded = append(s.Loaded, d.String())
	}
	for _, list := range []struct {
		of      []driverreg.DriverFailure
		skipped bool
	}{{state.Failed, false}, {state.Skipped, true}} {
		for _, f := range list.of {
			reason := ""
			if f.Err != nil {
				reason = f.Err.Error()
			}
			s.Failed = append(s.Failed, DriverState{Name: f.D.String(), Skipped: list.skipped, Reason: reason})
		}
	}
	for _, c := range gpioioctl.Chips {
		chip := ChipState{Name: c.Name(), Label: c.Label()}
		for _, l := range c.Lines() {
			chip.Lines = append(chip.Lines, LineState{Name: l.Name(), Holder: l.Consumer()})
		}
		s.Chips = append(s.Chips, chip)
	}
	return s, nil
}
