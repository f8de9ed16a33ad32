package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"quietstat/hvac/bench/trial"
	"quietstat/hvac/house"
)

func main() {
	mps := flag.String("mps", "", "print the first programme of HOUSE/SCENARIO/preview or HOUSE/SCENARIO/none instead")
	flag.Parse()
	if err := bound(os.Stdout, *mps); err != nil {
		fmt.Fprintln(os.Stderr, "bound:", err)
		os.Exit(1)
	}
}

func bound(w io.Writer, mps string) error {
	if mps != "" {
		return one(w, mps)
	}
	all, err := table()
	if err != nil {
		return err
	}
	for i, l := range all {
		b, err := json.Marshal(l)
		if err != nil {
			return err
		}
		before := ",\n"
		if i == 0 {
			before = "[\n"
		}
		if _, err := fmt.Fprintf(w, "%s%s", before, b); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(w, "\n]")
	return err
}

// one prints a single programme.
func one(w io.Writer, name string) error {
	parts := strings.Split(name, "/")
	if len(parts) != 3 || parts[2] != "preview" && parts[2] != "none" {
		return fmt.Errorf("programme %q is not known: write it like A/setback/preview or A/setback/none", name)
	}
	k, err := house.ParseKind(parts[0])
	if err != nil {
		return err
	}
	for _, sc := range trial.Scenarios(k) {
		if string(sc.Name) == parts[1] && sc.Load == 0 {
			z := horizons(&sc, parts[2] == "preview")[0]
			return z.programme(sc.House(1)).writeMPS(w, strings.Join(parts, "-"))
		}
	}
	return fmt.Errorf("scenario %q is not planned: use one of step, setback, disturbance", parts[1])
}

// A line is one scenario of one house in the table, with every seed.
type line struct {
	Row      string         `json:"row"`
	House    string         `json:"house"`
	Scenario trial.Name     `json:"scenario"`
	Results  []trial.Result `json:"results"`
}

// seeds are those of the bench. Where nothing depends on them the first serves for all.
var seeds = []uint64{1, 2, 3}

// table plans and plays everything.
func table() ([]line, error) {
	var all []line
	for _, k := range house.Kinds {
		for _, sc := range trial.Scenarios(k) {
			for _, preview := range []bool{false, true} {
				free := line{Row: rowName("continuous", preview), House: k.String(), Scenario: sc.Name}
				relay := line{Row: rowName("relay", preview), House: k.String(), Scenario: sc.Name}
				for _, seed := range seeds {
					if sc.Weather.Sun == 0 && seed != seeds[0] {
						break
					}
					p, err := perfect(&sc, preview, seed, solve)
					if err != nil {
						return nil, fmt.Errorf("house %v, %s: %w", k, sc.Name, err)
					}
					free.Results = append(free.Results, trial.Play(&sc, p.share, seed))
					relay.Results = append(relay.Results, trial.Run(&sc, &player{plan: &p}, seed, nil))
				}
				all = append(all, free, relay)
				fmt.Fprintf(os.Stderr, "%s %s %v: IAE %.2f, relay %.2f K·h\n", k, sc.Name, preview, free.Results[0].IAE, relay.Results[0].IAE)
			}
		}
	}
	return all, nil
}

func rowName(kind string, preview bool) string {
	if preview {
		return kind + " preview"
	}
	return kind
}
