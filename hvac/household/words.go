package household

import (
	"fmt"
	"time"

	"quietstat/hvac"
)

// Say tells in sentences what holds, until when, and what comes next, in the plan's
// time zone. It allocates.
func (p *Plan) Say(at Instant, t Target) []string {
	if p == nil {
		return nil
	}
	text := degrees(t.Setpoint) + p.by(at, t)
	next := p.Ahead(at, t.Level, 1)
	if len(next) == 1 {
		text += ", until " + p.clock(at, next[0].In)
	} else if t.Source == SourceHold {
		text += ", until somebody ends it (quietstat hold end)"
	}
	lines := []string{text}
	if len(next) == 1 {
		lines = append(lines, "then "+next[0].String())
	}
	for _, r := range t.Reasons.List[:t.Reasons.N] {
		lines = append(lines, r.String())
	}
	return lines
}

// by is who asks for it.
func (p *Plan) by(at Instant, t Target) (text string) {
	if t.Preset != None {
		text = " (" + t.Preset.String() + ")"
	}
	switch t.Source {
	case SourceBase:
		return text
	case SourceBoost:
		sign := "more"
		if p.settings.Mode == hvac.ModeCool {
			sign = "less"
		}
		return text + fmt.Sprintf(", boosted: %g K %s than otherwise", p.settings.Boost.Raise, sign)
	case SourceHold:
		text += ", held"
	default:
		text += ", by the " + t.Source.String()
	}
	if t.Since != Unknown && at.Trusted {
		text += " since " + p.clock(at, t.Since-at.Now)
	}
	return text
}

// String is "18.0 °C (sleep)".
func (c Coming) String() string {
	text := degrees(c.Setpoint)
	if c.Preset != None {
		text += " (" + c.Preset.String() + ")"
	}
	return text
}

// clock is a moment d from now for people: by the clock if there is one.
func (p *Plan) clock(at Instant, d time.Duration) string {
	if !at.Trusted {
		return span(d)
	}
	return p.Date(at, at.Wall.Add(d))
}

// Date is a wall time for people at an instant, in the plan's time zone: "22:00" on the
// same day, "tomorrow 06:30", "Sat 08:00" within six days, "2027-01-03 00:00".
func (p *Plan) Date(at Instant, wall time.Time) string {
	zone := p.zone
	now, then := at.Wall.In(zone), wall.In(zone)
	days := int(midnight(then).Sub(midnight(now)) / (24 * time.Hour))
	clock := then.Format("15:04")
	switch {
	case !at.Trusted:
		return then.Format("2006-01-02 15:04")
	case days == 0:
		return clock
	case days == 1:
		return "tomorrow " + clock
	case days == -1:
		return "yesterday " + clock
	case days > 1 && days < 7:
		return then.Format("Mon 15:04")
	}
	return then.Format("2006-01-02 15:04")
}

// midnight counts days without the hours that a change of the clock takes or gives.
func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// span is "in 45 min" in words for a clock that cannot be trusted.
func span(d time.Duration) string {
	if d < 0 {
		return short(-d.Truncate(time.Minute)) + " ago"
	}
	return short(max(d.Round(time.Minute), time.Minute)) + " from now"
}
