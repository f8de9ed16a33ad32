//go:build systest

package systest

import (
	"bufio"
	"encoding/json"
	"maps"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// heard is one message as a stranger at the broker sees it.
type heard struct {
	at       time.Time
	topic    string
	retained bool
	payload  string
}

// ear is mosquitto_sub on every topic.
type ear struct {
	mu   sync.Mutex
	list []heard
}

func listen(t *testing.T, endpoint string) *ear {
	t.Helper()
	u, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	return follow(t, exec.Command(peer(t, "mosquitto_sub"), "-h", u.Hostname(), "-p", u.Port(), "-t", "#", "-F", "%r %t %p"))
}

// follow reads what a mosquitto_sub prints.
func follow(t *testing.T, command *exec.Cmd) *ear {
	t.Helper()
	pipe, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { command.Process.Kill(); command.Wait() })
	e := new(ear)
	go func() {
		lines := bufio.NewScanner(pipe)
		for lines.Scan() {
			retained, rest, _ := strings.Cut(lines.Text(), " ")
			topic, payload, _ := strings.Cut(rest, " ")
			e.mu.Lock()
			e.list = append(e.list, heard{time.Now(), topic, retained == "1", payload})
			e.mu.Unlock()
		}
	}()
	time.Sleep(300 * time.Millisecond) // the subscription stands
	return e
}

func (e *ear) all() []heard {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.list)
}

// In a session Mosquitto receives exactly the policy's fields; outside, nothing.
func TestMosquittoHearsExactlyThePolicy(t *testing.T) {
	t.Parallel()
	endpoint := startMosquitto(t, "", "127.0.0.1")
	ear := listen(t, endpoint)
	a := startAgent(t, "", "1s", "[mdns]\nenabled = false\n")

	a.quietstat("recipient", "add", "kitchen", endpoint, "--reach", "this-device")
	a.quietstat("policy", "set", "kitchen", "climate.temperature=0.5/2s", "setpoint/2s")
	if got := a.processes("uplink"); len(got) != 0 {
		t.Errorf("an uplink process exists with nothing open: %v", got)
	}
	if got := ear.all(); len(got) != 0 {
		t.Fatalf("before any session the broker heard %d messages: %+v", len(got), got)
	}

	opened := time.Now()
	a.quietstat("session", "start")
	a.until("three messages", 20*time.Second, func() bool { return len(ear.all()) >= 3 })
	a.until("one uplink process in a window for one recipient", 20*time.Second, func() bool { return len(a.processes("uplink")) == 1 })
	a.quietstat("session", "end")
	ended := time.Now()

	if got := a.processes("uplink"); len(got) != 0 {
		t.Errorf("an uplink process outlived its window: %v", got)
	}
	time.Sleep(5 * time.Second)
	messages := ear.all()
	for _, m := range messages {
		if m.at.Before(opened) || m.at.After(ended.Add(500*time.Millisecond)) {
			t.Errorf("a message outside the window: %v", m)
		}
		if m.retained {
			t.Errorf("a retained message: %v", m)
		}
		if m.topic != "quietstat/kitchen/state" {
			t.Errorf("topic %q is not the recipient's", m.topic)
		}
		var envelope struct {
			Fields map[string]any `json:"fields"`
		}
		if err := json.Unmarshal([]byte(m.payload), &envelope); err != nil {
			t.Fatalf("payload: %v", err)
		}
		got := slices.Sorted(maps.Keys(envelope.Fields))
		if want := []string{"mode", "setpoint", "temperature"}; !slices.Equal(got, want) {
			t.Errorf("fields %v, the policy says %v", got, want)
		}
	}
	if late := listen(t, endpoint); len(late.all()) != 0 {
		t.Errorf("the broker kept something: %+v", late.all())
	}
	t.Logf("%d messages, all within the window, nothing kept", len(messages))
	if verdict := a.quietstat("ledger", "verify"); !strings.Contains(verdict, "verified") {
		t.Errorf("ledger verify: %s", verdict)
	}
}
