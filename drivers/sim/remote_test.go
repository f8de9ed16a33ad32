package sim_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"

	"quietstat/drivers"
	"quietstat/drivers/sim"
	"quietstat/hvac"
)

var wiring = drivers.Options{
	Bus: "1", Address: 0x76,
	Heat:    drivers.RelayOptions{Pin: "GPIO17"},
	Cool:    drivers.RelayOptions{Pin: "GPIO27", ActiveLow: true},
	TalkPin: "GPIO23", QuietPin: "GPIO24",
	Doors: []drivers.DoorOptions{{ID: "front", Pin: "GPIO22"}},
}

// connect serves board on one end of a pipe and returns a client on the other.
func connect(t *testing.T, board *sim.Board) (hw *sim.Remote, served chan error) {
	t.Helper()
	parent, child := net.Pipe()
	served = make(chan error, 1)
	go func() { served <- sim.Serve(t.Context(), parent, board) }()
	hw = sim.Dial(child)
	t.Cleanup(func() { _ = hw.Close() })
	return hw, served
}

// A finger at the far end presses the button the near end reads.
func TestRemotePress(t *testing.T) {
	board := sim.New(1)
	hw, _ := connect(t, board)
	b, err := drivers.Open(hw, wiring)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Duration(0)
	poll := func(down bool) {
		t.Helper()
		if err := hw.Press("GPIO23", down); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			now += time.Second
			if err := b.Poll(now); err != nil {
				t.Fatal(err)
			}
		}
	}
	poll(false)
	poll(true)
	if got := b.Buttons().TalkPresses; got != 1 {
		t.Errorf("%d presses, want 1", got)
	}
	poll(false)
	poll(true)
	if got := b.Buttons(); got.TalkPresses != 2 || got.QuietPresses != 0 {
		t.Errorf("got %+v, want two presses of talk", got)
	}
	if err := hw.Press("GPIO99", true); err == nil {
		t.Error("a line that is not there was pressed")
	}
	if err := hw.Press(strings.Repeat("x", 33), true); err == nil {
		t.Error("a line with a long name was pressed")
	}
}

// TestRemoteIsTheSameBoard drives one board in the process and one through a connection
// with the same script; everything visible must agree.
func TestRemoteIsTheSameBoard(t *testing.T) {
	near, far := sim.New(5), sim.New(5)
	hw, _ := connect(t, far)
	var boards [2]*drivers.Board
	for i, h := range []drivers.Hardware{near, hw} {
		b, err := drivers.Open(h, wiring)
		if err != nil {
			t.Fatal(err)
		}
		boards[i] = b
	}
	for _, s := range []*sim.Board{near, far} {
		s.SetClock(func() time.Duration { return 0 })
	}
	for step := range 12 {
		now := time.Duration(step) * time.Second
		var seen [2]any
		for i, s := range []*sim.Board{near, far} {
			s.SetClimate(20+float64(step), 40, 101325)
			_ = s.SetDoor("GPIO22", step/3%2 == 1)
			_ = s.Press("GPIO24", step >= 6)
			if step == 9 {
				s.SetFault(sim.SensorDead)
			}
			b := boards[i]
			sensed := b.Climate().Sense(now)
			if sensed != nil && !errors.Is(sensed, sim.ErrNoAcknowledge) {
				t.Fatal(sensed)
			}
			if err := b.Poll(now); err != nil {
				t.Fatal(err)
			}
			if err := b.SetRelays(hvac.Outputs{Call: hvac.Call(step % 3), Lines: hvac.Lines{Work: [...]hvac.Work{hvac.WorkNone, hvac.WorkHeat, hvac.WorkCool}[step%3]}}); err != nil {
				t.Fatal(err)
			}
			reading, fault := b.Climate().Latest()
			doors, _ := b.Doors()
			heat, heatDriven := s.Driven("GPIO17")
			cool, coolDriven := s.Driven("GPIO27")
			seen[i] = [...]any{reading, fault, doors, b.Buttons(), heat, heatDriven, cool, coolDriven, sensed == nil}
		}
		if seen[0] != seen[1] {
			t.Fatalf("step %d:\nnear %v\n far %v", step, seen[0], seen[1])
		}
	}
}

// TestKilledClientLeavesThePins: the outputs stay as the client left them, and the next
// client finds the same board.
func TestKilledClientLeavesThePins(t *testing.T) {
	board := sim.New(1)
	hw, served := connect(t, board)
	b, err := drivers.Open(hw, wiring)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.SetRelays(hvac.Outputs{Call: hvac.CallHeat, Lines: hvac.Lines{Work: hvac.WorkHeat}}); err != nil {
		t.Fatal(err)
	}
	_ = hw.Close() // no Board.Close: it was killed
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if l, driven := board.Driven("GPIO17"); !driven || l != gpio.High {
		t.Fatal("the heat relay did not stay on")
	}
	again, _ := connect(t, board)
	if err := drivers.SafeOutputs(again, wiring); err != nil {
		t.Fatal(err)
	}
	if l, driven := board.Driven("GPIO17"); !driven || l != gpio.Low {
		t.Error("SafeOutputs through a new client did not switch the heat off")
	}
}

// TestDeadParent: everything fails, nothing hangs, and inputs read the safe side.
func TestDeadParent(t *testing.T) {
	board := sim.New(1)
	_ = board.SetDoor("GPIO22", false)
	_ = board.Press("GPIO23", false)
	hw, served := connect(t, board)
	b, err := drivers.Open(hw, wiring)
	if err != nil {
		t.Fatal(err)
	}
	for _, now := range []time.Duration{0, time.Second} {
		if err := b.Poll(now); err != nil {
			t.Fatal(err)
		}
	}
	in, err := hw.Pin("", "GPIO23")
	if err != nil {
		t.Fatal(err)
	}
	_ = hw.Close()
	<-served
	if err := b.SetRelays(hvac.Outputs{Call: hvac.CallHeat, Lines: hvac.Lines{Work: hvac.WorkHeat}}); !errors.Is(err, sim.ErrGone) {
		t.Errorf("SetRelays: %v, want ErrGone", err)
	}
	if err := b.Poll(2 * time.Second); !errors.Is(err, sim.ErrGone) {
		t.Errorf("Poll: %v, want ErrGone", err)
	}
	if doors, _ := b.Doors(); !doors[0].Known || doors[0].Open {
		t.Errorf("the door changed to %+v", doors[0])
	}
	if err := b.Climate().Sense(1); !errors.Is(err, sim.ErrGone) {
		t.Errorf("Sense: %v, want ErrGone", err)
	}
	if in.Read() != gpio.High || in.WaitForEdge(time.Hour) || in.WaitForEdge(0) {
		t.Error("an input of a board that is gone must read high and report no edge")
	}
	if err := b.Close(); !errors.Is(err, sim.ErrGone) {
		t.Errorf("Close: %v, want ErrGone", err)
	}
}

// TestSilentParent: a parent that takes requests and never answers counts as gone after
// two seconds, once for all.
func TestSilentParent(t *testing.T) {
	for _, reads := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			parent, child := net.Pipe()
			defer parent.Close()
			if reads {
				go func() { _, _ = parent.Read(make([]byte, 512)) }()
			}
			hw := sim.Dial(child)
			begun := time.Now()
			if _, err := hw.OpenBus("1"); !errors.Is(err, sim.ErrGone) {
				t.Errorf("%v, want ErrGone", err)
			}
			if d := time.Since(begun); d != 2*time.Second {
				t.Errorf("gave up after %v, want 2s", d)
			}
			if _, err := hw.Pin("", "GPIO4"); !errors.Is(err, sim.ErrGone) || time.Since(begun) != 2*time.Second {
				t.Errorf("the next call: %v after %v, want ErrGone at once", err, time.Since(begun))
			}
		})
	}
}

// TestGarbledParent: an answer that is none ends the connection, because what follows
// could belong to anything.
func TestGarbledParent(t *testing.T) {
	for _, answer := range []string{"\x00\x01\x09", "\x00\x03\x00ab", "\x00\x00", "\xFF\xFF"} {
		parent, child := net.Pipe()
		go func() {
			_, _ = parent.Read(make([]byte, 512))
			_, _ = parent.Write([]byte(answer))
		}()
		hw := sim.Dial(child)
		if _, err := hw.Pin("", "GPIO4"); err == nil {
			t.Errorf("answer %q was accepted", answer)
		}
		if _, err := hw.Pin("", "GPIO4"); !errors.Is(err, sim.ErrGone) {
			t.Errorf("after %q: %v, want ErrGone", answer, err)
		}
	}
}

func TestServeEnds(t *testing.T) {
	t.Run("with its context", func(t *testing.T) {
		parent, child := net.Pipe()
		defer child.Close()
		ctx, cancel := context.WithCancel(t.Context())
		served := make(chan error)
		go func() { served <- sim.Serve(ctx, parent, sim.New(1)) }()
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	for name, stream := range map[string]string{"unknown request": "\x00\x01?", "too long": "\xFF\xFF", "cut short": "\x00\x05ab"} {
		t.Run("at a malformed frame, "+name, func(t *testing.T) {
			parent, child := net.Pipe()
			served := make(chan error)
			go func() { served <- sim.Serve(t.Context(), parent, sim.New(1)) }()
			go func() { _, _ = child.Write([]byte(stream)); _ = child.Close() }()
			if err := <-served; err == nil {
				t.Error("accepted")
			}
		})
	}
	t.Run("when the client does not take the answer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			parent, child := net.Pipe()
			defer child.Close()
			served := make(chan error)
			go func() { served <- sim.Serve(t.Context(), parent, sim.New(1)) }()
			_, _ = child.Write([]byte("\x00\x02B1"))
			if err := <-served; err == nil {
				t.Error("Serve ended without an error")
			}
		})
	})
}

func TestRemoteRefusals(t *testing.T) {
	board := sim.New(1)
	hw, _ := connect(t, board)
	long := strings.Repeat("x", 33)
	if _, err := hw.OpenBus("2"); err == nil || !strings.Contains(err.Error(), `no I²C bus "2"`) {
		t.Errorf("the parent's error did not come through: %v", err)
	}
	if _, err := hw.OpenBus(long); err == nil {
		t.Error("a bus with a long name")
	}
	if _, err := hw.Pin("", long); err == nil {
		t.Error("a line with a long name")
	}
	if _, err := hw.Pin(long, "GPIO4"); err == nil {
		t.Error("a chip with a long name")
	}
	bus, err := hw.OpenBus("1")
	if err != nil {
		t.Fatal(err)
	}
	if bus.Tx(0x76, make([]byte, 65), nil) == nil || bus.Tx(0x76, []byte{0}, make([]byte, 65)) == nil {
		t.Error("a transfer beyond the limit")
	}
	if err := bus.Tx(0x76, []byte{0xD0}, make([]byte, 64)); err != nil {
		t.Errorf("the longest transfer: %v", err)
	}
	near, err := board.Pin("", "GPIO4")
	if err != nil {
		t.Fatal(err)
	}
	far, err := hw.Pin("", "GPIO4")
	if err != nil {
		t.Fatal(err)
	}
	for name, pins := range map[string][]gpio.PinIO{"none": nil, "a foreign one": {near}, "too many": {far, far, far, far, far, far, far, far, far, far, far}} {
		if _, err := hw.BatchInputs(pins); err == nil {
			t.Errorf("batch of %s accepted", name)
		}
	}
	if far.PWM(0, 0) == nil {
		t.Error("PWM succeeded")
	}
}
