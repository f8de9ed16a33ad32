package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"sync"
	"text/tabwriter"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

func main() {
	asJSON := flag.Bool("json", false, "print one JSON document instead of the table")
	seed := flag.Uint64("seed", 1, "of sensor noise and clouds")
	flag.Parse()
	results := all(*seed)
	print := table
	if *asJSON {
		print = document
	}
	if err := print(os.Stdout, results); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// makers make the controllers, in the order of the table.
var makers = []func() controller{
	func() controller { return &quietstat{params: hvac.DefaultParams()} },
	func() controller { return &generic{} },
	func() controller { return &esphome{} },
}

// all runs every controller in every scenario of every house. The order of the
// results does not depend on which finishes first.
func all(seed uint64) []result {
	var jobs []func() result
	for _, m := range makers {
		for _, k := range house.Kinds {
			for _, sc := range scenarios(k) {
				jobs = append(jobs, func() result { return run(k, sc, m(), seed) })
			}
		}
	}
	results := make([]result, len(jobs))
	var wg sync.WaitGroup
	for i, job := range jobs {
		wg.Go(func() { results[i] = job() })
	}
	wg.Wait()
	return results
}

// score is the geometric mean of J over the results keep selects.
func score(results []result, keep func(result) bool) float64 {
	sum, n := 0.0, 0
	for _, r := range results {
		if keep(r) {
			sum += math.Log(r.J)
			n++
		}
	}
	return math.Exp(sum / float64(n))
}

func table(w io.Writer, results []result) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "controller\thouse\tscenario\tIAE K·h\tJ\tovershoot K\trms K\tcycles/h\truns < 180 s\t")
	for _, r := range results {
		fmt.Fprintf(t, "%s\t%s\t%s\t%.2f\t%.2f\t%.2f\t%.3f\t%.1f\t%d\t\n",
			r.Controller, r.House, r.Scenario, r.IAE, r.J, r.Overshoot, r.RMS, r.Cycles, r.Short)
	}
	fmt.Fprintln(t, "\t\t\t\t\t\t\t\t\t")
	for _, m := range makers {
		name := m().String()
		fmt.Fprintf(t, "%s\tall\tall\t\t%.2f\t\t\t\t\t\n", name, score(results, func(r result) bool { return r.Controller == name }))
	}
	return t.Flush()
}

func document(w io.Writer, results []result) error {
	scores := map[string]float64{}
	for _, m := range makers {
		name := m().String()
		scores[name] = score(results, func(r result) bool { return r.Controller == name })
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Results []result           `json:"results"`
		J       map[string]float64 `json:"j"`
	}{results, scores})
}
