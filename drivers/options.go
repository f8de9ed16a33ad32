package drivers

import (
	"errors"
	"fmt"
	"time"

	"quietstat/hvac"
)

// DefaultDebounce is how long a contact must rest before its new state counts. Reed
// switches settle within about 1 ms and push buttons within 20 ms; 50 ms leaves room
// for a door that rattles in its frame and is still instant for a person.
const DefaultDebounce = 50 * time.Millisecond

// maxDebounce keeps a typing error from making a door or a button useless.
const maxDebounce = time.Second

// Options is the wiring of one board. The zero value has no bus and is refused.
type Options struct {
	Bus     string        // I²C bus by name: "1" is /dev/i2c-1, the bus on header pins 3 and 5
	Address uint16        // 0x76 (SDO to ground) or 0x77 (SDO to supply)
	Second  uint16        // address of a second BME280 on the bus, the other of the two; 0: not fitted
	Chip    string        // label prefix of the GPIO chip; empty means DefaultChip
	Doors   []DoorOptions // at most hvac.MaxDoors, in the order in which Board.Doors returns them

	Heat, Cool, Fan RelayOptions // W1, Y and G
	Heat2           RelayOptions // W2: the second stage; needs Heat
	Compressor      RelayOptions // Y of a heat pump, which then takes the place of Heat and Cool
	Reversing       RelayOptions // O/B: its reversing valve
	ReversingB      bool         // the valve's coil is energised for heating (B), not for cooling (O)
	Aux             RelayOptions // auxiliary heat beside it
	Dehumidifier    RelayOptions
	Indicator       RelayOptions
	TalkPin         string // push button to ground; empty: not fitted
	QuietPin        string // push button to ground; empty: not fitted
	CallPin         string // dry contact of another thermostat to ground, closed while it calls for heat; empty: not fitted

	Debounce time.Duration // 1 ms to 1 s; 0 means DefaultDebounce
}

// DoorOptions is one reed switch to ground, closed while the door is closed.
type DoorOptions struct {
	ID  string // stable name, unique on the board
	Pin string // line name, "GPIO22"
}

// RelayOptions is one output. An empty Pin means that it is not fitted.
type RelayOptions struct {
	Pin       string
	ActiveLow bool // the relay closes when the line is low
}

// check refuses what cannot be meant and fills in the defaults. It touches no
// hardware, so a wrong wiring list never moves a relay.
func (o *Options) check() error {
	if o.Bus == "" {
		return errors.New("drivers: no I²C bus named: set it to \"1\" for /dev/i2c-1")
	}
	if o.Address != 0x76 && o.Address != 0x77 {
		return fmt.Errorf("drivers: sensor address %#x: a BME280 answers at 0x76 (SDO low) or 0x77 (SDO high)", o.Address)
	}
	if o.Second != 0 && (o.Second == o.Address || o.Second != 0x76 && o.Second != 0x77) {
		return fmt.Errorf("drivers: second sensor address %#x: want %#x, the address the first one does not have, or 0 for none", o.Second, 0x76+0x77-o.Address)
	}
	if o.Debounce == 0 {
		o.Debounce = DefaultDebounce
	}
	if o.Debounce < time.Millisecond || o.Debounce > maxDebounce {
		return fmt.Errorf("drivers: debounce %v: want 1ms to %v", o.Debounce, maxDebounce)
	}
	if len(o.Doors) > hvac.MaxDoors {
		return fmt.Errorf("drivers: %d doors: a board carries at most %d", len(o.Doors), hvac.MaxDoors)
	}
	used := map[string]string{}
	claim := func(pin, what string) error {
		if pin == "" {
			return nil
		}
		if other, taken := used[pin]; taken {
			return fmt.Errorf("drivers: pin %s is given to both %s and %s: each needs its own", pin, other, what)
		}
		used[pin] = what
		return nil
	}
	var errs []error
	for _, r := range o.outputs() {
		errs = append(errs, claim(r.Pin, r.what))
	}
	errs = append(errs, claim(o.TalkPin, "the talk button"), claim(o.QuietPin, "the quiet button"), claim(o.CallPin, "the call for heat"))
	ids := map[string]bool{}
	for i, d := range o.Doors {
		what := fmt.Sprintf("door number %d", i+1)
		switch {
		case d.ID == "":
			errs = append(errs, fmt.Errorf("drivers: %s has no id", what))
		case ids[d.ID]:
			errs = append(errs, fmt.Errorf("drivers: %s has the id of an earlier door: ids must differ", what))
		case d.Pin == "":
			errs = append(errs, fmt.Errorf("drivers: %s has no pin", what))
		}
		ids[d.ID] = true
		errs = append(errs, claim(d.Pin, what))
	}
	return errors.Join(append(errs, o.equipment())...)
}

// equipment refuses wiring in which the interlock could not tell what heats from what
// cools.
func (o *Options) equipment() error {
	fitted := func(r RelayOptions) bool { return r.Pin != "" }
	switch {
	case fitted(o.Compressor) && (fitted(o.Heat) || fitted(o.Heat2) || fitted(o.Cool)):
		return errors.New("drivers: a compressor beside a heat, heat2 or cool relay: a heat pump heats and cools with its compressor; wire a burner as aux")
	case !fitted(o.Compressor) && (fitted(o.Reversing) || fitted(o.Aux)):
		return errors.New("drivers: a reversing valve or auxiliary heat without a compressor: both belong to a heat pump")
	case fitted(o.Heat2) && !fitted(o.Heat):
		return errors.New("drivers: a second heating stage without a first: wire heat too")
	}
	return nil
}

// output is one configured output with its name for error texts.
type output struct {
	RelayOptions
	what string
}

// indicator is the place of the light in outputs, after the relays.
const indicator = int(hvac.MaxLines)

// outputs lists every output in the order of hvac.Line, and the indicator after them:
// what burns, what compresses, what steers the compressor, what blows, what shines. In
// that order they are made safe, so the valve never turns under a compressor.
func (o *Options) outputs() [indicator + 1]output {
	return [...]output{
		hvac.LineHeat:       {o.Heat, "the heat relay"},
		hvac.LineHeat2:      {o.Heat2, "the heat2 relay"},
		hvac.LineAux:        {o.Aux, "the aux relay"},
		hvac.LineCool:       {o.Cool, "the cool relay"},
		hvac.LineCompressor: {o.Compressor, "the compressor relay"},
		hvac.LineDry:        {o.Dehumidifier, "the dehumidifier relay"},
		hvac.LineReversing:  {o.Reversing, "the reversing valve relay"},
		hvac.LineFan:        {o.Fan, "the fan relay"},
		indicator:           {o.Indicator, "the indicator"},
	}
}
