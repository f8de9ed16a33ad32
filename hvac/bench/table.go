package main

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"quietstat/hvac/house"
)

// table prints what people read: what matters of every row, what it was meant to be,
// then all of it.
func (r *report) table(w io.Writer) error {
	fmt.Fprintf(w, "J is the error beside that of perfect knowledge through a relay: 1.00 is perfect, less is better. Seeds %v.\n\n", r.order.seeds)
	for _, part := range []func(io.Writer) error{r.summary, r.tuned, r.judged, r.costs} {
		if err := part(w); err != nil {
			return err
		}
	}
	for _, k := range r.order.kinds {
		if err := r.details(w, k); err != nil {
			return err
		}
	}
	return nil
}

func columns(w io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
}

func (r *report) summary(w io.Writer) error {
	t := columns(w)
	fmt.Fprint(t, "controller\tJ\t")
	for _, k := range r.order.kinds {
		fmt.Fprintf(t, "%v\t", k)
	}
	fmt.Fprintln(t, "CA mean K\tCA worst K\tovershoot K\tcycles/h\tdwell violations\textra kWh/day\t")
	for _, one := range r.order.rows {
		s := r.summarise(one)
		fmt.Fprintf(t, "%s\t%s\t", s.Title, figure(s.J, 2))
		for _, k := range r.order.kinds {
			j, ok := s.Houses[k.String()]
			if !ok {
				j = math.NaN()
			}
			fmt.Fprintf(t, "%s\t", number(j, 2))
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%s\t\n", figure(s.MeanCA, 2), figure(s.WorstCA, 2), figure(s.Overshoot, 2), figure(s.Cycles, 1), s.Short, figure(s.Extra, 1))
	}
	return t.Flush()
}

// tuned prints what the autotune made of each house.
func (r *report) tuned(w io.Writer) error {
	if len(r.tunings) == 0 {
		return nil
	}
	fmt.Fprintln(w, "\nAutotune, held at 21 °C in 0 °C")
	t := columns(w)
	fmt.Fprintln(t, "house\tseed\thours\tresult\trule\tKp 1/K\tTi s\tTd s\t")
	for _, x := range r.tunings {
		result := "no better gains"
		switch {
		case x.Failure != "none":
			result = x.Failure
		case x.Improved:
			result = "better gains"
		}
		fmt.Fprintf(t, "%s\t%d\t%.2f\t%s\t%s\t%.2f\t%.0f\t%.0f\t\n", x.House, x.Seed, x.Hours, result, x.Rule, x.Gains.Kp, x.Gains.Ti.Seconds(), x.Gains.Td.Seconds())
	}
	return t.Flush()
}

// judged prints every figure beside its limit.
func (r *report) judged(w io.Writer) error {
	if len(r.checks) == 0 {
		return nil
	}
	missed := 0
	fmt.Fprintln(w, "\nMeant to be reached")
	t := columns(w)
	fmt.Fprintln(t, "row\tfigure\tmeasured\tat most\t\t\t")
	for _, c := range r.checks {
		mark := "ok"
		if !c.OK {
			mark = "SHORT"
			missed++
		}
		fmt.Fprintf(t, "%s\t%s\t%.2f\t%.2f\t%s\t%s\t\n", c.Row, c.What, c.Value, c.Limit, c.Unit, mark)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "%d of %d missed\n", missed, len(r.checks))
	return err
}

func (r *report) costs(w io.Writer) error {
	_, err := fmt.Fprintf(w, "\nhvac.Step takes %.0f ns and %d allocations, a bare PID update %.0f ns and %d.\n",
		r.step.Nanoseconds, r.step.Allocations, r.barePID.Nanoseconds, r.barePID.Allocations)
	return err
}

// details prints every cell of one house.
func (r *report) details(w io.Writer, k house.Kind) error {
	t := columns(w)
	var last string
	for i := range r.sheet {
		c := &r.sheet[i]
		if c.scenario.Kind != k {
			continue
		}
		if last == "" {
			fmt.Fprintf(w, "\nHouse %v\n", k)
			fmt.Fprintln(t, "controller\tscenario\tIAE K·h\tJ\tovershoot K\tsettled h\trms K\tCA K\tkWh/day\tcycles/h\tdwell violations\t")
		}
		title := c.row.title
		if title == last {
			title = ""
		} else {
			last = title
		}
		j, ok := c.j()
		if !ok {
			j = math.NaN()
		}
		ca, rest := math.NaN(), ""
		if c.scenario.Load > 0 {
			ca = c.mean(accuracy)
		} else {
			rest = settled(c.settled())
		}
		fmt.Fprintf(t, "%s\t%s\t%.2f\t%s\t%.2f\t%s\t%.3f\t%s\t%.1f\t%.1f\t%d\t\n", title, c.scenario.Name, c.mean(iae), number(j, 2),
			c.worst(overshoot), rest, c.mean(rms), number(ca, 2), c.mean(energy), c.worst(cycles), c.short())
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

func figure(v *float64, digits int) string {
	if v == nil {
		return ""
	}
	return number(*v, digits)
}

func settled(h float64) string {
	if h < 0 {
		return "never"
	}
	return number(h, 1)
}
