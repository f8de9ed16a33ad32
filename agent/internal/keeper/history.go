package keeper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
)

// historyRows is the most one answer has: two days by the minute, eight years by the day.
const historyRows = 3000

// past is a history to be read beside the core, and the moment it is of.
type past struct {
	view store.HistoryView
	now  time.Time
}

// readHistory answers from the files, beside the core: a year takes a while on a small Pi.
func (c *core) readHistory(ctx context.Context, caller local.Caller, raw json.RawMessage) (any, error) {
	var a local.HistoryArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	if err := caller.MustOwn("reading the history"); err != nil {
		return nil, err
	}
	p, err := ask(ctx, c, func() (past, error) {
		if c.history == nil {
			return past{}, local.Unavailable("there is no history: its folder could not be used", "quietstat's log says why")
		}
		return past{c.history.View(), c.now().Wall}, nil
	})
	if err != nil {
		return nil, problem(err)
	}
	answer, err := p.read(a, c.o.Zone)
	return answer, problem(err)
}

// read folds the minutes of a span into rows.
func (p past) read(a local.HistoryArguments, zone *time.Location) (local.History, error) {
	if a.Until.IsZero() {
		a.Until = p.now
	}
	if a.Since.IsZero() {
		a.Since = a.Until.AddDate(0, 0, -1)
	}
	if a.Step == "" {
		a.Step = "quarter"
	}
	begin, ok := beginnings(zone)[a.Step]
	if !ok {
		return local.History{}, local.Usage(fmt.Sprintf("there is no step %q", a.Step), "one of minute, quarter, hour, day")
	}
	if !a.Since.Before(a.Until) {
		return local.History{}, local.Usage("the span ends before it begins", "give a since that is before the until")
	}
	h := local.History{Since: begin(a.Since), Until: a.Until, Step: a.Step, Rows: []local.HistoryRow{}}
	fold := store.NewFold(begin, func(s store.Stretch) {
		if len(h.Rows) < historyRows {
			h.Rows = append(h.Rows, historyRow(s))
		} else if h.Next == nil {
			h.Next = &s.Start
		}
	})
	err := p.view.Rows(h.Since, a.Until, func(m store.Minute) bool {
		fold.Add(m)
		return h.Next == nil
	})
	fold.Flush()
	var damaged *store.DamagedError
	if errors.As(err, &damaged) {
		h.Damaged, err = damaged.Error(), nil
	}
	return h, err
}

// beginnings says where the stretch of each step begins that a moment falls into. Days
// are those of the house, also when the clocks change.
func beginnings(zone *time.Location) map[string]func(time.Time) time.Time {
	if zone == nil {
		zone = time.Local
	}
	wall := func(t time.Time, minutes int) time.Time {
		t = t.In(zone)
		return t.Add(-time.Duration(t.Minute()%minutes)*time.Minute - time.Duration(t.Second())*time.Second - time.Duration(t.Nanosecond()))
	}
	return map[string]func(time.Time) time.Time{
		"minute":  func(t time.Time) time.Time { return wall(t, 1) },
		"quarter": func(t time.Time) time.Time { return wall(t, 15) },
		"hour":    func(t time.Time) time.Time { return wall(t, 60) },
		"day": func(t time.Time) time.Time {
			t = t.In(zone)
			return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
		},
	}
}

func historyRow(s store.Stretch) local.HistoryRow {
	return local.HistoryRow{
		Start: s.Start, Minutes: s.Minutes,
		MeanC: local.Maybe(s.Mean), MinC: local.Maybe(s.Min), MaxC: local.Maybe(s.Max),
		SetpointC: local.Maybe(s.Setpoint), HumidityPct: local.Maybe(s.Humidity),
		HeatShare: local.Maybe(s.Heat), CoolShare: local.Maybe(s.Cool), DoorOpenS: local.Maybe(s.DoorOpen),
	}
}
