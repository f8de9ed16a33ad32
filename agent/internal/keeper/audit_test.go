package keeper

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/consent"
)

// longLedger makes a house whose ledger is longer than what a start looks at.
func longLedger(t *testing.T) *house {
	t.Helper()
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		t.Setenv("TMPDIR", "/dev/shm") // where a flush costs nothing
	}
	h := newHouse(t)
	h.tick(1)
	h.stop()
	l, err := store.OpenLedger(new(store.Disk), filepath.Join(h.folder, "ledger"))
	if err != nil {
		t.Fatal(err)
	}
	now := consent.Now{Wall: h.now.Wall, Boot: h.now.Boot, BootID: "one boot"}
	for range 66 {
		for range 256 {
			if _, err := l.Append(now.Entry(consent.EntryButtonClose)); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Seal(); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return h
}

// Damage that a start does not look at keeps the gate closed all the same.
func TestALongLedgerIsAuditedBeforeAnythingLeaves(t *testing.T) {
	h := longLedger(t)
	h.start()
	h.tick(2)
	if s := h.status(); !s.Ledger.OK || s.Ledger.Entries < 66*256 {
		t.Fatalf("a whole ledger: %+v", s.Ledger)
	}
	// The last lines come without the rest.
	var lines []local.LedgerLine
	h.must("ledger.show", local.LedgerArguments{}, &lines)
	if len(lines) < 66*256 {
		t.Errorf("%d lines", len(lines))
	}
	h.must("ledger.show", local.LedgerArguments{Last: 3}, &lines)
	if len(lines) != 3 || lines[2].Seq != h.status().Ledger.Entries-1 {
		t.Errorf("the last three are %+v", lines)
	}
	h.enrol(local.Share{Category: "climate.temperature"})
	h.stop()
	oldest := filepath.Join(h.folder, "ledger", "tile", "entries", "000")
	data, err := os.ReadFile(oldest)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(oldest, data, 0o600); err != nil {
		t.Fatal(err)
	}
	h.start()
	for range 100 { // longer than it takes to try again
		h.tick(1)
		if s := h.status(); s.Ledger.OK || !strings.Contains(s.Ledger.Problem, "damaged") {
			t.Fatalf("with its oldest entries damaged: %+v", s.Ledger)
		}
	}
	h.press()
	h.tick(5)
	if n := len(h.broker.messages()); n != 0 || len(h.status().Windows) != 0 {
		t.Errorf("%d messages left", n)
	}
}

// What the state knows of already is not read again; what it does not is.
func TestOnlyTheNewestEntriesAreReadAtAStart(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol()
	id := h.optIn()
	h.tick(3)
	state, err := os.ReadFile(filepath.Join(h.folder, "keeper", "consent.json"))
	if err != nil {
		t.Fatal(err)
	}
	h.must("consent.revoke", local.ID{ID: id}, nil)
	h.stop()
	// An older state comes back, from a backup: the withdrawal is younger than it.
	if err := os.WriteFile(filepath.Join(h.folder, "keeper", "consent.json"), state, 0o600); err != nil {
		t.Fatal(err)
	}
	h.start()
	h.tick(30)
	var all []local.GrantView
	h.must("consent.list", nil, &all)
	if len(all) != 1 || all[0].State != "withdrawn" {
		t.Errorf("a withdrawn opt-in came back as %+v", all)
	}
	// The ledger is gone: nothing to read, and it is said.
	h.stop()
	if err := os.RemoveAll(filepath.Join(h.folder, "ledger")); err != nil {
		t.Fatal(err)
	}
	h.start()
	h.tick(2)
	if s := h.status(); !strings.Contains(strings.Join(s.Notices, "\n"), "shorter than it was") {
		t.Errorf("notices %v", s.Notices)
	}
}

// Owners are reminded in time.
func TestStatusReminds(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol()
	id := h.optIn()
	if s := h.status(); len(s.Reminders) != 0 || !s.TalkButton {
		t.Errorf("at once: %v", s.Reminders)
	}
	h.now.Boot += 25 * 24 * time.Hour
	h.now.Wall = h.now.Wall.AddDate(0, 0, 25)
	h.tick(2)
	if s := h.status(); len(s.Reminders) != 1 || !strings.Contains(s.Reminders[0], "consent renew "+id) {
		t.Errorf("after 25 days: %v", s.Reminders)
	}
	var all []local.GrantView
	h.must("consent.list", nil, &all)
	if all[0].Reminder == "" || all[0].LeftS > 5*24*3600 {
		t.Errorf("%+v", all[0])
	}
}
