package keeper

import (
	"testing"

	"quietstat/agent/internal/local"
	"quietstat/consent"
)

// A press proves what was asked for, to whom it was asked for, and nothing that was
// closed in between.
func TestAPressProvesNothingElse(t *testing.T) {
	arguments := local.GrantArguments{Recipient: "kitchen", Purpose: "home.automation", Categories: []local.Share{{Category: "climate.temperature", PeriodS: 10}}}
	for name, between := range map[string]func(*house){
		"quiet":           func(h *house) { h.must("quiet", nil, nil) },
		"control is lost": func(h *house) { h.silent = true; h.tick(6); h.silent = false },
		"another recipient by the same name": func(h *house) {
			h.must("recipient.add", consent.Recipient{
				ID: "kitchen", DisplayName: "Kitchen", Reach: consent.ReachThisDevice, Endpoint: h.broker.endpoint,
				TopicPrefix: "elsewhere", Profile: consent.ProfileJSON,
			}, nil)
		},
		"it is removed": func(h *house) { h.must("recipient.remove", local.ID{ID: "kitchen"}, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.tick(2)
			h.enrol()
			var p local.Pending
			h.must("consent.grant", arguments, &p)
			between(h)
			h.tick(2)
			h.press()
			h.tick(5)
			if err := h.call("action.wait", local.WaitArguments{Action: p.Action, TimeoutS: 1}, &p); err == nil {
				t.Errorf("the opt-in was given: %+v", p)
			}
			if s := h.status(); len(s.Waiting) != 0 {
				t.Errorf("still waiting for a press: %v", s.Waiting)
			}
			h.tick(20)
			if got := len(h.broker.messages()); got != 0 {
				t.Errorf("%d messages left", got)
			}
		})
	}
}
