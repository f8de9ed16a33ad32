package supervise

import (
	"quietstat/agent/internal/config"
	"quietstat/drivers/sim"
)

// oldThermostat drives the house of a World whose control only looks on: a bimetal in
// the same room, on below 19.5 °C and off above 20.5 °C.
type oldThermostat struct {
	call config.Pin // its contact beside ours; empty: not wired
	on   bool
}

const (
	oldOn  = 19.5 // °C
	oldOff = 20.5
)

// step follows the room and moves the contact.
func (o *oldThermostat) step(room float64, b *sim.Board) error {
	switch {
	case room < oldOn:
		o.on = true
	case room > oldOff:
		o.on = false
	}
	if o.call == "" {
		return nil
	}
	return b.Press(string(o.call), o.on)
}
