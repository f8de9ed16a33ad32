package config

import (
	"strings"
	"testing"

	"quietstat/drivers"
)

// TestShadowNamesNoRelay: what the drivers are not told of they cannot move.
func TestShadowNamesNoRelay(t *testing.T) {
	c, err := Parse("q.toml", []byte(strings.Replace(string(Example()), "shadow = false", "shadow = true", 1)))
	if err != nil {
		t.Fatal(err)
	}
	o := c.DriversOptions()
	none := drivers.RelayOptions{}
	for name, r := range map[string]drivers.RelayOptions{"heat": o.Heat, "cool": o.Cool, "fan": o.Fan, "heat2": o.Heat2,
		"compressor": o.Compressor, "reversing": o.Reversing, "aux": o.Aux, "dehumidifier": o.Dehumidifier} {
		if r != none {
			t.Errorf("%s is claimed: %+v", name, r)
		}
	}
	if o.CallPin != "GPIO16" || o.Indicator.Pin != "GPIO25" {
		t.Errorf("the call is on %q, the light on %q", o.CallPin, o.Indicator.Pin)
	}
	if p := c.HVACParams(); !p.CanHeat || p.Validate() != nil {
		t.Error("what is wired is still what could be heated with")
	}
	c.Control.Shadow = false
	if o = c.DriversOptions(); o.Heat == none || o.CallPin == "" {
		t.Errorf("without shadow: %+v", o)
	}
}

func TestCallForHeatNeedsAPinOfItsOwn(t *testing.T) {
	text := strings.Replace(string(Example()), `call_for_heat = "GPIO16"`, `call_for_heat = "GPIO17"`, 1)
	if _, err := Parse("q.toml", []byte(text)); err == nil || !strings.Contains(err.Error(), "GPIO17") {
		t.Errorf("a relay's pin: %v", err)
	}
}
