package supervise

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	notification "quietstat/agent/internal/notify"
	"quietstat/drivers/sim"
)

// The tests' children are this same binary: what it does is its first argument,
// what it has to say goes into the file named by its second, one line a time.
var parts = map[string]func(say func(string, ...any)){
	"sleeper":  playSleeper,
	"stubborn": playStubborn,
	"breaker":  playBreaker,
	"hanger":   playHanger,
	"feeder":   playFeeder,
	"crasher":  func(say func(string, ...any)) { say("start"); os.Exit(3) },
	"server":   playServer,
	"parent":   playParent,
	"files":    playFiles,
}

func TestMain(m *testing.M) {
	if len(os.Args) > 2 {
		if part, ok := parts[os.Args[1]]; ok {
			part(sayer(os.Args[1], os.Args[2]))
			os.Exit(0)
		}
		if os.Args[2] == "--config" || os.Args[2] == "--recipient" {
			playRole(os.Args[1])
			os.Exit(0)
		}
	}
	// The race detector would let every child sleep a second before it ends.
	os.Setenv("GORACE", os.Getenv("GORACE")+" atexit_sleep_ms=0")
	os.Exit(m.Run())
}

// sayer appends lines to a file; each is one write, so lines of several children
// do not mix.
func sayer(name, path string) func(string, ...any) {
	return func(format string, arguments ...any) {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			os.Exit(9)
		}
		defer f.Close()
		fmt.Fprintf(f, "%s %s\n", name, fmt.Sprintf(format, arguments...))
	}
}

func terminated() <-chan os.Signal {
	c := make(chan os.Signal, 4)
	signal.Notify(c, syscall.SIGTERM, syscall.SIGUSR2)
	return c
}

// playSleeper sleeps until it is told to stop. Its third argument is its name.
func playSleeper(say func(string, ...any)) {
	name := os.Args[3]
	c := terminated()
	ready()
	say("%s start %d", name, os.Getpid())
	for s := range c {
		if s == syscall.SIGTERM {
			say("%s stop", name)
			return
		}
		say("%s hears %s", name, s)
	}
}

func playStubborn(say func(string, ...any)) {
	signal.Ignore(syscall.SIGTERM)
	ready()
	say("start %d", os.Getpid())
	select {}
}

// playBreaker crashes when it is told to stop.
func playBreaker(say func(string, ...any)) {
	c := terminated()
	say("start %d", os.Getpid())
	<-c
	os.Exit(3)
}

// playHanger gets ready and then does nothing any more, not even end.
func playHanger(say func(string, ...any)) {
	say("start %d", os.Getpid())
	ready()
	syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	select {}
}

// playFeeder feeds its watchdog for as long as two of its limits, by its own count
// of time, and then waits to be told to stop, still feeding.
func playFeeder(say func(string, ...any)) {
	n, err := notification.FromEnvironment()
	if err != nil || n.WatchdogInterval() == 0 {
		say("has no watchdog: %v", err)
		return
	}
	c := terminated()
	n.Ready()
	say("start %d", os.Getpid())
	began, fed := time.Now(), false
	for {
		n.Alive()
		if !fed && time.Since(began) > 4*n.WatchdogInterval() {
			fed = true
			say("fed")
		}
		select {
		case <-c:
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// playServer answers each connection with its pid.
func playServer(say func(string, ...any)) {
	listener, err := Listener("control.sock", "/nowhere/control.sock")
	if err != nil {
		say("failed %v", err)
		return
	}
	say("start %d", os.Getpid())
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		fmt.Fprintf(conn, "%d\n", os.Getpid())
		conn.Close()
	}
}

// playParent has two children and waits to be killed.
func playParent(say func(string, ...any)) {
	folder := filepath.Dir(os.Args[2])
	g, err := NewGroup(folder, nil)
	if err != nil {
		os.Exit(9)
	}
	for _, name := range []string{"one", "two"} {
		if err := g.Start(Child{Name: name, Args: []string{"sleeper", os.Args[2], name}}); err != nil {
			os.Exit(9)
		}
	}
	say("start %d", os.Getpid())
	select {}
}

// playFiles tells what it was handed.
func playFiles(say func(string, ...any)) {
	for _, variable := range []string{ListenVariable, "QUIETSTAT_TEST_FD", "LISTEN_FDS", "http_proxy", "WATCHDOG_USEC", "WATCHDOG_PID"} {
		say("%s=%s", variable, os.Getenv(variable))
	}
	buf := make([]byte, 16)
	n, _ := os.NewFile(4, "handed").Read(buf)
	say("read %s", buf[:n])
}

// playRole stands in for the real roles in the tests of Agent: it says what it is
// in STATE/words and waits. It crashes at the stop where STATE holds "ROLE breaks".
func playRole(role string) {
	if role == "uplink" {
		say := sayer(role, filepath.Join(filepath.Dir(os.Args[3]), "words"))
		conn := os.NewFile(3, "uplink")
		say("start %d %s %s", os.Getpid(), filepath.Base(os.Args[3]), os.Getenv(UplinkVariable))
		buf := make([]byte, 16)
		for {
			n, err := conn.Read(buf)
			if n == 0 || err != nil {
				say("end of input")
				return
			}
			say("read %s", buf[:n])
		}
	}
	state := filepath.Dir(os.Args[3])
	say := sayer(role, filepath.Join(state, "words"))
	if role == "safe-outputs" {
		conn, err := net.FileConn(os.NewFile(3, "board"))
		if err == nil {
			_, err = sim.Dial(conn).OpenBus("1")
		}
		if err != nil {
			say("has no board: %v", err)
			return
		}
		say("done")
		return
	}
	c := terminated()
	ready()
	say("start %d", os.Getpid())
	for s := range c {
		if s == syscall.SIGTERM {
			say("stop")
			if _, err := os.Stat(filepath.Join(state, role+" breaks")); err == nil {
				os.Exit(3)
			}
			return
		}
		say("hears %s", s)
	}
}

// ready says READY=1, as the roles do.
func ready() {
	conn, err := net.Dial("unixgram", os.Getenv("NOTIFY_SOCKET"))
	if err == nil {
		fmt.Fprint(conn, "READY=1\nSTATUS=up")
		conn.Close()
	}
}

// folder is a folder with a path short enough for sockets.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "supervise-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// words are the lines said so far.
func words(path string) []string {
	b, _ := os.ReadFile(path)
	return strings.FieldsFunc(string(b), func(r rune) bool { return r == '\n' })
}

// count is how many lines contain all of the parts.
func count(path string, parts ...string) (n int) {
	for _, line := range words(path) {
		all := true
		for _, p := range parts {
			all = all && strings.Contains(line, p)
		}
		if all {
			n++
		}
	}
	return n
}

// eventually waits for a condition; the bound only turns a hang into a failure.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for !condition() {
		select {
		case <-ctx.Done():
			t.Fatalf("did not come about: %s", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func group(t *testing.T, dir string) *Group {
	t.Helper()
	g, err := NewGroup(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Stop)
	return g
}
