package sim

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/pin"
)

func line(t *testing.T, b *Board, name string) gpio.PinIO {
	t.Helper()
	p, err := b.Pin("", name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPinNames(t *testing.T) {
	b := New(1)
	for _, name := range []string{"", "17", "GPIO", "GPIO28", "GPIO-1", "GPIO07", "GPIO+7", "gpio17", "GPIO17 "} {
		if _, err := b.Pin("", name); err == nil {
			t.Errorf("line %q was found", name)
		}
		if b.SetLevel(name, true) == nil || b.SetDoor(name, true) == nil || b.Press(name, true) == nil {
			t.Errorf("line %q was moved", name)
		}
		if _, driven := b.Driven(name); driven {
			t.Errorf("line %q is driven", name)
		}
	}
	for chip, ok := range map[string]bool{"": true, "pinctrl-": true, Label: true, "pinctrl-bcm": false, "gpiochip0": false} {
		if _, err := b.Pin(chip, "GPIO4"); (err == nil) != ok {
			t.Errorf("chip %q: %v", chip, err)
		}
	}
	if p := line(t, b, "GPIO27"); p.Number() != 27 || p.Name() != "GPIO27" || p.String() != "GPIO27" {
		t.Errorf("line 27 is %d %s", p.Number(), p)
	}
}

func TestInputLevels(t *testing.T) {
	b := New(1)
	p := line(t, b, "GPIO22")
	if err := p.In(gpio.PullUp, gpio.NoEdge); err != nil || p.Pull() != gpio.PullUp {
		t.Fatal(err, p.Pull())
	}
	if p.Read() != gpio.High {
		t.Error("a pulled-up line with nothing on it must read high")
	}
	if err := p.In(gpio.Float, gpio.NoEdge); err != nil || p.Read() != gpio.Low {
		t.Error("a floating line reads low here")
	}
	for _, tt := range []struct {
		do   func() error
		want gpio.Level
	}{
		{func() error { return b.SetDoor("GPIO22", false) }, gpio.Low},
		{func() error { return b.SetDoor("GPIO22", true) }, gpio.High},
		{func() error { return b.Press("GPIO22", true) }, gpio.Low},
		{func() error { return b.Press("GPIO22", false) }, gpio.High},
		{func() error { return b.SetLevel("GPIO22", gpio.Low) }, gpio.Low},
	} {
		if err := tt.do(); err != nil || p.Read() != tt.want {
			t.Errorf("%v, level %v, want %v", err, p.Read(), tt.want)
		}
	}
	b.SetFault(DoorStuck)
	if _ = b.SetDoor("GPIO22", true); p.Read() != gpio.Low {
		t.Error("a stuck door moved")
	}
	if _ = b.Press("GPIO22", false); p.Read() != gpio.High {
		t.Error("door-stuck holds buttons too")
	}
	b.ClearFault(DoorStuck)
	if _ = b.SetDoor("GPIO22", false); p.Read() != gpio.Low {
		t.Error("still stuck")
	}
}

// TestReadFlipsAnOutput is the habit of gpioioctl that a relay driver must respect.
func TestReadFlipsAnOutput(t *testing.T) {
	for name, look := range map[string]func(p gpio.PinIO){
		"Read":     func(p gpio.PinIO) { p.Read() },
		"Function": func(p gpio.PinIO) { _ = p.Function() },
		"Func":     func(p gpio.PinIO) { p.(pin.PinFunc).Func() },
	} {
		b := New(1)
		p := line(t, b, "GPIO17")
		if _, driven := b.Driven("GPIO17"); driven {
			t.Error("driven after boot")
		}
		if err := p.Out(gpio.High); err != nil {
			t.Fatal(err)
		}
		if l, driven := b.Driven("GPIO17"); !driven || l != gpio.High {
			t.Error("not driven high")
		}
		look(p)
		if _, driven := b.Driven("GPIO17"); driven || p.Pull() != gpio.PullUp {
			t.Errorf("%s did not turn the output into a pulled-up input", name)
		}
	}
}

func TestFunc(t *testing.T) {
	b := New(1)
	p := b.pins[4]
	for _, tt := range []struct {
		do   func()
		want pin.Func
	}{
		{func() {}, pin.FuncNone},
		{func() { _ = p.In(gpio.PullUp, gpio.NoEdge) }, gpio.IN_HIGH},
		{func() { p.hold(gpio.Low) }, gpio.IN_LOW},
		{func() { _ = p.Out(gpio.High) }, gpio.OUT_LOW}, // it is held low from outside
		{func() { p.hold(gpio.High); _ = p.Out(gpio.Low) }, gpio.OUT_HIGH},
	} {
		tt.do()
		if got := p.Func(); got != tt.want {
			t.Errorf("Func = %s, want %s", got, tt.want)
		}
	}
	for _, f := range p.SupportedFuncs() {
		if err := p.SetFunc(f); err != nil {
			t.Errorf("SetFunc(%s): %v", f, err)
		}
	}
	if err := p.SetFunc(gpio.OUT_HIGH); err != nil || p.out != gpio.High {
		t.Error("SetFunc(OUT_HIGH) did not drive high")
	}
	if p.SetFunc(gpio.FLOAT) == nil {
		t.Error("an unsupported function was set")
	}
	if p.PWM(0, 0) == nil {
		t.Error("PWM succeeded")
	}
}

func TestOutputsAreTold(t *testing.T) {
	b := New(1)
	var log []string
	p := line(t, b, "GPIO17")
	_ = p.Out(gpio.Low) // nobody listens yet
	b.OnOutput(func(pin string, l gpio.Level) {
		log = append(log, fmt.Sprintf("%s=%v", pin, l))
		b.Driven(pin) // no lock is held
	})
	for _, l := range []gpio.Level{true, true, false} {
		if err := p.Out(l); err != nil {
			t.Fatal(err)
		}
	}
	b.SetFault(RelayWriteFailed)
	if err := p.Out(true); !errors.Is(err, ErrRelayWrite) {
		t.Errorf("err = %v", err)
	}
	if want := []string{"GPIO17=High", "GPIO17=High", "GPIO17=Low"}; !slices.Equal(log, want) {
		t.Errorf("told %v, want %v", log, want)
	}
}

func TestWaitForEdge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(1)
		p := line(t, b, "GPIO22")
		wait := func(limit time.Duration) (bool, time.Duration) {
			begun := time.Now()
			got := p.WaitForEdge(limit)
			return got, time.Since(begun)
		}
		later := func(d time.Duration, f func()) {
			go func() { time.Sleep(d); f() }()
		}
		if got, d := wait(time.Second); got || d != 0 {
			t.Errorf("not configured: %v after %v", got, d)
		}
		for _, tt := range []struct {
			name  string
			edge  gpio.Edge
			limit time.Duration
			do    func()
			got   bool
			after time.Duration
		}{
			{"timeout", gpio.BothEdges, time.Second, func() {}, false, time.Second},
			{"negative returns at once", gpio.BothEdges, -1, func() {}, false, 0},
			{"zero waits for ever", gpio.BothEdges, 0, func() { later(time.Hour, func() { _ = b.SetLevel("GPIO22", false) }) }, true, time.Hour},
			{"falling seen by both", gpio.BothEdges, time.Second, func() { later(time.Millisecond, func() { _ = b.SetLevel("GPIO22", false) }) }, true, time.Millisecond},
			{"falling seen by falling", gpio.FallingEdge, time.Second, func() { later(time.Millisecond, func() { _ = b.SetLevel("GPIO22", false) }) }, true, time.Millisecond},
			{"falling not seen by rising", gpio.RisingEdge, time.Second, func() { later(time.Millisecond, func() { _ = b.SetLevel("GPIO22", false) }) }, false, time.Second},
			{"no change, no edge", gpio.BothEdges, time.Second, func() { _ = b.SetLevel("GPIO22", true) }, false, time.Second},
			{"an edge before the wait is kept", gpio.BothEdges, time.Second, func() { _ = b.SetLevel("GPIO22", false) }, true, 0},
			{"halted", gpio.BothEdges, time.Second, func() { later(time.Millisecond, func() { _ = p.Halt() }) }, false, time.Millisecond},
		} {
			_ = b.SetLevel("GPIO22", true)
			if err := p.In(gpio.PullUp, tt.edge); err != nil {
				t.Fatal(err)
			}
			tt.do()
			if got, d := wait(tt.limit); got != tt.got || d != tt.after {
				t.Errorf("%s: %v after %v, want %v after %v", tt.name, got, d, tt.got, tt.after)
			}
			synctest.Wait()
		}
	})
}
