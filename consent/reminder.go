package consent

import "time"

// ReminderShare is how much of its validity an opt-in has used, or of UnusedLimit
// it has gone unused, when its owner is reminded, in per cent.
const ReminderShare = 80

// Reminder says that an opt-in that is given will end by itself before long.
type Reminder struct {
	Grant  string        // id
	Why    ReasonCode    // how it will end: ReasonExpired, or ReasonUnused
	EndsIn time.Duration // until then, if nothing happens
}

// Reminders lists what owners are to be reminded of, by the id of the grant. A
// reminder does nothing: whoever wants the opt-in to go on renews it.
func (s *State) Reminders() []Reminder {
	var out []Reminder
	for _, g := range s.Grants() {
		if r, due := g.reminder(); due {
			out = append(out, r)
		}
	}
	return out
}

func (g Grant) reminder() (Reminder, bool) {
	if g.State != GrantGiven {
		return Reminder{}, false
	}
	expires := Reminder{g.ID, ReasonExpired, g.Left()}
	unused := Reminder{g.ID, ReasonUnused, max(0, UnusedLimit-(g.Consumed-g.LastUse))}
	first := expires
	if unused.EndsIn < expires.EndsIn {
		first = unused
	}
	due := g.Consumed >= g.Validity()/100*ReminderShare
	if first.Why == ReasonUnused {
		due = g.Consumed-g.LastUse >= UnusedLimit/100*ReminderShare
	}
	return first, due
}
