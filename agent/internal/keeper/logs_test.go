package keeper

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"quietstat/agent/internal/store"
	"quietstat/consent"
)

// What cannot be reached or written is told in the log without its name (the house
// looks through every log), and to the owner with it.
func TestLogsNameNobody(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*house)
		told  string // in status
	}{
		"no uplink":        {func(h *house) { os.Remove(filepath.Join(h.folder, "uplink@kitchen.sock")) }, "uplink@kitchen.sock"},
		"no recipient":     {func(h *house) { h.broker.stop() }, "reached"},
		"no file for them": {func(h *house) { os.Remove(filepath.Join(h.folder, "keeper", "recipients", "kitchen.json")) }, "uplink@kitchen.sock"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.tick(2)
			h.enrol(temperature())
			test.spoil(h)
			h.press()
			h.tick(8)
			if s := h.status(); !strings.Contains(s.LastRefusal, test.told) {
				t.Errorf("status says %q", s.LastRefusal)
			}
			if !strings.Contains(h.log.String(), "could not be used") {
				t.Errorf("the log says nothing: %s", h.log.String())
			}
		})
	}
}

func TestLogsNameNobodyOnADiskThatFails(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.disk.Inject(func(op store.Op) store.Verdict {
		if strings.Contains(op.Path, "recipients") {
			return store.Verdict{Err: syscall.EIO}
		}
		return store.Verdict{}
	})
	h.must("recipient.add", consent.Recipient{
		ID: "kitchen", DisplayName: "Kitchen", Reach: consent.ReachThisDevice, Endpoint: h.broker.endpoint,
		TopicPrefix: "home/heat", Profile: consent.ProfileJSON,
	}, nil)
	if !strings.Contains(h.log.String(), syscall.EIO.Error()) {
		t.Errorf("the log says nothing of the disk: %s", h.log.String())
	}
}
