package main_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// topLevel is everything that may lie in the repository's root.
var topLevel = []string{"agent", "drivers", "hvac", "consent", "scripts", "systemd", ".ci",
	"go.mod", "go.sum", "README.md", "Makefile", "LICENSE", ".git", ".gitignore", ".gitattributes",
	"bin", "dist", ".cache"} // the last three are built, and ignored by git

// rooms of agent/internal, as the design has them.
var innerRooms = []string{"calibrate", "clock", "config", "control", "cosim", "demo", "doctor", "keeper", "local", "mdns", "mqtt", "notify", "qr", "store", "supervise",
	"systest", "uplink", "voice", "wire"}

// vague are names that let anything in.
var vague = []string{"util", "utils", "common", "helper", "helpers", "manager", "misc", "base", "shared", "types"}

func checkTopLevel(names []string) []string {
	var breaches []string
	for _, n := range names {
		if !slices.Contains(topLevel, n) {
			breaches = append(breaches, n+" does not belong in the root: the design names what does")
		}
	}
	return breaches
}

func checkPackageNames(all []source) []string {
	seen := map[string]bool{}
	for _, s := range all {
		folder := path.Dir(s.name)
		if rest, inside := strings.CutPrefix(folder, "agent/internal/"); inside && !slices.Contains(innerRooms, strings.SplitN(rest, "/", 2)[0]) {
			seen[folder+" is not a room of the design"] = true
		}
		if slices.Contains(vague, path.Base(folder)) {
			seen[folder+" has a name that lets anything in"] = true
		}
	}
	return sorted(seen)
}

func TestWallLayout(t *testing.T) {
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	if len(names) < 8 {
		t.Errorf("the root has only %v", names)
	}
	printAll(t, checkTopLevel(names))
	expectBreaches(t, checkTopLevel([]string{"agent", "docs", "Makefile", "main.go"}), "docs ", "main.go ")

	printAll(t, checkPackageNames(sources(t)))
	expectBreaches(t, checkPackageNames([]source{
		madeUp(t, "hvac/util/x.go", "package util"),
		madeUp(t, "agent/internal/store/x.go", "package store"),
		madeUp(t, "agent/internal/cloud/x.go", "package cloud"),
	}), "agent/internal/cloud ", "hvac/util ")
}

// checkManuals finds packages without a doc.go that documents them. A package of
// tests alone documents itself in its first test file.
func checkManuals(all []source) []string {
	missing := map[string]bool{}
	for _, s := range all {
		if !s.test() {
			missing[path.Dir(s.name)] = true
		}
	}
	for _, s := range all {
		if path.Base(s.name) == "doc.go" && s.file.Doc != nil && len(s.file.Doc.Text()) > 80 {
			delete(missing, path.Dir(s.name))
		}
	}
	breaches := sorted(missing)
	for i, folder := range breaches {
		breaches[i] = folder + " has no doc.go that is its manual"
	}
	return breaches
}

func TestWallManuals(t *testing.T) {
	printAll(t, checkManuals(sources(t)))
	expectBreaches(t, checkManuals([]source{
		madeUp(t, "hvac/x.go", "package hvac"),
		madeUp(t, "consent/doc.go", "// Package consent decides.\npackage consent"),
		madeUp(t, "drivers/doc.go", "// Package drivers senses the room and moves the relays of a house, and is the only one that does.\npackage drivers"),
		madeUp(t, "drivers/x.go", "package drivers"),
		madeUp(t, "agent/internal/systest/x_test.go", "package systest"),
	}), "consent has no doc.go", "hvac has no doc.go")
}

// The longest a file may be: one idea fits. Tests are mostly tables.
const (
	mostLines     = 400
	mostTestLines = 600
)

// longFiles may be longer, each with its reason.
var longFiles = map[string]string{}

func checkSizes(all []source) []string {
	var breaches []string
	for _, s := range all {
		most := mostLines
		if s.test() {
			most = mostTestLines
		}
		if s.lines > most && longFiles[s.name] == "" {
			breaches = append(breaches, fmt.Sprintf("%s has %d lines, more than %d: split it by idea, or list it with a reason", s.name, s.lines, most))
		}
	}
	slices.Sort(breaches)
	return breaches
}

func TestWallSizes(t *testing.T) {
	printAll(t, checkSizes(sources(t)))
	for name := range longFiles {
		if !slices.ContainsFunc(sources(t), func(s source) bool { return s.name == name && s.lines > mostLines }) {
			t.Errorf("%s is listed as long and is not", name)
		}
	}
	expectBreaches(t, checkSizes([]source{
		madeUp(t, "hvac/x.go", "package hvac"+strings.Repeat("\n", mostLines)),
		madeUp(t, "hvac/y.go", "package hvac"+strings.Repeat("\n", mostLines+1)),
		madeUp(t, "hvac/y_test.go", "package hvac"+strings.Repeat("\n", mostTestLines)),
		madeUp(t, "hvac/z_test.go", "package hvac"+strings.Repeat("\n", mostTestLines+1)),
	}), "hvac/y.go has 401 lines", "hvac/z_test.go has 601 lines")
}

// checkDocs finds exported names without a comment. The constants of one block may
// share the block's comment, or that of their type; functions in a row may share the
// comment of the first if it names them; Error and Unwrap mean what package errors
// says.
func checkDocs(all []source) []string {
	var breaches []string
	for _, s := range all {
		if s.test() {
			continue
		}
		say := func(n ast.Node, name string) {
			breaches = append(breaches, fmt.Sprintf("%s: %s has no comment", s.at(n), name))
		}
		row := "" // the comment of the functions in a row
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				name := d.Name.Name
				if d.Doc != nil {
					row = d.Doc.Text()
				}
				shared := regexp.MustCompile(`\b` + name + `\b`).MatchString(row)
				if d.Name.IsExported() && d.Doc == nil && !shared && exportedReceiver(d) && name != "Error" && name != "Unwrap" {
					say(d, name)
				}
			case *ast.GenDecl:
				row = ""
				for _, spec := range d.Specs {
					undocumented(d, spec, say)
				}
			}
		}
	}
	slices.Sort(breaches)
	return breaches
}

// undocumented reports the exported names of one type, const or var.
func undocumented(d *ast.GenDecl, spec ast.Spec, say func(ast.Node, string)) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if spec.Name.IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
			say(spec, spec.Name.Name)
		}
	case *ast.ValueSpec:
		typed := d.Tok == token.CONST && constType(d) != ""
		for _, name := range spec.Names {
			if name.IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil && !typed {
				say(spec, name.Name)
			}
		}
	}
}

// constType is the named type of a block of constants, whose comment says what they
// are, or "".
func constType(d *ast.GenDecl) string {
	for _, spec := range d.Specs {
		if v, ok := spec.(*ast.ValueSpec); ok {
			if id, ok := v.Type.(*ast.Ident); ok && ast.IsExported(id.Name) {
				return id.Name
			}
		}
	}
	return ""
}

// exportedReceiver is false for methods that nobody outside can name.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

func TestWallDocs(t *testing.T) {
	printAll(t, checkDocs(sources(t)))
	expectBreaches(t, checkDocs([]source{
		madeUp(t, "hvac/x.go", `package hvac
func A() {}
// B is.
func B() {}
type C int
func (C) D() {}
type e int
func (e) F() {}
const G = 1
const (
	H C = iota
	I
)
var J int // is
// K are.
var (
	K int
)
// L and M are.
func L() {}
func M() {}
func N() {}
func (C) Error() string { return "" }
`),
	}), "hvac/x.go:22: N", "hvac/x.go:2: A", "hvac/x.go:5: C", "hvac/x.go:6: D", "hvac/x.go:9: G")
}

// checkLeftovers finds what is unfinished or hidden.
func checkLeftovers(all []source) []string {
	unfinished := regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b|//nolint`)
	var breaches []string
	for _, s := range all {
		if strings.HasPrefix(path.Base(s.name), "walls_") { // names what it looks for
			continue
		}
		for _, group := range s.file.Comments {
			if m := unfinished.FindString(group.Text()); m != "" {
				breaches = append(breaches, fmt.Sprintf("%s: %s: finish it or leave it out", s.at(group), m))
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || !s.test() || !slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, sel.Sel.Name) || skips[s.name] != "" {
				return true
			}
			breaches = append(breaches, fmt.Sprintf("%s: a test that skips itself shows nothing: list the file with a reason", s.at(n)))
			return true
		})
	}
	slices.Sort(breaches)
	return breaches
}

// skips are the test files that may skip a test, each with its reason.
var skips = map[string]string{
	"drivers/conformance_test.go": "the row \"real\" needs a board on this machine",
}

func TestWallLeftovers(t *testing.T) {
	printAll(t, checkLeftovers(sources(t)))
	expectBreaches(t, checkLeftovers([]source{
		madeUp(t, "hvac/x.go", "package hvac\n// TODO: later\nvar x int"),
		madeUp(t, "hvac/x_test.go", "package hvac\nfunc f(t T) { t.Skip(\"x\") }"),
		madeUp(t, "hvac/y.go", "package hvac\nfunc f(r R) { r.Skip(4) }"),
	}), "hvac/x.go:2: TODO", "hvac/x_test.go:2")
}

// TestWallScripts keeps the shell thin: what decides anything is Go.
func TestWallScripts(t *testing.T) {
	for _, folder := range []string{"../scripts", "../.ci"} {
		err := fs.WalkDir(os.DirFS(folder), ".", func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := fs.ReadFile(os.DirFS(folder), p)
			if err != nil || !strings.HasPrefix(string(text), "#!") {
				return err
			}
			printAll(t, checkScript(path.Join(path.Base(folder), p), string(text)))
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	expectBreaches(t, checkScript("scripts/x", "#!/bin/bash\nfalse\nkillall quietstat\n"),
		"scripts/x does not stop at the first error", "scripts/x ends processes by name")
	expectBreaches(t, checkScript("scripts/x", "#!/bin/sh\nset -eu\ntrue\n"))
}

func checkScript(name, text string) []string {
	var breaches []string
	if !regexp.MustCompile(`(?m)^set -eu`).MatchString(text) {
		breaches = append(breaches, name+" does not stop at the first error: begin with set -euo pipefail")
	}
	if regexp.MustCompile(`\b(killall|pkill)\b`).MatchString(text) {
		breaches = append(breaches, name+" ends processes by name: end what was started, by its id")
	}
	if strings.Count(text, "\n") > 200 {
		breaches = append(breaches, name+" has more than 200 lines: what is that long is written in Go")
	}
	return breaches
}

func sorted(set map[string]bool) []string {
	all := make([]string, 0, len(set))
	for s := range set {
		all = append(all, s)
	}
	slices.Sort(all)
	return all
}
