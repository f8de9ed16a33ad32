package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// solve hands the programme to clp and returns the columns. (glpsol reads the same
// programmes, but gives up on some: the emitter of a night is forgotten so fast that
// its basis looks singular.)
func solve(p *programme) ([]float64, error) {
	mps, err := os.CreateTemp("", "bound-*.mps") // clp reads it twice, so no pipe will do
	if err != nil {
		return nil, fmt.Errorf("a file for clp: %w", err)
	}
	defer os.Remove(mps.Name())
	if err := errors.Join(p.writeMPS(mps, "bound"), mps.Close()); err != nil {
		return nil, fmt.Errorf("a file for clp: %w", err)
	}
	var said bytes.Buffer
	cmd := exec.Command("clp", mps.Name(), "-solve", "-printingOptions", "all", "-solution", "-")
	cmd.Stdout = &said
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("clp: %w: is Debian's coinor-clp installed?", err)
	}
	return readSolution(&said, len(p.columns))
}

// readSolution finds clp's answer in what it says: "Optimal objective ..." and one line
// "INDEX NAME VALUE DUAL" for each of n columns, of which the names count.
func readSolution(r io.Reader, n int) ([]float64, error) {
	x, found, optimal := make([]float64, n), 0, false
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		f := strings.Fields(strings.TrimPrefix(lines.Text(), "**")) // stars: a tolerance missed by a hair
		if len(f) > 1 && f[0] == "Optimal" && f[1] == "objective" {
			optimal = true
		}
		if len(f) != 4 || !strings.HasPrefix(f[1], "C") {
			continue
		}
		i, err := strconv.Atoi(f[1][1:])
		if err != nil {
			continue
		}
		if i < 1 || i > n {
			return nil, fmt.Errorf("clp names column %q of %d", f[1], n)
		}
		if x[i-1], err = strconv.ParseFloat(f[2], 64); err != nil {
			return nil, fmt.Errorf("clp gives column %d the value %q: %w", i, f[2], err)
		}
		found++
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("clp's answer: %w", err)
	}
	if !optimal || found != n {
		return nil, fmt.Errorf("clp solved %d of %d columns, optimal %v: look at the programme with -mps", found, n, optimal)
	}
	return x, nil
}
