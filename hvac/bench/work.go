package main

import (
	"iter"
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

// scenarios are those to be run of one house.
func (o order) scenarios(k house.Kind) []trial.Scenario {
	return slices.DeleteFunc(trial.Scenarios(k), func(sc trial.Scenario) bool {
		return len(o.names) > 0 && !slices.Contains(o.names, sc.Name)
	})
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
			for _, sc := range o.scenarios(k) {
				c := cell{row: r, scenario: sc, seeds: o.seeds}
				if r.bound != "" {
					c.results = lookUp(bound, r.bound, k, sc.Name)
				} else {
					c.results = make([]trial.Result, len(o.seeds))
				}
				all = append(all, c)
			}
		}
	}
	parallel(func(yield func(func()) bool) {
		for i := range all {
			c := &all[i]
			for n, seed := range o.seeds {
				if c.row.bound == "" && !yield(func() {
					c.results[n] = trial.Run(&c.scenario, c.row.make(lib, c.scenario.Kind, seed), seed, nil)
				}) {
					return
				}
			}
		}
	})
	return all, nil
}

// parallel does all jobs, as many at once as there are processors.
func parallel(jobs iter.Seq[func()]) {
	queue := make(chan func())
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for job := range queue {
				job()
			}
		})
	}
	for job := range jobs {
		queue <- job
	}
	close(queue)
	wg.Wait()
}
