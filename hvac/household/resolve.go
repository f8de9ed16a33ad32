package household

import (
	"time"

	"quietstat/hvac"
)

// Resolve says how warm it shall be at an instant. last is the Level of the Target
// before, Settings.Last at the start: it is kept while the clock cannot be trusted. A
// nil plan asks for nothing.
func (p *Plan) Resolve(at Instant, last Level) Target {
	if p == nil {
		return Target{Since: Unknown, Until: Forever}
	}
	at, why := p.doubt(at)
	t, change := p.target(at, last, why)
	t.Next = p.ahead(at, t, change, why)
	return t
}

// doubt says why the week tells nothing about an instant, 0 if it does; a wall that
// cannot be right is not to be trusted.
func (p *Plan) doubt(at Instant) (Instant, Reason) {
	at.Trusted = at.Trusted && sane(at.Wall)
	switch {
	case !at.Trusted:
		return at, ClockUntrusted
	case !p.Covers(at):
		return at, Unplanned
	}
	return at, 0
}

// maxProbes bounds the search for the next other setpoint: the ends of boost, hold,
// vacation and what comes after each.
const maxProbes = 8

// ahead finds the next other setpoint. change is the first moment at which there can
// be one.
func (p *Plan) ahead(at Instant, t Target, change time.Duration, why Reason) hvac.Transition {
	for range maxProbes {
		if change >= Forever-1 {
			break
		}
		then, next := p.target(at.after(change-at.Now), t.Level, why)
		if then.Setpoint != t.Setpoint {
			return hvac.Transition{Known: true, In: change - at.Now, Setpoint: then.Setpoint}
		}
		change = next
	}
	return hvac.Transition{}
}

// target is Resolve without what comes next, and the first moment at which the
// setpoint can change. why is what doubt says.
func (p *Plan) target(at Instant, last Level, why Reason) (t Target, change time.Duration) {
	s := &p.settings
	t = Target{Mode: s.Mode, Source: SourceBase, Since: Unknown, Until: Forever}
	i, n := p.level(at, last, why, &t)
	change = Forever
	if n >= 0 && n < len(p.steps) {
		change = at.boot(p.steps[n].at)
	}
	aim := t.Level.Aim
	t.Source = t.Level.Source

	if ends, holds := p.hold(at, i, n >= 0, &t); holds {
		aim = s.Hold.Aim
		t.Source, t.Since, t.Until = SourceHold, s.Hold.Placed.boot(at), ends
		change = ends
	}
	t.Preset = aim.Preset
	c := s.Temperature(aim)
	if s.Lock.Range && t.Source != SourceSchedule && t.Source != SourceVacation {
		c = t.bounded(c, Limits{s.Lock.Min, s.Lock.Max}, OutsideLock)
	}
	if s.Boost.Active && !s.Boost.Ends.past(at) {
		t.Source, t.Preset = SourceBoost, None
		t.Since, t.Until = s.Boost.Placed.boot(at), s.Boost.Ends.boot(at)
		change = min(change, t.Until)
		raise := hvac.Celsius(s.Boost.Raise)
		if s.Mode == hvac.ModeCool {
			raise = -raise
		}
		c = s.Limits.clamp(c) + raise
		if s.Lock.Range { // a boost is asked for on the spot
			c = t.bounded(c, Limits{s.Lock.Min, s.Lock.Max}, OutsideLock)
		}
	}
	t.Setpoint = t.bounded(c, s.Limits, OutsideLimits)
	return t, change
}

// bounded clamps and says so.
func (t *Target) bounded(c hvac.Celsius, l Limits, why Reason) hvac.Celsius {
	b := l.clamp(c)
	if b != c && !t.Reasons.Has(why) {
		t.Reasons.add(why)
	}
	return b
}

// level finds what is planned, with Since and Until. It returns the number of the
// present step and of the next that may change the setpoint; -1 each where the clock
// tells nothing.
func (p *Plan) level(at Instant, last Level, why Reason, t *Target) (present, next int) {
	s := &p.settings
	t.Level = Level{true, s.Base, SourceBase}
	if len(s.Schedule) == 0 && !s.Vacation.Set() {
		return -1, -1
	}
	if why != 0 {
		p.keep(last, t, why)
		return -1, -1
	}
	i := p.find(at.Wall)
	next = 0
	if i >= 0 {
		t.Level, t.Since, next = p.steps[i].level, at.boot(p.steps[i].at), p.steps[i].next
	}
	if i+1 < len(p.steps) {
		t.Until = at.boot(p.steps[i+1].at)
	}
	return i, next
}

// keep takes the last level instead of one that cannot be known, if what it came from
// still exists.
func (p *Plan) keep(last Level, t *Target, why Reason) {
	s := &p.settings
	switch {
	case last.Known && last.Source == SourceBase,
		last.Known && last.Source == SourceSchedule && len(s.Schedule) > 0,
		last.Known && last.Source == SourceVacation && s.Vacation.Set():
		t.Level = last
		if last.Source == SourceBase {
			t.Level.Aim = s.Base // it may have been changed since
		}
		t.Reasons.add(why)
	default:
		t.Level.Known = false // this is nothing to keep next time either
		t.Reasons.add(NothingToKeep)
	}
}

// hold reports whether the hold is in force above step number i, if that is known, and
// when it ends or must wait.
func (p *Plan) hold(at Instant, i int, known bool, t *Target) (ends time.Duration, holds bool) {
	h := &p.settings.Hold
	if !h.Active || h.Until == UntilElapsed && h.Ends.past(at) {
		return 0, false
	}
	first := len(p.steps) // the transition that ends it
	if h.Until == UntilNext && known {
		first = p.find(h.Placed.wall(at)) + 1
		if first <= i {
			return 0, false
		}
	}
	if t.Level.Source == SourceVacation && !h.Vacation {
		t.Reasons.add(HoldWaits)
		return 0, false
	}
	ends = Forever
	switch {
	case h.Until == UntilElapsed:
		ends = h.Ends.boot(at)
	case first < len(p.steps):
		ends = at.boot(p.steps[first].at)
	}
	if v := p.settings.Vacation; at.Trusted && v.Set() && !h.Vacation && at.Wall.Before(v.From) {
		ends = min(ends, at.boot(v.From))
	}
	return ends, true
}
