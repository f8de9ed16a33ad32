package hvac

import (
	"math"
	"testing"
	"time"
)

// dryDrive is a humid room of 22 °C in mode dry.
func dryDrive(t *testing.T, humidity Percent) (*drive, func(time.Duration)) {
	d := newDrive(t, 22, 22, ModeDry)
	d.params.CanCool = true
	d.silent = true // the drive's samples are dry
	return d, func(span time.Duration) {
		for end := d.in.Now + span; d.in.Now < end; {
			d.in.Reading = Reading{At: d.in.Now + d.params.Tick, Valid: true, Temperature: d.temp + Celsius(d.in.Now/time.Second%2)*0.01, Humidity: humidity}
			d.step()
		}
	}
}

func TestDryBoundaries(t *testing.T) {
	for _, tt := range []struct {
		name     string
		humidity Percent
		temp     float64
		was      bool
		want     bool
	}{
		{"at the target", 55, 22, false, false},
		{"above it", 55.01, 22, false, true},
		{"goes on", 52.01, 22, true, true},
		{"dry enough", 52, 22, true, false},
		{"cool", 60, 21.49, false, false},
		{"warm enough to begin", 60, 21.5, false, true},
		{"may chill by 1 K", 60, 21, true, true},
		{"and no further", 60, 20.99, true, false},
		{"not known", 0, 22, true, false},
		{"not a number", Percent(math.NaN()), 22, true, false},
		{"no room can have", 100.1, 22, true, false},
	} {
		p := DefaultParams()
		p.CanCool = true
		s := State{Drying: tt.was}
		s.Sensor.Filtered = tt.temp
		in := Input{Params: &p, Setpoint: 22, Mode: ModeDry, Reading: Reading{Valid: true, Humidity: tt.humidity}}
		var out Outputs
		var rs Reasons
		if s.dry(&in, &out, &rs) {
			t.Errorf("%s: a dehumidifier is asked for", tt.name)
		}
		if got := out.Demand < 0; got != tt.want {
			t.Errorf("%s: demand %v", tt.name, out.Demand)
		}
		p.Equipment.Dry = true
		s, out = State{Drying: tt.was, Sensor: s.Sensor}, Outputs{}
		if got := s.dry(&in, &out, &rs); got != tt.want || out.Demand != 0 {
			t.Errorf("%s: dehumidifier %v, demand %v", tt.name, got, out.Demand)
		}
	}
}

func TestDryCoolsInShortRuns(t *testing.T) {
	d, run := dryDrive(t, 70)
	run(time.Hour)
	d.wantReason(Drying)
	var runs []time.Duration
	var held time.Duration
	for range 6 * 3600 {
		was := d.out.Call
		run(time.Second)
		held += time.Second
		if d.out.Call != was {
			runs, held = append(runs, held), 0
		}
		if d.out.Call == CallCool && d.out.Action != ActionDrying {
			t.Fatalf("action %v", d.out.Action)
		}
	}
	for _, r := range runs[1:] {
		if r < d.params.CoolDwell || r > 3*d.params.CoolDwell {
			t.Errorf("a run or pause of %v", r)
		}
	}
	if len(runs) < 20 {
		t.Errorf("%d changes in six hours", len(runs))
	}
}

func TestDehumidifier(t *testing.T) {
	d, run := dryDrive(t, 70)
	d.params.CanCool, d.params.Equipment.Dry = false, true
	run(d.params.CoolDwell - time.Second)
	d.wantWork(WorkNone)
	run(2 * time.Second)
	d.wantWork(WorkDry)
	d.wantCall(CallNone)
	d.wantReason(Dehumidifying)
	if d.out.Action != ActionDrying || !d.out.Fan {
		t.Errorf("action %v, fan %v", d.out.Action, d.out.Fan)
	}
	d.in.Mode = ModeHeat // it has its dwell
	run(d.params.CoolDwell - 2*time.Second)
	d.wantWork(WorkDry)
	run(3 * time.Second)
	d.wantWork(WorkNone)
	if d.state.Drying {
		t.Error("drying outlived its mode")
	}
}

func TestDryWithNothingToDryWith(t *testing.T) {
	d, run := dryDrive(t, 90)
	d.params.CanCool = false
	run(time.Hour)
	d.wantWork(WorkNone)
	d.wantReason(CannotDry)
	d.in.Setpoint, d.params.CanCool = Celsius(math.NaN()), true
	run(time.Second)
	d.wantReason(SetpointInvalid)
}

// The frost floor acts in mode dry too, after the dehumidifier's dwell.
func TestFrostFloorInModeDry(t *testing.T) {
	d, run := dryDrive(t, 90)
	d.params.Equipment.Dry = true
	run(time.Hour)
	d.wantWork(WorkDry)
	d.temp = 6
	run(d.params.SpikeConfirm + d.params.CoolDwell + d.params.MinOff + time.Second)
	d.wantWork(WorkHeat)
}
