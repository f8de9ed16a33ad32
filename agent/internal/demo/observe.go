package demo

import (
	"slices"
	"strings"
	"time"

	"quietstat/agent/internal/local"
)

// watchPeriod is how often the demo looks at what the roles say of themselves.
const watchPeriod = 10 * time.Second

// watched is what the roles' own words have shown so far.
type watched struct {
	last    local.Status
	seen    bool // the sensor has been trusted once
	pauses  int
	faults  int
	ticks   uint64
	missed  uint64
	entries uint64
}

// watch asks control, and during a fault the keeper, how they are, and tells what
// has changed.
func (s *show) watch() {
	now := s.moment.since()
	h, err := s.caller.house()
	if err != nil {
		return // no control, no words; the pulse notices its death
	}
	w, before := &s.watched, s.watched.last
	w.last, w.ticks, w.missed = h, h.Ticks, h.TicksMissed
	s.tellChanges(before, h)
	if t := s.trial; t.active() || t != nil && t.ended != never {
		t.follow(now, h, s.world.Heating())
	}
	if s.trial.active() {
		if k, err := s.caller.sharing(); err == nil {
			s.trial.hear(now, k)
		}
	}
	if s.trial.active() && s.trial.fault.blinds && (h.Action == "paused" || h.Sensor != "ok") {
		s.measure.excuse(now)
	}
}

// tellChanges turns differences into events.
func (s *show) tellChanges(before, h local.Status) {
	w := &s.watched
	trusted := h.Sensor == "ok"
	switch {
	case trusted && !w.seen:
		w.seen = true
	case w.seen && !trusted && before.Sensor == "ok":
		w.faults++
		s.tell("sensor-fault", "control notices: %s.", because(h, "sensor"))
	case w.seen && trusted && before.Sensor != "ok":
		s.tell("sensor-back", "the sensor is trusted again. %s", heatingIs(h))
	}
	switch {
	case h.Action == "paused" && before.Action != "paused":
		w.pauses++
		s.tell("pause", "heating pauses: %s.", because(h, "door"))
	case h.Action != "paused" && before.Action == "paused":
		s.tell("resume", "the pause is over. %s", heatingIs(h))
	case w.seen && h.Action == "fault" && before.Action != "fault":
		s.tell("safe", "no temperature to go by: the safe side. %s", safeSide(h))
	}
}

// safeSide says what the relay is told once there is nothing to go by: off, when
// the run that is under way has lasted as long as a run must.
func safeSide(h local.Status) string {
	if h.Heat || h.Cool {
		return "The relay goes off as soon as its run has lasted its minimum."
	}
	return heatingIs(h)
}

// heatingIs says what the relay is told.
func heatingIs(h local.Status) string {
	if h.Heat {
		return "Heating is on."
	}
	return "Heating is off."
}

// because is control's reason of a kind, or its first.
func because(h local.Status, kind string) string {
	for _, why := range h.Reasons {
		if strings.HasPrefix(why.Kind, kind) {
			return strings.TrimPrefix(why.Text, "paused: ")
		}
	}
	if len(h.Reasons) > 0 {
		return h.Reasons[0].Text
	}
	return "no reason was given"
}

// follow notes what control says while the fault lasts and after.
func (t *trial) follow(now time.Duration, h local.Status, heating bool) {
	trusted := h.Sensor == "ok"
	t.missed = max(t.missed, h.TicksMissed)
	if !t.active() {
		if trusted && t.trusted == never && t.noticed != never {
			t.trusted = now
		}
		return
	}
	if !trusted {
		if t.noticed == never {
			t.noticed, t.noticedWhy = now, because(h, "sensor")
		}
		if heating {
			t.blindHeat += watchPeriod
		}
	} else {
		t.oldest = max(t.oldest, time.Duration(h.SampleAgeS*float64(time.Second)))
		if t.noticed != never && t.trustedEarly == never {
			t.trustedEarly = now
		}
	}
	if h.Action == "paused" && t.paused == never {
		t.paused = now
	}
	if t.paused != never && t.resumed == never && h.Action != "paused" {
		t.resumed, t.resumedWhy = now, because(h, "door")
	}
}

// hear notes what the keeper says while the fault lasts.
func (t *trial) hear(now time.Duration, k local.KeeperStatus) {
	if !k.Ledger.OK && k.Ledger.Problem != "" {
		t.ledger = k.Ledger.Problem
	}
	if !k.Clock.Trusted && k.Clock.Problem != "" {
		t.clock = k.Clock.Problem
	}
	if k.LastRefusal != t.before {
		t.refusal = k.LastRefusal
	}
	connected := slices.ContainsFunc(k.Windows, func(w local.Window) bool { return w.Connected })
	if !connected && t.closed == never {
		t.closed = now
	}
}
