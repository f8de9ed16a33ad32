package hvac

import (
	"testing"
	"time"
)

// fall lets the room cool at a rate in K/min for a time.
func (d *drive) fall(rate float64, span time.Duration) {
	d.t.Helper()
	for end := d.in.Now + span; d.in.Now < end; {
		d.temp -= Celsius(rate * d.params.Tick.Minutes())
		d.step()
	}
}

// resting is a house at 25 °C that does not heat.
func resting(t *testing.T) *drive {
	d := newDrive(t, 25, 21, ModeHeat)
	d.in.DoorCount = 0
	d.run(time.Hour)
	return d
}

func TestAFastFallPausesLikeAnOpenDoor(t *testing.T) {
	for _, tt := range []struct {
		rate   float64
		paused bool
	}{{0.19, false}, {0.21, true}, {0.5, true}, {-0.5, false}} {
		d := resting(t)
		d.fall(tt.rate, 30*time.Minute)
		if r, paused := d.reasons.Find(FallPause); paused != tt.paused {
			t.Errorf("%.2f K/min: paused %v, want %v", tt.rate, paused, tt.paused)
		} else if paused && (r.Value > -0.19 || d.out.Action != ActionPaused || r.Left+r.Since != d.params.FallPause) {
			t.Errorf("%.2f K/min: %+v, action %v", tt.rate, r, d.out.Action)
		}
	}
}

// While heating is on a smaller fall tells as much, but not before heat can be felt.
func TestAFallAgainstTheHeating(t *testing.T) {
	for _, tt := range []struct {
		heated time.Duration
		paused bool
	}{{0, false}, {warmth, true}} {
		d := newDrive(t, 15, 21, ModeHeat)
		d.in.DoorCount = 0
		d.until(CallHeat, time.Hour)
		d.run(tt.heated)
		d.fall(0.1, warmth-time.Minute)
		if d.reasons.Has(FallPause) != tt.paused {
			t.Errorf("after %v of heating: paused %v, want %v", tt.heated, !tt.paused, tt.paused)
		}
	}
}

func TestTheFallPauseEndsWithTheFall(t *testing.T) {
	d := resting(t)
	d.fall(0.3, 20*time.Minute)
	d.wantReason(FallPause)
	d.fall(0, 20*time.Minute)
	d.wantNoReason(FallPause)
	if d.out.Action == ActionPaused {
		t.Error("still paused")
	}
}

// A fall that goes on for ever pauses for FallPause, and then not for fallRest.
func TestTheFallPauseIsBounded(t *testing.T) {
	d := resting(t)
	d.params.FallPause = 10 * time.Minute
	d.params.PlausibleMin = -40
	d.in.Mode = ModeOff
	paused, longest, since := time.Duration(0), time.Duration(0), time.Duration(0)
	for range 140 * 60 {
		d.fall(0.3, time.Second)
		if d.reasons.Has(FallPause) {
			paused += time.Second
			since += time.Second
			longest = max(longest, since)
		} else {
			since = 0
		}
	}
	if paused != longest || longest < 9*time.Minute || longest > 10*time.Minute+time.Second {
		t.Errorf("paused for %v, at a stretch for %v, want once and 10m", paused, longest)
	}
}

func TestTheFrostFloorActsDuringAFallPause(t *testing.T) {
	d := newDrive(t, 12, 21, ModeHeat)
	d.in.DoorCount = 0
	d.run(20 * time.Minute)
	d.fall(0.4, 15*time.Minute)
	d.wantReason(FallPause)
	d.wantReason(FrostFloor)
	d.until(CallHeat, 5*time.Minute)
}

func TestWhoeverKnowsTheDoorNeedsNoWitness(t *testing.T) {
	for name, change := range map[string]func(d *drive){
		"a door known to be open": func(d *drive) { d.in.DoorCount, d.in.Doors[0].Open = 1, true },
		"bypassed":                func(d *drive) { d.in.FallIgnored = time.Hour },
		"switched off":            func(d *drive) { d.params.FallPause = 0 },
		"an experiment":           func(d *drive) { d.in.Probe.Active = true },
		"no sensor":               func(d *drive) { d.in.Fault = FaultStuck },
	} {
		d := resting(t)
		change(d)
		d.run(time.Minute)
		d.fall(0.4, 20*time.Minute)
		if d.reasons.Has(FallPause) || d.state.Fall.Pausing {
			t.Errorf("%s: the witness pauses", name)
		}
	}
}

// The pause leaves the controller where it stood, as a door does.
func TestTheFallPauseRestores(t *testing.T) {
	d := newDrive(t, 20.6, 21, ModeHeat)
	d.in.DoorCount = 0
	d.run(2 * time.Hour)
	for !d.reasons.Has(FallPause) {
		d.fall(0.3, time.Second)
	}
	d.step()
	before, owed := d.state.PID, d.state.Relay.Remainder
	for d.reasons.Has(FallPause) {
		if d.state.PID != before || d.state.Relay.Remainder != owed {
			t.Fatalf("the pause changed the controller:\n %+v\n %+v", before, d.state.PID)
		}
		d.step()
	}
}
