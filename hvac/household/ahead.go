package household

import (
	"time"

	"quietstat/hvac"
)

// Coming is one change that is known ahead.
type Coming struct {
	At       time.Time     // on the wall, UTC; zero while that is not known
	In       time.Duration // from now
	Setpoint hvac.Celsius
	Preset   Preset
	Source   Source
}

// Ahead lists what will happen if nobody asks for anything else, in order, most of it
// at most: transitions of the schedule, edges of a vacation, ends of holds and boosts.
// It looks a week ahead, and to the end of a vacation. It allocates.
func (p *Plan) Ahead(at Instant, last Level, most int) []Coming {
	list := []Coming{} // not nil: scripts get a list
	if p == nil {
		return list
	}
	at, why := p.doubt(at)
	t, _ := p.target(at, last, why)
	for len(list) < most && t.Until < Forever-1 {
		in := t.Until - at.Now
		then := at.after(in)
		beyond := !p.to.IsZero() && at.Trusted && !then.Wall.Before(p.to)
		if beyond && t.Source == SourceSchedule {
			break // the week is laid out no further
		}
		next, _ := p.target(then, t.Level, why)
		if next.Until <= t.Until {
			break // never: time goes on
		}
		c := Coming{In: in, Setpoint: next.Setpoint, Preset: next.Preset, Source: next.Source}
		if at.Trusted {
			c.At = then.Wall.UTC()
		}
		list = append(list, c)
		t = next
	}
	return list
}
