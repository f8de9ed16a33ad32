package hvac

import (
	"math"
	"testing"
	"time"
)

func TestWearIsCounted(t *testing.T) {
	d := newDrive(t, 20.8, 21, ModeHeat)
	starts, on, was := uint64(0), time.Duration(0), CallNone
	for range 6 * 3600 {
		before := d.state.Started
		d.step()
		if before && was == CallHeat {
			on += d.params.Tick
		}
		if was == CallNone && d.out.Call == CallHeat {
			starts++
		}
		was = d.out.Call
	}
	if got := d.state.Plant.Lines[LineHeat].Wear; starts < 3 || got != (Wear{starts, on}) {
		t.Errorf("wear %+v, the stopwatch says %d and %v", got, starts, on)
	}
	if got := d.state.Plant.Lines[LineCool].Wear; got != (Wear{}) {
		t.Errorf("a relay that never moved has %+v", got)
	}
}

func TestWearSurvivesARestart(t *testing.T) {
	d := newDrive(t, 20.8, 21, ModeHeat)
	d.run(6 * time.Hour)
	want := d.state.Plant.Lines[LineHeat].Wear
	s := Restore(d.state.Save(), time.Minute)
	if got := s.Plant.Lines[LineHeat]; got.Wear != want || got.On || got.Held != 0 {
		t.Errorf("%+v, want wear %+v, off since now", got, want)
	}
}

func TestWearThatNobodyCanHaveCounted(t *testing.T) {
	v := Saved{Version: SavedVersion}
	v.Wear[LineHeat] = Wear{7, -1}
	v.Wear[LineCool] = Wear{7, math.MaxInt64}
	v.Wear[LineFan] = Wear{math.MaxUint64, forever}
	s := Restore(v, 0)
	if s.Plant.Lines[LineHeat].Wear != (Wear{}) || s.Plant.Lines[LineCool].Wear != (Wear{}) {
		t.Errorf("%+v", s.Plant.Lines)
	}
	l := s.Plant.Lines[LineFan]
	l.set(true)
	l.pass(time.Hour)
	if l.Wear != (Wear{math.MaxUint64, forever}) {
		t.Errorf("a full counter runs over: %+v", l.Wear)
	}
}

// A damaged controller costs its integral and not the counters.
func TestWearOutlivesADamagedController(t *testing.T) {
	v := Saved{Version: SavedVersion, Heat: math.NaN()}
	v.Wear[LineHeat] = Wear{7, time.Hour}
	if got := Restore(v, 0).Plant.Lines[LineHeat].Wear; got != v.Wear[LineHeat] {
		t.Errorf("%+v", got)
	}
}
