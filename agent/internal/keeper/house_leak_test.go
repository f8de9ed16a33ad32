package keeper

import (
	"slices"
	"strings"
	"testing"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/consent"
)

// traffic is what an observer of the wire sees of one message: when, and how long.
type traffic struct {
	at   time.Duration // virtual, since the first second
	size int
}

// lived lets a house live for a while with a session and an opt-in open, and returns
// what an observer sees. live changes the house before each second. A window that was
// lost on the way, as the machine stood still for longer than an uplink's lease or a
// dialling may take, shows an observer that, and nothing can be compared: the house
// lives again.
func lived(t *testing.T, live func(second int, s *consent.Snapshot)) []traffic {
	t.Helper()
	for range 4 * busyTries {
		if seen, whole := livedOnce(t, live); whole {
			return seen
		}
	}
	t.Fatal("in no life did every window last")
	return nil
}

// livedOnce reports too whether the windows were whole, by the keeper's log of them.
func livedOnce(t *testing.T, live func(second int, s *consent.Snapshot)) (seen []traffic, whole bool) {
	t.Helper()
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature(), local.Share{Category: "hvac.state", PeriodS: 2}, local.Share{Category: "setpoint", PeriodS: 2})
	h.optIn()
	begun := h.now.Boot
	h.press()
	for second := range 90 {
		live(second, &h.snap)
		h.tick(1)
		h.settle()
		for _, m := range h.broker.messages()[len(seen):] {
			seen = append(seen, traffic{h.now.Boot - begun, len(m.Payload) + len(m.TopicName)})
		}
	}
	h.stop()
	return seen, !strings.Contains(h.log.String(), "a window could not be used")
}

// While windows are open the times and the sizes of what leaves are the same
// whatever happens in the house: to the instant, on the virtual clock.
func TestTrafficIsTheSameInEveryHouse(t *testing.T) {
	still := lived(t, func(int, *consent.Snapshot) {})
	if len(still) < 15 {
		t.Fatalf("%d messages in a minute and a half of a session and an opt-in", len(still))
	}
	busy := lived(t, func(second int, s *consent.Snapshot) {
		s.Doors[0] = consent.Door{Known: second%5 != 0, Open: second%3 == 0}
		s.Temperature, s.Humidity, s.Pressure = -9.75+float64(second), float64(second), 90000+100*float64(second)
		s.Setpoint, s.Mode = 5+float64(second%26), consent.ModeAuto
		s.Heat, s.Cool = second%2 == 0, second%2 == 1
		s.Action, s.Demand = consent.ActionCooling, -1
	})
	if !slices.Equal(still, busy) {
		t.Errorf("an observer can tell the houses apart:\n%v\n%v", still, busy)
	}
}
