package supervise

import (
	"context"
	"net"
	"testing"
	"time"

	"quietstat/agent/internal/config"
	"quietstat/drivers"
	"quietstat/drivers/sim"
	"quietstat/hvac"
	"quietstat/hvac/house"
)

func TestWorldFollowsTheRelayPin(t *testing.T) {
	c, _ := simulated(t, folder(t))
	w, err := NewWorld(c, house.KindE, 1, 5*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	link, err := w.Link(ctx)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.FileConn(link.File)
	if err != nil {
		t.Fatal(err)
	}
	link.File.Close()
	remote := sim.Dial(conn)
	board, err := drivers.Open(remote, c.DriversOptions())
	if err != nil {
		t.Fatal(err)
	}
	if w.Heating() || w.Cooling() {
		t.Error("a relay is on at the start")
	}
	if err := board.SetRelays(hvac.Outputs{Call: hvac.CallHeat, Lines: hvac.Lines{Work: hvac.WorkHeat}}); err != nil {
		t.Fatal(err)
	}
	if !w.Heating() {
		t.Fatal("the world does not see the relay")
	}
	before := w.Climate().Air
	for range 600 {
		w.Advance(time.Second)
	}
	if after := w.Climate().Air; after <= before {
		t.Errorf("ten minutes of heating: %v to %v", before, after)
	}
	if err := remote.Close(); err != nil {
		t.Fatal(err)
	}
	w.Advance(time.Second)
	if !w.Heating() {
		t.Error("the pin let go when its controller went: a Pi's kernel keeps it")
	}
}

func TestWorldIsTheSameForASeed(t *testing.T) {
	c, _ := simulated(t, folder(t))
	run := func(seed uint64) house.Climate {
		w, err := NewWorld(c, house.KindR, seed, 12*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		for range 3600 {
			w.Advance(time.Second)
		}
		return w.Climate()
	}
	if run(1) != run(1) {
		t.Error("two worlds of one seed differ")
	}
	if run(1) == run(2) {
		t.Error("two seeds give one world")
	}
}

func TestDoorsMoveHouseAndContact(t *testing.T) {
	c, _ := simulated(t, folder(t))
	w, err := NewWorld(c, house.KindE, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewWorld(c, house.KindE, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.MoveDoor("front", true); err != nil {
		t.Fatal(err)
	}
	for range 600 {
		w.Advance(time.Second)
		other.Advance(time.Second)
	}
	if open, shut := w.Climate().Air, other.Climate().Air; open >= shut {
		t.Errorf("with an open door %v, without %v", open, shut)
	}
	if err := w.MoveDoor("garage", true); err == nil {
		t.Error("a door that does not exist was opened")
	}
}

// A heat pump heats or cools by where its valve stands, as seen on the pins.
func TestWorldFollowsAHeatPump(t *testing.T) {
	c, _ := simulated(t, folder(t))
	c.Relays = config.Relays{
		Compressor: config.Line{Pin: "GPIO17"}, Reversing: config.Valve{Line: config.Line{Pin: "GPIO27"}, B: true},
		Aux: config.Line{Pin: "GPIO5", ActiveLow: true},
	}
	w, err := NewWorld(c, house.KindE, 1, 5*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	board, err := drivers.Open(w.Board, c.DriversOptions())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		lines      hvac.Lines
		heat, cool bool
	}{
		{hvac.Lines{}, false, false},
		{hvac.Lines{Work: hvac.WorkHeat, Valve: hvac.ValveHeat}, true, false},
		{hvac.Lines{Valve: hvac.ValveCool}, false, false},
		{hvac.Lines{Work: hvac.WorkCool, Valve: hvac.ValveCool}, false, true},
		{hvac.Lines{Work: hvac.WorkAux, Valve: hvac.ValveCool}, true, false},
	} {
		if err := board.SetRelays(hvac.Outputs{Call: tt.lines.Work.Side(), Lines: tt.lines}); err != nil {
			t.Fatal(err)
		}
		if w.Heating() != tt.heat || w.Cooling() != tt.cool {
			t.Errorf("%+v: heating %v, cooling %v", tt.lines, w.Heating(), w.Cooling())
		}
	}
}
