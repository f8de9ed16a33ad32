package config

import (
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// shape is what the raw structs allow at one key: a table with keys of its own,
// a list of such tables, or a value of one of some TOML kinds.
type shape struct {
	keys  map[string]*shape // of a table, or of each table of a list
	list  bool              // [[key]]
	kinds []unstable.Kind   // of a value; empty for tables
	want  string            // for a person: what belongs here
}

// shapeOf derives the shape of a raw struct type from its fields and toml tags.
func shapeOf(t reflect.Type) *shape {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Struct:
		s := &shape{keys: map[string]*shape{}, want: "a table"}
		for i := range t.NumField() {
			f := t.Field(i)
			s.keys[f.Tag.Get("toml")] = shapeOf(f.Type)
		}
		return s
	case reflect.Slice:
		if t.Elem().Kind() == reflect.String {
			return &shape{kinds: []unstable.Kind{unstable.Array}, want: `a list of texts, such as ["one", "two"]`}
		}
		s := shapeOf(t.Elem())
		s.list, s.want = true, "a list of tables"
		return s
	}
	return valueShape(t)
}

// valueShape is the shape of a leaf; every leaf type of raw.go is named here.
func valueShape(t reflect.Type) *shape {
	str := []unstable.Kind{unstable.String}
	switch t {
	case reflect.TypeFor[duration]():
		return &shape{kinds: str, want: `a duration in quotes, such as "90s" or "5m"`}
	case reflect.TypeFor[pin]():
		return &shape{kinds: str, want: `a pin in quotes, such as "GPIO17"`}
	case reflect.TypeFor[string]():
		return &shape{kinds: str, want: "text in quotes"}
	case reflect.TypeFor[bool]():
		return &shape{kinds: []unstable.Kind{unstable.Bool}, want: "true or false, without quotes"}
	case reflect.TypeFor[int64]():
		return &shape{kinds: []unstable.Kind{unstable.Integer}, want: "a whole number, without quotes"}
	case reflect.TypeFor[float64]():
		return &shape{kinds: []unstable.Kind{unstable.Float, unstable.Integer}, want: "a number, without quotes"}
	}
	panic("config: no shape for " + t.String())
}

// names are the keys a table may have, in alphabetical order.
func (s *shape) names() []string {
	names := make([]string, 0, len(s.keys))
	for k := range s.keys {
		names = append(names, k)
	}
	slices.Sort(names)
	return names
}

// nearest is the key that was most likely meant by name, or "".
func (s *shape) nearest(name string) string {
	best, bestDistance := "", max(1, min(len(name), 12)/3)+1
	for _, k := range s.names() {
		if d := distance(strings.ToLower(name), k); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance is the Levenshtein distance of two short strings, in bytes. Names
// longer than 64 bytes are like nothing.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
