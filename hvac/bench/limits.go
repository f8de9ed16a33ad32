package main

import (
	"fmt"
	"math"

	"quietstat/hvac/bench/trial"
	"quietstat/hvac/house"
)

// A check is one figure that quietstat is meant to reach.
type check struct {
	Row   string  `json:"row"`
	What  string  `json:"what"`
	Value float64 `json:"value"`
	Limit float64 `json:"limit"` // at most this
	Unit  string  `json:"unit"`
	OK    bool    `json:"ok"`
}

// bestPeer is the IAE in K·h of the best other thermostat that keeps the dwell times.
var bestPeer = map[house.Kind]map[trial.Name]float64{
	house.KindA: {trial.Step: 7.02, trial.Setback: 6.32, trial.Disturbance: 6.23},
	house.KindE: {trial.Step: 9.69, trial.Setback: 8.42, trial.Disturbance: 3.23},
	house.KindR: {trial.Step: 5.38, trial.Setback: 6.46, trial.Disturbance: 4.75},
	house.KindU: {trial.Step: 12.4, trial.Setback: 7.71, trial.Disturbance: 3.16},
}

// tuneHours is how long the autotune may take.
var tuneHours = map[house.Kind]float64{house.KindA: 1.5, house.KindE: 2.5, house.KindR: 3.5, house.KindU: 24}

// Limits that hold for all houses.
const (
	limitShipped   = 2.0
	limitLearned   = 1.10
	limitAhead     = 0.75
	limitMeanCA    = 0.12 // K
	limitWorstCA   = 0.30 // K
	limitOvershoot = 0.2  // K, on the step
	limitCycles    = 6.0  // an hour; house A may take limitCyclesA
	limitCyclesA   = 8.0
)

// A judge collects checks. What was not run has no figure and is left out.
type judge struct {
	all []check
	row string
}

func (j *judge) most(what string, value, limit float64, unit string) {
	if !math.IsNaN(value) {
		// A figure that is printed like its limit has reached it.
		j.all = append(j.all, check{j.row, what, value, limit, unit, value <= limit+0.0005})
	}
}

// checks holds every row of quietstat's against what it is meant to reach.
func checks(s sheet, o order, tunings []tuning) []check {
	j := &judge{}
	for _, r := range o.rows {
		mine := s.of(r.key, 0)
		j.row = r.key
		switch r.key {
		case "shipped":
			j.most("J", mine.overall(), limitShipped, "")
			j.most("step: houses that never settle", unsettled(mine), 0, "")
		case "both":
			j.most("J", mine.overall(), limitLearned, "")
			for i := range mine {
				c := &mine[i]
				if limit, ok := bestPeer[c.scenario.Kind][c.scenario.Name]; ok {
					j.most(fmt.Sprintf("house %v %s: IAE", c.scenario.Kind, c.scenario.Name), c.mean(iae), limit, "K·h")
				}
			}
			mean, worst := mine.accuracy()
			j.most("control accuracy, mean", mean, limitMeanCA, "K")
			j.most("control accuracy, worst", worst, limitWorstCA, "K")
			j.most("overshoot on the step, worst", mine.overshoot(), limitOvershoot, "K")
		case "ahead":
			j.most("J", mine.overall(), limitAhead, "")
		default:
			if r.key != "learned" && r.key != "tuned" {
				continue
			}
		}
		for _, k := range o.kinds {
			limit := limitCycles
			if k == house.KindA {
				limit = limitCyclesA
			}
			j.most(fmt.Sprintf("house %v: cycles, worst", k), s.of(r.key, k).cycles(), limit, "1/h")
		}
		j.most("runs and pauses below 180 s", float64(mine.short()), 0, "")
	}
	j.row = "autotune"
	for _, k := range o.kinds {
		longest, failed := math.NaN(), math.NaN()
		for _, t := range tunings {
			if t.House != k.String() {
				continue
			}
			if !(longest >= t.Hours) {
				longest = t.Hours
			}
			if math.IsNaN(failed) {
				failed = 0
			}
			if !t.Done || t.Failure != "none" {
				failed++
			}
		}
		j.most(fmt.Sprintf("house %v: hours, longest", k), longest, tuneHours[k], "h")
		j.most(fmt.Sprintf("house %v: attempts that failed", k), failed, 0, "")
	}
	return j.all
}

// unsettled counts steps that never came to rest; NaN if none was run.
func unsettled(s sheet) float64 {
	n := math.NaN()
	for i := range s {
		if s[i].scenario.Name != trial.Step {
			continue
		}
		if math.IsNaN(n) {
			n = 0
		}
		if s[i].settled() < 0 {
			n++
		}
	}
	return n
}
