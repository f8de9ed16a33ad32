package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The scripts in testdata run the real program, as processes, and look at what it
// says and how it ends. They are written in the dialect of Go's own script tests,
// which github.com/rogpeppe/go-internal/testscript reads too; what they need of it
// is these pages. A script is lines of commands and, after them, the files it
// finds in its folder, $WORK:
//
//	[!] exec PROGRAM ARGS...   run it; it must succeed (with !, fail)
//	exec PROGRAM ARGS... &ID&  leave it running under that name; it writes ID.out and ID.err
//	exits N PROGRAM ARGS...    run it; it must end with this code
//	until RE PROGRAM ARGS...   run it again and again until its output matches
//	[!] stdout RE              what the last one wrote (also stderr)
//	[!] grep RE FILE           what a file holds
//	[!] exists PATH...
//	cp stdout|FILE FILE        rm PATH...        stdin stdout|FILE (of the next)
//	kill -SIGNAL ID            wait ID
//	env NAME=VALUE
//
// and the words of scriptwords_test.go. 'single quotes' keep spaces, # begins a
// comment. Nothing depends on how fast the machine is: patience is the only limit.
type script struct {
	t    *testing.T
	name string
	at   int // the line that runs
	work string
	env  []string

	stdin, stdout, stderr string
	background            map[string]*process
}

// vocabulary is what a script can say.
var vocabulary = map[string]func(s *script, not bool, args []string){
	"broker": (*script).broker, "cp": (*script).cp, "env": (*script).setenv, "exec": (*script).exec, "exists": (*script).exists,
	"exits": (*script).exits, "gone": (*script).gone, "grep": (*script).grep, "house": (*script).house, "json": (*script).json,
	"kill": (*script).kill, "rm": (*script).rm, "stderr": (*script).inStderr, "stdin": (*script).input,
	"stdout": (*script).inStdout, "until": (*script).until, "wait": (*script).wait,
}

// patience is how long a script waits for anything at all.
const patience = 90 * time.Second

func (s *script) fatal(format string, args ...any) {
	s.t.Helper()
	s.t.Logf("stdout:\n%s\nstderr:\n%s", s.stdout, s.stderr)
	s.t.Fatalf("%s:%d: "+format, append([]any{s.name, s.at}, args...)...)
}

// run runs the lines of a script that lie before its files.
func (s *script) run(text string) {
	commands, files := unpack(text)
	for name, content := range files {
		content = os.Expand(content, s.getenv)
		if err := os.WriteFile(filepath.Join(s.work, name), []byte(content), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	for i, line := range strings.Split(commands, "\n") {
		s.at = i + 1
		args := s.split(line)
		not := len(args) > 0 && args[0] == "!"
		if not {
			args = args[1:]
		}
		if len(args) == 0 {
			continue
		}
		word, ok := vocabulary[args[0]]
		if !ok {
			s.fatal("no such word: %s", args[0])
		}
		word(s, not, args[1:])
	}
}

// fileLine begins a file, as in package txtar.
var fileLine = regexp.MustCompile(`(?m)^-- (\S+) --\n`)

func unpack(text string) (commands string, files map[string]string) {
	files = map[string]string{}
	places := append(fileLine.FindAllStringSubmatchIndex(text, -1), []int{len(text)})
	for i, p := range places[:len(places)-1] {
		files[text[p[2]:p[3]]] = text[p[1]:places[i+1][0]]
	}
	return text[:places[0][0]], files
}

// The words of a line, and the quoted and unquoted pieces of a word.
var (
	wordForm  = regexp.MustCompile(`(?:'[^']*'|[^\s'])+`)
	pieceForm = regexp.MustCompile(`'[^']*'|[^']+`)
)

// split parts a line into words; $NAME is replaced outside of quotes.
func (s *script) split(line string) (args []string) {
	for _, word := range wordForm.FindAllString(line, -1) {
		if word[0] == '#' {
			break
		}
		args = append(args, pieceForm.ReplaceAllStringFunc(word, func(piece string) string {
			if piece[0] == '\'' {
				return piece[1 : len(piece)-1]
			}
			return os.Expand(piece, s.getenv)
		}))
	}
	return args
}

func (s *script) getenv(name string) string {
	for _, pair := range s.env {
		if value, ok := strings.CutPrefix(pair, name+"="); ok {
			return value
		}
	}
	s.fatal("no variable $%s", name)
	return ""
}

func (s *script) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.work, name)
}

// prepare makes a command that runs in $WORK.
func (s *script) prepare(ctx context.Context, args []string) *exec.Cmd {
	if args[0] == "quietstat" {
		args = append([]string{filepath.Join(s.getenv("BIN"), "quietstat")}, args[1:]...)
	}
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	c.Dir, c.Env, c.Stdin = s.work, s.env, strings.NewReader(s.stdin)
	c.WaitDelay = 5 * time.Second
	s.stdin = ""
	return c
}

// attempt runs a program to its end and answers its exit code.
func (s *script) attempt(args []string) int {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c := s.prepare(ctx, args)
	var stdout, stderr strings.Builder
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	s.stdout, s.stderr = stdout.String(), stderr.String()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) || ctx.Err() != nil {
		s.fatal("%s: %v", strings.Join(args, " "), err)
	}
	return c.ProcessState.ExitCode()
}
