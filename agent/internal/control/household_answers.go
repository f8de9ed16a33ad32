package control

import (
	"fmt"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/hvac/household"
)

// mostAhead bounds the list of what comes next: a day and a half of a busy week.
const mostAhead = 12

// warmth is everything people may want to know about how warm it shall be.
func (r *role) warmth() local.Warmth {
	at, o := r.desk.now(), r.desk.load()
	t := o.target(at, r.desk.last())
	s := o.settings()
	out := local.Warmth{
		Text: o.plan.Say(at, t),
		Mode: t.Mode.String(), SetpointC: float64(t.Setpoint), Preset: t.Preset.String(), Source: t.Source.String(),
		Since: wallOf(at, t.Since), Until: wallOf(at, t.Until),
		Ahead: []local.Coming{}, Reasons: whys(t.Reasons),
		Schedule: []string{}, BaseC: float64(o.setpoint), Timezone: zoneName(r.desk.location(), at),
	}
	if t.Until != household.Forever {
		left := (t.Until - at.Now).Seconds()
		out.UntilS = &left
	}
	for _, c := range o.plan.Ahead(at, t.Level, mostAhead) {
		out.Ahead = append(out.Ahead, coming(o.plan, at, c))
	}
	for _, e := range s.Schedule {
		out.Schedule = append(out.Schedule, e.String())
	}
	for _, p := range household.Presets() {
		out.Presets = append(out.Presets, local.PresetTemperatures{Name: p.String(), Heat: float64(s.Presets[p].Heat), Cool: float64(s.Presets[p].Cool)})
	}
	if t.Source == household.SourceHold || t.Reasons.Has(household.HoldWaits) {
		out.Hold = s.Hold.Aim.String()
	}
	if t.Source == household.SourceBoost {
		out.BoostK = s.Boost.Raise
	}
	if v := s.Vacation; v.Set() && !(at.Trusted && !at.Wall.Before(v.To)) {
		out.Vacation = &local.Vacation{From: v.From, To: v.To, Aim: v.Aim.String(),
			Text: fmt.Sprintf("vacation from %s to %s: %s", o.plan.Date(at, v.From), o.plan.Date(at, v.To), aimWords(&s, v.Aim))}
	}
	if l := s.Lock; l.Range || l.Changes {
		out.Lock = &local.Lock{Changes: l.Changes}
		if l.Range {
			low, high := float64(l.Min), float64(l.Max)
			out.Lock.MinC, out.Lock.MaxC = &low, &high
		}
	}
	return out
}

// aimWords is an aim with its temperature.
func aimWords(s *household.Settings, a household.Aim) string {
	return household.Coming{Setpoint: s.Temperature(a), Preset: a.Preset}.String()
}

// location is the schedule's time zone.
func (d *desk) location() *time.Location {
	d.changing.Lock()
	defer d.changing.Unlock()
	if d.zone == nil {
		return time.UTC
	}
	return d.zone
}

// zoneName is a time zone for people.
func zoneName(zone *time.Location, at household.Instant) string {
	if zone != time.Local {
		return zone.String()
	}
	short, _ := at.Wall.In(zone).Zone()
	return "the system (" + short + ")"
}

// wallOf is a moment on CLOCK_BOOTTIME on the wall, nil if it is not known.
func wallOf(at household.Instant, t time.Duration) *time.Time {
	if !at.Trusted || t == household.Unknown || t >= household.Forever-1 {
		return nil
	}
	w := at.Wall.Add(t - at.Now).UTC().Round(time.Second)
	return &w
}

// coming is a change ahead as it crosses the socket.
func coming(p *household.Plan, at household.Instant, c household.Coming) local.Coming {
	out := local.Coming{InS: c.In.Seconds(), SetpointC: float64(c.Setpoint), Preset: c.Preset.String(), Source: c.Source.String(), Text: c.String()}
	if !c.At.IsZero() {
		wall := c.At.Round(time.Second)
		out.At, out.Text = &wall, p.Date(at, wall)+" "+out.Text
	}
	return out
}

func whys(reasons household.Reasons) []local.Why {
	why := []local.Why{} // not nil: scripts get a list
	for _, r := range reasons.List[:reasons.N] {
		why = append(why, local.Why{Kind: r.Kind(), Text: r.String()})
	}
	return why
}

// wanted is what a Status says about the setpoint, as of the last tick with the orders
// that hold from the next one.
func wanted(out *local.Status, o *orders, r *record) {
	at := household.Instant{Now: r.snapshot.Boot, Wall: r.snapshot.Wall, Trusted: r.snapshot.WallTrusted}
	last := r.level
	if !last.Known {
		last = o.home.Last
	}
	t := o.target(at, last)
	out.SetpointC, out.Mode = float64(t.Setpoint), t.Mode.String()
	out.Preset, out.Source, out.Until = t.Preset.String(), t.Source.String(), wallOf(at, t.Until)
	out.Plan = append([]string{}, o.plan.Say(at, t)...)
	if next := o.plan.Ahead(at, t.Level, 1); len(next) == 1 {
		c := coming(o.plan, at, next[0])
		out.Next = &c
	}
	out.Reasons = append(out.Reasons, whys(t.Reasons)...)
}

// aim reads a temperature or a preset.
func aim(word string) (household.Aim, error) {
	a, err := household.ParseAim(word)
	if err != nil {
		return a, refusal(err)
	}
	return a, nil
}
