package hvac

import (
	"testing"
	"time"
)

func TestDoorPausesAfterOpenDelay(t *testing.T) {
	for _, at := range around {
		d := newDrive(t, 18, 21, ModeHeat)
		d.run(10 * time.Minute)
		d.wantCall(CallHeat)
		d.in.Doors[1].Open = true
		d.step() // the door is first seen open here
		d.run(d.params.OpenDelay + at.off)
		if paused := d.out.Action == ActionPaused; paused != at.past {
			t.Errorf("%v from the delay: paused %v, want %v", at.off, paused, at.past)
		}
		if at.past {
			if r := d.wantReason(DoorOpen); r.Door != 1 || r.Since != d.params.OpenDelay+at.off {
				t.Errorf("reason %+v", r)
			}
			d.wantCall(CallNone)
		} else {
			d.wantNoReason(DoorOpen)
		}
	}
}

func TestDoorResumesAfterCloseDelay(t *testing.T) {
	for _, at := range around {
		d := newDrive(t, 18, 21, ModeHeat)
		d.in.Doors[0].Open = true
		d.run(5 * time.Minute)
		d.in.Doors[0].Open = false
		d.step()
		d.wantReason(DoorClosing)
		d.run(d.params.CloseDelay + at.off)
		if paused := d.out.Action == ActionPaused; paused == at.past {
			t.Errorf("%v from the delay: paused %v, want %v", at.off, paused, !at.past)
		}
	}
}

func TestDoorPauseExpires(t *testing.T) {
	for _, at := range around {
		d := newDrive(t, 18, 21, ModeHeat)
		d.in.Doors[0].Open = true
		d.run(d.params.OpenDelay) // the pause begins with this step
		d.wantReason(DoorOpen)
		d.run(d.params.MaxDoorPause + at.off)
		if at.past {
			d.wantReason(DoorPauseExpired)
			d.wantCall(CallHeat)
		} else {
			d.wantReason(DoorOpen)
			d.wantCall(CallNone)
		}
	}
}

func TestExpiredDoorCountsAgainAfterItClosed(t *testing.T) {
	d := newDrive(t, 18, 21, ModeHeat)
	d.in.Doors[0].Open = true
	d.run(2 * time.Hour)
	d.wantReason(DoorPauseExpired)
	d.in.Doors[1].Open = true // another door still pauses
	d.run(time.Minute)
	d.wantReason(DoorOpen)
	d.in.Doors[0].Open, d.in.Doors[1].Open = false, false
	d.run(2 * time.Minute)
	d.wantNoReason(DoorPauseExpired)
	d.in.Doors[0].Open = true
	d.run(time.Minute)
	d.wantReason(DoorOpen)
}

func TestFlappingDoorStaysPausedAndExpires(t *testing.T) {
	d := newDrive(t, 18, 21, ModeHeat)
	d.in.Doors[0].Open = true
	d.run(time.Minute)
	for range 30 {
		d.in.Doors[0].Open = !d.in.Doors[0].Open
		d.run(30 * time.Second)
		if d.out.Action != ActionPaused {
			t.Fatal("a closing shorter than CloseDelay ended the pause")
		}
	}
	for range 120 {
		d.in.Doors[0].Open = !d.in.Doors[0].Open
		d.run(30 * time.Second)
	}
	d.wantReason(DoorPauseExpired)
}

func TestDoorsNobodyWiredDoNotPause(t *testing.T) {
	d := newDrive(t, 18, 21, ModeHeat)
	d.in.Doors[1] = Contact{Known: false, Open: true}
	d.in.Doors[5] = Contact{Known: true, Open: true} // beyond DoorCount
	d.run(10 * time.Minute)
	d.wantCall(CallHeat)
	for _, n := range []int{-3, MaxDoors + 5} {
		d.in.DoorCount = n
		d.run(time.Minute)
	}
	d.wantReason(DoorOpen) // 13 doors are the eight there are
}

// After the pause the controller must stand exactly where it stood.
func TestDoorPauseRestores(t *testing.T) {
	d := newDrive(t, 20.6, 21, ModeHeat)
	d.run(3 * time.Hour)
	d.in.Doors[0].Open = true
	d.run(40 * time.Second)
	d.wantReason(DoorOpen)
	before, owed := d.state.PID, d.state.Relay.Remainder
	d.run(20 * time.Minute)
	if d.state.PID != before || d.state.Relay.Remainder != owed {
		t.Errorf("the pause changed the controller:\n %+v\n %+v", before, d.state.PID)
	}
	d.in.Doors[0].Open = false
	d.run(d.params.CloseDelay)
	d.step()
	if d.out.Action == ActionPaused {
		t.Fatal("still paused")
	}
	if got := d.out.Terms.Integral; got < before.Heat || got > before.Heat+0.001 {
		t.Errorf("integral %v after the pause, %v before", got, before.Heat)
	}
}

func TestDoorPauseWaitsForMinOn(t *testing.T) {
	d := newDrive(t, 18, 21, ModeHeat)
	d.until(CallHeat, 10*time.Minute)
	began := d.in.Now
	d.in.Doors[0].Open = true
	d.run(time.Minute)
	d.wantCall(CallHeat)
	d.wantReason(DwellOn)
	if d.out.Action != ActionPaused || d.out.Demand != 0 {
		t.Errorf("action %v demand %v while the run ends", d.out.Action, d.out.Demand)
	}
	d.until(CallNone, 10*time.Minute)
	if ran := d.in.Now - began; ran != d.params.MinOn {
		t.Errorf("ran %v, want %v", ran, d.params.MinOn)
	}
}

func TestAnOpenDoorPausesNothingThatIsOff(t *testing.T) {
	for _, tt := range []struct {
		mode Mode
		want Action
	}{{ModeOff, ActionOff}, {ModeHeat, ActionPaused}} {
		d := newDrive(t, 18, 21, tt.mode)
		d.in.Doors[0].Open = true
		d.run(2 * d.params.OpenDelay)
		if d.wantReason(DoorOpen); d.out.Action != tt.want || d.reasons.Has(ModeIsOff) != (tt.mode == ModeOff) {
			t.Errorf("mode %v: action %v, %v", tt.mode, d.out.Action, d.texts())
		}
	}
}

func TestBypassAtBoundary(t *testing.T) {
	for _, tt := range []struct {
		left   time.Duration
		paused bool
	}{{-time.Second, true}, {0, true}, {time.Nanosecond, false}, {time.Hour, false}} {
		d := newDrive(t, 18, 21, ModeHeat)
		d.in.Doors[1].Open = true
		d.run(5 * time.Minute)
		d.wantReason(DoorOpen)
		d.in.DoorIgnored[1] = tt.left
		d.step()
		if paused := d.out.Action == ActionPaused; paused != tt.paused {
			t.Errorf("%v left: paused %v, want %v", tt.left, paused, tt.paused)
		}
		if r, ok := d.reasons.Find(DoorBypassed); ok == tt.paused || ok && (r.Door != 1 || r.Left != tt.left || r.Since < 5*time.Minute-time.Second) {
			t.Errorf("%v left: reason %+v, %v", tt.left, r, ok)
		}
	}
}

// A bypass that ends with the door still open gives the pause its full time again.
func TestThePauseBeginsAnewAfterABypass(t *testing.T) {
	d := newDrive(t, 18, 21, ModeHeat)
	d.in.Doors[0].Open = true
	d.run(d.params.OpenDelay + 50*time.Minute)
	d.in.DoorIgnored[0] = time.Minute
	d.step()
	d.in.DoorIgnored[0] = 0
	d.run(d.params.MaxDoorPause)
	d.wantReason(DoorOpen)
	d.run(2 * time.Second)
	d.wantReason(DoorPauseExpired)
}

func TestABypassedDoorThatIsClosedIsNothingToTell(t *testing.T) {
	d := newDrive(t, 18, 21, ModeHeat)
	d.in.DoorIgnored[0] = time.Hour
	d.run(time.Minute)
	d.wantNoReason(DoorBypassed)
}
