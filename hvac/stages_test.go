package hvac

import (
	"testing"
	"time"
)

// The second stage comes by time at t, not at t-1, and by error at once.
func TestStageBoundaries(t *testing.T) {
	e := shippedEquipment
	e.Second = true
	for _, tt := range []struct {
		name   string
		short  time.Duration // so far
		demand float64
		lack   float64
		helped bool
		want   bool
	}{
		{"not yet", e.SecondAfter - 2*time.Second, 1, 0, false, false},
		{"now", e.SecondAfter - time.Second, 1, 0, false, true},
		{"still", e.SecondAfter, 1, 0, false, true},
		{"near full counts", e.SecondAfter - time.Second, nearFull, 0, false, true},
		{"less does not", e.SecondAfter - time.Second, nearFull - 1e-9, 0, false, false},
		{"far too cold", 0, 0.8, e.SecondError, false, true},
		{"not that cold", 0, 0.8, e.SecondError - 1e-9, false, false},
		{"goes on at relief", 0, relief, 0, true, true},
		{"ends below", 0, relief - 1e-9, 0, true, false},
		{"cold counts more than relief", 0, 0.1, e.SecondError, true, true},
	} {
		q := Plant{Short: tt.short, Helped: tt.helped}
		if q.stage(CallHeat, tt.demand, tt.lack, time.Second, &e); q.Helped != tt.want {
			t.Errorf("%s: helped %v", tt.name, q.Helped)
		}
		if q.stage(CallNone, 1, 9, time.Second, &e); q.Helped || q.Short != 0 {
			t.Errorf("%s: help outlived the call", tt.name)
		}
		if q.stage(CallCool, 1, 9, time.Second, &e); q.Helped {
			t.Errorf("%s: help with cooling", tt.name)
		}
	}
	none := shippedEquipment
	q := Plant{Helped: true}
	if q.stage(CallHeat, 1, 9, time.Hour, &none); q.Helped {
		t.Error("help without a second stage")
	}
}

func TestLockoutBoundaries(t *testing.T) {
	e := shippedEquipment
	e.AuxAbove, e.CompressorBelow = 5, -10
	for _, tt := range []struct {
		outdoor                Celsius
		was, auxLocked, pumpLk bool
	}{
		{5, false, false, false}, {5.01, false, true, false}, {4.01, true, true, false}, {4, true, false, false},
		{-10, false, false, false}, {-10.01, false, false, true}, {-9.01, true, false, true}, {-9, true, false, false},
	} {
		q := Plant{AuxLocked: tt.was, PumpLocked: tt.was}
		q.lockouts(Outdoor{Known: true, Temperature: tt.outdoor}, &e)
		if q.AuxLocked != tt.auxLocked || q.PumpLocked != tt.pumpLk {
			t.Errorf("%v, was %v: aux %v, pump %v", tt.outdoor, tt.was, q.AuxLocked, q.PumpLocked)
		}
		q.lockouts(Outdoor{Temperature: tt.outdoor}, &e)
		if q.AuxLocked || q.PumpLocked {
			t.Errorf("%v that nobody knows locks something out", tt.outdoor)
		}
	}
}

// A furnace: the first stage alone, then both, then the first again, each for its dwell.
func TestSecondStageOfAFurnace(t *testing.T) {
	d := newDrive(t, 20, 21, ModeHeat)
	d.params.Gains.Kp = 20
	d.params.Equipment.Second = true
	d.until(CallHeat, time.Hour)
	d.wantWork(WorkHeat)
	if took := d.untilWork(WorkHeat2, time.Hour); took != d.params.Equipment.SecondAfter-d.params.Tick {
		t.Errorf("the second stage came after %v", took)
	}
	d.wantReason(SecondStage)
	d.in.Mode = ModeOff // at once; but the stage has its dwell
	d.run(d.params.MinOn - 2*time.Second)
	d.wantWork(WorkHeat2)
	d.wantReason(DwellOn)
	d.step()
	d.step()
	d.wantWork(WorkNone)
}

func TestSecondStageEndsBeforeTheFirst(t *testing.T) {
	d := newDrive(t, 18, 21, ModeHeat) // 3 K too cold: both stages
	d.params.Gains.Kp, d.params.Equipment.Second = 0.5, true
	d.until(CallHeat, time.Hour)
	d.wantWork(WorkHeat2)
	d.run(time.Hour)
	d.wantWork(WorkHeat2)
	d.temp = 20.5
	d.untilWork(WorkHeat, time.Hour)
	d.wantCall(CallHeat)
}

func TestAuxHeat(t *testing.T) {
	for _, tt := range []struct {
		name    string
		outdoor Outdoor
		want    Work
		reason  ReasonKind
	}{
		{"cold", Outdoor{true, 0}, WorkHeatAux, AuxHeat},
		{"unknown", Outdoor{}, WorkHeatAux, AuxHeat},
		{"at the lock-out", Outdoor{true, 10}, WorkHeatAux, AuxHeat},
		{"above it", Outdoor{true, 10.1}, WorkHeat, AuxLocked},
		{"too cold for the pump", Outdoor{true, -15.1}, WorkAux, CompressorLocked},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := pumpDrive(t)
			d.params.Equipment.CompressorBelow = -15
			d.temp, d.in.Outdoor = 18, tt.outdoor
			d.until(CallHeat, time.Hour)
			d.run(d.params.MinOn + 2*time.Minute)
			d.wantWork(tt.want)
			d.wantReason(tt.reason)
			d.wantCall(CallHeat)
		})
	}
}

// The compressor hands over to auxiliary heat and back without a gap, each with its
// own dwell.
func TestCompressorLockoutInTheMiddleOfARun(t *testing.T) {
	d := pumpDrive(t)
	d.params.Equipment.CompressorBelow = -10
	d.in.Outdoor = Outdoor{true, -9}
	d.until(CallHeat, time.Hour)
	d.wantWork(WorkHeat)
	d.temp = 19.9
	d.run(time.Minute)
	d.in.Outdoor.Temperature = -11
	d.step()
	d.wantWork(WorkHeatAux) // its dwell keeps the compressor on
	for d.out.Lines.Work == WorkHeatAux {
		d.step()
	}
	d.wantWork(WorkAux)
	if on := d.state.Plant.Lines[LineCompressor].Wear.On; on != d.params.CoolDwell {
		t.Errorf("the compressor ran %v", on)
	}
	d.in.Outdoor.Temperature = -9
	if took := d.untilWork(WorkHeat, time.Hour); took < d.params.CoolDwell-2*time.Second {
		t.Errorf("the compressor came back after %v", took)
	}
	d.wantCall(CallHeat)
}

func TestAnExperimentIsAboutOneStage(t *testing.T) {
	d := newDrive(t, 15, 21, ModeHeat)
	d.params.Equipment.Second = true
	d.in.Probe = Probe{Active: true, Call: CallHeat}
	d.run(time.Hour)
	d.wantWork(WorkHeat)
}
