package sim

import (
	"bytes"
	"math"
	"testing"
	"time"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/devices/v3/bmxx80"
)

// chipOn returns a board on a clock that the test moves, and its bus.
func chipOn(t *testing.T, now *time.Duration) (*Board, i2c.Bus) {
	t.Helper()
	b := New(1)
	b.SetClock(func() time.Duration { return *now })
	bus, err := b.OpenBus("1")
	if err != nil {
		t.Fatal(err)
	}
	return b, bus
}

func tx(t *testing.T, b i2c.Bus, w []byte, n int) []byte {
	t.Helper()
	r := make([]byte, n)
	if err := b.Tx(0x76, w, r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRegisters(t *testing.T) {
	var now time.Duration
	_, bus := chipOn(t, &now)
	if id := tx(t, bus, []byte{0xD0}, 1); id[0] != 0x60 {
		t.Errorf("chip id %02x, want 60", id[0])
	}
	if d := tx(t, bus, []byte{0xF7}, 8); !bytes.Equal(d, resetData[:]) {
		t.Errorf("data after power-on: % x", d)
	}
	tx(t, bus, []byte{0xF4, 0x24, 0xF2, 0x01, 0xF5, 0xA0, 0xF4, 0x24}, 0)
	if r := tx(t, bus, []byte{0xF2}, 4); !bytes.Equal(r, []byte{0x01, 0x00, 0x24, 0xA0}) {
		t.Errorf("control registers, counting up from F2: % x", r)
	}
	tx(t, bus, []byte{0xF2, 0xFF}, 0)
	if r := tx(t, bus, []byte{0xF2}, 1); r[0] != 0x07 {
		t.Errorf("ctrl_hum holds %02x, want three bits", r[0])
	}
	tx(t, bus, []byte{0xE0, 0xB5}, 0) // not the word
	if r := tx(t, bus, []byte{0xF4}, 1); r[0] != 0x24 {
		t.Error("a wrong reset word reset the chip")
	}
	tx(t, bus, []byte{0xE0, 0xB6}, 0)
	if r := tx(t, bus, []byte{0xF2}, 4); !bytes.Equal(r, make([]byte, 4)) {
		t.Errorf("control registers after a reset: % x", r)
	}
	if err := bus.Tx(0x77, []byte{0xD0}, make([]byte, 1)); err != ErrNoAcknowledge {
		t.Errorf("another address: %v", err)
	}
	if r := tx(t, bus, nil, 1); r[0] != 0 {
		t.Errorf("a read without a register: %02x", r[0])
	}
}

// TestConversionTime asks around the end of a conversion at oversampling 1, which takes
// 9.3 ms at most (§9.1).
func TestConversionTime(t *testing.T) {
	for _, tt := range []struct {
		at   time.Duration
		busy bool
	}{
		{time.Nanosecond, true},
		{9300*time.Microsecond - 1, true},
		{9300 * time.Microsecond, false},
		{9300*time.Microsecond + 1, false},
		{0, false}, // a clock that stands still: the driver did its waiting outside it
	} {
		now := time.Hour
		_, bus := chipOn(t, &now)
		tx(t, bus, []byte{0xF2, 0x01, 0xF4, 0x25}, 0)
		now += tt.at
		if got := tx(t, bus, []byte{0xF3}, 1)[0]&0x08 != 0; got != tt.busy {
			t.Errorf("after %v: busy = %v, want %v", tt.at, got, tt.busy)
		}
		if fresh := !bytes.Equal(tx(t, bus, []byte{0xF7}, 8), resetData[:]); fresh == tt.busy {
			t.Errorf("after %v: fresh data = %v", tt.at, fresh)
		}
		if mode := tx(t, bus, []byte{0xF4}, 1)[0] & 3; (mode == 0) == tt.busy {
			t.Errorf("after %v: mode %d", tt.at, mode)
		}
	}
}

func TestConversionTimeByOversampling(t *testing.T) {
	for _, tt := range []struct {
		hum, meas byte
		want      time.Duration
	}{
		{0, 0x01, 1250 * time.Microsecond},
		{0, 0x21, 3550 * time.Microsecond},
		{1, 0x25, 9300 * time.Microsecond},
		{5, 0xB5, 112800 * time.Microsecond},
		{7, 0xFD, 112800 * time.Microsecond}, // 110 and 111 mean 16 times too
	} {
		s := newBME280(1, DatasheetCalibration)
		s.write([]byte{0xF2, tt.hum, 0xF4, tt.meas}, 0)
		if s.until != tt.want {
			t.Errorf("F2 %02x F4 %02x: %v, want %v", tt.hum, tt.meas, s.until, tt.want)
		}
	}
}

// TestCtrlHumLatch: ctrl_hum takes effect with the next write of ctrl_meas (§5.4.3).
func TestCtrlHumLatch(t *testing.T) {
	var now time.Duration
	_, bus := chipOn(t, &now)
	tx(t, bus, []byte{0xF4, 0x25, 0xF2, 0x01}, 0) // too late for this conversion
	tx(t, bus, []byte{0xF3}, 1)
	if d := tx(t, bus, []byte{0xFD}, 2); !bytes.Equal(d, []byte{0x80, 0}) {
		t.Errorf("humidity was measured: % x", d)
	}
	tx(t, bus, []byte{0xF4, 0x25}, 0)
	tx(t, bus, []byte{0xF3}, 1)
	if d := tx(t, bus, []byte{0xFD}, 2); bytes.Equal(d, []byte{0x80, 0}) {
		t.Error("humidity was not measured")
	}
}

func TestNormalModeNeverYields(t *testing.T) {
	var now time.Duration
	_, bus := chipOn(t, &now)
	tx(t, bus, []byte{0xF2, 0x01, 0xF4, 0x27}, 0)
	now += time.Minute
	if d := tx(t, bus, []byte{0xF7}, 8); !bytes.Equal(d, resetData[:]) {
		t.Errorf("normal mode gave % x", d)
	}
}

// TestResolution: with the filter off the lowest bits beyond 16+osrs-1 are zero.
func TestResolution(t *testing.T) {
	for osrs := byte(1); osrs <= 5; osrs++ {
		var seen byte
		for seed := range uint64(64) {
			s := newBME280(seed, DatasheetCalibration)
			s.write([]byte{0xF2, 1, 0xF4, osrs<<5 | osrs<<2 | 1}, 0)
			s.finish(climate{20, 50, 101325})
			seen |= s.reg[0xF9] | s.reg[0xFC]
		}
		// The three low register bytes hold raw bits 3 to 0 in their upper half.
		if want := ^byte(0xFF>>(osrs-1)) & 0xF0; seen != want {
			t.Errorf("oversampling code %d: bits %08b seen, want %08b", osrs, seen, want)
		}
	}
}

func TestNoise(t *testing.T) {
	s := newBME280(7, DatasheetCalibration)
	const n = 4000
	var sum, square [3]float64
	for range n {
		s.write([]byte{0xF2, 1, 0xF4, 0x25}, 0)
		s.finish(climate{20, 50, 101325})
		d := s.reg[0xF7:0xFF]
		rawP := float64(uint32(d[0])<<12 | uint32(d[1])<<4 | uint32(d[2])>>4)
		rawT := float64(uint32(d[3])<<12 | uint32(d[4])<<4 | uint32(d[5])>>4)
		rawH := float64(uint32(d[6])<<8 | uint32(d[7]))
		fine := s.calib.fine(rawT)
		for i, v := range []float64{s.calib.celsius(rawT) - 20, s.calib.percent(rawH, fine) - 50, s.calib.pascal(rawP, fine) - 101325} {
			sum[i] += v
			square[i] += v * v
		}
	}
	// Quantisation adds step²/12 to the variance of the noise.
	want := [3]float64{math.Hypot(0.005, 0.005/math.Sqrt(12)), 0.07, math.Hypot(3.3, 2.6/math.Sqrt(12))}
	for i, name := range []string{"temperature", "humidity", "pressure"} {
		mean := sum[i] / n
		sd := math.Sqrt(square[i]/n - mean*mean)
		if math.Abs(mean) > want[i]/10 || math.Abs(sd/want[i]-1) > 0.1 {
			t.Errorf("%s: mean %.4f, standard deviation %.4f, want 0 and %.4f", name, mean, sd, want[i])
		}
	}
}

// TestSeed: the same seed gives the same bits, another one other bits, and a fault in
// between does not shift what follows.
func TestSeed(t *testing.T) {
	run := func(seed uint64, frozen bool) (last [8]byte) {
		s := newBME280(seed, DatasheetCalibration)
		for i := range 5 {
			s.frozen = frozen && i < 4
			s.write([]byte{0xF2, 1, 0xF4, 0x25}, 0)
			s.finish(climate{20, 50, 101325})
		}
		copy(last[:], s.reg[regData:])
		return last
	}
	if run(1, false) != run(1, false) {
		t.Error("the same seed gave different bits")
	}
	if run(1, false) == run(2, false) {
		t.Error("different seeds gave the same bits")
	}
	if run(1, false) != run(1, true) {
		t.Error("a fault shifted the noise after it")
	}
}

// TestUnmodifiedDriver reads a grid of rooms through bmxx80, whose integer arithmetic must agree with the double precision model.
func TestUnmodifiedDriver(t *testing.T) {
	b := New(3)
	b.SetClock(func() time.Duration { return 0 })
	bus, err := b.OpenBus("1")
	if err != nil {
		t.Fatal(err)
	}
	d, err := bmxx80.NewI2C(bus, 0x76, &bmxx80.Opts{Temperature: bmxx80.O1x, Pressure: bmxx80.O1x, Humidity: bmxx80.O1x})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []float64{-20, 0, 21, 40, 60} {
		for _, h := range []float64{10, 50, 90} {
			b.SetClimate(c, h, 95000)
			var e physic.Env
			if err := d.Sense(&e); err != nil {
				t.Fatal(err)
			}
			gotC, gotH := e.Temperature.Celsius(), float64(e.Humidity)/float64(physic.PercentRH)
			gotP := float64(e.Pressure) / float64(physic.Pascal)
			if math.Abs(gotC-c) > 0.04 || math.Abs(gotH-h) > 0.45 || math.Abs(gotP-95000) > 21 {
				t.Errorf("%v °C %v %%: read %.3f, %.3f, %.1f Pa", c, h, gotC, gotH, gotP)
			}
		}
	}
}
