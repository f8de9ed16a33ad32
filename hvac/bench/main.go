package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"quietstat/hvac/house"
)

func main() {
	if err := bench(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench runs what args ask for. A figure that was missed is printed and is no error.
func bench(args []string, w io.Writer) error {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	asJSON := f.Bool("json", false, "print one JSON document instead of the tables")
	plots := f.String("plot", "", "also draw a day of every house and scenario into this folder, as SVG")
	seeds := f.String("seeds", "1,2,3", "seeds of sensor noise and clouds")
	houses := f.String("houses", "A,E,R,U", "houses to run")
	keys := f.String("rows", "", "rows to run, of "+rowKeys()+" (default: all)")
	quick := f.Bool("quick", false, "the first seed alone")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("argument %q is not expected: see -help", f.Arg(0))
	}
	o, err := parseOrder(*seeds, *houses, *keys, *quick)
	if err != nil {
		return err
	}
	r, lib := report{order: o}, &library{}
	if r.sheet, err = o.run(lib); err != nil {
		return err
	}
	r.tunings = lib.tunings(o)
	r.checks = checks(r.sheet, o, r.tunings)
	r.step, r.barePID = costs()
	if *plots != "" {
		if err := o.plot(*plots, lib); err != nil {
			return err
		}
	}
	if *asJSON {
		return r.document(w)
	}
	return r.table(w)
}

// parseOrder reads the flags that choose.
func parseOrder(seeds, houses, keys string, quick bool) (o order, err error) {
	if o.seeds, err = parseSeeds(seeds); err != nil {
		return o, err
	}
	if quick {
		o.seeds = o.seeds[:1]
	}
	if o.kinds, err = parseHouses(houses); err != nil {
		return o, err
	}
	o.rows, err = chosen(keys)
	return o, err
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
