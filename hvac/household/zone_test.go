package household

import (
	"testing"
	"time"
	_ "time/tzdata" // the machine that runs the tests may have none

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// TestInstant holds the two nights of a year on which local time is no function of
// time, and what is around them.
func TestInstant(t *testing.T) {
	for _, c := range []struct {
		zone, local, want string
	}{
		{"Europe/Berlin", "2026-03-29 01:59", "2026-03-29T00:59:00Z"},
		{"Europe/Berlin", "2026-03-29 02:00", "2026-03-29T01:00:00Z"}, // never shown: the moment of the jump
		{"Europe/Berlin", "2026-03-29 02:30", "2026-03-29T01:00:00Z"},
		{"Europe/Berlin", "2026-03-29 02:59", "2026-03-29T01:00:00Z"},
		{"Europe/Berlin", "2026-03-29 03:00", "2026-03-29T01:00:00Z"},
		{"Europe/Berlin", "2026-03-29 03:01", "2026-03-29T01:01:00Z"},
		{"Europe/Berlin", "2026-10-25 01:59", "2026-10-24T23:59:00Z"},
		{"Europe/Berlin", "2026-10-25 02:00", "2026-10-25T00:00:00Z"}, // shown twice: the first time
		{"Europe/Berlin", "2026-10-25 02:30", "2026-10-25T00:30:00Z"},
		{"Europe/Berlin", "2026-10-25 02:59", "2026-10-25T00:59:00Z"},
		{"Europe/Berlin", "2026-10-25 03:00", "2026-10-25T02:00:00Z"},
		{"Europe/Berlin", "2026-12-31 23:59", "2026-12-31T22:59:00Z"},
		{"Europe/Berlin", "2027-01-01 00:00", "2026-12-31T23:00:00Z"},
		{"America/New_York", "2026-03-08 01:59", "2026-03-08T06:59:00Z"},
		{"America/New_York", "2026-03-08 02:00", "2026-03-08T07:00:00Z"},
		{"America/New_York", "2026-03-08 02:45", "2026-03-08T07:00:00Z"},
		{"America/New_York", "2026-03-08 03:00", "2026-03-08T07:00:00Z"},
		{"America/New_York", "2026-11-01 00:59", "2026-11-01T04:59:00Z"},
		{"America/New_York", "2026-11-01 01:00", "2026-11-01T05:00:00Z"},
		{"America/New_York", "2026-11-01 01:59", "2026-11-01T05:59:00Z"},
		{"America/New_York", "2026-11-01 02:00", "2026-11-01T07:00:00Z"},
		{"Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03T15:30:00Z"}, // clocks go forward by half an hour
		{"Pacific/Apia", "2011-12-30 12:00", "2011-12-30T10:00:00Z"},        // a day that never was
		{"Asia/Kathmandu", "2026-01-01 00:00", "2025-12-31T18:15:00Z"},
		{"UTC", "2028-02-29 12:00", "2028-02-29T12:00:00Z"},
	} {
		l, err := time.Parse("2006-01-02 15:04", c.local)
		if err != nil {
			t.Fatal(err)
		}
		got := instant(zone(t, c.zone), l.Year(), l.Month(), l.Day(), l.Hour()*60+l.Minute())
		if got.Format(time.RFC3339) != c.want {
			t.Errorf("%s in %s is %s, want %s", c.local, c.zone, got.Format(time.RFC3339), c.want)
		}
	}
}

// TestInstantAgreesWithTheClock: where the clock shows the minute at all, instant is the
// first time it does; where it does not, the clock jumps there.
func TestInstantAgreesWithTheClock(t *testing.T) {
	zones := []*time.Location{zone(t, "Europe/Berlin"), zone(t, "America/New_York"), zone(t, "Australia/Lord_Howe"),
		zone(t, "Africa/Casablanca"), time.FixedZone("east", 14*3600), time.FixedZone("west", -12*3600)}
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.SampledFrom(zones).Draw(t, "zone")
		day, minute := rapid.IntRange(0, 366*30).Draw(t, "day"), rapid.IntRange(0, 1439).Draw(t, "minute")
		if rapid.Bool().Draw(t, "at a jump") { // where the interesting nights are
			y := rapid.IntRange(2000, 2029).Draw(t, "year")
			jump := time.Date(y, rapid.SampledFrom([]time.Month{3, 4, 10, 11}).Draw(t, "month"), rapid.IntRange(1, 31).Draw(t, "of month"), 0, 0, 0, 0, time.UTC)
			day = int(jump.Sub(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour))
			minute = rapid.IntRange(0, 240).Draw(t, "early minute")
		}
		got := instant(z, 2000, time.January, 1+day, minute)
		shown := time.Date(2000, time.January, 1+day, 0, minute, 0, 0, time.UTC)
		l := got.In(z)
		if l.Hour() == shown.Hour() && l.Minute() == shown.Minute() && l.YearDay() == shown.YearDay() {
			for back := time.Minute; back <= 3*time.Hour; back += time.Minute {
				e := got.Add(-back).In(z)
				if e.Hour() == shown.Hour() && e.Minute() == shown.Minute() && e.YearDay() == shown.YearDay() {
					t.Fatalf("%v was shown already at %v", shown, e)
				}
			}
			return
		}
		begins, _ := l.ZoneBounds()
		if !begins.Equal(got) {
			t.Fatalf("%v is never shown in %v, and %v is no jump", shown, z, l)
		}
	})
}
