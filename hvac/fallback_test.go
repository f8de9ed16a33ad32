package hvac

import (
	"math"
	"testing"
	"time"
)

// two is a house with a second sensor that reads 0.7 K warmer, held for three hours.
func two(t *testing.T) *drive {
	d := newDrive(t, 20.5, 21, ModeHeat)
	d.beside = 0.7
	d.run(3 * time.Hour)
	return d
}

func TestTheSecondSensorStandsInWithoutABump(t *testing.T) {
	for _, fault := range []SensorFault{FaultStuck, FaultChip, FaultRange} {
		d := two(t)
		before := d.out
		d.in.Fault = fault
		d.step()
		if r := d.wantReason(SensorSpare); !near(r.Value, 0.7, 0.01) {
			t.Errorf("%v: difference %v K, want 0.7", fault, r.Value)
		}
		if d.out.Action == ActionFault || math.Abs(d.out.Demand-before.Demand) > 0.02 || d.state.Blind != 0 {
			t.Errorf("%v: demand %v before, %v after; action %v", fault, before.Demand, d.out.Demand, d.out.Action)
		}
		d.run(30 * time.Minute)
		before = d.out
		d.in.Fault = FaultNone
		d.step()
		d.wantNoReason(SensorSpare)
		if math.Abs(d.out.Demand-before.Demand) > 0.02 {
			t.Errorf("%v: demand %v before the return, %v after", fault, before.Demand, d.out.Demand)
		}
	}
}

func TestTheSecondSensorWaitsForTheFirstToBeStale(t *testing.T) {
	for _, at := range around {
		d := two(t)
		d.silent = true
		d.run(d.params.StaleAfter + at.off)
		if stands := d.reasons.Has(SensorSpare); stands != (at.off > 0) || d.reasons.Has(SensorStale) != stands {
			t.Errorf("%v from the limit: stands in %v", at.off, stands)
		}
	}
}

func TestTheSecondSensorFromTheStart(t *testing.T) {
	d := newDrive(t, 18, 21, ModeHeat)
	d.beside, d.silent = 0.7, true
	d.run(10 * time.Minute)
	d.wantReason(SensorAbsent)
	d.wantReason(SensorSpare)
	d.wantCall(CallHeat)
}

func TestWhatIsWrongWithTheSecondSensorIsTold(t *testing.T) {
	d := two(t)
	d.in.SpareFault, d.mute = FaultBus, true
	d.run(d.params.StaleAfter + time.Second)
	if r := d.wantReason(SpareFaulty); r.Value != float64(FaultBus) || r.Since != d.params.StaleAfter+time.Second {
		t.Errorf("%+v", r)
	}
	if d.out.Action == ActionFault {
		t.Error("the first one is well, and nothing runs")
	}
	d.in.Fault = FaultStuck
	d.step()
	d.wantReason(SpareFaulty)
	d.wantNoReason(SensorSpare)
	if d.out.Action != ActionFault {
		t.Errorf("without any sensor the action is %v", d.out.Action)
	}
	d.in.SpareFault, d.mute = FaultNone, false
	d.step()
	d.wantReason(SensorSpare)
}

// The difference is learned while both are good, kept within bounds and across restarts.
func TestTheDifferenceIsLearned(t *testing.T) {
	d := two(t)
	d.beside = 1.7
	d.run(offsetTime)
	if got := d.state.Beside.Offset; got < 1.2 || got > 1.7 {
		t.Errorf("after %v of 1.7 K: %v", offsetTime, got)
	}
	d.state = Restore(d.state.Save(), d.in.Now)
	before := d.state.Beside.Offset
	d.in.Fault = FaultStuck
	d.run(time.Hour)
	if d.state.Beside.Offset != before || before == 0 {
		t.Errorf("after the restart %v, and after an hour alone %v", before, d.state.Beside.Offset)
	}
	d.in.Fault, d.beside = FaultNone, 20
	d.run(3 * offsetTime)
	if got := d.state.Beside.Offset; got != offsetMost {
		t.Errorf("a sensor 20 K off counts as %v K off, want %v", got, offsetMost)
	}
}

func TestDamagedDifference(t *testing.T) {
	b := Beside{Offset: math.NaN(), Learnt: time.Hour}
	if b.repair(); b.Offset != 0 || b.Learnt != 0 {
		t.Errorf("%+v", b)
	}
	b = Beside{Offset: -99, Learnt: -1}
	if b.repair(); b.Offset != -offsetMost || b.Learnt != 0 {
		t.Errorf("%+v", b)
	}
}

// Without any sensor: as lately, then against frost.
func TestTheOrderOfTheFallback(t *testing.T) {
	d := newDrive(t, 20.5, 21, ModeHeat)
	d.run(time.Hour)
	d.state.Need, d.state.Recent, d.state.NeedFor = 0.5, 0.6, 12*time.Hour
	d.in.Fault = FaultStuck
	d.step()
	if r := d.wantReason(HoldDuty); !near(r.Value, 0.5, 1e-9) || r.Left != d.params.HoldFor-d.params.Tick {
		t.Errorf("%+v", r)
	}
	if d.out.Demand != 0.5 || d.out.Action != ActionFault {
		t.Errorf("demand %v, action %v", d.out.Demand, d.out.Action)
	}
	for _, at := range around {
		e := *d
		e.state.Blind = e.params.HoldFor - e.params.Tick + at.off
		e.step()
		if hold, frost := e.reasons.Has(HoldDuty), e.reasons.Has(FrostDuty); hold == at.past || frost != at.past {
			t.Errorf("%v from the limit: hold %v, frost %v", at.off, hold, frost)
		}
	}
}

func TestHoldDutyNeedsAReason(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(d *drive)
		want   float64
	}{
		"as it was":     {func(*drive) {}, 0.4},
		"a warm-up":     {func(d *drive) { d.state.Recent = 1 }, 0.5},
		"hardly heated": {func(d *drive) { d.state.Recent = 0.049 }, 0},
		"just heated":   {func(d *drive) { d.state.Recent = heated }, heated},
		"mode auto":     {func(d *drive) { d.in.Mode = ModeAuto }, 0.4},
		"mode off":      {func(d *drive) { d.in.Mode = ModeOff }, 0},
		"mode cool":     {func(d *drive) { d.in.Mode = ModeCool }, 0},
		"mode unknown":  {func(d *drive) { d.in.Mode = 77 }, 0},
		"an open door": {func(d *drive) {
			d.state.Doors[0] = Door{Open: true, For: time.Hour, Holds: true}
			d.in.Doors[0].Open = true
		}, 0},
		"no heater":            {func(d *drive) { d.params.CanHeat = false }, 0},
		"nobody wants it":      {func(d *drive) { d.params.HoldFor = 0 }, 0},
		"seen for too little":  {func(d *drive) { d.state.NeedFor, d.state.PID.Heat = 0, 0.9 }, 0.4},
		"overheated":           {func(d *drive) { d.state.Hot = true }, 0},
		"beyond the frost one": {func(d *drive) { d.params.HoldFor = 6 * time.Hour; d.state.Blind = 3 * time.Hour }, 0.4},
	} {
		d := newDrive(t, 20.5, 21, ModeHeat)
		d.run(time.Hour)
		d.state.Need, d.state.Recent, d.state.NeedFor = 0.5, 0.4, 12*time.Hour
		d.in.Fault = FaultStuck
		tt.change(d)
		d.step()
		if !near(d.out.Demand, tt.want, 1e-9) {
			t.Errorf("%s: demand %v, want %v; %v", name, d.out.Demand, tt.want, d.texts())
		}
	}
}

// What was learned before a restart holds at boot too.
func TestHoldDutyAtBoot(t *testing.T) {
	d := newDrive(t, 20.5, 21, ModeHeat)
	d.state = Restore(Saved{Version: SavedVersion, Known: true, Filtered: 20.5, Need: 0.5, NeedFor: 24 * time.Hour, Recent: 0.4}, d.in.Now)
	d.silent = true
	d.step()
	d.wantReason(SensorAbsent)
	if r := d.wantReason(HoldDuty); r.Value != 0.4 {
		t.Errorf("%+v", r)
	}
	d.until(CallHeat, time.Hour)
}

func TestCorrect(t *testing.T) {
	p := DefaultParams()
	r := Reading{At: 3, Valid: true, Temperature: 21, Humidity: 40, Pressure: 1e5}
	if got := p.Correct(r); got != r {
		t.Errorf("as shipped: %+v", got)
	}
	p.SensorOffset = -0.75
	want := r
	want.Temperature = 20.25
	if got := p.Correct(r); got != want || r.Temperature != 21 {
		t.Errorf("%+v", got)
	}
}
