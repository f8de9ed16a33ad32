package hvac_test

import (
	"testing"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

// until steps until the reason is there and returns how long that took, or most.
func (l *life) until(kind hvac.ReasonKind, most time.Duration) time.Duration {
	begun := l.at
	for l.at-begun < most && !l.why.Has(kind) {
		l.step()
	}
	return l.at - begun
}

// The limits are those of the table in doc.go.
func TestDetection(t *testing.T) {
	for _, tt := range []struct {
		kind                 house.Kind
		cut, welded, noticed time.Duration
	}{
		{house.KindA, 6 * time.Hour, 10 * time.Hour, 30 * time.Minute},
		{house.KindE, 6 * time.Hour, 20 * time.Hour, 30 * time.Minute},
		{house.KindR, 6 * time.Hour, 10 * time.Hour, 30 * time.Minute},
		{house.KindU, 12 * time.Hour, 20 * time.Hour, 30 * time.Minute},
	} {
		t.Run(tt.kind.String(), func(t *testing.T) {
			t.Parallel()
			for _, name := range []string{"winter", "cold", "spring"} {
				settled := newLife(tt.kind, 1, skies[name], 21, 21)
				settled.run(3*24*time.Hour + 20*time.Hour)
				l := settled.twin()
				l.cut = true
				cut := l.until(hvac.NoRise, 48*time.Hour)
				low := l.house.Climate().Air
				l = settled.twin()
				l.welded = true
				welded := l.until(hvac.StuckRelay, 48*time.Hour)
				l = settled.twin()
				l.doors = 1
				noticed := l.until(hvac.FallPause, time.Hour)
				t.Logf("%s: wire cut found after %v at %v; contact welded after %v; open door after %v", name, cut, low, welded, noticed)
				if cut > tt.cut || welded > tt.welded || name == "cold" && noticed > tt.noticed {
					t.Errorf("%s: that is later than %v, %v and %v", name, tt.cut, tt.welded, tt.noticed)
				}
			}
		})
	}
}
