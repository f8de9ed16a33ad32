package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a configuration file.
type Problem struct {
	File     string // the name given to Parse or Load
	Line     int    // from 1; 1 when the file could not be read at all
	Column   int    // from 1, in bytes
	Key      string // for example relays.heat.pin or doors[1].id; empty for syntax
	Message  string // what is wrong
	Expected string // what would have been right
	Remedy   string // what to do about it
	Cause    error  // the error of the operating system, if it was one
}

// Error is the one line a person sees:
// file:line:column: what is wrong; expected what; what to do.
func (p Problem) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s; expected %s; %s", p.File, p.Line, p.Column, p.Message, p.Expected, p.Remedy)
}

// Unwrap returns the operating system's error behind the problem, or nil.
func (p Problem) Unwrap() error { return p.Cause }

// Problems is everything that is wrong with a file, in the order of the file. It
// is never empty when it is returned as an error.
type Problems []Problem

// Error is one line for each problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.Is and errors.As look at each problem.
func (ps Problems) Unwrap() []error {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = p
	}
	return errs
}

// sort puts the problems into the order of the file; problems at one place keep
// the order in which they were found.
func (ps Problems) sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
