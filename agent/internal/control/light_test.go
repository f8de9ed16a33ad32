package control

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quietstat/consent"
)

func TestRhythms(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		state consent.IndicatorState
		after time.Duration
		on    bool
		left  time.Duration
	}{
		{consent.IndicatorClosed, 0, false, 0},
		{consent.IndicatorClosed, time.Hour, false, 0},
		{consent.IndicatorSession, 0, true, 1000 * ms},
		{consent.IndicatorSession, 999 * ms, true, 1 * ms},
		{consent.IndicatorSession, 1000 * ms, false, 1000 * ms},
		{consent.IndicatorSession, 1999 * ms, false, 1 * ms},
		{consent.IndicatorSession, 2000 * ms, true, 1000 * ms},
		{consent.IndicatorGrant, 0, true, 250 * ms},
		{consent.IndicatorGrant, 249 * ms, true, 1 * ms},
		{consent.IndicatorGrant, 250 * ms, false, 750 * ms},
		{consent.IndicatorGrant, 1000 * ms, true, 250 * ms},
		{consent.IndicatorFault, 124 * ms, true, 1 * ms},
		{consent.IndicatorFault, 125 * ms, false, 125 * ms},
		{consent.IndicatorFault, 250 * ms, true, 125 * ms},
		{consent.IndicatorFault, -time.Second, true, 125 * ms},
	} {
		r := rhythms[c.state]
		if on, left := r.at(c.after), r.left(c.after); on != c.on || left != c.left {
			t.Errorf("%s after %v: on %v for %v, want %v for %v", lightWords[c.state], c.after, on, left, c.on, c.left)
		}
	}
}

// Sleeping from edge to edge shows the same as looking at every moment.
func TestRhythmEdges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rhythms[rapid.IntRange(1, len(rhythms)-1).Draw(t, "state")]
		now := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "now"))
		left := r.left(now)
		if left <= 0 || r.at(now+left-1) != r.at(now) || r.at(now+left) == r.at(now) {
			t.Fatalf("at %v the level %v is said to last %v", now, r.at(now), left)
		}
	})
}

func TestEveryOpenStateBeginsLit(t *testing.T) {
	for state := consent.IndicatorSession; state <= consent.IndicatorFault; state++ {
		var levels []bool
		l := light{set: func(on bool) error { levels = append(levels, on); return nil }}
		l.show(state, 7, 333)
		if len(levels) != 1 || !levels[0] || !l.confirmed || l.epoch != 7 {
			t.Errorf("%s: levels %v, confirmed %v for epoch %d", lightWords[state], levels, l.confirmed, l.epoch)
		}
	}
}

func TestLightConfirmation(t *testing.T) {
	broken := errors.New("broken")
	var fail error
	sets := 0
	l := light{set: func(bool) error { sets++; return fail }}
	const second = time.Second

	l.show(consent.IndicatorSession, 1, 0)
	l.show(consent.IndicatorSession, 1, second/2)
	if sets != 1 || l.since != 0 {
		t.Errorf("asking again for what is confirmed wrote %d times and moved the rhythm to %v", sets, l.since)
	}
	l.show(consent.IndicatorSession, 2, second)
	if sets != 2 || !l.confirmed || l.epoch != 2 {
		t.Errorf("a new epoch was not written: %d writes", sets)
	}

	fail = broken
	l.step(second + second/2)
	if !l.confirmed {
		t.Error("a level that did not change unconfirmed the light")
	}
	l.step(2 * second)
	if l.confirmed {
		t.Error("a failed write of the rhythm left the light confirmed")
	}
	fail = nil
	l.step(2*second + 1)
	if l.confirmed {
		t.Error("a light is confirmed in an epoch in which a write failed")
	}
	l.show(consent.IndicatorSession, 2, 3*second)
	if !l.confirmed {
		t.Error("asking again did not try again")
	}

	fail = broken
	l.show(consent.IndicatorGrant, 3, 4*second)
	if l.confirmed {
		t.Error("a light that cannot be written is confirmed")
	}

	fail = nil
	l.orphan(5 * second)
	before := sets
	l.orphan(6 * second)
	if l.state != consent.IndicatorFault || l.confirmed || l.epoch != 0 || l.since != 5*second || sets != before {
		t.Errorf("without a keeper the light is %+v", l)
	}
}

func TestLightNext(t *testing.T) {
	l := light{set: func(bool) error { return nil }}
	if next := l.next(time.Hour); next != 0 {
		t.Errorf("a dark light wants to be stepped at %v", next)
	}
	l.show(consent.IndicatorGrant, 1, time.Hour)
	if next := l.next(time.Hour); next != time.Hour+250*time.Millisecond {
		t.Errorf("a blink of 250 ms ends at %v", next)
	}
}
