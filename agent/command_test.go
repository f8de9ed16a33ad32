package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
)

// call runs the command line in this process.
func call(t *testing.T, arguments ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, complaints bytes.Buffer
	code = run(t.Context(), arguments, strings.NewReader(""), &out, &complaints)
	return code, out.String(), complaints.String()
}

// walk visits every command with the path that leads to it.
func walk(c *command, path []string, visit func(*command, []string)) {
	visit(c, path)
	for _, sub := range c.sub {
		walk(sub, append(slices.Clone(path), sub.name), visit)
	}
}

// TestHelp asks every command for help, in every way there is.
func TestHelp(t *testing.T) {
	count := 0
	walk(tree(), nil, func(c *command, path []string) {
		count++
		name := strings.Join(append([]string{"quietstat"}, path...), " ")
		if c.summary == "" || !strings.HasSuffix(c.summary, ".") {
			t.Errorf("%s is summed up as %q, want a sentence", name, c.summary)
		}
		for _, ask := range []string{"--help", "-h", "-help"} {
			code, out, complaint := call(t, append(slices.Clone(path), ask)...)
			if code != exitOK || complaint != "" || !strings.HasPrefix(out, name+" ") || !strings.Contains(out, "\n\n"+c.summary) {
				t.Errorf("%s %s: exit code %d, %q\n%s", name, ask, code, complaint, out)
			}
			for _, flag := range []string{"--config FILE", "--runtime DIR"} {
				if strings.Contains(out, "  "+flag) == c.alone {
					t.Errorf("%s %s names %s: %v", name, ask, flag, !c.alone)
				}
			}
			for _, sub := range c.sub {
				if !strings.Contains(out, "\n  "+sub.name) {
					t.Errorf("%s %s does not name %s", name, ask, sub.name)
				}
			}
			for line := range strings.Lines(out) {
				if utf8.RuneCountInString(line) > helpWidth+1 && strings.HasPrefix(line, " ") {
					t.Errorf("%s %s has a line of %d characters", name, ask, utf8.RuneCountInString(line))
				}
			}
		}
	})
	if count < 38 {
		t.Errorf("only %d commands were found", count)
	}
}

// TestEveryCommandRefuses what it does not know, before it does anything.
func TestEveryCommandRefuses(t *testing.T) {
	t.Setenv("QUIETSTAT_RUNTIME", t.TempDir())
	walk(tree(), nil, func(c *command, path []string) {
		wrong := map[string][]string{"an unknown flag": {"--colour"}, "a flag without its value": {"--config"}}
		if c.prepare == nil {
			wrong["an unknown command"] = []string{"nonsense"}
		} else if !strings.Contains(c.args, "...") {
			wrong["too many arguments"] = slices.Repeat([]string{"a"}, len(strings.Fields(c.args))+1)
		}
		if least := len(strings.Fields(c.args)) - strings.Count(c.args, "["); least > 0 {
			wrong["too few arguments"] = slices.Repeat([]string{"a"}, least-1)
		}
		for what, rest := range wrong {
			code, out, complaint := call(t, append(slices.Clone(path), rest...)...)
			if code != exitUsage || out != "" || !strings.HasPrefix(complaint, "quietstat: ") || !strings.Contains(complaint, "\n  hint: ") {
				t.Errorf("%v with %s: exit code %d, %q, %q", path, what, code, out, complaint)
			}
		}
	})
}

// sample is a command tree that says what it was asked.
func sample(said *string) *command {
	say := func(f *flag.FlagSet) action {
		loud := f.Bool("loud", false, "")
		times := f.Int("times", 1, "")
		return func(_ *surroundings, args []string) error {
			*said = fmt.Sprintf("loud %t, %d times, %q", *loud, *times, args)
			return nil
		}
	}
	return group("sample", "A tree.", leaf("say", "WORD [MORE]", "Say.", say), leaf("all", "[WORD...]", "Say all.", say),
		group("deep", "Deeper.", leaf("say", "WORD", "Say.", say)))
}

func TestDispatch(t *testing.T) {
	tests := []struct{ line, want string }{
		{"say a", `loud false, 1 times, ["a"]`},
		{"say --loud a", `loud true, 1 times, ["a"]`},
		{"say a --loud", `loud true, 1 times, ["a"]`},
		{"say a --loud b -times 3", `loud true, 3 times, ["a" "b"]`},
		{"say --times=2 a --loud=false", `loud false, 2 times, ["a"]`},
		{"say -- --loud", `loud false, 1 times, ["--loud"]`},
		{"say a -- --loud", `loud false, 1 times, ["a" "--loud"]`},
		{"say --loud -- -5 --", `loud true, 1 times, ["-5" "--"]`},
		{"say - ", `loud false, 1 times, ["-"]`},
		{"-- say --loud", `loud false, 1 times, ["--loud"]`},
		{"-- deep say --loud", `loud false, 1 times, ["--loud"]`},
		{"deep say x", `loud false, 1 times, ["x"]`},
		{"deep --config c say x", `loud false, 1 times, ["x"]`},
		{"all", `loud false, 1 times, []`},
		{"all a b c d e f --loud", `loud true, 1 times, ["a" "b" "c" "d" "e" "f"]`},
		{"say", "sample say takes WORD [MORE]; it got 0 arguments"},
		{"say a b c", "sample say takes WORD [MORE]; it got 3 arguments"},
		{"deep say", "sample deep say takes WORD; it got 0 arguments"},
		{"deep", "sample deep needs to know what to do"},
		{"deep shout", `sample deep has no command "shout"`},
		{"shout", `sample has no command "shout"`},
		{"--loud say a", "there is no flag --loud"},
		{"say a --times", "flag needs an argument: -times"},
		{"say a --times many", `invalid value "many" for flag -times: parse error`},
		{"say --help a", "help"},
		{"say a --help", "help"},
		{"deep --help say", "help"},
	}
	for _, tt := range tests {
		var said string
		s := &surroundings{ctx: t.Context(), stdout: io.Discard, stderr: io.Discard}
		if err := sample(&said).dispatch(s, "", strings.Fields(tt.line)); err != nil {
			if said != "" {
				t.Errorf("%s: failed after it was done", tt.line)
			}
			said = err.Error()
			var p *local.Problem
			if !errors.Is(err, errHelp) && (!errors.As(err, &p) || p.Code != local.CodeUsage || p.Hint == "") {
				t.Errorf("%s: %#v, want a usage problem with a hint", tt.line, err)
			}
		}
		if said != tt.want {
			t.Errorf("%s: %s, want %s", tt.line, said, tt.want)
		}
	}
}

// TestGlobalFlagsAnywhere: they mean the same wherever they stand; the last counts.
func TestGlobalFlagsAnywhere(t *testing.T) {
	for line, want := range map[string]string{
		"--runtime /a say x": "/a", "deep --runtime /b say x": "/b", "deep say --runtime /c x": "/c",
		"deep say x --runtime=/d": "/d", "--runtime /a deep --runtime /b say x --runtime /c": "/c", "say x": "/before",
	} {
		var said string
		s := &surroundings{ctx: t.Context(), stdout: io.Discard, runtimeFolder: "/before"}
		if err := sample(&said).dispatch(s, "", strings.Fields(line)); err != nil || s.runtimeFolder != want {
			t.Errorf("%s: the folder is %s, want %s (%v)", line, s.runtimeFolder, want, err)
		}
	}
}

// TestRow wraps at the width, exactly.
func TestRow(t *testing.T) {
	indent := strings.Repeat(" ", helpColumn)
	fits := strings.Repeat("x", helpWidth-helpColumn)
	tests := []struct{ name, text, want string }{
		{"set", "Set it.", "  set" + indent[5:] + "Set it.\n"},
		{"set", "", "  set\n"},
		{strings.Repeat("n", helpColumn-4), "T.", "  " + strings.Repeat("n", helpColumn-4) + "  T.\n"},
		{strings.Repeat("n", helpColumn-3), "T.", "  " + strings.Repeat("n", helpColumn-3) + "\n" + indent + "T.\n"},
		{"a", fits, "  a" + indent[3:] + fits + "\n"},
		{"a", fits[2:] + " y", "  a" + indent[3:] + fits[2:] + " y\n"},
		{"a", fits[1:] + " y", "  a" + indent[3:] + fits[1:] + "\n" + indent + "y\n"},
		{"a", "°" + fits[1:], "  a" + indent[3:] + "°" + fits[1:] + "\n"},
	}
	for _, tt := range tests {
		var b strings.Builder
		row(&b, tt.name, tt.text)
		if b.String() != tt.want {
			t.Errorf("row(%q, %q):\n%swant\n%s", tt.name, tt.text, b.String(), tt.want)
		}
	}
}

// TestReport holds the exit code and the words of every kind of error.
func TestReport(t *testing.T) {
	problem := config.Problem{File: "q.toml", Line: 2, Column: 3, Message: "a", Expected: "b", Remedy: "c"}
	tests := []struct {
		err  error
		code int
		want string
	}{
		{nil, 0, ""},
		{errHelp, 0, ""},
		{context.Canceled, 0, ""},
		{fmt.Errorf("control: %w", context.Canceled), 0, ""},
		{errors.New("broken"), 1, "quietstat: broken\n"},
		{&local.Problem{Code: local.CodeFailed, Message: "broken"}, 1, "quietstat: broken\n"},
		{&local.Problem{Message: "a code that is not there"}, 1, "quietstat: a code that is not there\n"},
		{&local.Problem{Code: "new", Message: "from a newer role"}, 1, "quietstat: from a newer role\n"},
		{local.Usage("what", "this"), 2, "quietstat: what\n  hint: this\n"},
		{config.Problems{problem, problem}, 2, "quietstat: q.toml:2:3: a; expected b; c\nquietstat: q.toml:2:3: a; expected b; c\n"},
		{local.Refuse("no", "ask again"), 3, "quietstat: no\n  hint: ask again\n"},
		{fmt.Errorf("while asking: %w", local.Refuse("no", "")), 3, "quietstat: no\n"},
		{&local.Problem{Code: local.CodeNotAllowed, Message: "not you"}, 4, "quietstat: not you\n"},
		{local.Unavailable("nobody", "start it"), 5, "quietstat: nobody\n  hint: start it\n"},
		{exitError(1), 1, ""},
		{exitError(130), 130, ""},
		{fmt.Errorf("demo: %w", exitError(7)), 7, ""},
	}
	for _, tt := range tests {
		var b strings.Builder
		if code := report(tt.err, &b); code != tt.code || b.String() != tt.want {
			t.Errorf("%v: exit code %d and %q, want %d and %q", tt.err, code, b.String(), tt.code, tt.want)
		}
	}
	if exitError(130).Error() != "exit 130" {
		t.Error(exitError(130).Error())
	}
}

func TestSeconds(t *testing.T) {
	for s, want := range map[float64]string{-1: "0s", 0: "0s", 0.4: "0s", 59.4: "59s", 60: "1m", 90: "2m", 3600: "1h0m",
		47.9 * 3600: "47h54m", 48 * 3600: "2 days", 30 * 86400: "30 days"} {
		if got := seconds(s); got != want {
			t.Errorf("seconds(%v) = %s, want %s", s, got, want)
		}
	}
}
