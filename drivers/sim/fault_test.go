package sim

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/i2c"
)

func TestFaultNames(t *testing.T) {
	for f := SensorFrozen; f < endOfFaults; f++ {
		if got, err := ParseFault(f.String()); err != nil || got != f {
			t.Errorf("ParseFault(%q) = %v, %v", f, got, err)
		}
	}
	for _, name := range []string{"", "none", "Sensor-Frozen", "fault 200"} {
		if _, err := ParseFault(name); err == nil || !strings.Contains(err.Error(), "door-stuck") {
			t.Errorf("ParseFault(%q): err = %v, want the list of names", name, err)
		}
	}
	if Fault(200).String() != "fault 200" || len(faultNames) != int(endOfFaults) {
		t.Error("names and faults do not match")
	}
}

// sample makes one conversion as the driver does and returns the data registers.
func sample(t *testing.T, bus i2c.Bus) []byte {
	t.Helper()
	tx(t, bus, []byte{0xF4, 0x25}, 0)
	tx(t, bus, []byte{0xF3}, 1)
	return tx(t, bus, []byte{0xF7}, 8)
}

func initialise(t *testing.T, bus i2c.Bus) { tx(t, bus, []byte{0xF2, 0x01, 0xF4, 0x24}, 0) }

func TestSensorFaults(t *testing.T) {
	var now time.Duration
	b, bus := chipOn(t, &now)
	initialise(t, bus)
	good := sample(t, bus)
	fresh := func() bool {
		d := sample(t, bus)
		return !bytes.Equal(d, sample(t, bus)) && !bytes.Equal(d[6:], []byte{0x80, 0})
	}

	b.SetFault(SensorFrozen)
	if d := sample(t, bus); !bytes.Equal(d, good) {
		t.Errorf("frozen: % x, want % x", d, good)
	}
	b.ClearFault(SensorFrozen)
	if !fresh() {
		t.Error("not fresh after frozen")
	}

	b.SetFault(SensorDead)
	if err := bus.Tx(0x76, []byte{0xD0}, make([]byte, 1)); err != ErrNoAcknowledge {
		t.Errorf("dead: %v", err)
	}
	b.ClearFault(SensorDead)
	if !fresh() {
		t.Error("not fresh after dead")
	}

	b.SetFault(SensorReset)
	b.SetFault(SensorReset) // a second time changes nothing
	if d := sample(t, bus); !bytes.Equal(d, resetData[:]) {
		t.Errorf("reset: % x", d)
	}
	initialise(t, bus)
	if !fresh() {
		t.Error("not fresh after being initialised anew, although the fault is a single one")
	}
	b.ClearFault(SensorReset)

	b.SetFault(SensorResetHeld)
	initialise(t, bus)
	if d := sample(t, bus); !bytes.Equal(d, resetData[:]) {
		t.Errorf("held in reset: % x", d)
	}
	b.ClearFault(SensorResetHeld)
	initialise(t, bus)
	if !fresh() {
		t.Error("not fresh after held in reset")
	}

	b.SetFault(SensorHang)
	if d := tx(t, bus, []byte{0xD0}, 3); !bytes.Equal(d, []byte{0xFF, 0xFF, 0xFF}) {
		t.Errorf("hang: % x", d)
	}
	b.ClearFault(SensorHang)
	if !fresh() {
		t.Error("not fresh after hang")
	}

	b.BrownOut()
	if d := sample(t, bus); !bytes.Equal(d[6:], []byte{0x80, 0}) || bytes.Equal(d[3:6], []byte{0x80, 0, 0}) {
		t.Errorf("brown-out: % x, want a temperature and no humidity", d)
	}

	b.SetFault(SensorBMP280)
	if id := tx(t, bus, []byte{0xD0}, 1); id[0] != 0x58 {
		t.Errorf("swapped: id %02x", id[0])
	}
	initialise(t, bus)
	if r := tx(t, bus, []byte{0xF2}, 1); r[0] != 0 {
		t.Error("a BMP280 has no ctrl_hum")
	}
	if d := sample(t, bus); !bytes.Equal(d[6:], []byte{0, 0}) {
		t.Errorf("swapped: % x, want no humidity", d)
	}
	b.ClearFault(SensorBMP280)
	initialise(t, bus)
	if !fresh() {
		t.Error("not fresh after being swapped back")
	}
	b.SetFault(0)
	b.SetFault(endOfFaults) // neither is a fault: no effect and no panic
}
