package keeper

import (
	"slices"
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
// what an observer sees. live changes the house before each second.
func lived(t *testing.T, live func(second int, s *consent.Snapshot)) (seen []traffic) {
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
		for _, m := range h.broker.messages()[len(seen):] {
			seen = append(seen, traffic{h.now.Boot - begun, len(m.Payload) + len(m.TopicName)})
		}
	}
	return seen
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
