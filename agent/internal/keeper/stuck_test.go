package keeper

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"quietstat/agent/internal/local"
)

// An uplink that is stopped with a message in its hands is given up and killed. It
// holds up nobody, and the message is not sent when it could go on.
func TestStuckUplinkIsGivenUp(t *testing.T) {
	h := newHouse(t)
	h.stop()
	h.patience = 1500 * time.Millisecond
	h.start()
	h.tick(2)
	h.enrol(temperature())
	for range busyTries {
		stuck, stalls := h.live(), h.stalls()
		if syscall.Kill(stuck, syscall.SIGSTOP) != nil {
			continue // its lease ran out first
		}
		h.settle()
		before := len(h.broker.messages())
		// A message is due every other second.
		givenUp := h.within(4, func() bool { return h.status().Failing["kitchen"] == errStuck.Error() })
		if !givenUp && h.stalls() > stalls {
			syscall.Kill(stuck, syscall.SIGCONT)
			continue // so it was stopped after its lease ran out
		}
		if s := h.status(); !givenUp || len(s.Windows) != 0 {
			t.Errorf("an uplink that does not answer is kept: %+v", s)
		}
		h.gone(t)
		if got := len(h.broker.messages()); got != before {
			t.Errorf("%d messages left a stopped process", got-before)
		}
		h.hear() // the session goes on with another
		return
	}
	t.Fatalf("no uplink could be stopped before its lease ran out: %+v", h.status())
}

// settle waits until the broker has heard all that uplinks say they sent.
func (h *house) settle() {
	h.t.Helper()
	var lines []local.LedgerLine
	h.must("ledger.show", local.LedgerArguments{}, &lines)
	sent := 0
	for _, l := range lines {
		if l.Kind == "release.intent" && !strings.Contains(l.Text, "may have sent") && !strings.Contains(l.Text, "did not send") {
			sent++
		}
	}
	for deadline := time.Now().Add(20 * time.Second); len(h.broker.messages()) < sent; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			h.t.Fatalf("%d messages were sent, %d are heard", sent, len(h.broker.messages()))
		}
	}
}
