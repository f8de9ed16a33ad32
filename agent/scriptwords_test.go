package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The words of the scripts; script_test.go says what each does.

// process is a program left running.
type process struct {
	command *exec.Cmd
	ended   chan struct{}
}

func (s *script) exec(not bool, args []string) {
	last := args[len(args)-1]
	if id := strings.Trim(last, "&"); last == "&"+id+"&" {
		s.launch(id, args[:len(args)-1])
		return
	}
	if code := s.attempt(args); (code != 0) != not {
		s.fatal("%s: exit code %d", strings.Join(args, " "), code)
	}
}

func (s *script) exits(_ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if err != nil {
		s.fatal("%v", err)
	}
	if got := s.attempt(args[1:]); got != want {
		s.fatal("%s: exit code %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

func (s *script) until(_ bool, args []string) {
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if s.attempt(args[1:]) == 0 && s.matches(args[0], s.stdout) {
			return
		}
		if time.Now().After(end) {
			s.fatal("%s: never", strings.Join(args, " "))
		}
	}
}

func (s *script) matches(pattern, text string) bool {
	re, err := regexp.Compile("(?m)" + pattern)
	if err != nil {
		s.fatal("%v", err)
	}
	return re.MatchString(text)
}

// expect fails unless the pattern is in the text, or with not, if it is.
func (s *script) expect(not bool, pattern, text string) {
	if s.matches(pattern, text) == not {
		s.fatal("%q (there: %t) in\n%s", pattern, not, text)
	}
}

func (s *script) inStdout(not bool, args []string) { s.expect(not, args[0], s.stdout) }
func (s *script) inStderr(not bool, args []string) { s.expect(not, args[0], s.stderr) }
func (s *script) grep(not bool, args []string)     { s.expect(not, args[0], s.read(args[1])) }
func (s *script) input(_ bool, args []string)      { s.stdin = s.read(args[0]) }
func (s *script) setenv(_ bool, args []string)     { s.env = append(args, s.env...) }

func (s *script) cp(_ bool, args []string) {
	if err := os.WriteFile(s.path(args[1]), []byte(s.read(args[0])), 0o600); err != nil {
		s.fatal("%v", err)
	}
}

func (s *script) rm(_ bool, args []string) {
	for _, name := range args {
		if err := os.RemoveAll(s.path(name)); err != nil {
			s.fatal("%v", err)
		}
	}
}

func (s *script) exists(not bool, args []string) {
	for _, name := range args {
		if _, err := os.Lstat(s.path(name)); (err == nil) == not {
			s.fatal("%s: there: %t", name, err == nil)
		}
	}
}

// read is a file, or what the last program wrote.
func (s *script) read(name string) string {
	if name == "stdout" {
		return s.stdout
	}
	b, err := os.ReadFile(s.path(name))
	if err != nil {
		s.fatal("%v", err)
	}
	return string(b)
}

// json expects stdout, or a file, to be JSON values and nothing else. With a path
// like control.setpoint_c and a value it looks into the last of them.
func (s *script) json(_ bool, args []string) {
	var last any
	d := json.NewDecoder(strings.NewReader(s.stdout))
	for count := 0; ; count++ {
		var value any
		if err := d.Decode(&value); err == io.EOF && count > 0 {
			break
		} else if err != nil {
			s.fatal("not JSON: %v", err)
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
			s.fatal("no %s in the answer", args[0])
		}
	}
	got, err := json.Marshal(last)
	if err != nil {
		s.fatal("%v", err)
	}
	s.expect(false, "^(?:"+args[1]+")$", string(got))
}

// launch leaves a program running until it is waited for, or the script ends.
func (s *script) launch(id string, args []string) {
	p := &process{command: s.prepare(s.t.Context(), args), ended: make(chan struct{})}
	p.command.Cancel = func() error { return p.command.Process.Signal(syscall.SIGTERM) }
	stdout, err := os.Create(s.path(id + ".out"))
	if err != nil {
		s.fatal("%v", err)
	}
	defer stdout.Close()
	stderr, err := os.Create(s.path(id + ".err"))
	if err != nil {
		s.fatal("%v", err)
	}
	defer stderr.Close()
	p.command.Stdout, p.command.Stderr = stdout, stderr
	if err := p.command.Start(); err != nil {
		s.fatal("%v", err)
	}
	s.background[id] = p
	go func() { _ = p.command.Wait(); close(p.ended) }()
	s.t.Cleanup(func() {
		_ = p.command.Process.Signal(syscall.SIGTERM) // fails if it has ended, which is as well
		select {
		case <-p.ended:
		case <-time.After(patience):
			s.t.Errorf("%s does not end on SIGTERM", id)
			_ = p.command.Process.Kill()
			<-p.ended
		}
		if s.t.Failed() {
			s.t.Logf("%s said:\n%s%s", id, s.read(id+".out"), s.read(id+".err"))
		}
	})
}

func (s *script) kill(_ bool, args []string) {
	number, ok := map[string]syscall.Signal{"-TERM": syscall.SIGTERM, "-KILL": syscall.SIGKILL, "-INT": syscall.SIGINT}[args[0]]
	if !ok {
		s.fatal("no such signal: %s", args[0])
	}
	if p, ok := s.background[args[1]]; ok {
		if err := p.command.Process.Signal(number); err != nil {
			s.fatal("%v", err)
		}
		return
	}
	found := s.processes(args[1])
	if len(found) != 1 {
		s.fatal("%d processes of the role %s", len(found), args[1])
	}
	if err := syscall.Kill(found[0], number); err != nil {
		s.fatal("%v", err)
	}
}

// wait waits for a program left running; it must have succeeded (with !, failed).
func (s *script) wait(not bool, args []string) {
	p := s.background[args[0]]
	select {
	case <-p.ended:
	case <-time.After(patience):
		s.fatal("%s does not end", args[0])
	}
	s.stdout, s.stderr = s.read(args[0]+".out"), s.read(args[0]+".err")
	if code := p.command.ProcessState.ExitCode(); (code != 0) != not {
		s.fatal("%s: exit code %d", args[0], code)
	}
}

// gone waits until no process of this script's program is left, or none of a role.
func (s *script) gone(_ bool, args []string) {
	role := strings.Join(args, "")
	for end := time.Now().Add(patience); len(s.processes(role)) > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.fatal("still running: %v", s.processes(role))
		}
	}
}

// processes are those of a role, or all, that this script has started: they name
// its folder.
func (s *script) processes(role string) (found []int) {
	names, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		s.fatal("%v", err)
	}
	for _, name := range names {
		line, err := os.ReadFile(name)
		if err != nil {
			continue // has just ended
		}
		args := strings.Split(string(line), "\x00")
		if len(args) > 1 && strings.Contains(string(line), s.work+"/") && (role == "" || args[1] == role) {
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil {
				found = append(found, pid)
			}
		}
	}
	return found
}
