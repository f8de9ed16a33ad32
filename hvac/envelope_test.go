package hvac

import (
	"testing"
	"time"
)

func TestFrostFloorInEveryMode(t *testing.T) {
	for _, m := range []Mode{ModeOff, ModeHeat, ModeCool, ModeAuto, Mode(77)} {
		d := newDrive(t, 6.99, 5, m)
		d.params.CanCool = true
		d.run(d.params.MinOff + time.Second)
		d.wantCall(CallHeat)
		if r := d.wantReason(FrostFloor); r.Value != 7 {
			t.Errorf("%v: floor %v", m, r.Value)
		}
		if d.out.Action != ActionHeating {
			t.Errorf("%v: action %v", m, d.out.Action)
		}
	}
}

func TestFrostFloorBoundaries(t *testing.T) {
	d := newDrive(t, 7, 5, ModeOff)
	d.run(time.Hour)
	d.wantCall(CallNone)
	d.temp = 6.99
	d.until(CallHeat, time.Minute)
	d.temp = 7.99
	d.run(time.Hour)
	d.wantCall(CallHeat)
	d.temp = 8
	d.until(CallNone, time.Minute)
	d.temp = 7
	d.run(time.Hour)
	d.wantCall(CallNone)
}

func TestFrostFloorActsWithAnOpenDoor(t *testing.T) {
	d := newDrive(t, 6, 21, ModeHeat)
	d.in.Doors[0].Open = true
	d.run(10 * time.Minute)
	d.wantReason(DoorOpen)
	d.wantReason(FrostFloor)
	d.wantCall(CallHeat)
}

func TestFrostFloorRespectsDwell(t *testing.T) {
	d := newDrive(t, 6, 21, ModeOff)
	d.step()
	if took := d.until(CallHeat, time.Hour); took != d.params.MinOff {
		t.Errorf("heating %v after the start, want %v", took, d.params.MinOff)
	}
}

func TestFrostFloorNeedsAHeater(t *testing.T) {
	d := newDrive(t, 6, 21, ModeOff)
	d.params.CanHeat = false
	d.run(time.Hour)
	d.wantCall(CallNone)
}

func TestOverheatCutsARunShort(t *testing.T) {
	d := newDrive(t, 33.5, 21, ModeOff)
	d.params.SetpointMax, d.params.Overheat = 35, 34
	d.in.Setpoint, d.in.Mode = 35, ModeHeat
	d.until(CallHeat, 10*time.Minute)
	d.run(2 * time.Second)
	d.wantCall(CallHeat)
	d.temp = 34
	d.step()
	d.wantCall(CallNone)
	d.wantReason(Overheat)
	d.temp = 32 // latched until two kelvin below
	d.run(time.Hour)
	d.wantReason(Overheat)
	d.wantCall(CallNone)
	d.temp = 31.9
	d.run(10 * time.Minute)
	d.wantNoReason(Overheat)
	d.wantCall(CallHeat)
}

func TestOverheatedHouseMayBeCooled(t *testing.T) {
	d := newDrive(t, 36, 25, ModeCool)
	d.params.CanCool = true
	d.run(10 * time.Minute)
	d.wantReason(Overheat)
	d.wantCall(CallCool)
}

func TestFrostDutyBoundary(t *testing.T) {
	for _, at := range around {
		d := newDrive(t, 12, 21, ModeOff)
		d.run(time.Minute)
		d.silent = true
		d.run(d.params.StaleAfter)
		d.run(d.params.LostAfter + at.off)
		if duty := d.out.Demand != 0; duty != at.past {
			t.Errorf("%v from LostAfter: demand %v", at.off, d.out.Demand)
		}
	}
}

func TestFrostDutyShare(t *testing.T) {
	d := newDrive(t, 12, 21, ModeHeat)
	d.run(time.Minute)
	d.silent = true
	d.run(3 * time.Hour)
	if r := d.wantReason(FrostDuty); r.Value != d.params.LostDuty {
		t.Errorf("share %v", r.Value)
	}
	on, n := 0, 0
	for range 24 * 3600 {
		d.step()
		n++
		if d.out.Call == CallHeat {
			on++
		}
	}
	if share := float64(on) / float64(n); share < 0.14 || share > 0.16 {
		t.Errorf("heating %.3f of the time, want 0.15", share)
	}
	if d.out.Action != ActionFault {
		t.Errorf("action %v", d.out.Action)
	}
}

func TestFrostDutyConditions(t *testing.T) {
	tests := []struct {
		name  string
		temp  Celsius
		never bool
		heat  bool
		want  bool
	}{
		{"cold", 19.9, false, true, true},
		{"warm", 20, false, true, false},
		{"never known", 0, true, true, true},
		{"no heater", 10, false, false, false},
	}
	for _, tt := range tests {
		d := newDrive(t, tt.temp, 21, ModeOff)
		d.params.CanHeat, d.silent = tt.heat, tt.never
		d.run(time.Minute)
		d.silent = true
		d.run(4 * time.Hour)
		if got := d.out.Demand > 0; got != tt.want {
			t.Errorf("%s: demand %v", tt.name, d.out.Demand)
		}
	}
}

// Warm is what is heated, or what nobody has seen for a season.
func TestFrostDutyOfAWarmRoom(t *testing.T) {
	tests := []struct {
		name       string
		heat, need float64
		blind      time.Duration
		want       float64
	}{
		{"summer", 0, 0, 3 * time.Hour, 0},
		{"just not heated", 0.0499, 0.0499, 3 * time.Hour, 0},
		{"a little", 0, heated, 3 * time.Hour, 0.15},
		{"by the integral", 0.6, 0, 3 * time.Hour, 0.42},
		{"by the runs of the last day", 0, 0.6, 3 * time.Hour, 0.42},
		{"too early", 0.6, 0.6, time.Hour, 0},
		{"just within the season", 0, 0, season - time.Second, 0},
		{"after the season", 0, 0, season, 0.15},
	}
	for _, tt := range tests {
		d := newDrive(t, 21, 21, ModeOff)
		d.run(time.Minute)
		d.in.Fault = FaultStuck
		d.step()
		d.state.PID.Heat, d.state.Need, d.state.Blind = tt.heat, tt.need, tt.blind-d.params.Tick
		d.step()
		if !(d.out.Demand > tt.want-1e-9 && d.out.Demand < tt.want+1e-9) {
			t.Errorf("%s: demand %v, want %v", tt.name, d.out.Demand, tt.want)
		}
	}
}

// A cut-out that nobody can lift any more must not freeze the house in the end.
func TestOverheatIsForgottenWithoutASensor(t *testing.T) {
	for _, at := range around {
		d := newDrive(t, 36, 21, ModeOff)
		d.run(time.Minute)
		d.state.Need = 0.5
		d.silent, d.in.Fault = true, FaultChip
		d.step()
		d.state.Blind = hotFor + at.off - d.params.Tick
		d.step()
		if over := d.out.Demand != 0; over != at.past {
			t.Errorf("%v from half a day: demand %v, hot %v", at.off, d.out.Demand, d.state.Hot)
		}
	}
}

func TestNeedFollowsTheRunsThatAreSeen(t *testing.T) {
	d := newDrive(t, 15, 21, ModeHeat)
	d.params.NoRiseAfter, d.params.MaxRun = 24*time.Hour, 48*time.Hour
	d.until(CallHeat, time.Hour)
	d.run(24 * time.Hour)
	if n := d.state.Need; n < 0.95 || n > 1 {
		t.Errorf("after a day of heating the need is %v", n)
	}
	before := d.state.Need
	d.in.Fault = FaultStuck
	d.run(time.Hour)
	if d.state.Need != before {
		t.Errorf("an hour nobody saw moved the need from %v to %v", before, d.state.Need)
	}
	d.in.Fault, d.in.Mode = FaultNone, ModeOff
	d.run(24 * time.Hour)
	if n := d.state.Need; n < 0.33 || n > 0.38 { // 1/e
		t.Errorf("a day later the need is %v", n)
	}
}

func TestFrostDutyBeginsAtOnceAtTheFloor(t *testing.T) {
	d := newDrive(t, 6.5, 21, ModeOff)
	d.run(10 * time.Minute)
	d.in.Fault = FaultStuck
	d.step()
	d.wantReason(FrostDuty)
}
