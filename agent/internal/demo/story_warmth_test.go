package demo

import (
	"strings"
	"testing"
)

func TestWarmthIsNotClaimedFreely(t *testing.T) {
	for _, test := range []struct {
		hours, rms float64
		warm       bool
	}{{0, 0, false}, {5, 0.49, true}, {5, 0.5, true}, {5, 0.51, false}, {5, 2.1, false}} {
		got := warmth(Summary{OccupiedHours: test.hours, RMSErrorC: test.rms})
		if strings.HasPrefix(got, "warm") != test.warm {
			t.Errorf("%v hours at %v K: %q", test.hours, test.rms, got)
		}
	}
}
