package supervise

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"quietstat/agent/internal/config"
)

// simulated writes a configuration of a simulated board.
func simulated(t *testing.T, dir string) (*config.Config, string) {
	t.Helper()
	path := filepath.Join(dir, "quietstat.toml")
	text := fmt.Sprintf(`
[state]
folder = %q
runtime = %q
[board]
kind = "sim"
talk = "GPIO24"
quiet = "GPIO23"
[relays.heat]
pin = "GPIO17"
type = "heating"
[[doors]]
id = "front"
pin = "GPIO22"
[mdns]
interface = "lo"
`, dir, filepath.Join(dir, "run"))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return c, path
}

func TestAgentStartsKeepsAndStopsTheRoles(t *testing.T) {
	dir := folder(t)
	c, path := simulated(t, dir)
	log := filepath.Join(dir, "words")
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- Agent(ctx, Options{Config: c, ConfigPath: path}) }()
	eventually(t, "three roles", func() bool { return count(log, "start") == 3 })

	if err := syscall.Kill(os.Getpid(), syscall.SIGUSR2); err != nil {
		t.Fatal(err)
	}
	eventually(t, "quiet at the keeper", func() bool { return count(log, "keeper hears") == 1 })
	if count(log, "control hears")+count(log, "mdns hears") != 0 {
		t.Errorf("quiet went to others: %q", words(log))
	}

	kill(t, log, "control")
	eventually(t, "control's second life", func() bool { return count(log, "control start") == 2 })
	lines := strings.Join(words(log), "|")
	if safe, again := strings.Index(lines, "safe-outputs done"), strings.LastIndex(lines, "control start"); safe < 0 || safe > again {
		t.Errorf("the relays were not made safe before control came back: %s", lines)
	}
	if count(log, "keeper start") != 1 || count(log, "mdns start") != 1 {
		t.Errorf("control's death reached others: %s", lines)
	}

	cancel()
	if err := <-result; err != nil {
		t.Errorf("Agent = %v", err)
	}
	var stops []string
	for _, line := range words(log) {
		if f := strings.Fields(line); f[1] == "stop" {
			stops = append(stops, f[0])
		}
	}
	if got := strings.Join(stops, " "); got != "mdns keeper control" {
		t.Errorf("stopped in the order %q", got)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "run", "*")); len(left) != 0 {
		t.Errorf("left in the runtime folder: %q", left)
	}
	if n := count(log, "safe-outputs done"); n != 1 {
		t.Errorf("safe-outputs ran %d times, want once: the stop was clean", n)
	}
}

// TestAgentMakesSafeWhatControlLeft breaks control while the agent stops.
func TestAgentMakesSafeWhatControlLeft(t *testing.T) {
	dir := folder(t)
	c, path := simulated(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "control breaks"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(dir, "words")
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- Agent(ctx, Options{Config: c, ConfigPath: path}) }()
	eventually(t, "three roles", func() bool { return count(log, "start") == 3 })
	cancel()
	if err := <-result; err != nil {
		t.Errorf("Agent = %v", err)
	}
	if all := words(log); all[len(all)-1] != "safe-outputs done" {
		t.Errorf("the last words are not those of safe-outputs: %q", all)
	}
	if n := count(log, "safe-outputs"); n != 1 {
		t.Errorf("safe-outputs ran %d times, want once", n)
	}
}

func TestWatchdogOfControl(t *testing.T) {
	for _, test := range []struct{ period, want time.Duration }{
		{100 * time.Millisecond, 30 * time.Second},
		{10 * time.Second, 30 * time.Second}, // the longest a configuration may ask for
		{10*time.Second + 1, 30*time.Second + 3},
		{20 * time.Second, time.Minute},
	} {
		if got := watchdog(test.period); got != test.want {
			t.Errorf("%v: %v, want %v", test.period, got, test.want)
		}
	}
}

func TestAgentRefusesASecondOfItsKind(t *testing.T) {
	dir := folder(t)
	c, path := simulated(t, dir)
	if err := os.MkdirAll(c.State.Runtime, 0o700); err != nil {
		t.Fatal(err)
	}
	s, err := Open("keeper.sock", filepath.Join(c.State.Runtime, "keeper.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = Agent(t.Context(), Options{Config: c, ConfigPath: path})
	if err == nil || !strings.Contains(err.Error(), "another quietstat is running") {
		t.Errorf("Agent = %v", err)
	}
	if n := len(words(filepath.Join(dir, "words"))); n != 0 {
		t.Errorf("%d roles were started", n)
	}
}

// kill ends the first life of a role.
func kill(t *testing.T, log, role string) {
	t.Helper()
	for _, line := range words(log) {
		var pid int
		if n, _ := fmt.Sscanf(line, role+" start %d", &pid); n == 1 {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("no %s runs", role)
}
