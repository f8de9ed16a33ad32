package household

import (
	"strings"
	"time"
)

// ParseDate reads a day, "2026-12-24", which means its beginning, or a minute,
// "2026-12-24T18:00", in a time zone, or "now", which needs a trusted clock. The error
// is a *Fault.
func ParseDate(s string, zone *time.Location, at Instant) (time.Time, error) {
	word := strings.ToUpper(strings.TrimSpace(s))
	fault := &Fault{Field: "date", Value: quoted(s), Expected: "a day such as 2026-12-24, or a minute such as 2026-12-24T18:00",
		Remedy: "write year, month and day in this order"}
	if word == "NOW" {
		if !at.Trusted {
			fault.Expected, fault.Remedy, fault.Refused = "a date while the clock is not set", "write the date out", true
			return time.Time{}, fault
		}
		return at.Wall.UTC(), nil
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, word); err == nil && sane(t) {
			return instant(zone, t.Year(), t.Month(), t.Day(), t.Hour()*60+t.Minute()), nil
		}
	}
	return time.Time{}, fault
}
