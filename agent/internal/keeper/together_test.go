package keeper

import (
	"slices"
	"testing"

	"github.com/mochi-mqtt/server/v2/packets"

	"quietstat/agent/internal/local"
)

// A session beside an opt-in of the same recipient: when the session is over the
// opt-in goes on, and what only the session covered never leaves again.
func TestOptInGoesOnAfterASession(t *testing.T) {
	for name, end := range map[string]func(*house){
		"ended":   func(h *house) { h.must("session.end", nil, nil) },
		"by time": func(h *house) { h.tick(31) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.tick(2)
			h.enrol(temperature(), local.Share{Category: "setpoint", PeriodS: 2})
			h.optIn()
			h.tick(2)
			h.until("its policy is not heard", func() bool {
				return slices.ContainsFunc(h.broker.messages(), func(m packets.Packet) bool { return slices.Contains(fields(t, m), "setpoint") })
			})
			end(h)
			before := len(h.broker.messages())
			goes := h.within(120, h.hears(2))
			after := h.broker.messages()[before:]
			if !goes {
				t.Errorf("%d messages of the opt-in in two minutes at a period of 10 s", len(after))
			}
			for _, m := range after {
				if got := fields(t, m); !slices.Equal(got, []string{"temperature"}) {
					t.Errorf("%v left after the session", got)
				}
			}
		})
	}
}
