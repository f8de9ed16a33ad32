package household

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// MaxEntries is how many lines a schedule may have.
const MaxEntries = 64

// Entry is one line of a schedule: on these days, at this local time, begin this.
type Entry struct {
	Days   Days
	Minute int // of the day, 0 to 1439
	Aim    Aim
}

// String is what ParseEntry reads, "mon-fri 06:30 home".
func (e Entry) String() string {
	return fmt.Sprintf("%s %02d:%02d %s", e.Days, e.Minute/60, e.Minute%60, e.Aim)
}

// ParseEntry reads "DAYS HH:MM WHAT". The error is a *Fault.
func ParseEntry(line string) (Entry, error) {
	words := strings.Fields(line)
	if len(words) != 3 {
		return Entry{}, &Fault{Field: "schedule line", Value: quoted(line), Expected: "three words, DAYS HH:MM WHAT",
			Remedy: `for example "mon-fri 06:30 home"`}
	}
	var e Entry
	var err error
	if e.Days, err = ParseDays(words[0]); err != nil {
		return Entry{}, err
	}
	if e.Minute, err = parseClock(words[1]); err != nil {
		return Entry{}, err
	}
	if e.Aim, err = ParseAim(words[2]); err != nil {
		return Entry{}, err
	}
	return e, nil
}

// parseClock reads 0:00 to 23:59.
func parseClock(s string) (int, error) {
	hours, minutes, ok := strings.Cut(s, ":")
	h, errH := strconv.ParseUint(hours, 10, 8)
	m, errM := strconv.ParseUint(minutes, 10, 8)
	if !ok || len(hours) > 2 || len(minutes) != 2 || errH != nil || errM != nil || h > 23 || m > 59 {
		return 0, &Fault{Field: "time", Value: quoted(s), Expected: "a time of day from 00:00 to 23:59", Remedy: "for example 06:30"}
	}
	return int(h*60 + m), nil
}

// Schedule is a week, in the order of Sorted. It is never changed in place.
type Schedule []Entry

// ParseSchedule reads one Entry a line; "#" begins a comment, and empty lines are
// left out. The error is a *Fault that names the line.
func ParseSchedule(text string) (Schedule, error) {
	var s Schedule
	number := 0
	for line := range strings.Lines(text) {
		number++
		line, _, _ = strings.Cut(line, "#")
		if strings.TrimSpace(line) == "" {
			continue
		}
		e, err := ParseEntry(line)
		if err == nil {
			s, err = s.Add(e)
		}
		if f, ok := err.(*Fault); ok {
			f.Field = fmt.Sprintf("line %d: %s", number, f.Field)
			return nil, f
		}
	}
	return s, nil
}

// Add is the schedule with one entry more. The error is a *Fault: too many, or two
// for the same minute of the same day.
func (s Schedule) Add(e Entry) (Schedule, error) {
	if err := e.validate(); err != nil {
		return nil, err
	}
	if len(s) >= MaxEntries {
		return nil, &Fault{Field: "schedule", Value: strconv.Itoa(len(s)+1) + " lines", Expected: fmt.Sprintf("at most %d lines", MaxEntries),
			Remedy: "take several days together, such as mon-fri", Refused: true}
	}
	for _, old := range s {
		if both := old.Days & e.Days; both != 0 && old.Minute == e.Minute {
			return nil, &Fault{Field: "schedule line", Value: quoted(e.String()), Expected: "one line for a time",
				Remedy: fmt.Sprintf("for %s there is %q already: remove or change that", both, old), Refused: true}
		}
	}
	return append(slices.Clone(s), e).Sorted(), nil
}

func (e Entry) validate() error {
	switch {
	case e.Days == 0 || e.Days > Everyday:
		return &Fault{Field: "days", Value: fmt.Sprintf("set %#x", uint8(e.Days)), Expected: "some days of the week", Remedy: "for example daily"}
	case e.Minute < 0 || e.Minute >= 24*60:
		return &Fault{Field: "time", Value: fmt.Sprintf("minute %d", e.Minute), Expected: "a minute of the day", Remedy: "for example 06:30"}
	}
	return e.Aim.validate("temperature")
}

// Remove is the schedule without its entry number n, counted from 1. The error is a
// *Fault.
func (s Schedule) Remove(n int) (Schedule, error) {
	if n < 1 || n > len(s) {
		return nil, &Fault{Field: "number", Value: strconv.Itoa(n), Expected: fmt.Sprintf("the number of a line, 1 to %d", len(s)),
			Remedy: "see quietstat schedule show", Refused: true}
	}
	return slices.Delete(slices.Clone(s), n-1, n), nil
}

// Sorted orders by first day, then time.
func (s Schedule) Sorted() Schedule {
	s = slices.Clone(s)
	sort.SliceStable(s, func(i, j int) bool {
		a, b := s[i], s[j]
		if a.first() != b.first() {
			return a.first() < b.first()
		}
		return a.Minute < b.Minute || a.Minute == b.Minute && a.Days < b.Days
	})
	return s
}

// first is the first day of the set, 0 for Monday.
func (e Entry) first() int {
	for i := range 7 {
		if e.Days>>i&1 != 0 {
			return i
		}
	}
	return 7
}

// String is the text that ParseSchedule reads.
func (s Schedule) String() string {
	var b strings.Builder
	for _, e := range s {
		b.WriteString(e.String() + "\n")
	}
	return b.String()
}
