package hvac

import (
	"testing"
	"time"
)

// Whatever stands above the controller for long, its integral does not wind: it is after
// an hour what it was.
func TestNothingAboveTheControllerWindsItsIntegral(t *testing.T) {
	for name, tt := range map[string]struct {
		temp Celsius
		bind func(*drive)
	}{
		"frost":           {6.5, func(d *drive) { d.state.Frost = true }},
		"overheat":        {20.5, func(d *drive) { d.state.Hot = true; d.params.Overheat = 28; d.temp, d.in.Setpoint = 27.5, 28 }},
		"door":            {20.5, func(d *drive) { d.in.Doors[0].Open = true; d.params.MaxDoorPause = 12 * time.Hour }},
		"off":             {20.5, func(d *drive) { d.in.Mode = ModeOff }},
		"blind":           {20.5, func(d *drive) { d.in.Fault = FaultStuck }},
		"stuck relay":     {20.5, func(d *drive) { d.state.Watch.Stuck, d.state.Watch.Off, d.state.Watch.Top = true, time.Hour, 20.5 }},
		"tuning":          {20.5, func(d *drive) { d.in.Probe.Active = true }},
		"saturated":       {17, func(d *drive) {}},
		"saturated below": {25, func(d *drive) {}},
	} {
		d := newDrive(t, tt.temp, 21, ModeHeat)
		d.params.Predict = false
		tt.bind(d)
		d.step()
		if tt.bind(d); d.state.PID.Heat > 0.35 {
			t.Fatalf("%s: integral begins at %v", name, d.state.PID.Heat)
		}
		d.state.PID.Heat = 0.3
		for range 60 {
			d.run(time.Minute)
			tt.bind(d)
		}
		if got := d.state.PID.Heat; !near(got, 0.3, 0.02) {
			t.Errorf("%s: integral %v after an hour, was 0.3; reasons %v", name, got, d.texts())
		}
	}
}
