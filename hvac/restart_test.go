package hvac

import (
	"testing"
	"time"
)

// What the integral and the relay's debt are at the first step after Restore, in every
// restart mode, and that everything else goes on as it was.
func TestRestartModes(t *testing.T) {
	saved := Saved{Version: SavedVersion, Known: true, Filtered: 21, Heat: 0.4, Cool: -0.3, Side: CallHeat, Last: CallHeat,
		Remainder: 100, Frost: true, Hot: true, Need: 0.4, NeedFor: needTime, Recent: 0.2, Learnt: time.Hour}
	for _, tt := range []struct {
		name       string
		fresh      bool
		duty       float64
		heat, cool float64
		owed       float64
	}{
		{"last", false, 0, 0.4, -0.3, 100},
		{"last, whatever the duty", false, 0.5, 0.4, -0.3, 100},
		{"zero", true, 0, 0, 0, 0},
		{"fixed", true, 0.25, 0.25, -0.25, 0},
		{"fixed at the bound", true, MostRestartDuty, MostRestartDuty, -MostRestartDuty, 0},
	} {
		d := newDrive(t, 21, 21, ModeOff)
		d.params.FreshStart, d.params.RestartDuty = tt.fresh, tt.duty
		d.state = Restore(saved, d.in.Now)
		d.silent = true
		d.step()
		p := d.state.PID
		if p.Heat != tt.heat || p.Cool != tt.cool || d.state.Relay.Remainder != tt.owed {
			t.Errorf("%s: integrals %v, %v, owed %v; want %v, %v, %v", tt.name, p.Heat, p.Cool, d.state.Relay.Remainder, tt.heat, tt.cool, tt.owed)
		}
		got := d.state.Save()
		if got.Need != saved.Need || got.NeedFor != saved.NeedFor || got.Learnt != saved.Learnt || !got.Frost || !got.Hot || got.Last != saved.Last {
			t.Errorf("%s: the restart moved more than the integral: %+v", tt.name, got)
		}
	}
}

// The first step decides, and only the first.
func TestAFreshStartHappensOnce(t *testing.T) {
	d := newDrive(t, 21, 21, ModeHeat)
	d.params.FreshStart, d.params.RestartDuty = true, 0.3
	d.step()
	if d.out.Terms.Integral != 0.3 {
		t.Errorf("a first start begins with integral %v, want 0.3", d.out.Terms.Integral)
	}
	d.state.PID.Heat = 0.1
	d.step()
	if !near(d.out.Terms.Integral, 0.1, 1e-3) {
		t.Errorf("the second step begins anew: integral %v", d.out.Terms.Integral)
	}
}

// Steps without valid parameters are not the start: nothing is chosen by what nobody knows.
func TestAFreshStartWaitsForItsParameters(t *testing.T) {
	s := Restore(Saved{Version: SavedVersion, Heat: 0.4}, 0)
	s, _, _ = Step(s, Input{Now: time.Second})
	if s.PID.Heat != 0.4 {
		t.Fatalf("without parameters the integral became %v", s.PID.Heat)
	}
	p := DefaultParams()
	p.FreshStart = true
	if s, _, _ = Step(s, Input{Now: 2 * time.Second, Params: &p}); s.PID.Heat != 0 {
		t.Errorf("integral %v, want 0", s.PID.Heat)
	}
}
