package main

import (
	"runtime"
	"slices"
	"sync"

	"quietstat/hvac/bench/trial"
	"quietstat/hvac/house"
)

// An order is what is to be run.
type order struct {
	rows  []row
	kinds []house.Kind
	seeds []uint64
	names []trial.Name // of scenarios; empty means all
}

// run fills the sheet: every row in every scenario of every house with every seed. Its
// order, and every figure in it, do not depend on which finishes first.
func (o order) run(lib *library) (sheet, error) {
	bound, err := readBound(boundJSON)
	if err != nil {
		return nil, err
	}
	var all sheet
	for _, r := range o.rows {
		for _, k := range o.kinds {
			for _, sc := range trial.Scenarios(k) {
				if len(o.names) > 0 && !slices.Contains(o.names, sc.Name) {
					continue
				}
				all = append(all, cell{row: r, scenario: sc, seeds: o.seeds, results: make([]trial.Result, len(o.seeds))})
			}
		}
	}
	jobs := make(chan func())
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for job := range jobs {
				job()
			}
		})
	}
	for i := range all {
		c := &all[i]
		if c.row.bound != "" {
			c.results = lookUp(bound, c.row.bound, c.scenario.Kind, c.scenario.Name)
			continue
		}
		for n, seed := range o.seeds {
			jobs <- func() {
				c.results[n] = trial.Run(&c.scenario, c.row.make(lib, c.scenario.Kind, seed), seed, nil)
			}
		}
	}
	close(jobs)
	wg.Wait()
	return all, nil
}
