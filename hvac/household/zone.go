package household

import "time"

// wide is more than any zone is away from UTC.
const wide = 26 * time.Hour

// instant is when a local clock first shows a minute of a day (day may be out of its
// month, as in time.Date), or the moment it jumps over it. Package time leaves both
// cases open, so the periods of the zone are walked through.
func instant(zone *time.Location, year int, month time.Month, day, minute int) time.Time {
	shown := time.Date(year, month, day, 0, minute, 0, 0, time.UTC) // what the clock shows, as if it were UTC
	at := shown.Add(-wide)
	for {
		local := at.In(zone)
		_, offset := local.Zone()
		begins, ends := local.ZoneBounds()
		t := shown.Add(-time.Duration(offset) * time.Second)
		switch {
		case !begins.IsZero() && t.Before(begins):
			return begins.UTC() // the clock jumped over it
		case ends.IsZero() || t.Before(ends):
			return t
		}
		at = ends
	}
}
