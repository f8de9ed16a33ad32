package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"

	"quietstat/hvac/bench/trial"
	"quietstat/hvac/house"
)

// boundJSON is what `go run ./hvac/bench/bound` printed.
//
//go:embed bound.json
var boundJSON []byte

// A known line was measured before; its row need not be run.
type known struct {
	Row      string         `json:"row"`
	House    string         `json:"house"`
	Scenario trial.Name     `json:"scenario"`
	Results  []trial.Result `json:"results"`
}

// readBound reads the table. It is part of the program, so damage is a fault of the tree.
func readBound(data []byte) ([]known, error) {
	var all []known
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("bound.json: %w: make it again with go run ./hvac/bench/bound", err)
	}
	for _, l := range all {
		if len(l.Results) == 0 {
			return nil, fmt.Errorf("bound.json: %s %s %s has no results: make it again with go run ./hvac/bench/bound", l.Row, l.House, l.Scenario)
		}
	}
	return all, nil
}

// lookUp is the results of one row in one scenario.
func lookUp(all []known, row string, k house.Kind, name trial.Name) []trial.Result {
	i := slices.IndexFunc(all, func(l known) bool { return l.Row == row && l.House == k.String() && l.Scenario == name })
	if i < 0 {
		return nil
	}
	return all[i].Results
}
