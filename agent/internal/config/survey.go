package config

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// place is a position in the file, both counted from 1, the column in bytes.
type place struct{ line, column int }

// survey is one walk over the syntax of the file: where each key stands, and
// which expressions do not fit the raw struct.
type survey struct {
	file     string
	data     []byte
	places   map[string]place // of the value of a key, or of the header of a table
	counts   map[string]int   // tables seen so far in each list
	blanked  []unstable.Range // expressions that decoding must not see
	problems Problems
	whole    bool // the file was read to its end: no syntax error
}

var fileShape = shapeOf(reflect.TypeFor[rawFile]())

// take walks the whole file, or as far as the first syntax error.
func take(file string, data []byte) *survey {
	s := &survey{file: file, data: data, places: map[string]place{}, counts: map[string]int{}}
	var p unstable.Parser
	p.Reset(data)
	table, prefix := fileShape, ""
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			table, prefix = s.header(e)
			if table == nil {
				// The header reaches from its first key to the end of its line; the
				// brackets are outside of the keys' ranges.
				s.blanked = append(s.blanked, s.headerLine(e))
			}
		case unstable.KeyValue:
			if table == nil || !s.keyValue(table, prefix, e) {
				s.blanked = append(s.blanked, e.Raw)
			}
		}
	}
	if err := p.Error(); err != nil {
		s.syntax(err)
		return s
	}
	s.whole = true
	return s
}

// header enters [a.b] or [[a.b]] and returns the shape of what follows, nil if
// nothing may.
func (s *survey) header(e *unstable.Node) (*shape, string) {
	at, path := fileShape, ""
	it := e.Key()
	for it.Next() {
		k := it.Node()
		name, last := string(k.Data), it.IsLast()
		next := at.keys[name]
		where := s.at(k.Raw)
		if next == nil {
			s.unknown(where, at, path, name, "table")
			return nil, ""
		}
		path = join(path, name)
		if next.keys == nil {
			s.add(where, path, fmt.Sprintf("%s is a table", path), next.want,
				fmt.Sprintf("write %s = ... inside its table instead of a header", name))
			return nil, ""
		}
		if last && next.list != (e.Kind == unstable.ArrayTable) {
			want, remedy := "["+path+"]", "use single brackets: there is only one"
			if next.list {
				want, remedy = "[["+path+"]]", "use double brackets: there may be several"
			}
			s.add(where, path, "the brackets around "+path+" are of the wrong kind", want, remedy)
			return nil, ""
		}
		if next.list {
			if last {
				s.counts[path]++
			}
			path = element(path, max(s.counts[path]-1, 0))
		}
		if _, seen := s.places[path]; !seen || last {
			s.places[path] = where
		}
		at = next
	}
	return at, path
}

// keyValue checks one key = value below a table and reports whether decoding may
// see it.
func (s *survey) keyValue(table *shape, prefix string, e *unstable.Node) bool {
	at, path := table, prefix
	var where place
	it := e.Key()
	for it.Next() {
		k := it.Node()
		name := string(k.Data)
		where = s.at(k.Raw)
		next := at.keys[name]
		if next == nil {
			s.unknown(where, at, path, name, "key")
			return false
		}
		path = join(path, name)
		if _, seen := s.places[path]; !seen {
			s.places[path] = where
		}
		if next.list && !it.IsLast() {
			s.add(where, path, path+" is one table here", "[["+path+"]]", "give each its own header in double brackets")
			return false
		}
		at = next
	}
	return s.value(at, path, where, e.Value())
}

// value checks a value against its shape; key is where its key stands.
func (s *survey) value(want *shape, path string, key place, v *unstable.Node) bool {
	if v.Kind != unstable.Array { // the parser gives arrays no place of their own
		key = s.at(v.Raw)
	}
	s.places[path] = key
	switch {
	case want.list && v.Kind == unstable.Array:
		return s.tables(want, path, key, v)
	case want.keys != nil && !want.list && v.Kind == unstable.InlineTable:
		return s.inline(want, path, v)
	}
	for _, k := range want.kinds {
		if k == v.Kind {
			return true
		}
	}
	s.add(key, path, fmt.Sprintf("%s is %s", path, kindName(v.Kind)), want.want, "change the value to that form")
	return false
}

// tables checks the array form of a list of tables: doors = [{...}, {...}].
func (s *survey) tables(want *shape, path string, key place, v *unstable.Node) bool {
	ok := true
	one := *want
	one.list, one.want = false, "a table in braces"
	it := v.Children()
	for it.Next() {
		if n := it.Node(); n.Kind != unstable.Comment {
			ok = s.value(&one, element(path, s.counts[path]), key, n) && ok
			s.counts[path]++
		}
	}
	return ok
}

// inline checks the keys of an inline table.
func (s *survey) inline(want *shape, path string, v *unstable.Node) bool {
	ok := true
	it := v.Children()
	for it.Next() {
		if n := it.Node(); n.Kind == unstable.KeyValue {
			ok = s.keyValue(want, path, n) && ok
		}
	}
	return ok
}

// readable is the file with all refused expressions blanked out, lines and
// columns unmoved.
func (s *survey) readable() []byte {
	data := bytes.Clone(s.data)
	for _, r := range s.blanked {
		for i := r.Offset; i < r.Offset+r.Length; i++ {
			if data[i] != '\n' && data[i] != '\r' {
				data[i] = ' '
			}
		}
	}
	return data
}

// headerLine is the range of a table header, brackets included.
func (s *survey) headerLine(e *unstable.Node) unstable.Range {
	it := e.Key()
	it.Next()
	first := it.Node().Raw.Offset
	start := bytes.LastIndexByte(s.data[:first], '\n') + 1
	end := len(s.data)
	if i := bytes.IndexByte(s.data[first:], '\n'); i >= 0 {
		end = int(first) + i
	}
	return unstable.Range{Offset: uint32(start), Length: uint32(end - start)}
}

// syntax reports the error that ended the walk or the decoding.
func (s *survey) syntax(err error) {
	where, message, key := place{1, 1}, err.Error(), ""
	var parser *unstable.ParserError
	var decode *toml.DecodeError
	switch {
	case errors.As(err, &parser):
		where = s.offset(cap(s.data) - cap(parser.Highlight))
	case errors.As(err, &decode):
		where.line, where.column = decode.Position()
		message, key = strings.TrimPrefix(message, "toml: "), strings.Join(decode.Key(), ".")
	}
	s.add(where, key, message, "TOML, one key = value or [table] per line",
		"compare the line with `quietstat config example`")
}

func (s *survey) unknown(where place, in *shape, path, name, what string) {
	expected := in.want
	if in.keys != nil {
		expected = "one of " + strings.Join(in.names(), ", ")
	}
	remedy := "remove it"
	if near := in.nearest(name); near != "" {
		remedy = fmt.Sprintf("write %s, or remove it", near)
	}
	s.add(where, join(path, name), fmt.Sprintf("unknown %s %s", what, quote(join(path, name))), expected, remedy)
}

func (s *survey) add(where place, key, message, expected, remedy string) {
	s.problems = append(s.problems, Problem{File: s.file, Line: where.line, Column: where.column,
		Key: key, Message: message, Expected: expected, Remedy: remedy})
}

func (s *survey) at(r unstable.Range) place { return s.offset(int(r.Offset)) }

func (s *survey) offset(n int) place {
	before := s.data[:min(max(n, 0), len(s.data))]
	return place{1 + bytes.Count(before, []byte{'\n'}), len(before) - bytes.LastIndexByte(before, '\n')}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func element(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// kindName is a TOML kind for a person.
func kindName(k unstable.Kind) string {
	switch k {
	case unstable.String:
		return "text"
	case unstable.Bool:
		return "true or false"
	case unstable.Float:
		return "a number"
	case unstable.Integer:
		return "a whole number"
	case unstable.Array:
		return "a list"
	case unstable.InlineTable:
		return "a table"
	}
	return "a date or time"
}
