package household

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"quietstat/hvac"
)

func decodeWeek(s *Settings, v *savedSettings, _ Instant) error {
	var week Schedule
	for i, line := range v.Schedule {
		place := fmt.Sprintf("schedule[%d]", i)
		e, err := ParseEntry(line)
		if err != nil {
			return in(place, err)
		}
		if week, err = week.Add(e); err != nil {
			return in(place, err)
		}
	}
	s.Schedule = week
	if v.Vacation == nil {
		return nil
	}
	aim, err := ParseAim(v.Vacation.Aim)
	if err != nil {
		return in("vacation", err)
	}
	vacation := Vacation{From: v.Vacation.From.UTC(), To: v.Vacation.To.UTC(), Aim: aim}
	if !vacation.Set() || !sane(vacation.From) || !sane(vacation.To) || vacation.To.Sub(vacation.From) > MaxVacation {
		return savedFault("vacation", vacation.From.Format(time.RFC3339)+" to "+vacation.To.Format(time.RFC3339), "an end after its beginning, a year at most")
	}
	s.Vacation = vacation
	return nil
}

func decodeHold(s *Settings, v *savedSettings, at Instant) error {
	if v.Hold == nil {
		return nil
	}
	aim, err := ParseAim(v.Hold.Aim)
	if err != nil {
		return in("hold", err)
	}
	until := slices.Index(untilWords[:], v.Hold.Until)
	if until < 0 {
		return savedFault("hold.until", quoted(v.Hold.Until), "next, elapsed or ended")
	}
	h := Hold{Active: true, Aim: aim, Until: Until(until), Vacation: v.Hold.Vacation, Placed: placed(v.Hold.Placed, at)}
	if h.Until == UntilElapsed {
		if h.Ends, err = v.Hold.ends("hold", MaxHold, at); err != nil {
			return err
		}
	} else if v.Hold.savedSpan != (savedSpan{}) {
		return savedFault("hold.left_ns", strconv.FormatInt(v.Hold.Left, 10), "absent from a hold that is not for a time")
	}
	s.Hold = h
	return nil
}

func decodeBoost(s *Settings, v *savedSettings, at Instant) error {
	if v.Boost == nil {
		return nil
	}
	if r := v.Boost.Raise; !(r >= MinRaise && r <= MaxRaise) {
		return savedFault("boost.raise_k", strconv.FormatFloat(r, 'g', -1, 64), fmt.Sprintf("from %g to %g", MinRaise, MaxRaise))
	}
	ends, err := v.Boost.ends("boost", MaxBoost, at)
	if err != nil {
		return err
	}
	s.Boost = Boost{Active: true, Raise: v.Boost.Raise, Placed: placed(v.Boost.Placed, at), Ends: ends}
	return nil
}

// placed is when something was asked for, now if that is not known.
func placed(wall *time.Time, at Instant) Moment {
	m := Moment{Boot: at.Now}
	if wall != nil && sane(*wall) {
		m.Wall = wall.UTC()
	}
	return m
}

// ends is when a time that was asked for is over: by the wall as soon as that can be
// trusted, never later than what was left, and before that without what may have
// passed unnoticed.
func (v savedSpan) ends(field string, most time.Duration, at Instant) (Moment, error) {
	if v.Left < 0 || v.Left > int64(most) {
		return Moment{}, savedFault(field+".left_ns", strconv.FormatInt(v.Left, 10), fmt.Sprintf("from 0 to %d", int64(most)))
	}
	if v.Spare < 0 {
		return Moment{}, savedFault(field+".spare_ns", strconv.FormatInt(v.Spare, 10), "not below 0")
	}
	m := Moment{Boot: later(at.Now, time.Duration(v.Left)), Spare: min(time.Duration(v.Spare), time.Duration(v.Left))}
	if v.Ends != nil && sane(*v.Ends) {
		m.Wall = v.Ends.UTC()
	}
	return m, nil
}

func decodeLock(s *Settings, v *savedSettings, _ Instant) error {
	l := v.Lock
	if l == nil {
		return nil
	}
	s.Lock.Changes = l.Changes
	if (l.Min == nil) != (l.Max == nil) {
		return savedFault("lock", "half a range", "min_c and max_c, or neither")
	}
	if l.Min == nil {
		return nil
	}
	low, high := *l.Min, *l.Max
	if math.IsNaN(low+high) || low < float64(Lowest) || high > float64(Highest) || high < low+1 {
		return savedFault("lock", fmt.Sprintf("%g to %g", low, high), fmt.Sprintf("within %g and %g, at least 1 K wide", float64(Lowest), float64(Highest)))
	}
	s.Lock.Range, s.Lock.Min, s.Lock.Max = true, hvac.Celsius(low), hvac.Celsius(high)
	return nil
}

func decodeLast(s *Settings, v *savedSettings, _ Instant) error {
	if v.Last == nil {
		return nil
	}
	aim, err := ParseAim(v.Last.Aim)
	if err != nil {
		return in("last", err)
	}
	source := slices.Index(sourceWords[:SourceHold], v.Last.Source)
	if source < 0 {
		return savedFault("last.source", quoted(v.Last.Source), "base, schedule or vacation")
	}
	s.Last = Level{Known: true, Aim: aim, Source: Source(source)}
	return nil
}
