package config

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quietstat/drivers"
)

// TestHVACParams changes every key the controller sees, so that a forgotten line of
// the conversion shows.
func TestHVACParams(t *testing.T) {
	c, err := Parse("q.toml", []byte(`
[relays.cool]
pin = "GPIO27"
type = "cooling"
[sensor]
stale_after = "61s"
[control]
period = "2s"
min_on = "62s"
min_off = "63s"
cool_min_off = "64s"
[comfort]
setpoint_min = 6.5
setpoint_max = 26.5
deadband = 0.25
heat_cool_difference = 3.5
[pause]
open_delay = "1s"
close_delay = "2s"
maximum = "6m"
[safety]
frost_floor = 8.5
overheat = 36.5
[tuning]
kp = 0.5
ti = "65s"
td = "66s"
filter = "67s"
`))
	if err != nil {
		t.Fatal(err)
	}
	got := c.HVACParams()
	want := shipped
	want.Gains.Kp, want.Gains.Ti, want.Gains.Td, want.Gains.FilterTime = 0.5, 65*time.Second, 66*time.Second, 67*time.Second
	want.Deadband, want.HeatCoolDifference, want.Tick = 0.25, 3.5, 2*time.Second
	want.MinOn, want.MinOff, want.CoolDwell = 62*time.Second, 63*time.Second, 64*time.Second
	want.OpenDelay, want.CloseDelay, want.MaxDoorPause = time.Second, 2*time.Second, 6*time.Minute
	want.FrostFloor, want.Overheat, want.StaleAfter = 8.5, 36.5, 61*time.Second
	want.SetpointMin, want.SetpointMax = 6.5, 26.5
	want.CanHeat, want.CanCool = false, true
	if got != want {
		t.Errorf("parameters\n%+v, want\n%+v", got, want)
	}
}

// TestDriversOptions wires every line to a pin of its own, so that two that are
// mixed up show.
func TestDriversOptions(t *testing.T) {
	c, err := Parse("q.toml", []byte(`
doors = [{ id = "front", pin = "GPIO4", label = "Front" }, { id = "back", pin = "GPIO5" }]
[board]
bus = "0"
address = 0x77
chip = "pinctrl-rp1"
talk = "GPIO6"
quiet = "GPIO7"
[board.indicator]
pin = "GPIO8"
active_low = true
[relays.heat]
pin = "GPIO9"
type = "heating"
active_low = true
[relays.cool]
pin = "GPIO10"
type = "cooling"
[relays.fan]
pin = "GPIO11"
type = "fan"
active_low = true
`))
	if err != nil {
		t.Fatal(err)
	}
	want := drivers.Options{
		Bus: "0", Address: 0x77, Chip: "pinctrl-rp1",
		Doors:     []drivers.DoorOptions{{ID: "front", Pin: "GPIO4"}, {ID: "back", Pin: "GPIO5"}},
		Heat:      drivers.RelayOptions{Pin: "GPIO9", ActiveLow: true},
		Cool:      drivers.RelayOptions{Pin: "GPIO10"},
		Fan:       drivers.RelayOptions{Pin: "GPIO11", ActiveLow: true},
		Indicator: drivers.RelayOptions{Pin: "GPIO8", ActiveLow: true},
		TalkPin:   "GPIO6", QuietPin: "GPIO7",
	}
	if diff := cmp.Diff(want, c.DriversOptions()); diff != "" {
		t.Errorf("options (-want +got)\n%s", diff)
	}
	if c.Doors[1].Label != "back" {
		t.Errorf("a door without a label is called %q, want its id", c.Doors[1].Label)
	}
}
