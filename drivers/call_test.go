package drivers_test

import (
	"testing"
	"time"

	"quietstat/drivers"
	"quietstat/drivers/sim"
)

func TestCallForHeat(t *testing.T) {
	hw := sim.New(1)
	b, err := drivers.Open(hw, drivers.Options{Bus: "1", Address: 0x76, CallPin: "GPIO16",
		Doors: []drivers.DoorOptions{{ID: "front", Pin: "GPIO22"}}, TalkPin: "GPIO24", QuietPin: "GPIO23"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	now := time.Second
	for i, calling := range []bool{false, true, true, false} {
		if err := hw.Press("GPIO16", calling); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			now += drivers.DefaultDebounce
			if err := b.Poll(now); err != nil {
				t.Fatal(err)
			}
		}
		if got, known := b.CallForHeat(); got != calling || !known {
			t.Errorf("row %d: %v, %v", i, got, known)
		}
	}
	if c := b.Buttons(); c != (drivers.Buttons{}) {
		t.Errorf("a call is taken for a press: %+v", c)
	}
	none, err := drivers.Open(sim.New(1), drivers.Options{Bus: "1", Address: 0x76})
	if err != nil {
		t.Fatal(err)
	}
	defer none.Close()
	if got, known := none.CallForHeat(); got || known {
		t.Errorf("none fitted: %v, %v", got, known)
	}
	if _, err := drivers.Open(sim.New(1), drivers.Options{Bus: "1", Address: 0x76, CallPin: "GPIO24", TalkPin: "GPIO24"}); err == nil {
		t.Error("two uses of one pin are accepted")
	}
}
