package main

import (
	"math"
	"strings"
	"testing"
)

// tiny has an optimum anybody can see: minimise 2a + b with a + b = 3, a - c = 1,
// b at most 1, c free. b is the cheaper and goes to 1, so a is 2 and c is 1: cost 5.
func tiny() *programme {
	p := &programme{}
	a, b, c := p.variable(column{cost: 2}), p.variable(column{cost: 1, most: 1}), p.variable(column{free: true})
	sum, difference := p.equation(3), p.equation(1)
	p.set(sum, a, 1)
	p.set(sum, b, 1)
	p.set(difference, a, 1)
	p.set(difference, c, -1)
	p.set(difference, b, 0)
	return p
}

const tinyMPS = `NAME tiny FREE
ROWS
 N COST
 E R1
 E R2
COLUMNS
 C1 COST 2
 C1 R1 1
 C1 R2 1
 C2 COST 1
 C2 R1 1
 C3 R2 -1
RHS
 RHS R1 3
 RHS R2 1
BOUNDS
 UP BND C2 1
 FR BND C3
ENDATA
`

// What clp 1.17.6 says to it (-solve -printingOptions all -solution -).
const tinySolved = `Coin LP version 1.17.6, build Nov 27 2022
Optimal - objective value 5
Optimal objective 5 - 0 iterations time 0.002, Presolve 0.00
Optimal - objective value             5
      0 R1                         3                       2
      1 R2                         1                       0
      0 C1                         2                       0
      1 C2                         1                      -1
**      2 C3                         1                       0
`

func TestMPS(t *testing.T) {
	var b strings.Builder
	if err := tiny().writeMPS(&b, "tiny"); err != nil || b.String() != tinyMPS {
		t.Errorf("%v\n%s", err, b.String())
	}
}

func TestSolutionIsRead(t *testing.T) {
	p := tiny()
	x, err := readSolution(strings.NewReader(tinySolved), len(p.columns))
	if err != nil {
		t.Fatal(err)
	}
	cost := 0.0
	left := append([]float64(nil), p.rows...)
	for i, c := range p.columns {
		cost += c.cost * x[i]
		for _, e := range c.entries {
			left[e.row] -= e.value * x[i]
		}
	}
	if cost != 5 || math.Abs(left[0])+math.Abs(left[1]) > 1e-9 {
		t.Errorf("solution %v costs %v and leaves %v", x, cost, left)
	}
}

func TestSolutionIsRefused(t *testing.T) {
	for name, said := range map[string]string{
		"nothing":       "",
		"not optimal":   strings.ReplaceAll(tinySolved, "Optimal objective", "Infeasible objective"),
		"one missing":   strings.ReplaceAll(tinySolved, "1 C2", "1 X2"),
		"one too many":  strings.ReplaceAll(tinySolved, "1 C2", "1 C4"),
		"no number":     strings.ReplaceAll(tinySolved, "      2                       0", "      two                     0"),
		"a long line":   strings.Repeat("x", 1<<17),
		"another model": strings.ReplaceAll(tinySolved, "0 C1", "0 C0"),
	} {
		if x, err := readSolution(strings.NewReader(said), 3); err == nil {
			t.Errorf("%s: %v", name, x)
		}
	}
}
