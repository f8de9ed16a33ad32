package keeper

import (
	"testing"
	"time"

	"quietstat/agent/internal/local"
)

// Exact values go by themselves when they are old; what is told of them stays.
func TestValuesGoByAge(t *testing.T) {
	for _, tt := range []struct {
		days int
		kept bool
	}{{29, true}, {32, false}} {
		h := newHouse(t)
		h.tick(2)
		h.enrol()
		h.optIn()
		h.within(120, h.hears(1))
		h.must("quiet", nil, nil)
		h.now.Boot += time.Duration(tt.days) * 24 * time.Hour
		h.now.Wall = h.now.Wall.AddDate(0, 0, tt.days)
		h.tick(2)
		var lines []local.LedgerLine
		h.must("ledger.show", local.LedgerArguments{}, &lines)
		sent, values := 0, 0
		for _, l := range lines {
			if l.Kind == "release.intent" {
				sent++
			}
			if l.Sent != "" {
				values++
			}
		}
		if sent == 0 || (values > 0) != tt.kept || values > sent {
			t.Errorf("after %d days %d messages are told of, %d with their values", tt.days, sent, values)
		}
		h.must("ledger.verify", nil, nil)
	}
}
