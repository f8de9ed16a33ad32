package drivers_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"testing"
	"time"

	"quietstat/drivers"
	"quietstat/drivers/sim"
	"quietstat/hvac"
)

// realBoard names a file with drivers.Options as JSON, the wiring of the machine the
// tests run on. The relays it names are only ever driven off.
const realBoard = "QUIETSTAT_REAL_BOARD"

// TestBoard holds every kind of board to the same contract.
func TestBoard(t *testing.T) {
	rows := []struct {
		name string
		open func(t *testing.T) (drivers.Hardware, drivers.Options)
	}{
		{"sim", func(*testing.T) (drivers.Hardware, drivers.Options) { return sim.New(1), wiring }},
		{"remote sim", func(t *testing.T) (drivers.Hardware, drivers.Options) {
			parent, child := net.Pipe()
			served := make(chan error)
			go func() { served <- sim.Serve(t.Context(), parent, sim.New(1)) }()
			hw := sim.Dial(child)
			t.Cleanup(func() {
				_ = hw.Close()
				if err := <-served; err != nil {
					t.Error(err)
				}
			})
			return hw, wiring
		}},
		{"real", realHardware},
	}
	for _, row := range rows {
		if row.name == "real" && os.Getenv(realBoard) == "" {
			fmt.Printf("TestBoard/real: not run, it needs the hardware: set %s to a file with its wiring\n", realBoard)
			continue
		}
		t.Run(row.name, func(t *testing.T) {
			hw, o := row.open(t)
			conform(t, hw, o)
		})
	}
}

func realHardware(t *testing.T) (drivers.Hardware, drivers.Options) {
	text, err := os.ReadFile(os.Getenv(realBoard))
	if err != nil {
		t.Fatal(err)
	}
	var o drivers.Options
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil {
		t.Fatal(err)
	}
	hw, err := drivers.Host()
	if err != nil {
		t.Fatal(err)
	}
	return hw, o
}

func conform(t *testing.T, hw drivers.Hardware, o drivers.Options) {
	if hw.String() == "" {
		t.Error("the hardware has no name")
	}
	if _, err := hw.Pin(o.Chip, "NOSUCHLINE"); err == nil {
		t.Error("a line that does not exist was found")
	}
	if _, err := hw.Pin("no-such-chip", o.Heat.Pin); err == nil {
		t.Error("a chip that does not exist was found")
	}
	if _, err := hw.OpenBus(""); err == nil {
		t.Error("the bus without a name was opened")
	}
	if err := drivers.SafeOutputs(hw, o); err != nil {
		t.Fatal(err)
	}
	b, err := drivers.Open(hw, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.SetRelays(hvac.Outputs{}); err != nil {
		t.Error(err)
	}
	if err := b.SetIndicator(true); err != nil && (o.Indicator.Pin != "" || !errors.Is(err, drivers.ErrNotFitted)) {
		t.Error(err)
	}

	var last hvac.Reading
	for i := range 3 {
		now := time.Duration(i+1) * time.Second
		if err := b.Climate().Sense(now); err != nil {
			t.Fatal(err)
		}
		r, fault := b.Climate().Latest()
		if fault != hvac.FaultNone || !r.Valid || r.At != now || r == last {
			t.Errorf("sample %d: %+v, fault %v", i, r, fault)
		}
		if r.Temperature < 0 || r.Temperature > 45 || r.Humidity < 5 || r.Humidity > 95 || r.Pressure < 80000 || r.Pressure > 108000 {
			t.Errorf("sample %d is no room where people run tests: %+v", i, r)
		}
		last = r
	}
	for _, now := range []time.Duration{0, time.Second, 2 * time.Second} {
		if err := b.Poll(now); err != nil {
			t.Fatal(err)
		}
	}
	doors, n := b.Doors()
	if n != len(o.Doors) {
		t.Errorf("%d doors, want %d", n, len(o.Doors))
	}
	for i := range n {
		if !doors[i].Known {
			t.Errorf("door number %d is unknown after two seconds", i+1)
		}
	}
	if got := b.Buttons(); got != (drivers.Buttons{}) {
		t.Errorf("nobody pressed anything: %+v", got)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if err := b.SetRelays(hvac.Outputs{}); !errors.Is(err, drivers.ErrClosed) {
		t.Errorf("SetRelays after Close: %v", err)
	}
	if err := b.SetIndicator(false); !errors.Is(err, drivers.ErrClosed) {
		t.Errorf("SetIndicator after Close: %v", err)
	}
	if err := b.Climate().Sense(9 * time.Second); !errors.Is(err, drivers.ErrClosed) {
		t.Errorf("Sense after Close: %v", err)
	}
}
