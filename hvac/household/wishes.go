package household

import (
	"fmt"
	"strconv"
	"time"

	"quietstat/hvac"
)

// What people ask for makes new Settings of old ones. The error is a *Fault whose
// Remedy says what to do; the Settings beside an error are the old ones. at is the
// present, and t what Resolve says of it.

// Wish asks for a warmth in the plainest way. With a schedule, or during a vacation, it
// holds until the next transition; otherwise it is the new base. It ends a boost.
func (s Settings) Wish(a Aim, at Instant, t Target) (Settings, error) {
	if len(s.Schedule) > 0 || t.Level.Source == SourceVacation {
		return s.HoldAt(a, UntilNext, 0, at, t)
	}
	if err := s.allows(a, "setpoint"); err != nil {
		return s, err
	}
	s.Base, s.Hold, s.Boost = a, Hold{}, Boost{}
	return s, nil
}

// HoldAt asks for a warmth until something: for a time from MinHold to MaxHold with
// UntilElapsed. It ends a boost and the hold before it.
func (s Settings) HoldAt(a Aim, until Until, length time.Duration, at Instant, t Target) (Settings, error) {
	if err := s.allows(a, "hold"); err != nil {
		return s, err
	}
	switch {
	case until == UntilElapsed && (length < MinHold || length > MaxHold):
		return s, &Fault{Field: "hold", Value: short(length), Expected: fmt.Sprintf("from %s to %s", short(MinHold), short(MaxHold)),
			Remedy: "choose a time in that range, or --forever", Refused: true}
	case until == UntilNext && !s.Comes(at, t):
		return s, &Fault{Field: "hold", Value: "until the next transition", Expected: "something that can come: there is no schedule",
			Remedy: "use --for or --forever, or write a schedule", Refused: true}
	}
	s.Hold = Hold{Active: true, Aim: a, Until: until, Placed: at.moment(), Vacation: t.Level.Source == SourceVacation}
	if until == UntilElapsed {
		s.Hold.Ends = Moment{Boot: later(at.Now, length)}
	}
	s.Boost = Boost{}
	return s, nil
}

// Comes reports whether there is any transition that a hold could last until.
func (s Settings) Comes(at Instant, t Target) bool {
	return len(s.Schedule) > 0 || t.Level.Source == SourceVacation || s.Vacation.Set() && at.Trusted && at.Wall.Before(s.Vacation.From)
}

// moment is the instant as settings keep it.
func (at Instant) moment() Moment {
	m := Moment{Boot: at.Now}
	if at.Trusted {
		m.Wall = at.Wall.UTC()
	}
	return m
}

// EndHold goes back to what is planned.
func (s Settings) EndHold() (Settings, error) {
	if err := s.open(); err != nil {
		return s, err
	}
	s.Hold = Hold{}
	return s, nil
}

// BoostBy asks for some kelvin more for a while: MinRaise to MaxRaise, MinBoost to
// MaxBoost.
func (s Settings) BoostBy(raise float64, length time.Duration, at Instant) (Settings, error) {
	if err := s.open(); err != nil {
		return s, err
	}
	switch {
	case length < MinBoost || length > MaxBoost:
		return s, &Fault{Field: "boost", Value: short(length), Expected: fmt.Sprintf("from %s to %s", short(MinBoost), short(MaxBoost)),
			Remedy: "choose a time in that range, or use quietstat hold", Refused: true}
	case !(raise >= MinRaise && raise <= MaxRaise):
		return s, &Fault{Field: "boost", Value: strconv.FormatFloat(raise, 'g', -1, 64) + " K",
			Expected: fmt.Sprintf("from %.1f to %.1f K", MinRaise, MaxRaise), Remedy: "choose fewer or more kelvin", Refused: true}
	}
	s.Boost = Boost{Active: true, Raise: raise, Placed: at.moment(), Ends: Moment{Boot: later(at.Now, length)}}
	return s, nil
}

// EndBoost ends it early.
func (s Settings) EndBoost() (Settings, error) {
	if err := s.open(); err != nil {
		return s, err
	}
	s.Boost = Boost{}
	return s, nil
}

// Leave plans a vacation, in place of any other. It must end after it begins and,
// as far as that is known, after now; it lasts MaxVacation at most.
func (s Settings) Leave(v Vacation, at Instant) (Settings, error) {
	if err := s.allows(v.Aim, "vacation"); err != nil {
		return s, err
	}
	v.From, v.To = v.From.UTC().Truncate(time.Second), v.To.UTC().Truncate(time.Second)
	fault := &Fault{Field: "vacation", Value: v.From.Format(time.DateOnly) + " to " + v.To.Format(time.DateOnly), Refused: true}
	switch {
	case !sane(v.From) || !sane(v.To):
		fault.Expected, fault.Remedy = fmt.Sprintf("in the years %d to %d", firstYear, lastYear-1), "write dates as 2026-12-24"
	case !v.Set():
		fault.Expected, fault.Remedy = "an end after its beginning", "give the first day away, then the day of the return"
	case v.To.Sub(v.From) > MaxVacation:
		fault.Expected, fault.Remedy = "a year at most", "choose a hold with --forever instead"
	case at.Trusted && !v.To.After(at.Wall):
		fault.Expected, fault.Remedy = "not over yet", "give the first day away, then the day of the return"
	default:
		s.Vacation = v
		return s, nil
	}
	return s, fault
}

// Return ends the vacation, or forgets one that is planned. A hold that was asked for
// during it ends with it if it was to last until the next transition.
func (s Settings) Return(t Target) (Settings, error) {
	if err := s.open(); err != nil {
		return s, err
	}
	s.Vacation = Vacation{}
	if s.Hold.Vacation && s.Hold.Until == UntilNext && t.Level.Source == SourceVacation {
		s.Hold = Hold{}
	}
	return s, nil
}

// Retune gives a preset another temperature: for cooling, or for everything else.
func (s Settings) Retune(p Preset, c hvac.Celsius, cool bool) (Settings, error) {
	if p == None || !p.Valid() {
		return s, &Fault{Field: "preset", Value: p.String(), Expected: "one of Presets", Remedy: "see quietstat preset"}
	}
	if err := s.allows(Aim{Setpoint: c}, "preset "+p.String()); err != nil {
		return s, err
	}
	if cool {
		s.Presets[p].Cool = c
	} else {
		s.Presets[p].Heat = c
	}
	return s, nil
}

// Reschedule replaces the week. Every temperature in it must be allowed that was not
// in the week before.
func (s Settings) Reschedule(week Schedule) (Settings, error) {
	if err := s.open(); err != nil {
		return s, err
	}
	known := map[Aim]bool{}
	for _, e := range s.Schedule {
		known[e.Aim] = true
	}
	for _, e := range week {
		if err := s.allows(e.Aim, "schedule line "+strconv.Quote(e.String())); err != nil && !known[e.Aim] {
			return s, err
		}
	}
	s.Schedule = week.Sorted()
	return s, nil
}

// LockTo locks. A range must lie within the thermostat's own and be 1 K wide.
func (s Settings) LockTo(l Lock) (Settings, error) {
	if l.Range {
		for _, c := range []hvac.Celsius{l.Min, l.Max} {
			if !(c >= s.Limits.Min && c <= s.Limits.Max) {
				return s, temperatureFault("lock", c, s.Limits.Min, s.Limits.Max)
			}
		}
		if l.Max < l.Min+1 {
			return s, &Fault{Field: "lock", Value: degrees(l.Min) + " to " + degrees(l.Max), Expected: "at least 1 K wide",
				Remedy: "give the lower temperature first, then the higher", Refused: true}
		}
	} else {
		l.Min, l.Max = 0, 0
	}
	s.Lock = l
	return s, nil
}

// allows holds an aim against what can be asked for now.
func (s *Settings) allows(a Aim, field string) error {
	if err := s.open(); err != nil {
		return err
	}
	c := s.Temperature(a)
	if a.Preset == None && !(c >= s.Limits.Min && c <= s.Limits.Max) {
		f := temperatureFault(field, c, s.Limits.Min, s.Limits.Max)
		f.Remedy += ", or change comfort.setpoint_min and setpoint_max in quietstat.toml and reload"
		return f
	}
	if err := a.validate(field); err != nil {
		return err
	}
	if s.Lock.Range && !(c >= s.Lock.Min && c <= s.Lock.Max) {
		f := temperatureFault(field, c, s.Lock.Min, s.Lock.Max)
		f.Expected += ": the child lock is on"
		f.Remedy += ", or have the owner open the lock with quietstat lock off"
		return f
	}
	return nil
}

// open refuses every change while changes are locked.
func (s *Settings) open() error {
	if !s.Lock.Changes {
		return nil
	}
	return &Fault{Field: "warmth", Value: "locked", Expected: "open before it can be changed: the child lock is on",
		Remedy: "the owner opens it with quietstat lock off", Refused: true}
}

// Open refuses, with the reason, while the child lock lets nobody change anything.
func (s Settings) Open() error { return s.open() }

// short is a duration for people, without the zeros at its end.
func short(d time.Duration) string {
	switch {
	case d >= 48*time.Hour && d%(24*time.Hour) == 0:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d >= time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d >= time.Minute && d%time.Minute == 0:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return d.String()
}
