package main

import (
	"quietstat/hvac/bench/trial"
	"quietstat/hvac/house"
)

// denominators are the IAE in K·h that J divides by: a linear programme with exact
// knowledge of plant and weather but no setpoint preview, its duty replayed through a
// 10 min window with runs of 180 s at least. hvac/bench/bound computes them again.
var denominators = map[house.Kind]map[trial.Name]float64{
	house.KindA: {trial.Step: 6.88, trial.Setback: 6.11, trial.Disturbance: 4.96},
	house.KindE: {trial.Step: 9.95, trial.Setback: 8.80, trial.Disturbance: 1.92},
	house.KindR: {trial.Step: 5.05, trial.Setback: 6.22, trial.Disturbance: 2.80},
	house.KindU: {trial.Step: 9.41, trial.Setback: 5.80, trial.Disturbance: 0.78},
}
