package main

import (
	"bufio"
	"fmt"
	"io"
)

// A programme is a linear one: minimise Σ cost·column subject to rows of equations,
// columns within bounds.
type programme struct {
	rows    []float64 // right-hand sides of the equations
	columns []column
}

// A column is one variable. Its bounds are 0 and Most (0: none), or none at all if Free.
type column struct {
	cost    float64
	free    bool
	most    float64
	entries []entry // in ascending order of rows
}

type entry struct {
	row   int
	value float64
}

// equation adds one with the right-hand side v and returns its number.
func (p *programme) equation(v float64) int {
	p.rows = append(p.rows, v)
	return len(p.rows) - 1
}

// variable adds one and returns its number.
func (p *programme) variable(c column) int {
	p.columns = append(p.columns, c)
	return len(p.columns) - 1
}

// set puts value·column into an equation.
func (p *programme) set(row, column int, value float64) {
	if value != 0 {
		c := &p.columns[column]
		c.entries = append(c.entries, entry{row, value})
	}
}

// writeMPS writes it in free MPS, which glpsol (--freemps) and clp read; clp by the word FREE. Rows are called
// R1, R2..., columns C1, C2..., in order.
func (p *programme) writeMPS(w io.Writer, name string) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "NAME %s FREE\nROWS\n N COST\n", name)
	for i := range p.rows {
		fmt.Fprintf(b, " E R%d\n", i+1)
	}
	fmt.Fprintln(b, "COLUMNS")
	for i, c := range p.columns {
		if c.cost != 0 {
			fmt.Fprintf(b, " C%d COST %.12g\n", i+1, c.cost)
		}
		for _, e := range c.entries {
			fmt.Fprintf(b, " C%d R%d %.12g\n", i+1, e.row+1, e.value)
		}
	}
	fmt.Fprintln(b, "RHS")
	for i, v := range p.rows {
		if v != 0 {
			fmt.Fprintf(b, " RHS R%d %.12g\n", i+1, v)
		}
	}
	fmt.Fprintln(b, "BOUNDS")
	for i, c := range p.columns {
		switch {
		case c.free:
			fmt.Fprintf(b, " FR BND C%d\n", i+1)
		case c.most != 0:
			fmt.Fprintf(b, " UP BND C%d %.12g\n", i+1, c.most)
		}
	}
	fmt.Fprintln(b, "ENDATA")
	return b.Flush()
}
