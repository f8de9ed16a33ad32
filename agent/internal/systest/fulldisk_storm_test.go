//go:build systest

package systest

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A real, small filesystem is filled to the last byte in the middle of a session:
// the gate closes, heating goes on, what was recorded stays, and when there is room
// again a session works.
func TestFullFilesystemClosesTheGate(t *testing.T) {
	t.Parallel()
	n := makeNetwork(t)
	h := stage(t, n.house)
	recorder := record(t, n.outside, brokerAddress+recorderPort)
	state := filepath.Join(h.folder, "state")
	if err := syscall.Mount("small", state, "tmpfs", 0, "size=16m,mode=0700"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Unmount(state, syscall.MNT_DETACH) })
	h.begin()
	h.enrol("kitchen", recorder.endpoint)
	h.quietstat("policy", "set", "kitchen", "climate.temperature=0.5/1s")

	h.quietstat("session", "start")
	h.until("two messages", 20*time.Second, func() bool { return h.messages("kitchen") >= 2 })
	ballast := filepath.Join(state, "ballast")
	fill(t, ballast)
	h.until("the gate closes", 20*time.Second, func() bool {
		s, err := h.status()
		return err == nil && s.Keeper != nil && len(s.Keeper.Windows) == 0 && len(h.processes("uplink")) == 0
	})
	sent := recorder.bytes()
	before, err := h.status()
	if err != nil {
		t.Fatal(err)
	}
	if before.Keeper.Ledger.OK {
		t.Error("the ledger says it can be written on a full filesystem")
	}
	h.try("session", "start") // it may be refused; it must not open
	time.Sleep(5 * time.Second)
	after, err := h.status()
	if err != nil {
		t.Fatal(err)
	}
	if recorder.bytes() != sent {
		t.Errorf("%d bytes left with a ledger that cannot be written", recorder.bytes()-sent)
	}
	if after.Control.Ticks < before.Control.Ticks+15 || after.Control.TicksMissed != before.Control.TicksMissed {
		t.Errorf("heating was disturbed: %d ticks in 5 s, %d missed", after.Control.Ticks-before.Control.Ticks, after.Control.TicksMissed-before.Control.TicksMissed)
	}

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	h.until("the ledger is tried again", 90*time.Second, func() bool {
		s, err := h.status()
		return err == nil && s.Keeper != nil && s.Keeper.Ledger.OK
	})
	again, err := h.status()
	if err != nil || again.Keeper.Ledger.Entries < before.Keeper.Ledger.Entries {
		t.Errorf("%d entries, there were %d (%v)", again.Keeper.Ledger.Entries, before.Keeper.Ledger.Entries, err)
	}
	if verdict := h.quietstat("ledger", "verify"); !strings.Contains(verdict, "verified") {
		t.Error(verdict)
	}
	h.inSession("kitchen", 2, func() {})
	if intents := strings.Count(h.quietstat("ledger", "show"), "sent"); intents == 0 {
		t.Error("the statement tells of nothing sent")
	}
}

// fill takes the last byte of a filesystem.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
}
