package drivers_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"testing/synctest"

	"quietstat/drivers"
	"quietstat/drivers/sim"
	"quietstat/hvac"
)

// pair opens a board with two sensors: 21.3 °C at the first, 18.5 °C at the second.
func pair(t *testing.T) (*drivers.Board, *sim.Board) {
	t.Helper()
	s := sim.New(1)
	s.SetClimate(21.3, 45, 101325)
	s.FitSecond(0x77, 1)
	s.SetSecondClimate(18.5, 60, 100000)
	o := wiring
	o.Second = 0x77
	b, err := drivers.Open(s, o)
	if err != nil {
		t.Fatal(err)
	}
	return b, s
}

func TestEachSensorMeasuresItsOwnPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := pair(t)
		if r, fault := b.LatestSecond(); r.Valid || fault != hvac.FaultBus {
			t.Errorf("before the first sample: %v, %v", r, fault)
		}
		if err := b.Sense(7); err != nil {
			t.Fatal(err)
		}
		first, _ := b.Climate().Latest()
		second, fault := b.LatestSecond()
		if fault != hvac.FaultNone || first.At != 7 || second.At != 7 ||
			math.Abs(float64(first.Temperature)-21.3) > 0.1 || math.Abs(float64(second.Temperature)-18.5) > 0.1 {
			t.Errorf("first %v, second %v (%v)", first.Temperature, second.Temperature, fault)
		}
	})
}

// One chip that is gone must not cost the other's samples.
func TestOneSensorOutlivesTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, s := pair(t)
		s.SetFault(sim.SensorDead)
		if err := b.Sense(1); !errors.Is(err, sim.ErrNoAcknowledge) {
			t.Errorf("the first sensor is gone: %v", err)
		}
		if r, fault := b.LatestSecond(); !r.Valid || fault != hvac.FaultNone {
			t.Errorf("second without the first: %v, %v", r, fault)
		}
		s.ClearFault(sim.SensorDead)
		s.FitSecond(0, 0)
		if err := b.Sense(2); err == nil {
			t.Error("the second sensor is gone and nobody says so")
		}
		if r, fault := b.Climate().Latest(); r.At != 2 || fault != hvac.FaultNone {
			t.Errorf("first without the second: %v, %v", r, fault)
		}
		if r, fault := b.LatestSecond(); r.At != 1 || fault != hvac.FaultBus {
			t.Errorf("second after it went: %v, %v", r, fault)
		}
	})
}

func TestWithoutASecondSensor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, err := drivers.Open(sim.New(1), wiring)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Sense(1); err != nil {
			t.Error(err)
		}
		if r, fault := b.LatestSecond(); r != (hvac.Reading{}) || fault != hvac.FaultNone || b.Second() != nil {
			t.Errorf("not fitted, and yet %v, %v", r, fault)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestCloseLetsGoOfBothSensors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := pair(t)
		if err := b.Sense(1); err != nil {
			t.Fatal(err)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if err := b.Second().Sense(2); !errors.Is(err, drivers.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	})
}

func TestSecondAddress(t *testing.T) {
	for _, tt := range []struct {
		first, second uint16
		ok            bool
	}{{0x76, 0, true}, {0x76, 0x77, true}, {0x77, 0x76, true}, {0x76, 0x76, false}, {0x77, 0x77, false}, {0x76, 0x75, false}, {0x76, 0x78, false}} {
		o := wiring
		o.Address, o.Second = tt.first, tt.second
		_, err := drivers.Open(sim.New(1), o)
		if (err == nil) != tt.ok || err != nil && !strings.Contains(err.Error(), "second sensor") {
			t.Errorf("first %#x, second %#x: %v", tt.first, tt.second, err)
		}
	}
}
