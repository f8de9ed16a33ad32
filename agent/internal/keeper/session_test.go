package keeper

import (
	"strings"
	"testing"

	"quietstat/agent/internal/local"
)

// Whoever waits for a session is told at once that the press opened nothing, and
// why, also when the refusal was quicker than the question.
func TestRefusedPressEndsTheWait(t *testing.T) {
	h := newHouse(t)
	h.stop()
	h.dark = true
	h.start()
	h.tick(2)
	h.enrol(temperature())
	before := h.status().Refused
	h.press()
	h.tick(1)
	err := h.call("session.wait", local.WaitArguments{TimeoutS: 60, Refused: &before}, nil)
	p, ok := err.(*local.Problem)
	if !ok || p.Code != local.CodeRefused || !strings.Contains(p.Hint, "indicator") {
		t.Errorf("got %v: %+v", err, p)
	}
	if s := h.status(); s.Refused != before+1 || len(s.Windows) != 0 || s.Sharing == "session" {
		t.Errorf("without a light: %+v", s)
	}
	for _, kind := range h.kinds() {
		if kind == "session.open" {
			t.Error("a session was opened in a house without a light")
		}
	}
	if len(h.broker.messages()) != 0 {
		t.Error("a message left without a light")
	}
}

// A refusal from before the question does not end a wait that was not told of it.
func TestWaitCountsFromNow(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	if err := h.call("session.wait", local.WaitArguments{TimeoutS: 0}, nil); err == nil {
		t.Error("a session nobody opened")
	}
	h.press()
	h.tick(1)
	var s local.KeeperStatus
	h.must("session.wait", local.WaitArguments{TimeoutS: 10}, &s)
	if s.Sharing != "session" {
		t.Errorf("status %+v", s)
	}
}
