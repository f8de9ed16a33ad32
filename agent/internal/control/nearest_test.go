package control

import (
	"testing"

	"quietstat/agent/internal/local"
)

// A temperature out of range is refused to a person, who is told the range, and moved
// to its end where the range is not to be told.
func TestSetNearest(t *testing.T) {
	h := newHouse(t)
	h.tick(1)
	for _, tt := range []struct{ asked, want float64 }{
		{21.5, 21.5}, {4.9, 5}, {5, 5}, {-300, 5}, {30, 30}, {30.1, 30}, {1e300, 30},
	} {
		if s := h.call("set", local.SetArguments{SetpointC: tt.asked, Nearest: true}); s.SetpointC != tt.want {
			t.Errorf("%v became %v, want %v", tt.asked, s.SetpointC, tt.want)
		}
	}
	if err := local.Call(t.Context(), h.control, "set", local.SetArguments{SetpointC: 31}, nil); err == nil {
		t.Error("a person may choose 31 °C")
	}
}
