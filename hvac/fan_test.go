package hvac

import (
	"testing"
	"time"
)

func TestFanGoesAheadAndRunsOn(t *testing.T) {
	d := newDrive(t, 20, 21, ModeHeat)
	d.params.Gains.Kp, d.params.FanWithHeat = 20, true
	d.params.Equipment.FanPreRun = 40 * time.Second
	began := d.in.Now
	for !d.out.Fan {
		d.step()
	}
	if took := d.in.Now - began; took != d.params.MinOff {
		t.Errorf("the fan began after %v", took)
	}
	d.wantCall(CallNone)
	if r := d.wantReason(FanFirst); r.Left != 40*time.Second {
		t.Errorf("the run waits %v", r.Left)
	}
	if took := d.until(CallHeat, time.Hour); took != 40*time.Second {
		t.Errorf("the run began %v after the fan", took)
	}
	d.in.Mode = ModeOff
	d.until(CallNone, time.Hour)
	off := d.in.Now
	for d.out.Fan {
		d.step()
	}
	if on := d.in.Now - off; on != d.params.FanRunOn {
		t.Errorf("the fan ran on for %v", on)
	}
}

// A wish that goes away while the fan runs ahead leaves nothing behind.
func TestAWishThatGoesAwayDuringThePreRun(t *testing.T) {
	d := newDrive(t, 20, 21, ModeHeat)
	d.params.Gains.Kp, d.params.FanWithHeat = 20, true
	d.params.Equipment.FanPreRun = time.Minute
	for !d.out.Fan {
		d.step()
	}
	d.run(30 * time.Second)
	d.in.Mode = ModeOff
	d.step()
	if d.out.Fan || d.out.Call != CallNone || d.state.Plant.Lines[LineHeat].Wear.Starts != 0 {
		t.Errorf("fan %v, call %v", d.out.Fan, d.out.Call)
	}
}

// The duty is the one asked for, however long the fan goes ahead: what a run loses at
// its beginning is owed and made good.
func TestPreRunCostsNoDuty(t *testing.T) {
	for _, pre := range []time.Duration{0, 3 * time.Minute} {
		p := DefaultParams()
		p.FanWithHeat, p.Equipment.FanPreRun = true, pre
		p.Gains = Gains{Kp: 0.4, Ti: 48 * time.Hour, SetpointWeight: 1, FilterTime: time.Second}
		in := Input{Params: &p, Mode: ModeHeat, Setpoint: 21}
		var s State
		var out Outputs
		on, asked := 0.0, 0.0
		for i := range 20 * 3600 {
			in.Now += time.Second
			in.Reading = Reading{At: in.Now, Valid: true, Temperature: 20 + Celsius(i%2)*0.001}
			s, out, _ = Step(s, in)
			if asked += out.Demand; out.Call == CallHeat {
				on++
			}
		}
		if !near(on/asked, 1, 0.01) {
			t.Errorf("with a pre-run of %v the house got %v of what was asked", pre, on/asked)
		}
	}
}

func TestCirculation(t *testing.T) {
	for _, tt := range []struct {
		least time.Duration
		mode  Mode
		want  time.Duration // in three hours
	}{
		{0, ModeHeat, 0}, {15 * time.Minute, ModeHeat, 45 * time.Minute}, {time.Hour, ModeHeat, 3 * time.Hour},
		{15 * time.Minute, ModeOff, 0},
	} {
		d := newDrive(t, 22, 21, tt.mode)
		d.params.Equipment.FanCirculate = tt.least
		var on time.Duration
		for range 3 * 3600 {
			d.step()
			if d.out.Fan {
				on += time.Second
			}
		}
		if on < tt.want-5*time.Second || on > tt.want+5*time.Second {
			t.Errorf("%v of each hour in mode %v: the fan ran %v in three", tt.least, tt.mode, on)
		}
		d.wantCall(CallNone)
	}
}

// Runs that used the fan count.
func TestCirculationCountsTheRuns(t *testing.T) {
	q := Plant{Hour: 50 * time.Minute, FanDone: 5 * time.Minute}
	p := DefaultParams()
	for _, tt := range []struct {
		least time.Duration
		want  bool
	}{{15*time.Minute - 1, false}, {15 * time.Minute, true}, {5 * time.Minute, false}} {
		if p.Equipment.FanCirculate = tt.least; q.due(&p) != tt.want {
			t.Errorf("ten minutes before the hour, %v wanted, 5m done: due %v", tt.least, q.due(&p))
		}
	}
	q.circulate(10 * time.Minute)
	if q.Hour != 0 || q.FanDone != 0 {
		t.Errorf("the next hour begins with %v and %v", q.Hour, q.FanDone)
	}
}
