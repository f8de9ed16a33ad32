package keeper

import (
	"syscall"
	"testing"
	"time"
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
	h.press()
	h.tick(6)
	before := len(h.broker.messages())
	if before == 0 {
		t.Fatal("the session does not work")
	}
	stuck := int(h.child.Load())
	if err := syscall.Kill(stuck, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for range 3 { // a message is due every other second
		if h.tick(1); len(h.status().Windows) == 0 {
			break
		}
	}
	if s := h.status(); len(s.Windows) != 0 || s.LastRefusal != errStuck.Error() {
		t.Errorf("an uplink that does not answer is kept: %+v", s)
	}
	h.gone(t)
	if got := len(h.broker.messages()); got != before {
		t.Errorf("%d messages left a stopped process", got-before)
	}
	h.tick(10) // the session goes on with another
	if got := len(h.broker.messages()); got == before {
		t.Errorf("nothing leaves any more: %+v", h.status())
	}
}
