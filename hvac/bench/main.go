package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"quietstat/hvac/house"
)

func main() {
	if err := bench(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(args []string) error {
	f := flag.NewFlagSet("bench", flag.ExitOnError)
	seeds := f.String("seeds", "1,2,3", "seeds of sensor noise and clouds")
	houses := f.String("houses", "A,E,R,U", "houses to run")
	keys := f.String("rows", "", "rows to run (default: all)")
	quick := f.Bool("quick", false, "the first seed alone")
	f.Parse(args)

	var o order
	var err error
	if o.seeds, err = parseSeeds(*seeds); err != nil {
		return err
	}
	if *quick {
		o.seeds = o.seeds[:1]
	}
	if o.kinds, err = parseHouses(*houses); err != nil {
		return err
	}
	if o.rows, err = chosen(*keys); err != nil {
		return err
	}
	return table(os.Stdout, o.run(&library{}), o)
}

// parseSeeds reads numbers between commas.
func parseSeeds(list string) ([]uint64, error) {
	var seeds []uint64
	for s := range strings.SplitSeq(list, ",") {
		n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 32)
		if err != nil {
			return nil, fmt.Errorf("seed %q is no number from 0 to %d: write them like 1,2,3", s, uint32(1<<32-1))
		}
		if !slices.Contains(seeds, n) {
			seeds = append(seeds, n)
		}
	}
	return seeds, nil
}

// parseHouses reads letters between commas.
func parseHouses(list string) ([]house.Kind, error) {
	var kinds []house.Kind
	for s := range strings.SplitSeq(list, ",") {
		k, err := house.ParseKind(s)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	return kinds, nil
}
