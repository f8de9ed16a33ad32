package keeper

import (
	"bytes"
	"math"
	"net"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"quietstat/agent/internal/local"
)

// SIGUSR2 is quiet, from anybody who may send it.
func TestSignalCloses(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature())
	h.live()
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGUSR2); err != nil {
		t.Fatal(err)
	}
	h.gone(t)
	before := len(h.broker.messages())
	h.tick(10)
	if s := h.status(); len(h.broker.messages()) != before || len(s.Windows) != 0 {
		t.Errorf("%d messages after the signal, %+v", len(h.broker.messages())-before, s)
	}
}

// Callers who say nothing, too much, or half a line hold up neither the core nor
// each other, as long as there are places.
func TestSocketAbuseStarvesNobody(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature())
	h.hear()
	for i := range local.MaxCallers - 2 {
		conn, err := net.Dial("unix", filepath.Join(h.folder, local.KeeperSocket))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetWriteDeadline(time.Now().Add(time.Second))
		switch i % 4 {
		case 0: // says nothing
		case 1:
			conn.Write([]byte(`{"verb":"sta`))
		case 2:
			conn.Write(bytes.Repeat([]byte("x"), 2*local.MaxLine)) // answered, and hung up on
		case 3: // asks for ever and reads nothing
			conn.Write(bytes.Repeat([]byte(`{"verb":"ledger.show"}`+"\n"), 500))
		}
	}
	h.hear() // the session is not held up
	h.must("quiet", nil, nil)
	h.gone(t)
}

// What no sensor measures does not leave, whatever control says of it.
func TestNonsenseDoesNotLeave(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature())
	h.hear()
	for _, nonsense := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300, -1e300} {
		before := len(h.broker.messages())
		h.snap.Temperature = nonsense
		if h.tick(3); len(h.broker.messages()) != before {
			t.Errorf("%v left as %s", nonsense, h.broker.messages()[before].Payload)
		}
	}
	h.snap.Temperature = 20.26
	h.hear() // sense leaves again
}
