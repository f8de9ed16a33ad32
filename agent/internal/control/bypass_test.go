package control

import (
	"errors"
	"strings"
	"testing"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/hvac"
)

// openHouse is a loop with two doors, the first of which has stood open for a while.
func openHouse(t *testing.T) (*loop, func(seconds float64) *record) {
	b := &fakeBoard{doorCount: 2, reading: room(18)}
	b.doors[0] = hvac.Contact{Known: true, Open: true}
	b.doors[1] = hvac.Contact{Known: true}
	l := newLoop(t, b, nil)
	l.sampled.Store(true)
	seconds := 0.0
	run := func(until float64) *record {
		for ; seconds <= until; seconds++ {
			b.reading.At = at(seconds).Boot
			l.tick(at(seconds))
		}
		rec := l.news.read()
		return &rec
	}
	return l, run
}

var twoDoors = []local.Door{{ID: "front"}, {ID: "back"}}

func TestABypassedDoorPausesNothingUntilItsTime(t *testing.T) {
	for _, id := range []string{"front", allDoors} {
		l, run := openHouse(t)
		if r := run(100); hvac.Action(r.snapshot.Action) != hvac.ActionPaused {
			t.Fatalf("an open door does not pause: %v", r.reasons.List[:r.reasons.N])
		}
		if err := l.desk.bypass(twoDoors, id, at(300).Boot); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			second float64
			paused bool
		}{{101, false}, {299, false}, {300, true}, {301, true}} {
			r := run(tt.second)
			if paused := hvac.Action(r.snapshot.Action) == hvac.ActionPaused; paused != tt.paused || r.reasons.Has(hvac.DoorBypassed) == tt.paused {
				t.Errorf("%s, second %v: paused %v, want %v: %v", id, tt.second, paused, tt.paused, r.reasons.List[:r.reasons.N])
			}
			if why, ok := r.reasons.Find(hvac.DoorBypassed); ok && why.Left != time.Duration(300-tt.second)*time.Second {
				t.Errorf("second %v: %v left", tt.second, why.Left)
			}
		}
	}
}

func TestAnotherDoorStillPauses(t *testing.T) {
	l, run := openHouse(t)
	if err := l.desk.bypass(twoDoors, "back", at(1e6).Boot); err != nil {
		t.Fatal(err)
	}
	if r := run(100); hvac.Action(r.snapshot.Action) != hvac.ActionPaused || r.reasons.Has(hvac.DoorBypassed) {
		t.Errorf("front is open: %v", r.reasons.List[:r.reasons.N])
	}
}

func TestTheEndOfABypassIsAtOnce(t *testing.T) {
	l, run := openHouse(t)
	for _, end := range []time.Duration{at(1e6).Boot, 0} {
		if err := l.desk.bypass(twoDoors, allDoors, end); err != nil {
			t.Fatal(err)
		}
	}
	if b := l.desk.load().bypassed; b != (bypasses{}) {
		t.Errorf("after the end: %+v", b)
	}
	if r := run(100); hvac.Action(r.snapshot.Action) != hvac.ActionPaused {
		t.Errorf("after the end nothing pauses: %v", r.reasons.List[:r.reasons.N])
	}
}

func TestBypassVerbs(t *testing.T) {
	for _, tt := range []struct {
		verb, arguments, problem string
	}{
		{"door.bypass", `{"id":"front"}`, ""},
		{"door.bypass", `{"id":"front","for_s":60}`, ""},
		{"door.bypass", `{"id":"all","for_s":86400}`, ""},
		{"door.bypass", `{"id":"front","for_s":59.9}`, "for 1m0s to 24h0m0s"},
		{"door.bypass", `{"id":"front","for_s":86400.1}`, "for 1m0s to 24h0m0s"},
		{"door.bypass", `{"id":"front","for_s":-1}`, "for 1m0s to 24h0m0s"},
		{"door.bypass", `{"id":"garage"}`, `no door "garage"`},
		{"door.bypass", `{}`, `no door ""`},
		{"door.bypass", `{"id":"front","reason":"x"}`, "reason"},
		{"door.end", `{"id":"front"}`, ""},
		{"door.end", `{"id":"all"}`, ""},
		{"door.end", `{"id":"garage"}`, `no door "garage"`},
		{"door.end", `{"id":"front","for_s":60}`, "no duration"},
	} {
		r := roleOf(t, Options{}, &fakeBoard{doorCount: 1})
		got, err := answer(t, r, tt.verb, tt.arguments)
		if tt.problem == "" {
			if s, ok := got.(local.Status); err != nil || !ok || len(s.Doors) != 1 {
				t.Errorf("%s %s: %v, %v", tt.verb, tt.arguments, got, err)
			}
			continue
		}
		var problem *local.Problem
		if !errors.As(err, &problem) || !strings.Contains(err.Error(), tt.problem) || problem.Code == local.CodeFailed {
			t.Errorf("%s %s: %v, want %q", tt.verb, tt.arguments, err, tt.problem)
		}
	}
}

func TestAStatusTellsWhatIsLeftOfABypass(t *testing.T) {
	r := roleOf(t, Options{}, &fakeBoard{doorCount: 1})
	r.loop.tick(at(0))
	for _, tt := range []struct {
		end  time.Duration
		want float64
	}{{at(90).Boot, 90}, {at(0).Boot, 0}, {at(-1).Boot, 0}, {0, 0}} {
		if err := r.desk.bypass(r.facts.Load().doors, allDoors, tt.end); err != nil {
			t.Fatal(err)
		}
		if s := r.status(); s.Doors[0].BypassS != tt.want || s.FallBypassS != tt.want {
			t.Errorf("until %v: %v and %v s, want %v", tt.end, s.Doors[0].BypassS, s.FallBypassS, tt.want)
		}
	}
	if r.desk.load().change != 0 {
		t.Error("a bypass is something to save")
	}
}
