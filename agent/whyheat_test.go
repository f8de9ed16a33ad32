package main

import (
	"strings"
	"testing"

	"quietstat/agent/internal/local"
	"quietstat/hvac"
)

func TestMainReason(t *testing.T) {
	for _, tt := range []struct{ kinds, want string }{
		{"saturated startup_dwell idle", "startup_dwell"}, // idle at full demand: the pause is why
		{"house_known saturated dwell_off idle", "dwell_off"},
		{"saturated heating", "saturated"},
		{"house_known saturated heating", "saturated"},
		{"house_known heating", "heating"},
		{"house_known", "house_known"},
		{"mode_off idle", "mode_off"},
		{"idle", "idle"},
		{"sensor_stale saturated idle", "sensor_stale"},
	} {
		var reasons []local.Why
		for kind := range strings.FieldsSeq(tt.kinds) {
			reasons = append(reasons, local.Why{Kind: kind, Text: kind})
		}
		if got := mainReason(reasons); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.kinds, got, tt.want)
		}
	}
	for _, kind := range []hvac.ReasonKind{hvac.Saturated, hvac.HouseKnown, hvac.Idle, hvac.Heating, hvac.Cooling} {
		if got := mainReason([]local.Why{{Kind: kind.String(), Text: "bare"}, {Kind: "door_open", Text: "door"}}); got != "door" {
			t.Errorf("%v is shown in place of a door", kind)
		}
	}
}
