package hvac

import (
	"math"
	"testing"
	"time"
)

func TestARunThatLastsTooLongPauses(t *testing.T) {
	for _, mode := range []Mode{ModeHeat, ModeCool} {
		temp := Celsius(15)
		if mode == ModeCool {
			temp = 30
		}
		d := newDrive(t, temp, 21, mode)
		d.params.CanCool, d.params.MaxRun, d.params.NoRiseAfter = true, time.Hour, 24*time.Hour
		call := map[Mode]Call{ModeHeat: CallHeat, ModeCool: CallCool}[mode]
		rest := map[Mode]time.Duration{ModeHeat: d.params.MinOff, ModeCool: d.params.CoolDwell}[mode]
		d.until(call, time.Hour)
		for range 3 {
			if ran := d.until(CallNone, 2*time.Hour); ran != time.Hour {
				t.Errorf("%v: ran for %v, want 1h", mode, ran)
			}
			if r := d.wantReason(RunTooLong); r.Since != time.Hour {
				t.Errorf("%v: %+v", mode, r)
			}
			if paused := d.until(call, time.Hour); paused != rest {
				t.Errorf("%v: paused for %v, want %v", mode, paused, rest)
			}
		}
		d.run(2 * time.Second)
		d.wantNoReason(RunTooLong)
	}
}

func TestNoRiseAtBoundary(t *testing.T) {
	for _, at := range around {
		d := newDrive(t, 15, 21, ModeHeat)
		d.until(CallHeat, time.Hour)
		d.state.Watch = Watch{Full: d.params.NoRiseAfter - d.params.Tick + at.off, From: 15, Low: 15}
		d.step()
		if told := d.reasons.Has(NoRise); told != at.past {
			t.Errorf("%v from the limit: told %v", at.off, told)
		}
	}
}

// A house that gets colder at full demand need not be watched for as long.
func TestAFallAtFullDemand(t *testing.T) {
	for _, tt := range []struct {
		full time.Duration
		temp Celsius
		told bool
	}{{fullLeast, 13, true}, {fullLeast, 13.01, false}, {fullLeast - 2*time.Second, 13, false}} {
		d := newDrive(t, tt.temp, 21, ModeHeat)
		d.until(CallHeat, time.Hour)
		d.state.Watch = Watch{Full: tt.full, From: 15, Low: 14}
		d.step()
		if told := d.reasons.Has(NoRise); told != tt.told {
			t.Errorf("%v at %v: told %v", tt.full, tt.temp, told)
		}
	}
}

// Without effect the heater is tried again every hour, for ever, and believed again
// as soon as the room gets warmer.
func TestNoRiseKeepsTrying(t *testing.T) {
	d := newDrive(t, 6, 21, ModeHeat)
	d.run(d.params.NoRiseAfter + time.Hour)
	d.wantReason(NoRise)
	d.wantReason(FrostFloor)
	d.until(CallHeat, time.Hour)
	for range 5 {
		if ran := d.until(CallNone, 2*time.Hour); ran > retry {
			t.Errorf("ran for %v without effect", ran)
		}
		if paused := d.until(CallHeat, time.Hour); paused != d.params.MinOff {
			t.Errorf("paused for %v", paused)
		}
	}
	d.temp += 0.29
	d.run(10 * time.Minute)
	d.wantReason(NoRise)
	d.temp += 0.02
	d.run(10 * time.Minute)
	d.wantNoReason(NoRise)
}

func TestWhatIsNotFullDemandIsForgotten(t *testing.T) {
	d := newDrive(t, 20.9, 21, ModeHeat)
	d.run(time.Hour)
	d.state.Watch.Full = 10 * time.Minute
	d.run(10 * time.Minute)
	if d.state.Watch.Full != 0 {
		t.Errorf("%v of full demand are left", d.state.Watch.Full)
	}
}

// warm is a house that was heated, is off, and shows the temperatures it is given.
func warm(t *testing.T) *drive {
	d := newDrive(t, 21, 15, ModeHeat)
	d.state.Need = 0.5
	d.run(time.Minute)
	return d
}

func TestARiseWithoutHeating(t *testing.T) {
	for _, tt := range []struct {
		name string
		rise Celsius
		over time.Duration
		want bool
	}{
		{"a stove", 4.9, time.Hour, false},
		{"the relay", 5.1, time.Hour, true},
		{"the relay of a heavy house", 2.1, 17 * time.Hour, true},
		{"a sunny day", 5.5, 8 * time.Hour, false},
		{"a little", 1.9, 17 * time.Hour, false},
	} {
		d := warm(t)
		d.fall(-float64(tt.rise)/tt.over.Minutes(), tt.over)
		d.run(time.Minute)
		if told := d.reasons.Has(StuckRelay); told != tt.want {
			t.Errorf("%s: told %v, want %v", tt.name, told, tt.want)
		}
	}
}

func TestAStuckRelayBarsHeatingUntilItCools(t *testing.T) {
	d := warm(t)
	d.fall(-0.1, time.Hour)
	if r := d.wantReason(StuckRelay); r.Value < 5 {
		t.Errorf("%+v", r)
	}
	d.in.Setpoint = 30
	d.run(10 * time.Minute)
	d.wantCall(CallNone)
	d.temp -= 1.1
	d.run(10 * time.Minute)
	d.wantNoReason(StuckRelay)
	d.wantCall(CallHeat)
}

func TestTheFrostFloorIsNeverBarred(t *testing.T) {
	d := warm(t)
	d.fall(-0.1, time.Hour)
	d.wantReason(StuckRelay)
	d.temp = 6
	d.run(10 * time.Minute)
	d.wantReason(FrostFloor)
	d.wantCall(CallHeat)
}

// A contact welds when it closes: what was not heated has none that could.
func TestAHouseThatWasNotHeatedHasNoStuckRelay(t *testing.T) {
	for name, change := range map[string]func(d *drive){
		"summer":   func(d *drive) { d.state.Watch.Needed = false },
		"long ago": func(d *drive) { d.state.Watch.Off = weldShows },
	} {
		d := warm(t)
		change(d)
		d.fall(-0.1, 2*time.Hour)
		if d.reasons.Has(StuckRelay) {
			t.Errorf("%s: a stuck relay", name)
		}
	}
}

func TestDamagedWatch(t *testing.T) {
	for _, w := range []Watch{{Low: math.NaN()}, {From: math.Inf(1)}, {Bottom: math.NaN()}, {Top: math.Inf(-1)}} {
		if w.repair(); w != (Watch{}) {
			t.Errorf("%+v", w)
		}
	}
	w := Watch{Full: -1, Off: -1, Rise: math.MaxInt64}
	if w.repair(); w.Full != 0 || w.Off != 0 || w.Rise != forever {
		t.Errorf("%+v", w)
	}
}
