package hvac

import (
	"math"
	"testing"
	"time"
)

func TestSides(t *testing.T) {
	p := DefaultParams()
	p.CanCool = true
	heatOnly, coolOnly := p, p
	heatOnly.CanCool, coolOnly.CanHeat = false, false
	tests := []struct {
		name string
		mode Mode
		p    *Params
		last Call
		temp float64
		side Call
		sp   float64
	}{
		{"heat", ModeHeat, &p, CallCool, 30, CallHeat, 21},
		{"cool", ModeCool, &p, CallHeat, 10, CallCool, 21},
		{"auto cold", ModeAuto, &p, CallNone, 20, CallHeat, 21},
		{"auto between, was heating", ModeAuto, &p, CallHeat, 23.79, CallHeat, 21},
		{"auto at the upper setpoint", ModeAuto, &p, CallHeat, 23.8, CallCool, 23.8},
		{"auto between, was cooling", ModeAuto, &p, CallCool, 21.01, CallCool, 23.8},
		{"auto at the lower setpoint", ModeAuto, &p, CallCool, 21, CallHeat, 21},
		{"auto, only a heater", ModeAuto, &heatOnly, CallNone, 30, CallHeat, 21},
		{"auto, only a cooler", ModeAuto, &coolOnly, CallNone, 10, CallCool, 23.8},
	}
	for _, tt := range tests {
		s := State{Sensor: Sensor{Filtered: tt.temp}, PID: PID{Side: tt.last}}
		if side, sp := s.side(tt.mode, 21, tt.p); side != tt.side || sp != tt.sp {
			t.Errorf("%s: %v to %v, want %v to %v", tt.name, side, sp, tt.side, tt.sp)
		}
	}
}

func TestAutoChangesOverWithAPause(t *testing.T) {
	d := newDrive(t, 18, 21, ModeAuto)
	d.params.CanCool = true
	d.until(CallHeat, time.Hour)
	d.run(10 * time.Minute)
	for d.temp < 27 { // a heatwave, at a rate a room can do
		d.temp += 0.03
		d.step()
	}
	off := d.in.Now - d.state.Relay.Held
	if d.out.Call == CallCool {
		t.Fatal("cooling came before the end of the rise")
	}
	d.until(CallCool, time.Hour)
	if pause := d.in.Now - off; pause < d.params.Changeover {
		t.Errorf("changed over after %v, want at least %v", pause, d.params.Changeover)
	}
	if d.out.Action != ActionCooling || !d.out.Fan || d.out.Demand >= 0 {
		t.Errorf("cooling: %+v", d.out)
	}
}

func TestSetpoints(t *testing.T) {
	d := newDrive(t, 20, Celsius(math.NaN()), ModeHeat)
	d.run(10 * time.Minute)
	d.wantReason(SetpointInvalid)
	d.wantCall(CallNone)
	for sp, want := range map[Celsius]float64{Celsius(math.Inf(1)): 30, 30.01: 30, 4.99: 5, Celsius(math.Inf(-1)): 5} {
		d.in.Setpoint = sp
		d.step()
		if r := d.wantReason(SetpointClamped); r.Value != want {
			t.Errorf("setpoint %v became %v, want %v", sp, r.Value, want)
		}
	}
	for _, sp := range []Celsius{5, 30} {
		d.in.Setpoint = sp
		d.step()
		d.wantNoReason(SetpointClamped)
	}
}

func TestWhatIsNotWired(t *testing.T) {
	d := newDrive(t, 15, 21, ModeCool)
	d.run(time.Minute)
	d.wantReason(CannotCool)
	d.in.Mode, d.params.CanHeat = ModeHeat, false
	d.run(10 * time.Minute)
	d.wantReason(CannotHeat)
	d.wantCall(CallNone)
	if d.out.Action != ActionIdle {
		t.Errorf("action %v", d.out.Action)
	}
}

func TestSaturationIsTold(t *testing.T) {
	d := newDrive(t, 10, 21, ModeHeat)
	d.run(time.Minute)
	if r := d.wantReason(Saturated); r.Value != 1 || d.out.Demand != 1 {
		t.Errorf("reason %+v, demand %v", r, d.out.Demand)
	}
}

func TestModes(t *testing.T) {
	d := newDrive(t, 15, 21, ModeOff)
	d.run(10 * time.Minute)
	d.wantReason(ModeIsOff)
	d.wantCall(CallNone)
	d.in.Mode = Mode(9)
	d.run(10 * time.Minute)
	d.wantReason(ModeUnknown)
	d.wantCall(CallNone)
	if d.out.Action != ActionOff {
		t.Errorf("action %v", d.out.Action)
	}
}
