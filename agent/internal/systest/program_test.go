//go:build systest || bench

package systest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"quietstat/agent/internal/local"
)

// program is the path of the built binary.
func program(t testing.TB) string {
	t.Helper()
	path, err := filepath.Abs("../../../bin/quietstat")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v; run make build first", err)
	}
	return path
}

// peer is the path of a program the test cannot do without.
func peer(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		path = "/usr/sbin/" + name
		if _, err := os.Stat(path); err != nil {
			t.Fatalf("%s is not installed; scripts/test-system says which packages are needed", name)
		}
	}
	return path
}

// start runs a command until the test ends, inside a network namespace if one is
// named, and shows its output when the test fails.
func start(t testing.TB, namespace, name string, arguments ...string) *exec.Cmd {
	t.Helper()
	if namespace != "" {
		arguments = append([]string{"netns", "exec", namespace, name}, arguments...)
		name = peer(t, "ip")
	}
	command := exec.Command(name, arguments...)
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	done := make(chan struct{})
	go func() { command.Wait(); close(done) }()
	t.Cleanup(func() {
		syscall.Kill(command.Process.Pid, syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Errorf("%s did not end on SIGTERM", filepath.Base(name))
			syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
			<-done
		}
		if t.Failed() {
			t.Logf("%s %s said:\n%s", filepath.Base(name), strings.Join(arguments, " "), output.String())
		}
	})
	return command
}

// output runs a command to its end.
func output(t testing.TB, namespace, name string, arguments ...string) string {
	t.Helper()
	if namespace != "" {
		arguments = append([]string{"netns", "exec", namespace, name}, arguments...)
		name = peer(t, "ip")
	}
	b, err := exec.Command(name, arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(arguments, " "), err, b)
	}
	return string(b)
}

// agent is one running quietstat agent with a simulated board on the real clock.
type agent struct {
	t         testing.TB
	program   string
	namespace string
	folder    string
	command   *exec.Cmd
}

// configuration is the file of the tests: a simulated board, a quick loop.
func configuration(folder, period, mdns string) string {
	return fmt.Sprintf(`[state]
folder = %q
runtime = %q

[board]
kind = "sim"
talk = "GPIO23"
quiet = "GPIO24"

[board.indicator]
pin = "GPIO25"

[relays.heat]
pin = "GPIO17"
type = "heating"

[[doors]]
id = "front"
pin = "GPIO22"

[control]
period = %q

%s
`, folder+"/state", folder+"/run", period, mdns)
}

func startAgent(t testing.TB, namespace, period, mdns string) *agent {
	t.Helper()
	folder, err := os.MkdirTemp("", "qs")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	file := filepath.Join(folder, "quietstat.toml")
	if err := os.WriteFile(file, []byte(configuration(folder, period, mdns)), 0o600); err != nil {
		t.Fatal(err)
	}
	a := &agent{t: t, program: program(t), namespace: namespace, folder: folder}
	a.command = start(t, namespace, a.program, "agent", "--config", file)
	a.until("control and keeper answer", 15*time.Second, func() bool {
		s, err := a.status()
		return err == nil && s.Control != nil && s.Keeper != nil && s.Control.Sampled && s.Keeper.Control
	})
	return a
}

type status struct {
	Control *local.Status       `json:"control"`
	Keeper  *local.KeeperStatus `json:"keeper"`
}

// quietstat runs one command of the program against this agent. Unix sockets do
// not know network namespaces, so it runs outside.
func (a *agent) quietstat(arguments ...string) string {
	a.t.Helper()
	b, err := a.try(arguments...)
	if err != nil {
		a.t.Fatalf("quietstat %s: %v\n%s", strings.Join(arguments, " "), err, b)
	}
	return string(b)
}

func (a *agent) try(arguments ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 70*time.Second)
	defer cancel()
	arguments = append([]string{"--config", filepath.Join(a.folder, "quietstat.toml")}, arguments...)
	return exec.CommandContext(ctx, a.program, arguments...).CombinedOutput()
}

func (a *agent) status() (s status, err error) {
	b, err := a.try("status", "--json")
	if err != nil {
		return s, fmt.Errorf("%w: %s", err, b)
	}
	return s, json.Unmarshal(b, &s)
}

func (a *agent) until(what string, limit time.Duration, reached func() bool) {
	a.t.Helper()
	for end := time.Now().Add(limit); !reached(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s, err := a.status()
			b, _ := json.Marshal(s)
			a.t.Fatalf("not within %v: %s; status %v %s", limit, what, err, b)
		}
	}
}

// processes lists this agent's processes of one role.
func (a *agent) processes(role string) []int {
	var found []int
	entries, err := os.ReadDir("/proc")
	if err != nil {
		a.t.Fatal(err)
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		line, err := os.ReadFile("/proc/" + e.Name() + "/cmdline")
		if err != nil {
			continue
		}
		words := strings.Split(string(line), "\x00")
		if len(words) > 2 && words[0] == a.program && contains(words[1:], role) && strings.Contains(string(line), a.folder) {
			found = append(found, pid)
		}
	}
	return found
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}

// startMosquitto runs a broker that keeps nothing and asks nobody for a password.
func startMosquitto(t testing.TB, namespace, address string) (endpoint string) {
	t.Helper()
	port := 1883
	if namespace == "" {
		l, err := net.Listen("tcp", address+":0")
		if err != nil {
			t.Fatal(err)
		}
		port = l.Addr().(*net.TCPAddr).Port
		l.Close()
	}
	file := filepath.Join(t.TempDir(), "mosquitto.conf")
	text := fmt.Sprintf("listener %d %s\nallow_anonymous true\npersistence false\n", port, address)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	start(t, namespace, peer(t, "mosquitto"), "-c", file)
	if namespace == "" {
		for end := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			c, err := net.Dial("tcp", net.JoinHostPort(address, strconv.Itoa(port)))
			if err == nil {
				c.Close()
				break
			}
			if time.Now().After(end) {
				t.Fatal("mosquitto does not answer")
			}
		}
	} else {
		time.Sleep(time.Second) // nobody may touch the watched link to ask
	}
	return fmt.Sprintf("mqtt://%s:%d", address, port)
}
