package drivers_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/devices/v3/bmxx80"

	"quietstat/drivers"
	"quietstat/drivers/sim"
	"quietstat/hvac"
)

// The tests named B1 to B8 are the known defects of the bmxx80 driver (see the package
// documentation). Where it can be shown, each first lets the bare driver run into the
// defect, so that the test would notice if the simulated chip were too kind.

// mustSense takes a sample and requires it to be the room that was set.
func mustSense(t *testing.T, b *drivers.Board, now time.Duration, celsius, percent, pascal float64) {
	t.Helper()
	if err := b.Climate().Sense(now); err != nil {
		t.Fatal(err)
	}
	r, fault := b.Climate().Latest()
	if fault != hvac.FaultNone || !r.Valid || r.At != now {
		t.Fatalf("reading %v with fault %v, want a good one of %v", r, fault, now)
	}
	// Six standard deviations of the datasheet's noise, and the driver's rounding.
	if math.Abs(float64(r.Temperature)-celsius) > 0.045 ||
		math.Abs(float64(r.Humidity)-percent) > 0.5 ||
		math.Abs(float64(r.Pressure)-pascal) > 22 {
		t.Fatalf("reading %v %v %v, want %v %v %v", r.Temperature, r.Humidity, r.Pressure, celsius, percent, pascal)
	}
}

// mustRefuse takes a sample and requires that fault; the last good reading must stay.
func mustRefuse(t *testing.T, b *drivers.Board, now time.Duration, want hvac.SensorFault) error {
	t.Helper()
	before, _ := b.Climate().Latest()
	err := b.Climate().Sense(now)
	var se *drivers.SensorError
	if !errors.As(err, &se) || se.Fault != want {
		t.Fatalf("Sense: %v, want fault %v", err, want)
	}
	after, fault := b.Climate().Latest()
	if fault != want {
		t.Fatalf("Latest: fault %v, want %v", fault, want)
	}
	if after != before {
		t.Fatalf("a refused sample replaced %v by %v", before, after)
	}
	return err
}

// bare runs the driver without the guard.
func bare(t *testing.T, s *sim.Board) *bmxx80.Dev {
	t.Helper()
	bus, err := s.OpenBus("1")
	if err != nil {
		t.Fatal(err)
	}
	d, err := bmxx80.NewI2C(pacedBus{bus}, 0x76, &bmxx80.Opts{Temperature: bmxx80.O1x, Pressure: bmxx80.O1x, Humidity: bmxx80.O1x})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// pacedBus takes the time of a 100 kHz bus. Without the guard's pauses the driver polls
// the status in one breath, in which the clock of a synctest bubble cannot move on.
type pacedBus struct{ i2c.Bus }

func (b pacedBus) Tx(addr uint16, w, r []byte) error {
	time.Sleep(time.Duration(len(w)+len(r)+2) * 90 * time.Microsecond)
	return b.Bus.Tx(addr, w, r)
}

func bareSense(t *testing.T, d *bmxx80.Dev) physic.Env {
	t.Helper()
	var e physic.Env
	if err := d.Sense(&e); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestB1ResetValueIsNoRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _, s := open(t)
		d := bare(t, s)
		s.SetFault(sim.SensorResetHeld)
		if c := bareSense(t, d).Temperature.Celsius(); math.Abs(c-26.46) > 0.01 {
			t.Fatalf("the bare driver says %.2f, want the 26.46 that looks like a room", c)
		}
		s.ClearFault(sim.SensorResetHeld)

		mustSense(t, b, 1, 21.3, 45, 101325)
		s.SetFault(sim.SensorReset)
		mustRefuse(t, b, 2, hvac.FaultResetValue)
		mustSense(t, b, 3, 21.3, 45, 101325) // initialised anew
		s.SetFault(sim.SensorResetHeld)
		for now := time.Duration(4); now < 10; now++ {
			mustRefuse(t, b, now, hvac.FaultResetValue)
		}
		s.ClearFault(sim.SensorResetHeld)
		mustSense(t, b, 10, 21.3, 45, 101325)
	})
}

// TestB1RealRoomAtTheResetValue: a temperature register of 80000 is also an ordinary
// 26.46 °C. The control registers tell the two apart, so such a room is not refused.
func TestB1RealRoomAtTheResetValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, h, s := open(t)
		s.SetClimate(26.4605, 45, 101325)
		hits := 0
		for now := range time.Duration(60) {
			h.forget()
			mustSense(t, b, now, 26.4605, 45, 101325)
			for _, x := range h.transfers() {
				if len(x.r) == 8 && bytes.Equal(x.r[3:6], []byte{0x80, 0, 0}) {
					hits++
				}
			}
		}
		if hits == 0 {
			t.Fatal("the register never held 80000: the test shows nothing")
		}
	})
}

func TestB2LostHumiditySetting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _, s := open(t)
		d := bare(t, s)
		s.BrownOut()
		if h := float64(bareSense(t, d).Humidity) / float64(physic.PercentRH); math.Abs(h-45) < 10 {
			t.Fatalf("the bare driver says %.1f %%, want it wrong without an error", h)
		}
		mustSense(t, b, 1, 21.3, 45, 101325)
		s.BrownOut()
		mustRefuse(t, b, 2, hvac.FaultResetValue)
		mustSense(t, b, 3, 21.3, 45, 101325)
	})
}

func TestB3FirstSampleIsFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _, s := open(t)
		s.SetClimate(15, 60, 99000)
		mustSense(t, b, 1, 15, 60, 99000)
	})
}

func TestB4StatusNeverClears(t *testing.T) {
	busy := func(w, r []byte, inner func(w, r []byte) error) error {
		err := inner(w, r)
		if len(w) == 1 && w[0] == 0xF3 {
			r[0] = 0x08
		}
		return err
	}
	held := func(w, r []byte, inner func(w, r []byte) error) error {
		for i := range r {
			r[i] = 0xFF
		}
		return nil
	}
	for name, saboteur := range map[string]func(w, r []byte, inner func(w, r []byte) error) error{"busy": busy, "held": held} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, h, _ := open(t)
				mustSense(t, b, 1, 21.3, 45, 101325)
				h.sabotage(saboteur)
				h.forget()
				begun := time.Now()
				mustRefuse(t, b, 2, hvac.FaultTimeout)
				if d := time.Since(begun); d > time.Second {
					t.Errorf("gave up after %v", d)
				}
				if n := len(h.transfers()); n > 110 {
					t.Errorf("%d transfers before giving up", n)
				}
				h.sabotage(nil)
				mustSense(t, b, 3, 21.3, 45, 101325)
			})
		})
	}
}

// TestB4HeldBusAtTheStart: with everything reading FF the chip id is wrong first.
func TestB4HeldBusAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _, s := open(t)
		s.SetFault(sim.SensorHang)
		mustRefuse(t, b, 1, hvac.FaultBus)
		s.ClearFault(sim.SensorHang)
		mustSense(t, b, 2, 21.3, 45, 101325)
	})
}

// TestB5CloseNeverWaits: closing the board while a sample is under way returns at once,
// at whatever moment it comes.
func TestB5CloseNeverWaits(t *testing.T) {
	for at := time.Duration(0); at < 14*time.Millisecond; at += 500 * time.Microsecond {
		synctest.Test(t, func(t *testing.T) {
			b, _, _ := open(t)
			done := make(chan error, 1)
			go func() { done <- b.Climate().Sense(1) }()
			time.Sleep(at)
			begun := time.Now()
			if err := b.Close(); err != nil {
				t.Error(err)
			}
			if d := time.Since(begun); d != 0 {
				t.Errorf("closing at %v took %v", at, d)
			}
			if err := <-done; err != nil && !errors.Is(err, drivers.ErrClosed) {
				t.Errorf("the sample under way: %v", err)
			}
			if err := b.Climate().Sense(2); !errors.Is(err, drivers.ErrClosed) {
				t.Errorf("Sense after Close: %v, want ErrClosed", err)
			}
		})
	}
}

// TestB5NoHaltInTheSource: the two calls that can deadlock, and continuous sensing with
// its stale first value, do not occur in this package at all.
func TestB5NoHaltInTheSource(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		src, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range []string{".Halt(", ".SenseContinuous("} {
			if bytes.Contains(src, []byte(call)) {
				t.Errorf("%s calls %s...)", f.Name(), call)
			}
		}
	}
}

func TestB6NegativeHumidityConstants(t *testing.T) {
	for _, c := range []struct{ h4, h5 int16 }{{340, -10}, {340, -1}, {-1, 50}, {-1, -40}, {340, 50}} {
		t.Run(fmt.Sprintf("h4=%d,h5=%d", c.h4, c.h5), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, _, s := open(t)
				cal := sim.DatasheetCalibration
				cal.H4, cal.H5 = c.h4, c.h5
				s.SetCalibration(cal)
				if h := float64(bareSense(t, bare(t, s)).Humidity) / float64(physic.PercentRH); c.h5 < 0 && math.Abs(h-45) < 10 {
					t.Fatalf("the bare driver says %.1f %%, want it far off", h)
				}
				for i, rh := range []float64{20, 45, 80} {
					s.SetClimate(21.3, rh, 101325)
					mustSense(t, b, time.Duration(i), 21.3, rh, 101325)
				}
			})
		})
	}
}

// TestB7OriginalError breaks each transfer of a first sample in turn; the bus's own
// error must come through, and the next sample must be good again.
func TestB7OriginalError(t *testing.T) {
	errBus := errors.New("remote I/O error")
	synctest.Test(t, func(t *testing.T) {
		b, h, _ := open(t)
		mustSense(t, b, 1, 21.3, 45, 101325)
		n := len(h.transfers())
		if n < 8 {
			t.Fatalf("only %d transfers in a first sample", n)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		for k := range n {
			b, h, _ := open(t)
			i := 0
			h.sabotage(func(w, r []byte, inner func(w, r []byte) error) error {
				if i++; i == k+1 {
					return errBus
				}
				return inner(w, r)
			})
			err := mustRefuse(t, b, 1, hvac.FaultBus)
			if !errors.Is(err, errBus) {
				t.Errorf("transfer %d: %v does not wrap the bus error", k, err)
			}
			if strings.Contains(err.Error(), ": : ") || strings.HasPrefix(err.Error(), ":") {
				t.Errorf("transfer %d: odd text %q", k, err)
			}
			mustSense(t, b, 2, 21.3, 45, 101325)
		}
	})
}

// TestB8NeverFilterNorNormalMode reads what was written: the chip is only ever asked for
// single conversions with the filter off, and each sample is a new one.
func TestB8NeverFilterNorNormalMode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, h, s := open(t)
		for i, c := range []float64{21, 60, -20, 35} {
			s.SetClimate(c, 45, 101325)
			mustSense(t, b, time.Duration(i), c, 45, 101325)
		}
		conversions := 0
		for _, x := range h.transfers() {
			if len(x.r) != 0 {
				continue
			}
			for i := 0; i+1 < len(x.w); i += 2 {
				switch reg, v := x.w[i], x.w[i+1]; reg {
				case 0xF4:
					if v&0b11 == 0b11 {
						t.Errorf("normal mode: F4 %02x", v)
					}
					if v&0b11 == 0b01 {
						conversions++
					}
				case 0xF5:
					if v>>2&0b111 != 0 {
						t.Errorf("filter on: F5 %02x", v)
					}
				}
			}
		}
		if conversions != 4 {
			t.Errorf("%d conversions for 4 samples", conversions)
		}
	})
}
