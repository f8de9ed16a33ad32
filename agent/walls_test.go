package main_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// The walls: what the design says about who may know, call or write what, as tests.
// Each rule carries its reason, which is printed when it is broken. Each checker is
// run a second time on a source that breaks its rule, because a checker that finds
// nothing anywhere proves nothing.
//
//	walls_imports_test.go   who may import whom
//	walls_purity_test.go    what hvac and consent may not even say
//	walls_effects_test.go   who writes to disk, who dials
//	walls_house_test.go     layout, documentation, size, names
//
// The sources are read as they stand, whatever their build tags; only the question
// what a package links through others goes to `go list`.

const module = "quietstat"

// source is one Go file.
type source struct {
	name  string // path below the module's root, with slashes
	lines int
	file  *ast.File
	set   *token.FileSet
}

// pkg is the import path of the file's folder.
func (s source) pkg() string { return path.Join(module, path.Dir(s.name)) }

// test reports whether the file is compiled only for tests.
func (s source) test() bool { return strings.HasSuffix(s.name, "_test.go") }

// at is the place of a node, for a person.
func (s source) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", s.name, s.set.Position(n.Pos()).Line)
}

// imports are the paths the file imports, with the node of each.
func (s source) imports() map[string]ast.Node {
	all := map[string]ast.Node{}
	for _, spec := range s.file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err == nil {
			all[p] = spec
		}
	}
	return all
}

// called is the import path and name behind an expression like os.Create, or "".
func (s source) called(n ast.Node) (from, name string) {
	sel, ok := n.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	id, ok := sel.X.(*ast.Ident)
	if !ok || id.Obj != nil { // declared in this file: a variable, not a package
		return "", ""
	}
	for _, spec := range s.file.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		local := path.Base(p)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		if local == id.Name {
			return p, sel.Sel.Name
		}
	}
	return "", ""
}

// readSource parses one file.
func readSource(name string, text []byte) (source, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.ParseComments)
	return source{name, bytes.Count(text, []byte("\n")), file, set}, err
}

// madeUp is a source for the tests of the checkers themselves.
func madeUp(t *testing.T, name, text string) source {
	t.Helper()
	s, err := readSource(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// tree reads all Go files of the module once.
var tree = sync.OnceValues(func() ([]source, error) {
	var all []source
	err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || p != ".." && strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		if filepath.Ext(p) != ".go" {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		name, err := filepath.Rel("..", p)
		if err != nil {
			return err
		}
		s, err := readSource(filepath.ToSlash(name), text)
		if err != nil {
			return err
		}
		all = append(all, s)
		return nil
	})
	return all, err
})

func sources(t *testing.T) []source {
	t.Helper()
	all, err := tree()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Fatalf("only %d Go files found: the walls must see the whole module", len(all))
	}
	return all
}

// within reports whether an import path is one of, or below one of, some others.
func within(p string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(r string) bool {
		return p == r || strings.HasPrefix(p, r+"/")
	})
}

// own puts the module's name before short paths.
func own(short ...string) []string {
	long := make([]string, len(short))
	for i, s := range short {
		long[i] = path.Join(module, s)
	}
	return long
}

// expectBreaches fails unless the checker found exactly these, by prefix.
func expectBreaches(t *testing.T, got []string, want ...string) {
	t.Helper()
	ok := len(got) == len(want)
	for i := range min(len(got), len(want)) {
		ok = ok && strings.HasPrefix(got[i], want[i])
	}
	if !ok {
		t.Errorf("the checker found %q, want %q", got, want)
	}
}

// printAll prints the breaches found in the tree.
func printAll(t *testing.T, breaches []string) {
	t.Helper()
	for _, b := range breaches {
		t.Error(b)
	}
}

// links is, for each package of the module, everything outside the standard library
// that its non-test files link.
var links = sync.OnceValues(func() (map[string][]string, error) {
	list := exec.Command("go", "list", "-e", "-deps", "-tags", "systest,bench",
		"-f", "{{if not .Standard}}{{.ImportPath}} {{join .Deps \" \"}}{{end}}", "./...")
	list.Dir = ".."
	var complaint strings.Builder
	list.Stderr = &complaint
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, complaint.String())
	}
	all := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		if len(words) > 0 && within(words[0], module) {
			all[words[0]] = slices.DeleteFunc(words[1:], func(p string) bool {
				return !strings.Contains(strings.SplitN(p, "/", 2)[0], ".")
			})
		}
	}
	return all, nil
})
