package main

import (
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"

	"quietstat/agent/internal/local"
)

func historyCommand() *command {
	return leaf("history", "", "How warm it was and what was heated: a table, a picture or a file. Owner only.", func(f *flag.FlagSet) action {
		c := new(history)
		f.StringVar(&c.Since, "since", "24h", "how far back, as a `TIME` such as 24h, 7d or 1y, or a day such as 2026-11-01")
		f.StringVar(&c.Until, "until", "", "up to so long ago, or up to this day, as a `TIME`; otherwise now")
		f.StringVar(&c.Step, "step", "", "`minute, quarter, hour or day`; otherwise what fits the span")
		f.BoolVar(&c.CSV, "csv", false, "print comma separated values")
		f.BoolVar(&c.JSON, "json", false, "print one JSON object a line")
		f.BoolVar(&c.Plot, "plot", false, "draw it")
		return c.run
	})
}

type history struct {
	Since, Until, Step string
	CSV, JSON, Plot    bool
}

func (c *history) run(s *surroundings, _ []string) error {
	if c.CSV && c.JSON || c.CSV && c.Plot || c.JSON && c.Plot {
		return local.Usage("--csv, --json and --plot are three forms of one answer", "choose one of them")
	}
	var status local.KeeperStatus
	if err := s.keeper("status", nil, &status); err != nil {
		return err
	}
	now := status.Clock.Wall // the history's own; this program's may be another
	arguments := local.HistoryArguments{Step: c.Step, Until: now}
	var err error
	if arguments.Since, err = timeWord(c.Since, now); err != nil {
		return err
	}
	if c.Until != "" {
		if arguments.Until, err = timeWord(c.Until, now); err != nil {
			return err
		}
	}
	if arguments.Step == "" {
		arguments.Step = c.step(arguments)
	}
	switch {
	case c.CSV:
		return s.historyCSV(arguments)
	case c.JSON:
		return s.readHistory(arguments, func(r local.HistoryRow) error { return s.printLine(r) })
	}
	var rows []local.HistoryRow
	err = s.readHistory(arguments, func(r local.HistoryRow) error {
		rows = append(rows, r)
		return nil
	})
	switch {
	case err != nil:
		return err
	case len(rows) == 0:
		s.printf("nothing is recorded of that time\n")
	case c.Plot:
		s.plotHistory(rows)
	default:
		s.printHistory(rows, arguments.Step)
	}
	return nil
}

// plotColumns is how wide a plot is.
const plotColumns = 72

// step is the finest that is still read with pleasure.
func (c *history) step(a local.HistoryArguments) string {
	span := a.Until.Sub(a.Since)
	switch {
	case (c.CSV || c.JSON) && span <= 8*24*time.Hour:
		return "minute"
	case c.CSV || c.JSON || c.Plot && span <= 2*24*time.Hour:
		return "quarter"
	case span <= 4*24*time.Hour || c.Plot && span <= 2*plotColumns*time.Hour:
		return "hour"
	}
	return "day"
}

// timeWord reads a time as people say it: so long ago, or a day.
func timeWord(word string, now time.Time) (time.Time, error) {
	for suffix, days := range map[string]int{"d": 1, "w": 7, "y": 365} {
		if n, err := strconv.Atoi(strings.TrimSuffix(word, suffix)); err == nil && strings.HasSuffix(word, suffix) && n >= 0 && n < 10000 {
			return now.AddDate(0, 0, -n*days), nil
		}
	}
	if d, err := time.ParseDuration(word); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, word, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, local.Usage(fmt.Sprintf("%q is no time", word), "write how long ago (24h, 7d, 1y) or a day (2026-11-01)")
}

// readHistory asks for a span, answer by answer, and gives every row to each.
func (s *surroundings) readHistory(a local.HistoryArguments, each func(local.HistoryRow) error) error {
	for {
		var h local.History
		if err := s.keeper("history", a, &h); err != nil {
			return err
		}
		for _, r := range h.Rows {
			if err := each(r); err != nil {
				return err
			}
		}
		if h.Next == nil {
			if h.Damaged != "" {
				fmt.Fprintln(s.stderr, "quietstat: a part is missing:", h.Damaged)
			}
			return nil
		}
		a.Since, a.Until = *h.Next, h.Until
	}
}

func (s *surroundings) historyCSV(a local.HistoryArguments) error {
	w := csv.NewWriter(s.stdout)
	err := w.Write([]string{"start", "minutes", "mean_c", "min_c", "max_c", "setpoint_c", "humidity_pct", "heat_share", "cool_share", "door_open_s"})
	if err != nil {
		return err
	}
	err = s.readHistory(a, func(r local.HistoryRow) error {
		return w.Write([]string{r.Start.Format(time.RFC3339), strconv.Itoa(r.Minutes),
			cell(r.MeanC), cell(r.MinC), cell(r.MaxC), cell(r.SetpointC), cell(r.HumidityPct),
			cell(r.HeatShare), cell(r.CoolShare), cell(r.DoorOpenS)})
	})
	w.Flush()
	return errors.Join(err, w.Error())
}

// cell is a number, or nothing where there is none.
func cell(m local.Maybe) string {
	if !m.Known() {
		return ""
	}
	return strconv.FormatFloat(float64(m), 'f', -1, 64)
}
