//go:build systest

package systest

import (
	"bufio"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// transcript is `mosquitto_sub -v -t '#'`: what a stranger at the broker sees, line by
// line.
type transcript struct {
	mu    sync.Mutex
	lines []string
}

func transcribe(t *testing.T, endpoint string) *transcript {
	t.Helper()
	host, port := hostPort(t, endpoint)
	command := exec.Command(peer(t, "mosquitto_sub"), "-h", host, "-p", port, "-v", "-t", "#")
	pipe, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { command.Process.Kill(); command.Wait() })
	s := new(transcript)
	go func() {
		lines := bufio.NewScanner(pipe)
		for lines.Scan() {
			s.mu.Lock()
			s.lines = append(s.lines, lines.Text())
			s.mu.Unlock()
		}
	}()
	time.Sleep(300 * time.Millisecond) // the subscription stands
	return s
}

func hostPort(t *testing.T, endpoint string) (host, port string) {
	t.Helper()
	u, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	return u.Hostname(), u.Port()
}

// theHouse is what came from the house, without what Home Assistant itself said.
func (s *transcript) theHouse() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.lines), func(line string) bool {
		return strings.HasPrefix(line, "quietstat/home/set/") || strings.HasPrefix(line, "homeassistant/status ")
	})
}

// normal are the parts of a transcript that differ from run to run.
var normal = []struct {
	what *regexp.Regexp
	by   string
}{
	{regexp.MustCompile(`(device/|"ids":\["|"uniq_id":")[0-9a-f]{16}`), "${1}DEVICE"},
	{regexp.MustCompile(`grant-[0-9a-f]{8}`), "grant-DIGEST"},
	{regexp.MustCompile(`"id":"[0-9a-f]{16}"`), `"id":"RANDOM"`},
	{regexp.MustCompile(`"sampled_at":"[^"]*"`), `"sampled_at":"TIME"`},
	{regexp.MustCompile(`"temperature":[0-9.]+`), `"temperature":VALUE`},
	{regexp.MustCompile(`"pad":"\.*"`), `"pad":"..."`},
	{regexp.MustCompile(` +$`), ""},
}

// normalised is the transcript without what differs from run to run, each line once: how
// often the machine stood still, and cost a window, differs as well.
func normalised(lines []string) string {
	var out []string
	for _, line := range lines {
		for _, n := range normal {
			line = n.what.ReplaceAllString(line, n.by)
		}
		if !slices.Contains(out, line+"\n") {
			out = append(out, line+"\n")
		}
	}
	return strings.Join(out, "")
}

// count is how many lines of the house begin so.
func (s *transcript) count(prefix string) (n int) {
	for _, line := range s.theHouse() {
		if strings.HasPrefix(line, prefix) {
			n++
		}
	}
	return n
}

// With a real Mosquitto: what a Home Assistant is told, word for word; what it may wish
// and what not; its birth; and silence after the end, also for a newcomer. It runs beside
// no other test, as does the bridge's (startSynchronised).
func TestHomeAssistantWithMosquitto(t *testing.T) {
	endpoint := startMosquitto(t, "", "127.0.0.1")
	host, port := hostPort(t, endpoint)
	publish := func(topic, payload string, flags ...string) {
		output(t, "", peer(t, "mosquitto_pub"), append([]string{"-h", host, "-p", port, "-t", topic, "-m", payload}, flags...)...)
		time.Sleep(1100 * time.Millisecond) // a line bears one in a second
	}
	publish("quietstat/home/set/setpoint", "29", "-r") // kept from another time
	transcript := transcribe(t, endpoint)
	a := startSynchronised(t)
	setpoint := func() float64 {
		s, err := a.status()
		if err != nil {
			t.Fatal(err)
		}
		return s.Control.SetpointC
	}
	before := setpoint()

	a.quietstat("recipient", "add", "home", endpoint, "--reach", "this-device", "--profile", "home-assistant/1")
	if got := transcript.theHouse(); len(got) != 0 {
		t.Fatalf("enrolment alone said %q", got)
	}
	a.quietstat("consent", "grant", "home", "climate.temperature/10s", "setpoint/10s", "--purpose", "remote.control")
	a.until("an introduction and two messages", 3*time.Minute, func() bool { return transcript.count("quietstat/home/state/") >= 2 })
	said := transcript.theHouse()
	want, err := os.ReadFile("testdata/homeassistant.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got := normalised(said); got != string(want) {
		t.Errorf("mosquitto_sub -v wrote\n%s\nwant\n%s", got, want)
	}
	for _, line := range said {
		if n := len(line[strings.Index(line, " ")+1:]); !slices.Contains([]int{256, 512, 1024, 2048, 4096}, n) {
			t.Errorf("%d bytes are no size class: %s", n, line)
		}
	}

	if got := setpoint(); got != before {
		t.Errorf("a command that the broker had kept moved the setpoint from %v to %v", before, got)
	}
	// A machine that stands still for 100 ms costs an uplink its lease, and a wish its
	// window: whoever wishes wishes again.
	wish := func(what, topic, payload string, reached func() bool) {
		t.Helper()
		a.until(what, 3*time.Minute, func() bool {
			publish("quietstat/home/set/"+topic, payload)
			return reached()
		})
	}
	refused := func(reason string) uint64 {
		s, err := a.status()
		if err != nil {
			t.Fatal(err)
		}
		return s.Keeper.Refusals[reason]
	}
	wish("the wish is carried out", "setpoint", "19.5", func() bool { return setpoint() == 19.5 })
	wish("the wish is moved to the end of the range", "setpoint", "99", func() bool { return setpoint() == 30 })
	wish("the mode is chosen", "mode", "heat", func() bool {
		s, err := a.status()
		return err == nil && s.Control.Mode == "heat"
	})
	wish("what is no number is refused", "setpoint", "21,5", func() bool { return refused("invalid") > 0 })
	invalid := refused("invalid")
	wish("what is no mode is refused", "mode", "fan_only", func() bool { return refused("invalid") > invalid })
	if got := setpoint(); got != 30 || refused("retained") == 0 {
		t.Errorf("what is no number moved the setpoint to %v; %d that were kept were refused", got, refused("retained"))
	}
	ledger := a.quietstat("ledger", "show")
	for _, line := range []string{"command received", "command carried out", "how to read climate.temperature, setpoint, without a value"} {
		if !strings.Contains(ledger, line) {
			t.Errorf("the ledger does not say %q:\n%s", line, ledger)
		}
	}

	introductions := func() int { return transcript.count("homeassistant/device/") }
	known := introductions()
	a.until("a Home Assistant that started anew is introduced", 3*time.Minute, func() bool {
		publish("homeassistant/status", "online")
		return introductions() > known
	})

	a.quietstat("quiet")
	time.Sleep(time.Second)
	ended := len(transcript.theHouse())
	publish("quietstat/home/set/setpoint", "12")
	publish("homeassistant/status", "online")
	time.Sleep(3 * time.Second)
	if after := transcript.theHouse()[ended:]; len(after) != 0 || setpoint() != 30 {
		t.Errorf("after the end it said %q, the setpoint is %v", after, setpoint())
	}
	if newcomer := transcribe(t, endpoint).theHouse(); len(newcomer) != 0 {
		t.Errorf("a newcomer hears %q", newcomer)
	}
	if got := a.processes("uplink"); len(got) != 0 {
		t.Errorf("uplinks live: %v", got)
	}
}
