package keeper

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"quietstat/agent/internal/local"
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
			} else if len(s.Failing) != 1 || !strings.Contains(s.Failing["kitchen"], test.told) {
				t.Errorf("failing: %v", s.Failing)
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

// What failed is told until it works, and not of somebody who is gone.
func TestFailureIsToldUntilItWorks(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature())
	file := filepath.Join(h.folder, "keeper", "recipients", "kitchen.json")
	if err := os.Rename(file, file+".away"); err != nil {
		t.Fatal(err)
	}
	h.press()
	h.tick(4)
	if s := h.status(); s.Failing["kitchen"] == "" {
		t.Fatalf("nothing is said to fail: %+v", s)
	}
	if err := os.Rename(file+".away", file); err != nil {
		t.Fatal(err)
	}
	h.hear()
	if s := h.status(); len(s.Failing) != 0 {
		t.Errorf("it works, and status says %v", s.Failing)
	}
	h.broker.stop()
	h.tick(10)
	if s := h.status(); s.Failing["kitchen"] == "" {
		t.Error("nobody hears, and nothing is said to fail")
	}
	h.must("recipient.remove", local.ID{ID: "kitchen"}, nil)
	if s := h.status(); len(s.Failing) != 0 {
		t.Errorf("of one that is gone: %v", s.Failing)
	}
}

func TestReminderInHours(t *testing.T) {
	for left, want := range map[time.Duration]string{49 * time.Hour: "ends in 2 days", 47 * time.Hour: "ends in 47 hours", 4 * time.Hour: "ends in 4 hours"} {
		if got := reminder(consent.Reminder{Grant: "g", Why: consent.ReasonExpired, EndsIn: left}); !strings.Contains(got, want) {
			t.Errorf("%v: %q", left, got)
		}
	}
}
