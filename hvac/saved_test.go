package hvac

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSavedSurvivesJSON(t *testing.T) {
	d := newDrive(t, 20.5, 21, ModeHeat)
	d.run(3 * time.Hour)
	want := d.state.Save()
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Saved
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRestoreContinues(t *testing.T) {
	d := newDrive(t, 20.5, 21, ModeHeat)
	d.run(3 * time.Hour)
	before := d.out.Terms.Integral
	if before < 0.1 {
		t.Fatalf("integral %v proves nothing", before)
	}
	d.in.Now = 40 * time.Second // another boot
	d.state = Restore(d.state.Save(), d.in.Now)
	d.step()
	if got := d.out.Terms.Integral; !near(got, before, 0.001) {
		t.Errorf("integral %v after the restart, %v before", got, before)
	}
	if d.out.Terms.Derivative != 0 {
		t.Errorf("derivative kick %v", d.out.Terms.Derivative)
	}
	d.wantNoReason(LoopGap)
	d.wantNoReason(ClockBack)
}

// Whatever ran before a power cut, everything counts as switched off at the restart.
func TestRestoreDwell(t *testing.T) {
	tests := []struct {
		last Call
		mode Mode
		temp Celsius
		want func(p *Params) time.Duration
	}{
		{CallHeat, ModeHeat, 15, func(p *Params) time.Duration { return p.MinOff }},
		{CallNone, ModeHeat, 15, func(p *Params) time.Duration { return p.MinOff }},
		{CallCool, ModeCool, 30, func(p *Params) time.Duration { return p.CoolDwell }},
		{CallHeat, ModeCool, 30, func(p *Params) time.Duration { return p.Changeover }},
		{CallCool, ModeHeat, 15, func(p *Params) time.Duration { return p.Changeover }},
	}
	for _, tt := range tests {
		d := newDrive(t, tt.temp, 22, tt.mode)
		d.params.CanCool = true
		d.state = Restore(Saved{Version: SavedVersion, Last: tt.last}, d.in.Now)
		want := CallHeat
		if tt.mode == ModeCool {
			want = CallCool
		}
		if took, least := d.until(want, time.Hour), tt.want(&d.params); took != least {
			t.Errorf("last %v, then %v: began after %v, want %v", tt.last, tt.mode, took, least)
		}
	}
}

func TestRestoreKeepsTheSafetyLatches(t *testing.T) {
	s := Restore(Saved{Version: SavedVersion, Known: true, Filtered: 6, Blind: time.Hour, Frost: true, Hot: true, Need: 0.4}, 0)
	if s.Need != 0.4 || !s.Frost || !s.Hot || s.Blind != time.Hour || !s.Sensor.Known || s.Sensor.Tracking {
		t.Errorf("%+v", s)
	}
}

func TestRestoreRefusesDamage(t *testing.T) {
	good := Saved{Version: SavedVersion, Heat: 0.5}
	fresh := State{Started: true, At: 7}
	for name, damage := range map[string]func(*Saved){
		"version":   func(v *Saved) { v.Version++ },
		"zero":      func(v *Saved) { *v = Saved{} },
		"integral":  func(v *Saved) { v.Heat = math.NaN() },
		"cool":      func(v *Saved) { v.Cool = math.Inf(-1) },
		"filtered":  func(v *Saved) { v.Filtered = math.NaN() },
		"remainder": func(v *Saved) { v.Remainder = math.Inf(1) },
		"need":      func(v *Saved) { v.Need = math.Inf(1) },
		"side":      func(v *Saved) { v.Side = 3 },
		"last":      func(v *Saved) { v.Last = 200 },
	} {
		v := good
		damage(&v)
		if got := Restore(v, 7); got != fresh {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := Restore(Saved{Version: SavedVersion, Heat: 9, Cool: -9, Blind: -5, Need: 7}, 7); got.PID.Heat != 1 || got.Need != 1 || got.PID.Cool != -1 || got.Blind != 0 {
		t.Errorf("out of range: %+v", got)
	}
}

// A save may say that a house is known which is not: damaged, or of a program that
// judged otherwise. Nothing may divide by what full heating does not do.
func TestRestoreGivesNoTrustToNothing(t *testing.T) {
	good := taught(example, 48, 3000, wobble).save()
	if h := good.house(); !h.Trust.Given {
		t.Fatal("the undamaged one is not trusted, so nothing is tried")
	}
	for name, damage := range map[string]func(*SavedHouse){
		"it does nothing": func(v *SavedHouse) { v.Share = [Modes]float64{} },
		"it cools":        func(v *SavedHouse) { v.Share = [Modes]float64{-1, -1, -1, -1, -1, -1} },
		"anything may be": func(v *SavedHouse) { v.Doubt[5], v.Doubt[9], v.Doubt[14] = 1e6, 1e6, 1e6 },
		"beyond numbers": func(v *SavedHouse) {
			v.Doubt[3], v.Doubt[4], v.Doubt[6], v.Doubt[7] = 1.7e308, 1.7e308, -1.7e308, -1.7e308
		},
		"a minute's worth": func(v *SavedHouse) { v.Informed = trustAfter - 1 },
		"it is distrusted": func(v *SavedHouse) { v.Rest = 1 },
	} {
		v := Saved{Version: SavedVersion, Known: true, Filtered: 20, House: good}
		damage(&v.House)
		d := newDrive(t, 20, 21, ModeHeat)
		d.state = Restore(v, d.in.Now)
		if d.state.House.Trust.Given {
			t.Errorf("%s: trusted after the restart", name)
		}
		d.state.House.Trust.Given = true // however it came to be so
		for range 61 {
			d.step()
			if terms := d.out.Terms; !finite(d.out.Demand) || !finite(terms.Proportional) || !finite(terms.Integral) || !finite(terms.Derivative) {
				t.Fatalf("%s: demand %v of %+v", name, d.out.Demand, terms)
			}
		}
	}
}

func TestATrustWithoutALawDrivesNothing(t *testing.T) {
	h := Learned{Trust: trust{Given: true}, Watch: drift{Seen: true, Level: 20}}
	if h.Known() {
		t.Error("a house is known in which nothing is known of heating")
	}
	if h.Law = (law{Ahead: leastAhead, Rise: leastRise}); !h.Known() {
		t.Error("a house is not known that is")
	}
}
