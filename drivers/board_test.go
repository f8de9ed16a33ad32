package drivers_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"

	"quietstat/drivers"
	"quietstat/drivers/sim"
	"quietstat/hvac"
)

// order logs in which order hardware is touched.
type order struct {
	*sim.Board
	log []string
}

func (h *order) OpenBus(name string) (i2c.BusCloser, error) {
	h.log = append(h.log, "bus")
	return h.Board.OpenBus(name)
}

func (h *order) Pin(chip, name string) (gpio.PinIO, error) {
	h.log = append(h.log, name)
	return h.Board.Pin(chip, name)
}

func TestOpenDrivesRelaysSafeFirst(t *testing.T) {
	h := &order{Board: sim.New(1)}
	h.OnOutput(func(pin string, l gpio.Level) { h.log = append(h.log, fmt.Sprintf("%s=%v", pin, l)) })
	b, err := drivers.Open(h, wiring)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"GPIO17", "GPIO17=Low", "GPIO27", "GPIO27=High", "GPIO18", "GPIO18=Low", "GPIO5", "GPIO5=Low",
		"GPIO22", "GPIO25", "GPIO23", "GPIO24"}
	if !slices.Equal(h.log, want) {
		t.Errorf("order of opening:\n got %v\nwant %v", h.log, want)
	}
	h.log = nil
	for range 2 {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	if want := []string{"GPIO17=Low", "GPIO27=High", "GPIO18=Low", "GPIO5=Low"}; !slices.Equal(h.log, want) {
		t.Errorf("closing wrote %v, want %v once", h.log, want)
	}
}

func TestOpenRefuses(t *testing.T) {
	tests := []struct {
		name string
		set  func(*drivers.Options)
		err  string
		safe bool // the relays must have been driven off
	}{
		{"wrong heat pin", func(o *drivers.Options) { o.Heat.Pin = "GPIO99" }, `the heat relay on pin GPIO99: sim: no line named "GPIO99"`, true},
		{"wrong door pin", func(o *drivers.Options) { o.Doors = []drivers.DoorOptions{{ID: "x", Pin: "22"}} }, `door number 1 on pin 22`, true},
		{"wrong talk pin", func(o *drivers.Options) { o.TalkPin = "GPIO28" }, "the talk button", true},
		{"wrong quiet pin", func(o *drivers.Options) { o.QuietPin = "quiet" }, "the quiet button", true},
		{"wrong chip", func(o *drivers.Options) { o.Chip = "gpiochip0" }, "no GPIO chip with a label beginning", false},
		{"wrong options", func(o *drivers.Options) { o.Bus = "" }, "no I²C bus named", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := sim.New(1)
			o := wiring
			tt.set(&o)
			b, err := drivers.Open(s, o)
			if err == nil || !strings.Contains(err.Error(), tt.err) || b != nil {
				t.Fatalf("Open = %v, %v; want nil and an error with %q", b, err, tt.err)
			}
			l, driven := s.Driven("GPIO27") // active low: off is high
			if driven != tt.safe || (driven && l != gpio.High) {
				t.Errorf("cool relay driven %v at %v, want driven %v", driven, l, tt.safe)
			}
		})
	}
}

func TestOpenWithRelaysThatFail(t *testing.T) {
	s := sim.New(1)
	s.SetFault(sim.RelayWriteFailed)
	if _, err := drivers.Open(s, wiring); !errors.Is(err, sim.ErrRelayWrite) {
		t.Errorf("err = %v, want ErrRelayWrite", err)
	}
}

// partly fails on some lines only.
type partly struct {
	*sim.Board
	bad string
}

func (h partly) Pin(chip, name string) (gpio.PinIO, error) {
	if name == h.bad {
		return nil, errors.New("line busy")
	}
	return h.Board.Pin(chip, name)
}

func TestSafeOutputs(t *testing.T) {
	for _, bad := range []string{"", "GPIO17", "GPIO27", "GPIO18", "GPIO5"} {
		t.Run("bad "+bad, func(t *testing.T) {
			h := &tap{Hardware: partly{sim.New(1), bad}}
			s := h.Hardware.(partly).Board
			for _, pin := range []string{"GPIO17", "GPIO27", "GPIO18", "GPIO5"} {
				p, err := s.Pin("", pin)
				if err != nil {
					t.Fatal(err)
				}
				if err := p.Out(pin != "GPIO27"); err != nil { // everything on
					t.Fatal(err)
				}
			}
			err := drivers.SafeOutputs(h, wiring)
			if (err != nil) != (bad != "") {
				t.Errorf("err = %v", err)
			}
			for _, pin := range []string{"GPIO17", "GPIO27", "GPIO18", "GPIO5"} {
				l, driven := s.Driven(pin)
				if on := l == (pin != "GPIO27"); !driven || on != (pin == bad) {
					t.Errorf("%s: driven %v, on %v", pin, driven, on)
				}
			}
			if h.opened != 0 {
				t.Error("the sensor's bus was opened")
			}
		})
	}
	if err := drivers.SafeOutputs(sim.New(1), drivers.Options{}); err == nil {
		t.Error("empty options were accepted")
	}
}

// TestRelaysAreNeverRead: after a life of a board all outputs are still outputs.
func TestRelaysAreNeverRead(t *testing.T) {
	b, _, s := open(t)
	for now := range time.Duration(20) {
		if err := b.Poll(now * time.Second); err != nil {
			t.Fatal(err)
		}
		out := decided(hvac.Call(now%3), now%2 == 0)
		if err := b.SetRelays(out); err != nil {
			t.Fatal(err)
		}
		if err := b.SetIndicator(now%2 == 0); err != nil {
			t.Fatal(err)
		}
		b.Doors()
		b.Buttons()
		_ = fmt.Sprintf("%v %+v", b, b)
	}
	for _, pin := range []string{"GPIO17", "GPIO27", "GPIO18", "GPIO5"} {
		if _, driven := s.Driven(pin); !driven {
			t.Errorf("%s is no longer an output: somebody has read it", pin)
		}
	}
}

// decided is one stage of a side, as equipment without more of it is told.
func decided(c hvac.Call, fan bool) hvac.Outputs {
	work := [...]hvac.Work{hvac.WorkNone, hvac.WorkHeat, hvac.WorkCool}[c]
	return hvac.Outputs{Call: c, Lines: hvac.Lines{Work: work}, Fan: fan}
}

func TestSetRelaysReachesThePins(t *testing.T) {
	b, _, s := open(t)
	level := func(pin string) gpio.Level { l, _ := s.Driven(pin); return l }
	for _, tt := range []struct {
		out             hvac.Outputs
		heat, cool, fan bool
	}{
		{decided(hvac.CallHeat, false), true, false, false},
		{decided(hvac.CallCool, true), false, true, true},
		{hvac.Outputs{}, false, false, false},
	} {
		if err := b.SetRelays(tt.out); err != nil {
			t.Fatal(err)
		}
		if got := [3]bool{bool(level("GPIO17")), !bool(level("GPIO27")), bool(level("GPIO18"))}; got != [3]bool{tt.heat, tt.cool, tt.fan} {
			t.Errorf("%+v: pins say heat, cool, fan = %v", tt.out, got)
		}
	}
	s.SetFault(sim.RelayWriteFailed)
	if err := b.SetRelays(decided(hvac.CallHeat, false)); !errors.Is(err, sim.ErrRelayWrite) {
		t.Errorf("err = %v, want ErrRelayWrite", err)
	}
	s.ClearFault(sim.RelayWriteFailed)
	if err := b.SetIndicator(true); err != nil || level("GPIO5") != gpio.High {
		t.Errorf("indicator: %v at %v", err, level("GPIO5"))
	}
}

func TestPollDoorsAndButtons(t *testing.T) {
	b, _, s := open(t)
	const sec = time.Second
	steps := []struct {
		at      time.Duration
		do      func()
		front   hvac.Contact
		buttons drivers.Buttons
	}{
		{1 * sec, func() { _ = s.SetDoor("GPIO22", false) }, hvac.Contact{}, drivers.Buttons{}},
		{2 * sec, func() {}, hvac.Contact{Known: true, Since: sec}, drivers.Buttons{}},
		{3 * sec, func() { _ = s.SetDoor("GPIO22", true); _ = s.Press("GPIO23", true) }, hvac.Contact{Known: true, Since: sec}, drivers.Buttons{}},
		{4 * sec, func() {}, hvac.Contact{Known: true, Open: true, Since: 3 * sec}, drivers.Buttons{TalkPresses: 1}},
		{5 * sec, func() { _ = s.Press("GPIO23", false); _ = s.Press("GPIO24", true) }, hvac.Contact{Known: true, Open: true, Since: 3 * sec}, drivers.Buttons{TalkPresses: 1}},
		{6 * sec, func() {}, hvac.Contact{Known: true, Open: true, Since: 3 * sec}, drivers.Buttons{TalkPresses: 1, QuietPresses: 1}},
		{8 * sec, func() {}, hvac.Contact{Known: true, Open: true, Since: 3 * sec}, drivers.Buttons{TalkPresses: 1, QuietPresses: 1, QuietHolds: 1}},
	}
	for _, st := range steps {
		st.do()
		if err := b.Poll(st.at); err != nil {
			t.Fatal(err)
		}
		doors, n := b.Doors()
		if n != 2 || doors[0] != st.front {
			t.Errorf("at %v: %d doors, front %+v, want %+v", st.at, n, doors[0], st.front)
		}
		if got := b.Buttons(); got != st.buttons {
			t.Errorf("at %v: buttons %+v, want %+v", st.at, got, st.buttons)
		}
	}
	if doors, _ := b.Doors(); !doors[1].Open {
		t.Error("the back door has no switch at all, like a cut cable: want open")
	}
}

func TestPollAllocatesNothing(t *testing.T) {
	b, _, _ := open(t)
	now := time.Duration(0)
	if n := testing.AllocsPerRun(100, func() {
		now += time.Second
		if b.Poll(now) != nil {
			t.Fatal("poll failed")
		}
	}); n != 0 {
		t.Errorf("%v allocations per poll, want 0", n)
	}
}

// TestTasks runs the inputs on a clock: a press of 60 ms with bounces at both ends is
// found once although nobody polls, and the tasks end with their context.
func TestTasks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _, s := open(t)
		begun := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		tasks := b.Tasks(func() time.Duration { return time.Since(begun) })
		if len(tasks) != 4 || tasks[0].String() != "input door number 1" || tasks[3].String() != "input the quiet button" {
			t.Fatalf("tasks: %v", tasks)
		}
		ended := make(chan error)
		for _, task := range tasks {
			go func() { ended <- task.Run(ctx) }()
			<-task.Ready()
		}
		time.Sleep(time.Second)
		if doors, _ := b.Doors(); !doors[0].Known || !doors[0].Open {
			t.Errorf("front door %+v, want known and open", doors[0])
		}
		for _, down := range []bool{true, false, true} {
			_ = s.Press("GPIO23", down)
			time.Sleep(3 * time.Millisecond)
		}
		time.Sleep(57 * time.Millisecond)
		for _, down := range []bool{false, true, false} {
			_ = s.Press("GPIO23", down)
			time.Sleep(2 * time.Millisecond)
		}
		time.Sleep(200 * time.Millisecond)
		if got := b.Buttons(); got != (drivers.Buttons{TalkPresses: 1}) {
			t.Errorf("buttons %+v, want one press", got)
		}
		_ = s.Press("GPIO24", true)
		time.Sleep(3100 * time.Millisecond)
		if got := b.Buttons(); got.QuietPresses != 1 || got.QuietHolds != 1 {
			t.Errorf("buttons %+v, want one quiet press and one hold", got)
		}
		cancel()
		stop := time.Now()
		for range tasks {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		if d := time.Since(stop); d > 101*time.Millisecond {
			t.Errorf("the tasks took %v to end", d)
		}
	})
}

// noEdges is hardware whose lines cannot report edges, or claim to and come back at once.
type noEdges struct {
	*sim.Board
	claim bool
	waits *int
}

type noEdgePin struct {
	gpio.PinIO
	h noEdges
}

func (h noEdges) Pin(chip, name string) (gpio.PinIO, error) {
	p, err := h.Board.Pin(chip, name)
	return noEdgePin{p, h}, err
}

func (p noEdgePin) In(pull gpio.Pull, edge gpio.Edge) error {
	if edge != gpio.NoEdge && !p.h.claim {
		return errors.New("edges not supported")
	}
	return p.PinIO.In(pull, edge)
}

func (p noEdgePin) WaitForEdge(time.Duration) bool { *p.h.waits++; return false }

func TestTasksWithoutEdges(t *testing.T) {
	for _, claim := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			waits := 0
			h := noEdges{sim.New(1), claim, &waits}
			b, err := drivers.Open(h, drivers.Options{Bus: "1", Address: 0x76, QuietPin: "GPIO24"})
			if err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			ctx, cancel := context.WithCancel(t.Context())
			task := b.Tasks(func() time.Duration { return time.Since(begun) })[0]
			ended := make(chan error)
			go func() { ended <- task.Run(ctx) }()
			time.Sleep(time.Second)
			_ = h.Press("GPIO24", true)
			time.Sleep(time.Second)
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if b.Buttons().QuietPresses != 1 {
				t.Error("the press was not found by polling")
			}
			if limit := 30; waits > limit || (!claim && waits != 0) {
				t.Errorf("%d waits in two seconds", waits)
			}
		})
	}
}
