package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The words of the scripts; script_test.go says what each does.

// usage fails unless a word, which knows no "!", is used as it must be.
func usage(ts *testscript.TestScript, neg, good bool, usage string) {
	if neg || !good {
		ts.Fatalf("usage: %s", usage)
	}
}

// attempt runs a program to its end and answers its exit code.
func attempt(ts *testscript.TestScript, args []string) int {
	err := ts.Exec(args[0], args[1:]...)
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return ended.ExitCode()
	}
	ts.Check(err)
	return 0
}

// await tries again and again, less and less often, until it succeeds.
func await(ts *testscript.TestScript, what string, try func() bool) {
	pause, end := 10*time.Millisecond, time.Now().Add(patience)
	for !try() {
		if time.Now().After(end) {
			ts.Fatalf("never: %s", what)
		}
		time.Sleep(pause)
		pause = min(2*pause, 200*time.Millisecond)
	}
}

// pattern reads a regular expression as testscript's own words do.
func pattern(ts *testscript.TestScript, text string) *regexp.Regexp {
	re, err := regexp.Compile("(?m)" + text)
	ts.Check(err)
	return re
}

func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, len(args) >= 2, "exits N PROGRAM ARGS...")
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := attempt(ts, args[1:]); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func cmdUntil(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, len(args) >= 2, "until RE PROGRAM ARGS...")
	re := pattern(ts, args[0])
	await(ts, args[0], func() bool {
		return attempt(ts, args[1:]) == 0 && re.MatchString(ts.ReadFile("stdout"))
	})
}

// cmdJSON looks into the last of several values, by a path like control.setpoint_c.
func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, len(args) == 0 || len(args) == 2, "json [PATH RE]")
	var last any
	d := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	for count := 0; ; count++ {
		var value any
		if err := d.Decode(&value); err == io.EOF && count > 0 {
			break
		} else if err != nil {
			ts.Fatalf("not JSON: %v", err)
		}
		last = value
	}
	if len(args) == 0 {
		return
	}
	for name := range strings.SplitSeq(args[0], ".") {
		if list, ok := last.([]any); ok && name == "last" && len(list) > 0 {
			last = list[len(list)-1]
		} else if object, ok := last.(map[string]any); ok {
			last = object[name]
		} else {
			ts.Fatalf("no %s in the answer", args[0])
		}
	}
	got, err := json.Marshal(last)
	ts.Check(err)
	if !pattern(ts, "^(?:"+args[1]+")$").Match(got) {
		ts.Fatalf("%s is %s, want %s", args[0], got, args[1])
	}
}

// cmdSignal is for what testscript's own kill cannot do: the signal with which
// systemd ends a service, and processes which the script has not started itself.
func cmdSignal(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, len(args) == 2, "signal TERM|KILL|HUP ROLE")
	number, ok := map[string]syscall.Signal{"TERM": syscall.SIGTERM, "KILL": syscall.SIGKILL, "HUP": syscall.SIGHUP}[args[0]]
	usage(ts, neg, ok, "signal TERM|KILL|HUP ROLE")
	var found []int
	await(ts, "one process of the role "+args[1], func() bool {
		found = processes(ts, args[1]) // between fork and exec a child looks like its parent
		return len(found) == 1
	})
	ts.Check(syscall.Kill(found[0], number))
}

func cmdGone(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, len(args) <= 1, "gone [ROLE]")
	await(ts, "no process left", func() bool { return len(processes(ts, strings.Join(args, ""))) == 0 })
}

// processes are those of a role, or all, that this script has started: its folder is
// in their environment or, where the house has started them, in their arguments.
func processes(ts *testscript.TestScript, role string) (found []int) {
	folders, err := filepath.Glob("/proc/[0-9]*")
	ts.Check(err)
	work := ts.Getenv("WORK")
	for _, folder := range folders {
		line, err := os.ReadFile(filepath.Join(folder, "cmdline"))
		if err != nil {
			continue // has just ended
		}
		environ, err := os.ReadFile(filepath.Join(folder, "environ"))
		if err != nil {
			continue // has just ended, or is somebody else's
		}
		ours := strings.Contains(string(line), work+"/") || strings.Contains("\x00"+string(environ), "\x00WORK="+work+"\x00")
		args := strings.Split(string(line), "\x00")
		if ours && len(args) > 1 && (role == "" || args[1] == role) {
			pid, err := strconv.Atoi(filepath.Base(folder))
			ts.Check(err)
			found = append(found, pid)
		}
	}
	return found
}
