package main_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"testing"
)

// pure are the packages whose every result follows from their arguments, so that
// whatever they decided can be replayed and proved. hvac/bench is a program around
// them and may do as it likes.
var (
	pure      = own("hvac", "consent")
	pureShell = own("hvac/bench")
)

// pureImports are the only packages the non-test files of pure packages import
// directly. The standard library must be judged this way: fmt itself links os.
var pureImports = []string{"errors", "fmt", "math", "sort", "slices", "maps", "strconv", "strings", "time", "bytes",
	"unicode", "io", "encoding", "hash", "crypto"}

// pureAlso is what single packages may import besides.
var pureAlso = map[string][]string{
	module + "/consent":        {"golang.org/x/mod/sumdb/tlog", "golang.org/x/mod/sumdb/note", module + "/consent/alexa"}, // somebody else's words, and nothing that decides
	module + "/hvac":           {module + "/hvac/exact"},
	module + "/hvac/house":     {module + "/hvac", module + "/hvac/exact"},
	module + "/hvac/household": {module + "/hvac"},
	module + "/hvac/trace":     {module + "/hvac", "reflect"}, // walks the fields of State, so that none can be forgotten
	module + "/hvac/tune":      {module + "/hvac", module + "/hvac/house", module + "/hvac/exact"},
}

// impure are members of allowed packages that are not functions of their arguments.
var impure = map[string]map[string]string{
	"time": because("the clock is an argument", "Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker",
		"NewTimer", "Ticker", "Timer", "Local", "LoadLocation"),
	"fmt": because("a decision prints nothing", "Print", "Println", "Printf", "Scan", "Scanf", "Scanln"),
}

// impureBelow are packages below an allowed one that are not.
var impureBelow = map[string]string{
	"crypto/rand": "entropy is an io.Reader argument",
	"crypto/tls":  "it opens connections",
	"crypto/x509": "it reads the system's certificates",
}

func because(reason string, names ...string) map[string]string {
	m := map[string]string{}
	for _, n := range names {
		m[n] = reason
	}
	return m
}

// checkPurity finds what a pure package must not import, call or say.
func checkPurity(all []source) []string {
	var breaches []string
	for _, s := range all {
		if s.test() || !within(s.pkg(), pure...) || within(s.pkg(), pureShell...) {
			continue
		}
		say := func(n ast.Node, what, reason string) {
			breaches = append(breaches, fmt.Sprintf("%s: %s: %s", s.at(n), what, reason))
		}
		for p, n := range s.imports() {
			switch {
			case impureBelow[p] != "":
				say(n, p, impureBelow[p])
			case !within(p, pureImports...) && !slices.Contains(pureAlso[s.pkg()], p):
				say(n, p, "not among the imports of a pure package")
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				say(n, "go", "a pure package starts nothing")
			case *ast.SelectStmt:
				say(n, "select", "a pure package waits for nothing")
			case *ast.ChanType:
				say(n, "chan", "a pure package has no channels")
			case *ast.SendStmt:
				say(n, "<-", "a pure package has no channels")
			case *ast.UnaryExpr:
				if n.Op == token.ARROW {
					say(n, "<-", "a pure package has no channels")
				}
			case *ast.SelectorExpr:
				from, name := s.called(n)
				if reason := impure[from][name]; reason != "" {
					say(n, from+"."+name, reason)
				}
			}
			return true
		})
	}
	slices.Sort(breaches)
	return breaches
}

func TestWallPurity(t *testing.T) {
	printAll(t, checkPurity(sources(t)))
	expectBreaches(t, checkPurity([]source{
		madeUp(t, "hvac/a.go", "package hvac\nimport \"os\"\nimport \"quietstat/hvac/house\"\nvar _ = os.Args\nvar _ house.House"),
		madeUp(t, "hvac/b.go", "package hvac\nimport clock \"time\"\nvar t = clock.Now()\nvar d clock.Duration"),
		madeUp(t, "hvac/c.go", "package hvac\nfunc f() {\ngo f()\nselect {}\n}\nvar c chan int"),
		madeUp(t, "consent/a.go", "package consent\nfunc f(c C) {\nc <- 1\n<-c\n}"),
		madeUp(t, "consent/b.go", "package consent\nimport _ \"crypto/rand\"\nimport _ \"crypto/ed25519\"\nimport _ \"golang.org/x/mod/sumdb/note\"\nimport _ \"net\""),
		madeUp(t, "consent/c.go", "package consent\nimport \"time\"\nfunc f(time V) { time.Now() }"),
		madeUp(t, "consent/c_test.go", "package consent\nimport _ \"os\""),
		madeUp(t, "hvac/bench/a.go", "package main\nimport _ \"os\"\nfunc f() { go f() }"),
	}), "consent/a.go:3: <-", "consent/a.go:4: <-", "consent/b.go:2: crypto/rand", "consent/b.go:5: net",
		"hvac/a.go:2: os", "hvac/a.go:3: quietstat/hvac/house", "hvac/b.go:3: time.Now",
		"hvac/c.go:3: go", "hvac/c.go:4: select", "hvac/c.go:6: chan")
}
