package keeper

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// stall stops the uplink of a session for longer than its lease, as a machine that
// stands still does, until it has given up by itself and the keeper has heard of it.
func (h *house) stall() {
	h.t.Helper()
	for range busyTries {
		pid, before := h.live(), h.stalls()
		if syscall.Kill(pid, syscall.SIGSTOP) != nil {
			continue // its lease ran out already
		}
		time.Sleep(2 * wire.LeaseTime)
		if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
			h.t.Fatal(err)
		}
		h.gone(h.t)
		for range 1000 {
			if h.stalls() > before {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}
	h.t.Fatalf("no lease could be made to run out: %+v", h.status())
}

// stalls is how often a lease ran out since the keeper started, as its status tells.
func (h *house) stalls() uint64 {
	h.t.Helper()
	return h.status().Refusals[consent.ReasonUplinkStalled.String()]
}

// A session goes on with the next sample where the machine stood still for a moment,
// and waits five seconds where a connection was lost.
func TestSessionGoesOnAfterAStall(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature())
	h.hear()
	h.stall()
	h.settle()
	before, heard := h.stalls(), len(h.broker.messages())
	if s := h.status(); s.Sharing != "session" || !strings.Contains(s.Failing["kitchen"], "stood still") || !strings.Contains(s.LastRefusal, "stood still") {
		t.Errorf("status: %+v", s)
	}
	begun := h.now.Boot
	if !h.within(28, h.hears(1)) {
		t.Fatalf("nothing is heard in the rest of a session after a stall: %+v", h.status())
	}
	if s := h.status(); len(s.Failing) != 0 {
		t.Errorf("it works, and status says %v", s.Failing)
	}
	if took := h.now.Boot - begun; h.stalls() == before && took >= 5*time.Second {
		t.Errorf("the session was silent for %v", took)
	}
	h.must("session.end", nil, nil)
	heard = len(h.broker.messages())
	h.tick(910) // past the next summary of what was refused
	if got := len(h.broker.messages()); got != heard {
		t.Errorf("%d messages after the end", got-heard)
	}
	if !slices.Contains(h.kinds(), "deny.summary") {
		t.Error("the ledger tells nothing of a stall")
	}
}

// A closing that comes while the uplink stands still is the end of it: nothing is
// opened again for a stall that is heard of later.
func TestStallOpensNothingAfterAClosing(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature())
	h.hear()
	h.stall()
	h.must("quiet", nil, nil)
	h.settle()
	heard := len(h.broker.messages())
	h.tick(20)
	if s := h.status(); len(s.Windows) != 0 || s.Sharing == "session" {
		t.Errorf("status: %+v", s)
	}
	if got := len(h.broker.messages()); got != heard {
		t.Errorf("%d messages after quiet", got-heard)
	}
	if h.alive.Load() != 0 {
		t.Error("an uplink lives after quiet")
	}
}
