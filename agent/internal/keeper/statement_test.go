package keeper

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/consent"
)

// However long the ledger, a statement is short or refused with a remedy.
func TestStatementsAreBounded(t *testing.T) {
	wall := time.Date(2026, 1, 15, 8, 0, 0, 0, time.UTC)
	entries := make([]consent.Entry, 0, 40)
	l, err := store.OpenLedger(new(store.Disk), filepath.Join(t.TempDir(), "ledger"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for i := range 20 { // ten messages to each of two, with their outcomes
		e := consent.Now{Wall: wall.Add(time.Duration(i) * time.Minute), BootID: "b"}.Entry(consent.EntryReleaseIntent)
		e.Recipient, e.Categories, e.Commitment = []string{"a", "b"}[i%2], []consent.Category{consent.CategoryTemperature}, [32]byte{byte(i + 1)}
		entries = append(entries, e)
		e.Kind, e.Reason = consent.EntryReleaseOutcome, consent.ReasonSent
		entries = append(entries, e)
	}
	for _, e := range entries {
		if _, err := l.Append(e); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name string
		ask  local.LedgerArguments
		want int
	}{
		{"all", local.LedgerArguments{}, 20},
		{"the last of all", local.LedgerArguments{Last: 1}, 1},
		{"the last seven", local.LedgerArguments{Last: 7}, 7},
		{"more than there are", local.LedgerArguments{Last: 700}, 20},
		{"to one", local.LedgerArguments{Recipient: "b"}, 10},
		{"the last to one", local.LedgerArguments{Recipient: "b", Last: 3}, 3},
		{"of a category", local.LedgerArguments{Category: "climate.humidity"}, 0},
		{"since then", local.LedgerArguments{Since: wall.Add(15 * time.Minute)}, 5},
		{"since just after", local.LedgerArguments{Since: wall.Add(15*time.Minute + 1)}, 4},
	} {
		got, err := book{ledger: l}.statement(tt.ask)
		lines, _ := got.([]local.LedgerLine)
		if err != nil || len(lines) != tt.want {
			t.Errorf("%s: %d lines, want %d, %v", tt.name, len(lines), tt.want, err)
		}
		for _, line := range lines {
			if !strings.Contains(line.Text, "sent ") || strings.Contains(line.Text, "may have") {
				t.Errorf("%s: %s has lost its outcome", tt.name, line.Text)
			}
		}
	}
}
