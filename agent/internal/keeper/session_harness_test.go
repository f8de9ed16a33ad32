package keeper

import "testing"

// A busy machine can cost an uplink its lease, which is 100 ms of real time, so that a
// test must not expect what a session brings at once: it waits for it, on the virtual
// clock, and presses again before the session ends.

// until lets seconds pass in a session until something holds, two minutes at most.
func (h *house) until(what string, holds func() bool) {
	h.t.Helper()
	for range 12 {
		h.press()
		if h.within(10, holds) {
			return
		}
	}
	h.t.Fatalf("in two minutes of a session %s: %+v", what, h.status())
}

// within lets seconds pass until something holds, and reports whether it did. It
// presses nothing.
func (h *house) within(seconds int, holds func() bool) bool {
	h.t.Helper()
	for range seconds {
		h.tick(1)
		if holds() {
			return true
		}
	}
	return false
}

// hear lets a session go on until the broker has heard one message more than now.
func (h *house) hear() {
	h.t.Helper()
	h.until("nothing is heard", h.hears(1))
}

// hears holds when the broker has heard so many messages more than now.
func (h *house) hears(more int) func() bool {
	before := len(h.broker.messages())
	return func() bool { return len(h.broker.messages()) >= before+more }
}

// live lets a session go on until there is a connected window and one uplink lives,
// which it returns the pid of.
func (h *house) live() (pid int) {
	h.t.Helper()
	h.until("no uplink lives", func() bool {
		s := h.status()
		return len(s.Windows) == 1 && s.Windows[0].Connected && h.alive.Load() == 1
	})
	return int(h.child.Load())
}

// The harness itself: it waits no longer than it says, and does not press unasked.
func TestHarnessWaitsInTime(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature())
	begun, asked := h.now.Boot, 0
	if h.within(7, func() bool { asked++; return false }) || asked != 7 || (h.now.Boot-begun).Seconds() != 7 {
		t.Errorf("asked %d times in %v", asked, h.now.Boot-begun)
	}
	if len(h.broker.messages()) != 0 || h.snap.TalkPresses != 0 {
		t.Error("it pressed")
	}
}
