package supervise

import (
	"testing"

	"quietstat/drivers/sim"
)

func TestOldThermostat(t *testing.T) {
	b := sim.New(1)
	o := &oldThermostat{call: "GPIO16"}
	for i, tt := range []struct {
		room float64
		on   bool
	}{{19.5, false}, {19.49, true}, {20.5, true}, {20.51, false}, {19.5, false}, {10, true}} {
		if err := o.step(tt.room, b); err != nil || o.on != tt.on {
			t.Errorf("row %d: on %v, %v", i, o.on, err)
		}
	}
	if err := (&oldThermostat{}).step(10, b); err != nil {
		t.Errorf("without a wire: %v", err)
	}
}
