package control

import (
	"math"
	"strings"
	"testing"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/hvac"
	building "quietstat/hvac/house"
)

// overShoulder lives through hours of house A, which an old thermostat keeps between
// 19.5 and 20.5 °C, with a loop in its shadow.
func overShoulder(t *testing.T, hours int, wired bool) (*loop, *fakeBoard) {
	t.Helper()
	b := &fakeBoard{}
	l := newLoop(t, b, nil)
	l.shadow.on = true
	h, noise := building.New(building.KindA, 1, 0), building.NewNoise(1)
	h.SetInitial(19)
	old := false
	for i := range hours * 3600 {
		h.Step(1, building.Inputs{Heat: old})
		n := noise.Sample(1)
		c := h.Climate()
		switch {
		case c.Sensor < 19.5:
			old = true
		case c.Sensor > 20.5:
			old = false
		}
		b.do(func() {
			b.callWired, b.calling = wired, wired && old
			if i%10 == 0 {
				b.reading = hvac.Reading{At: at(float64(i)).Boot, Valid: true, Temperature: c.Sensor + hvac.Celsius(n), Humidity: c.Humidity, Pressure: c.Pressure}
			}
		})
		l.step(at(float64(i)))
		l.tell()
		if r := l.news.read(); r.snapshot.Heat != (wired && old) || r.snapshot.Cool {
			t.Fatalf("second %d: told that heat is %v while the old thermostat's is %v", i, r.snapshot.Heat, old)
		}
	}
	return l, b
}

func TestShadowTouchesNothingAndCountsBoth(t *testing.T) {
	l, b := overShoulder(t, 12, true)
	for _, call := range b.relays {
		if call != hvac.CallNone {
			t.Fatalf("a relay was told %v", call)
		}
	}
	r := report(&l.shadow.tally)
	t.Log("\n" + strings.Join(r.Words, "\n"))
	switch {
	case math.Abs(r.Hours-12) > 0.01 || math.Abs(r.CallHours-12) > 0.01 || r.Since == nil:
		t.Errorf("looked for %v h, %v h of them at the call, since %v", r.Hours, r.CallHours, r.Since)
	case r.Old.Starts < 5 || r.Old.HoursOn < 1 || r.Ours.Starts < 5 || r.Ours.HoursOn < 1:
		t.Errorf("%+v", r)
	case r.EnergyShare == nil || *r.EnergyShare < 0.5 || *r.EnergyShare > 2:
		t.Errorf("energy share %v", r.EnergyShare)
	case r.RoomHours < 11 || r.RMSK < 0.1 || r.RMSK > 1 || math.Abs(r.MeanK) > 0.5:
		t.Errorf("%v h, rms %v K, mean %v K", r.RoomHours, r.RMSK, r.MeanK)
	}
	// What was learned is what the old thermostat did.
	share := r.Old.HoursOn / r.CallHours
	if math.Abs(l.state.Need-share) > 0.1 {
		t.Errorf("the house is held to need %v; it was heated for %v of the time", l.state.Need, share)
	}
	if l.state.Watch.NoRise || l.state.Watch.Stuck {
		t.Errorf("the old thermostat's heating is taken for a fault: %+v", l.state.Watch)
	}
}

func TestShadowWithoutTheCallLearnsNothing(t *testing.T) {
	l, _ := overShoulder(t, 3, false)
	r := report(&l.shadow.tally)
	if r.CallHours != 0 || r.EnergyShare != nil || !strings.Contains(strings.Join(r.Words, " "), "is not wired") {
		t.Errorf("%+v", r)
	}
	if l.state.Need != 0 || l.state.House.Informed != 0 {
		t.Errorf("need %v, informed for %v", l.state.Need, l.state.House.Informed)
	}
}

func TestShadowCounts(t *testing.T) {
	heat, none := hvac.Outputs{Call: hvac.CallHeat}, hvac.Outputs{}
	s := shadow{on: true, known: true}
	in, state := &hvac.Input{Setpoint: 20}, &hvac.State{}
	state.Sensor.Tracking, state.Sensor.Filtered, state.PID.Active = true, 21, true
	for i, tt := range []struct {
		at      float64
		out     hvac.Outputs
		calling bool
		seconds float64 // after it
		ours    float64
		old     float64
		starts  int
	}{
		{0, none, false, 0, 0, 0, 0},
		{10, heat, true, 10, 0, 0, 1},
		{70, heat, true, 70, 60, 60, 1},    // the longest that counts
		{131, heat, true, 70, 60, 60, 1},   // nobody looked
		{120, heat, true, 70, 60, 60, 1},   // a clock that ran backwards
		{130, none, true, 80, 70, 70, 1},   //
		{140, heat, false, 90, 70, 80, 2},  //
		{150, heat, false, 100, 80, 80, 2}, //
	} {
		s.calling = tt.calling
		s.count(at(tt.at), in, state, &tt.out)
		if g := s.tally; g.Seconds != tt.seconds || g.Ours.On != tt.ours || g.Old.On != tt.old || g.Ours.Starts != tt.starts || g.Room != tt.seconds {
			t.Errorf("row %d: %+v", i, g)
		}
	}
	r := report(&s.tally)
	if r.MeanK != 1 || r.RMSK != 1 {
		t.Errorf("mean %v, rms %v", r.MeanK, r.RMSK)
	}
	off := shadow{}
	off.count(at(0), in, state, &heat)
	if off.tally != (tally{}) || off.relays(heat) != heat || off.does(heat) != heat {
		t.Error("without a shadow something changes")
	}
}

func TestTallySurvives(t *testing.T) {
	disk, path := new(store.Disk), shadowPath(t.TempDir())
	if got := loadTally(disk, path); got != (tally{}) {
		t.Errorf("none yet: %+v", got)
	}
	want := tally{Since: time.Unix(1e9, 0).UTC(), Seconds: 100, Known: 90, Ours: strokes{On: 5, Starts: 2, Now: true}, Room: 50, Sum: -3, Squares: 4}
	if err := disk.SaveState(path, shadowSchema, want); err != nil {
		t.Fatal(err)
	}
	want.Ours.Now = false // a run that the end of the program cut off is over
	if got := loadTally(disk, path); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if err := disk.SaveState(path, shadowSchema, map[string]any{"seconds": -1}); err != nil {
		t.Fatal(err)
	}
	if got := loadTally(disk, path); got != (tally{}) {
		t.Errorf("nonsense: %+v", got)
	}
	if got := loadTally(nil, path); got != (tally{}) {
		t.Errorf("no disk: %+v", got)
	}
	if words := report(new(tally)).Words; len(words) != 1 || words[0] != "nothing has been seen yet" {
		t.Errorf("%v", words)
	}
}

func TestStatusSaysThatItIsAShadow(t *testing.T) {
	l, _ := overShoulder(t, 1, true)
	news := l.news.read()
	var s local.Status
	l.shadow.tell(&s, &news)
	if !s.Shadow || len(s.Reasons) != 1 || !strings.HasPrefix(s.Reasons[0].Text, "shadow: relays are not touched") {
		t.Errorf("%+v", s)
	}
}
