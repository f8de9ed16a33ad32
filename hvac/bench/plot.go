package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"quietstat/hvac/bench/trial"
	"quietstat/hvac/house"
)

// plotted are the rows worth seeing side by side, best first; a plot takes the first
// mostCurves of them that were asked for. Who knows the schedule is drawn where there is
// one.
var plotted = []string{"both", "ahead", "autopid", "generic", "learned", "shipped", "tuned", "pidff", "esphome", "tpi", "pid"}

const mostCurves = 3

// plot draws a day of every house and scenario, with the first seed.
func (o order) plot(folder string, lib *library) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("a folder for the plots: %w", err)
	}
	var scs []trial.Scenario
	for _, k := range o.kinds {
		scs = append(scs, o.scenarios(k)...)
	}
	failed := make([]error, len(scs))
	parallel(func(yield func(func()) bool) {
		for i := range scs {
			if !yield(func() { failed[i] = o.plotOne(folder, &scs[i], lib) }) {
				return
			}
		}
	})
	return errors.Join(failed...)
}

func (o order) plotOne(folder string, sc *trial.Scenario, lib *library) error {
	var b bytes.Buffer
	if err := draw(&b, o.picture(sc, lib)); err != nil {
		return fmt.Errorf("plot of house %v, %s: %w", sc.Kind, sc.Name, err)
	}
	if err := os.WriteFile(filepath.Join(folder, plotName(sc)), b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("a plot: %w", err)
	}
	return nil
}

// plotName is like "house-A-load-25.svg".
func plotName(sc *trial.Scenario) string {
	name := strings.ReplaceAll(strings.TrimSuffix(string(sc.Name), " %"), " ", "-")
	return fmt.Sprintf("house-%v-%s.svg", sc.Kind, name)
}

// kindWords and scenarioWords are for titles.
var kindWords = map[house.Kind]string{
	house.KindA: "forced air, light", house.KindE: "electric heaters, light",
	house.KindR: "radiators, medium, leaky", house.KindU: "underfloor, heavy",
}

var scenarioWords = map[trial.Name]string{
	trial.Step: "a step to 21 °C at 0 °C outside", trial.Setback: "a day with night setback",
	trial.Disturbance: "a day of sun, people, cooking and an open door",
	trial.Load25:      "steady at 25 % load", trial.Load50: "steady at 50 % load", trial.Load75: "steady at 75 % load",
}

// picture runs what is to be drawn.
func (o order) picture(sc *trial.Scenario, lib *library) picture {
	from, to := span(sc)
	p := picture{
		Title: fmt.Sprintf("House %v (%s): %s", sc.Kind, kindWords[sc.Kind], scenarioWords[sc.Name]),
		from:  from, to: to, clock: sc.Start,
	}
	for _, key := range plotted {
		for _, r := range o.rows {
			if r.key != key || len(p.curves) == mostCurves || key == "ahead" && !sc.Ahead(0).Known {
				continue
			}
			c := curve{title: r.title}
			first := len(p.curves) == 0
			trial.Run(sc, r.make(lib, sc.Kind, o.seeds[0]), o.seeds[0], func(m trial.Moment) {
				if m.At < from || m.At >= to {
					return
				}
				c.see(m)
				if first {
					p.setpoint.see(m.At, float64(m.Setpoint))
				}
			})
			p.curves = append(p.curves, c)
		}
	}
	return p
}

// span is the day that is drawn: an hour before what counts begins, except where the
// last whole day says more.
func span(sc *trial.Scenario) (from, to time.Duration) {
	const day = 24 * time.Hour
	from = max(0, sc.Settle-time.Hour)
	if sc.Name == trial.Setback {
		from = sc.Length - day
	}
	return from, min(from+day, sc.Length)
}
