package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	"quietstat/agent/internal/local"
)

// stretches is how a row of each step names its beginning, and how long it is.
var stretches = map[string]struct {
	layout string
	long   time.Duration
}{
	"minute": {"2006-01-02 15:04", time.Minute}, "quarter": {"2006-01-02 15:04", 15 * time.Minute},
	"hour": {"2006-01-02 15:04", time.Hour}, "day": {"Mon 2006-01-02", 24 * time.Hour},
}

func (s *surroundings) printHistory(rows []local.HistoryRow, step string) {
	s.printf("%-16s %7s %14s %7s %6s %7s %7s\n", "", "mean", "from    to", "wanted", "air", "heated", "doors")
	for _, r := range rows {
		s.printf("%-16s %7s %14s %7s %6s %7s %7s", r.Start.Format(stretches[step].layout), degrees(r.MeanC), degrees(r.MinC)+" "+degrees(r.MaxC),
			degrees(r.SetpointC), percent(r.HumidityPct), percent(100*r.HeatShare), (time.Duration(r.DoorOpenS) * time.Second).String())
		if r.CoolShare > 0 {
			s.printf("  cooled %s", percent(100*r.CoolShare))
		}
		if short := stretches[step].long - time.Duration(r.Minutes)*time.Minute; short > 0 {
			s.printf("  %d min recorded", r.Minutes)
		}
		s.printf("\n")
	}
}

func degrees(m local.Maybe) string {
	if !m.Known() {
		return "-"
	}
	return fmt.Sprintf("%.1f", float64(m))
}

func percent(m local.Maybe) string {
	if !m.Known() {
		return "-"
	}
	return fmt.Sprintf("%.0f %%", float64(m))
}

// plotLines is how high a plot is.
const plotLines = 14

// plotHistory draws the temperature as dots and the setpoint as a line, one column a
// stretch of the span, and below it how much was heated.
func (s *surroundings) plotHistory(rows []local.HistoryRow) {
	columns := columnsOf(rows)
	low, high := math.Inf(1), math.Inf(-1)
	for _, c := range columns {
		for _, v := range []local.Maybe{c.MinC, c.MaxC, c.SetpointC} {
			if v.Known() {
				low, high = min(low, float64(v)), max(high, float64(v))
			}
		}
	}
	if math.IsInf(low, 0) {
		s.printf("no temperature is recorded of that time\n")
		return
	}
	low, high = math.Floor(low), max(math.Ceil(high), math.Floor(low)+1)
	line := func(v local.Maybe) int {
		return int(math.Round((high - float64(v)) / (high - low) * (plotLines - 1)))
	}
	for y := range plotLines {
		label := ""
		if y%((plotLines-1)/2) == 0 || y == plotLines-1 {
			label = fmt.Sprintf("%.1f", high-float64(y)*(high-low)/(plotLines-1))
		}
		var b strings.Builder
		for _, c := range columns {
			switch {
			case c.MeanC.Known() && line(c.MeanC) == y:
				b.WriteString("•")
			case c.MeanC.Known() && line(c.MaxC) <= y && y <= line(c.MinC):
				b.WriteString("·")
			case c.SetpointC.Known() && line(c.SetpointC) == y:
				b.WriteString("─")
			default:
				b.WriteString(" ")
			}
		}
		s.printf("%6s │%s\n", label, strings.TrimRight(b.String(), " "))
	}
	s.printf("%6s │%s\n", "heat", bars(columns, func(r local.HistoryRow) local.Maybe { return r.HeatShare }))
	if bar := bars(columns, func(r local.HistoryRow) local.Maybe { return r.CoolShare }); bar != "" {
		s.printf("%6s │%s\n", "cool", bar)
	}
	first, last := columns[0].Start, columns[len(columns)-1].Start
	s.printf("%6s └%s\n", "", strings.Repeat("─", len(columns)))
	from, to := first.Format("2 Jan 15:04"), last.Format("2 Jan 15:04")
	s.printf("%8s%s%*s\n", "", from, max(len(columns)-len(from), len(to)+1), to)
	s.printf("%8s• °C  · its range  ─ wanted\n", "")
}

// bars draws shares of 0 to 1 as blocks; nothing at all if there is nothing.
func bars(columns []local.HistoryRow, share func(local.HistoryRow) local.Maybe) string {
	const blocks = " ▁▂▃▄▅▆▇█"
	var b strings.Builder
	for _, c := range columns {
		eighths := 0
		if v := float64(share(c)); c.Minutes > 0 && v > 0 {
			eighths = min(int(math.Ceil(8*v)), 8)
		}
		b.WriteRune([]rune(blocks)[eighths])
	}
	return strings.TrimRight(b.String(), " ")
}

// columnsOf spreads rows over at most plotColumns equal stretches of time. What is not
// recorded stays empty.
func columnsOf(rows []local.HistoryRow) []local.HistoryRow {
	first, last := rows[0].Start, rows[len(rows)-1].Start
	span := last.Sub(first)
	n := min(plotColumns, len(rows))
	for i := 1; i < len(rows); i++ { // a gap takes its place, too
		if step := rows[i].Start.Sub(rows[i-1].Start); step > 0 {
			n = max(n, min(plotColumns, int(span/step)+1))
			break
		}
	}
	columns := make([]local.HistoryRow, n)
	for i := range columns {
		columns[i] = local.HistoryRow{Start: first.Add(time.Duration(float64(span) * float64(i) / float64(max(n-1, 1))))}
		columns[i].MeanC, columns[i].MinC, columns[i].MaxC, columns[i].SetpointC = unknown, unknown, unknown, unknown
	}
	for _, r := range rows {
		i := 0
		if span > 0 {
			i = min(int(float64(r.Start.Sub(first))/float64(span)*float64(n)), n-1)
		}
		columns[i] = joined(columns[i], r)
	}
	return columns
}

var unknown = local.Maybe(math.NaN())

// joined is two stretches as one, weighted by what is recorded of them.
func joined(a, b local.HistoryRow) local.HistoryRow {
	both := a
	both.Minutes += b.Minutes
	weigh := func(x, y local.Maybe) local.Maybe {
		switch {
		case !x.Known():
			return y
		case !y.Known() || both.Minutes == 0:
			return x
		}
		return (x*local.Maybe(a.Minutes) + y*local.Maybe(b.Minutes)) / local.Maybe(both.Minutes)
	}
	both.MeanC, both.SetpointC = weigh(a.MeanC, b.MeanC), weigh(a.SetpointC, b.SetpointC)
	both.HeatShare, both.CoolShare = weigh(a.HeatShare, b.HeatShare), weigh(a.CoolShare, b.CoolShare)
	if b.MinC.Known() && (!a.MinC.Known() || b.MinC < a.MinC) {
		both.MinC = b.MinC
	}
	if b.MaxC.Known() && (!a.MaxC.Known() || b.MaxC > a.MaxC) {
		both.MaxC = b.MaxC
	}
	both.DoorOpenS += b.DoorOpenS
	return both
}
