package main

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"quietstat/hvac/house"
)

// table prints what people read: what matters of every row, then all of it.
func table(w io.Writer, s sheet, o order) error {
	fmt.Fprintf(w, "Seeds %v. J: error beside perfect knowledge through a relay, geometric mean; 1.00 is perfect.\n\n", o.seeds)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "controller\tJ\t")
	for _, k := range o.kinds {
		fmt.Fprintf(t, "J %v\t", k)
	}
	fmt.Fprintln(t, "CA mean K\tworst K\tovershoot K\tcycles/h\tdwell violations\t")
	for _, r := range o.rows {
		mine := s.of(r.key, 0)
		fmt.Fprintf(t, "%s\t%s\t", r.title, number(mine.j(), 2))
		for _, k := range o.kinds {
			fmt.Fprintf(t, "%s\t", number(s.of(r.key, k).j(), 2))
		}
		mean, worst := mine.accuracy()
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t\n", number(mean, 2), number(worst, 2), number(mine.overshoot(), 2), number(mine.cycles(), 1), mine.short())
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, k := range o.kinds {
		if err := details(w, s, o, k); err != nil {
			return err
		}
	}
	return nil
}

// details prints every cell of one house.
func details(w io.Writer, s sheet, o order, k house.Kind) error {
	fmt.Fprintf(w, "\nHouse %v\n\n", k)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "scenario\tcontroller\tIAE K·h\tJ\tovershoot K\tsettled h\trms K\tCA K\tkWh/day\tcycles/h\tdwell violations\t")
	for i := range s {
		for _, r := range o.rows {
			c := &s[i]
			if c.row.key != r.key || c.scenario.Kind != k {
				continue
			}
			j, ok := c.j()
			if !ok {
				j = math.NaN()
			}
			ca := math.NaN()
			if c.scenario.Load > 0 {
				ca = c.mean(accuracy)
			}
			fmt.Fprintf(t, "%s\t%s\t%.2f\t%s\t%.2f\t%s\t%.3f\t%s\t%.1f\t%.1f\t%d\t\n", c.scenario.Name, r.title, c.mean(iae), number(j, 2),
				c.worst(overshoot), settled(c.settled()), c.mean(rms), number(ca, 2), c.mean(energy), c.worst(cycles), c.short())
		}
	}
	return t.Flush()
}

// number prints a figure, and nothing for one that does not exist.
func number(v float64, digits int) string {
	if math.IsNaN(v) {
		return ""
	}
	return fmt.Sprintf("%.*f", digits, v)
}

func settled(h float64) string {
	if h < 0 {
		return "never"
	}
	return number(h, 1)
}
