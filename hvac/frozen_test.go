package hvac

import (
	"math"
	"testing"
	"time"
)

// still is a house whose sensor shows the same to the last digit. It is cold, so it is
// heated, if it may be.
func still(t *testing.T, mode Mode) *drive {
	d := newDrive(t, 15, 21, mode)
	d.run(time.Hour)
	d.same = true
	d.step()
	return d
}

func TestFrozenAtBoundary(t *testing.T) {
	for _, at := range around {
		d := still(t, ModeHeat)
		d.state.Sensor.Same = 0
		d.run(d.params.FrozenAfter + at.off)
		if frozen := d.reasons.Has(SensorFrozen); frozen != at.past || (d.out.Action == ActionFault) != at.past {
			t.Errorf("%v from the limit: frozen %v, action %v", at.off, frozen, d.out.Action)
		}
	}
}

func TestOneDigitProvesLife(t *testing.T) {
	for name, change := range map[string]func(*drive){
		"temperature": func(d *drive) { d.temp += 0.01 },
		"humidity":    func(d *drive) { d.damp++ },
		"noise":       func(d *drive) { d.same = false },
	} {
		d := still(t, ModeHeat)
		d.run(d.params.FrozenAfter + time.Minute)
		d.wantReason(SensorFrozen)
		change(d)
		d.run(2 * d.params.Tick) // noise may strike the old value once
		d.wantNoReason(SensorFrozen)
		if d.state.Blind != 0 || d.out.Action == ActionFault {
			t.Errorf("%s: %v blind, action %v", name, d.state.Blind, d.out.Action)
		}
	}
}

// Where nothing works nothing need change, and a sample shown again is no new one.
func TestAHouseLeftAloneIsNotFrozen(t *testing.T) {
	d := still(t, ModeOff)
	d.run(2 * d.params.FrozenAfter)
	d.wantNoReason(SensorFrozen)
}

func TestNoNumberIsNoChange(t *testing.T) {
	s := Sensor{Tracking: true, Good: 20, Same: time.Hour}
	s.alike(&Reading{Temperature: 20, Humidity: Percent(math.NaN()), Pressure: Pascal(math.Inf(1))})
	if s.Same != time.Hour || s.Damp != 0 || s.Air != 0 {
		t.Errorf("%+v", s)
	}
}
