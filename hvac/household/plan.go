package household

import (
	"slices"
	"sort"
	"time"

	"quietstat/hvac"
)

// How far a plan looks from the day it is made on: every line of a week comes round
// within eight days, one of which may have been longer.
const (
	daysBack  = 8
	daysAhead = 9
)

// Years in which a wall clock can be right; durations between them do not overflow.
const (
	firstYear = 2000
	lastYear  = 2200
)

// Level is what is planned at a moment, below holds and boosts. The zero Level is not
// known.
type Level struct {
	Known  bool
	Aim    Aim
	Source Source // SourceBase, SourceSchedule or SourceVacation
}

// Plan is the schedule and the vacation laid out in instants, so that whoever asks at
// every tick only has to compare. It is never changed; its methods allocate nothing
// unless they say so.
type Plan struct {
	settings Settings
	zone     *time.Location
	from, to time.Time // the week is laid out from, up to to; both zero without a schedule
	steps    []step    // in order
}

// step is one transition.
type step struct {
	at    time.Time
	level Level
	next  int // the next step that may change the setpoint, len(steps) for none
}

// NewPlan lays out the settings around an instant: a week back, so that it is known
// what holds, and a week ahead. A nil zone is UTC. It allocates; make a new one when
// settings change, at least once a day, and when Covers says so.
func NewPlan(s Settings, zone *time.Location, at Instant) *Plan {
	if zone == nil {
		zone = time.UTC
	}
	p := &Plan{settings: s, zone: zone}
	var week []step
	if len(s.Schedule) > 0 && sane(at.Wall) {
		y, m, d := at.Wall.In(zone).Date()
		ahead := daysAhead + s.held(at)
		week = s.Schedule.steps(zone, y, m, d-daysBack, daysBack+ahead)
		p.from, p.to = instant(zone, y, m, d-daysBack+1, 0), instant(zone, y, m, d+ahead-1, 0)
	}
	p.steps = s.Vacation.over(week, s, zone)
	p.link()
	return p
}

// held is how many days a hold or a boost goes on at most: what comes then is planned.
func (s *Settings) held(at Instant) int {
	var left time.Duration
	if s.Hold.Active && s.Hold.Until == UntilElapsed {
		left = later(s.Hold.Ends.boot(at), -at.Now)
	}
	if s.Boost.Active {
		left = max(left, later(s.Boost.Ends.boot(at), -at.Now))
	}
	return int(min(max(left, 0), MaxHold) / (24 * time.Hour))
}

func sane(wall time.Time) bool { return wall.Year() >= firstYear && wall.Year() < lastYear }

// steps are the transitions of some days from one on, in order. Of those that meet in
// one moment only the latest by local time is left.
func (s Schedule) steps(zone *time.Location, year int, month time.Month, day, days int) []step {
	type planned struct {
		day int
		Entry
	}
	var all []planned
	for d := range days {
		weekday := time.Date(year, month, day+d, 0, 0, 0, 0, time.UTC).Weekday()
		for _, e := range s {
			if e.Days.Has(weekday) {
				all = append(all, planned{d, e})
			}
		}
	}
	sort.SliceStable(all, func(i, j int) bool {
		return all[i].day < all[j].day || all[i].day == all[j].day && all[i].Minute < all[j].Minute
	})
	var steps []step
	for _, e := range all {
		next := step{at: instant(zone, year, month, day+e.day, e.Minute), level: Level{true, e.Aim, SourceSchedule}}
		for len(steps) > 0 && !steps[len(steps)-1].at.Before(next.at) { // a later local time stands for both
			steps = steps[:len(steps)-1]
		}
		steps = append(steps, next)
	}
	return steps
}

// over lays a vacation over the week.
func (v Vacation) over(week []step, s Settings, zone *time.Location) []step {
	if !v.Set() || !sane(v.From) || !sane(v.To) {
		return week
	}
	home := Level{true, s.Base, SourceBase} // what holds at its end
	if len(s.Schedule) > 0 {
		y, m, d := v.To.In(zone).Date()
		around := s.Schedule.steps(zone, y, m, d-daysBack, daysBack+2)
		after := sort.Search(len(around), func(i int) bool { return around[i].at.After(v.To) })
		home = around[after-1].level // there is one: every line comes round within the days back
	}
	begin := sort.Search(len(week), func(i int) bool { return !week[i].at.Before(v.From) })
	end := sort.Search(len(week), func(i int) bool { return week[i].at.After(v.To) })
	return slices.Concat(week[:begin],
		[]step{{at: v.From, level: Level{true, v.Aim, SourceVacation}}, {at: v.To, level: home}}, week[end:])
}

// link notes for every step which one may change the setpoint next. The edges of a
// vacation always may: a hold can wait for them.
func (p *Plan) link() {
	next := len(p.steps)
	for i := len(p.steps) - 1; i >= 0; i-- {
		p.steps[i].next = next
		if i == 0 {
			return
		}
		a, b := p.steps[i-1].level, p.steps[i].level
		if a.Source != b.Source || p.setpoint(a) != p.setpoint(b) {
			next = i
		}
	}
}

// setpoint is a level's temperature within the limits.
func (p *Plan) setpoint(l Level) hvac.Celsius {
	return p.settings.Limits.clamp(p.settings.Temperature(l.Aim))
}

// Covers reports whether the plan knows the week around an instant. Where it does not,
// Resolve keeps the last level: make a new plan. A clock that tells nothing needs none.
func (p *Plan) Covers(at Instant) bool {
	if p == nil || len(p.settings.Schedule) == 0 || !at.Trusted || !sane(at.Wall) {
		return true
	}
	return !p.from.IsZero() && !at.Wall.Before(p.from) && at.Wall.Before(p.to)
}

// find is the number of the step that holds at a wall time, -1 before the first.
func (p *Plan) find(wall time.Time) int {
	low, high := 0, len(p.steps)
	for low < high {
		if mid := (low + high) / 2; p.steps[mid].at.After(wall) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low - 1
}
