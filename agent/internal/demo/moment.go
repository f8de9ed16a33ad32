package demo

import (
	"fmt"
	"sync/atomic"
	"time"

	"quietstat/agent/internal/clock"
)

// The virtual clock: one instant per control period, from five in the morning of a
// January day. The machine "booted" a minute before.
const (
	period    = time.Second
	bootFirst = 60 * time.Second
	day       = 24 * time.Hour
)

var midnight = time.Date(2026, time.January, 15, 0, 0, 0, 0, time.UTC)

// startOfDay is the time of day at which the story begins.
const startOfDay = 5 * time.Hour

// moment is the demo's clock. Reading is for any goroutine; the rest is the main
// loop's.
type moment struct {
	elapsed atomic.Int64 // since the demo began
	boot    time.Duration
	date    time.Time     // midnight of the first day
	wrong   time.Duration // what a fault has added to the wall clock
}

// since is the virtual time since the demo began.
func (m *moment) since() time.Duration { return time.Duration(m.elapsed.Load()) }

// bootTime is the virtual CLOCK_BOOTTIME.
func (m *moment) bootTime() time.Duration { return m.boot + m.since() }

// instant is what the roles are told.
func (m *moment) instant() clock.Instant {
	return clock.Instant{Boot: m.bootTime(), Wall: m.wall().Add(m.wrong), Trusted: true}
}

// wall is the true wall time.
func (m *moment) wall() time.Time { return m.date.Add(startOfDay + m.since()) }

// at is when in the demo a time of day comes round on a day counted from 0. It is
// negative for what lies before the beginning.
func at(dayNumber int, timeOfDay time.Duration) time.Duration {
	return time.Duration(dayNumber)*day + timeOfDay - startOfDay
}

// clockFace writes a virtual time as people read it off a clock; from the second
// day on with the day.
func clockFace(since time.Duration) string {
	t := startOfDay + since
	face := fmt.Sprintf("%02d:%02d", int(t%day/time.Hour), int(t%time.Hour/time.Minute))
	if t >= day {
		return fmt.Sprintf("%s +%d", face, int(t/day))
	}
	return face
}

// span writes a duration for people.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	}
	d = d.Round(time.Minute)
	if d%time.Hour == 0 {
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d h %d min", int(d/time.Hour), int(d%time.Hour/time.Minute))
}
