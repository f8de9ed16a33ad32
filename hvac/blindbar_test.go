package hvac

import (
	"testing"
	"time"
)

// A relay that seemed to stick must not bar the frost duty of a house nobody sees any
// more: what made it warm is over after half a day, as overheating is.
func TestAStuckRelayDoesNotFreezeABlindHouse(t *testing.T) {
	d := newDrive(t, 18, 21, ModeHeat)
	d.state.Watch = Watch{Stuck: true, Off: time.Hour, Bottom: 13, Top: 18, Needed: true}
	d.state.Need, d.state.NeedFor = 0.4, needTime
	d.run(time.Minute)
	d.wantReason(StuckRelay)
	d.silent = true
	heated := func(span time.Duration) (on time.Duration) {
		for end := d.in.Now + span; d.in.Now < end; {
			d.step()
			if d.out.Call == CallHeat {
				on += d.params.Tick
			}
		}
		return on
	}
	if on := heated(hotFor); on != 0 {
		t.Errorf("heated for %v by a relay that may stick", on)
	}
	d.wantReason(FrostDuty)
	if on := heated(6 * time.Hour); on < time.Hour {
		t.Errorf("after half a blind day the house is heated for %v in six hours; %v", on, d.texts())
	}
}
