//go:build systest

package systest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// closedMinute is how long the house is watched with the gate closed.
const closedMinute = 60 * time.Second

// A witness on the cable to the broker sees nothing at all while the gate is
// closed: not a frame, and no DNS anywhere.
func TestClosedMinuteIsSilent(t *testing.T) {
	t.Parallel()
	n := makeNetwork(t)
	endpoint := startMosquitto(t, n.outside, brokerAddress)
	a := startAgent(t, n.house, "1s", fmt.Sprintf("[mdns]\ninterface = %q\n", homeLink))
	a.quietstat("recipient", "add", "kitchen", endpoint)
	a.quietstat("policy", "set", "kitchen", "climate.temperature=0.5/2s")

	broker := watch(t, n.outside, brokerLink)
	home := watch(t, n.outside, homeLink)
	time.Sleep(closedMinute)
	if got := frames(t, broker.stop(), "frame"); len(got) != 0 {
		t.Errorf("%d frames on the broker's cable in a closed minute:\n%s", len(got), strings.Join(got, "\n"))
	}
	homeFile := home.stop()
	if got := frames(t, homeFile, "udp.port == 53 || tcp.port == 53"); len(got) != 0 {
		t.Errorf("DNS in a closed minute: %v", got)
	}
	if got := frames(t, homeFile, "!(udp.port == 5353) && !igmp && !arp"); len(got) != 0 {
		t.Errorf("something else than multicast DNS on the home network: %v", got)
	}

	broker = watch(t, n.outside, brokerLink)
	a.quietstat("session", "start")
	a.until("two messages", 20*time.Second, func() bool {
		s, err := a.status()
		return err == nil && s.Keeper != nil && len(s.Keeper.Windows) == 1 && s.Keeper.Windows[0].Messages >= 2
	})
	a.quietstat("session", "end")
	during := broker.stop()
	published := frames(t, during, "mqtt.msgtype == 3 && ip.src == 10.77.0.1")
	if len(published) < 2 {
		t.Errorf("the witness saw %d messages in a session; it would not have seen a leak either", len(published))
	}
	if got := frames(t, during, "mqtt.msgtype == 3 && (mqtt.retain == 1 || mqtt.qos != 0)"); len(got) != 0 {
		t.Errorf("retained or acknowledged messages: %v", got)
	}
	if got := frames(t, during, "mqtt.conflag.willflag == 1"); len(got) != 0 {
		t.Errorf("a will: %v", got)
	}
	if got := frames(t, during, "tcp.flags.reset == 1 && ip.src == 10.77.0.1"); len(got) == 0 {
		t.Errorf("the connection was not cut: no reset from the house")
	}

	time.Sleep(8 * time.Second) // the kernel's own neighbour probe after a connection
	broker = watch(t, n.outside, brokerLink)
	time.Sleep(20 * time.Second)
	after := frames(t, broker.stop(), "frame")
	if len(after) != 0 {
		t.Errorf("%d frames after the session's end:\n%s", len(after), strings.Join(after, "\n"))
	}
	t.Logf("closed minute: 0 frames; session: %d messages; 20 s after it: %d frames", len(published), len(after))
}

// avahi finds the service, and avahi on the same host keeps its own name.
func TestAvahiFindsTheThermostat(t *testing.T) {
	t.Parallel()
	n := makeNetwork(t)
	ownBus := avahi(t, n.house, homeLink, "raspberrypi")
	strangerBus := avahi(t, n.outside, homeLink, "laptop")
	startAgent(t, n.house, "1s", fmt.Sprintf("[mdns]\ninterface = %q\n", homeLink))

	var resolved string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		text := onBus(t, n.outside, strangerBus, "avahi-browse", "-rpt", "_quietstat._tcp")
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "=") {
				resolved = strings.TrimSpace(line)
			}
		}
		if resolved != "" {
			break
		}
	}
	fields := strings.Split(resolved, ";")
	if len(fields) < 10 {
		t.Fatalf("avahi-browse does not resolve the service: %q", resolved)
	}
	host, address, port, txt := fields[6], fields[7], fields[8], fields[9]
	if !strings.HasPrefix(host, "quietstat-") || address != "10.78.0.1" || port != "8080" || txt != `"v=1"` {
		t.Errorf("host %s, address %s, port %s, TXT %s", host, address, port, txt)
	}
	time.Sleep(3 * time.Second)
	name := strings.TrimSpace(onBus(t, n.house, ownBus, "avahi-resolve", "-a", "10.78.0.1"))
	if !strings.Contains(name, "raspberrypi.local") && !strings.Contains(name, "quietstat-") {
		t.Logf("avahi-resolve on the Pi: %s", name)
	}
	own := onBus(t, n.house, ownBus, "dbus-send", "--system", "--print-reply", "--dest=org.freedesktop.Avahi", "/", "org.freedesktop.Avahi.Server.GetHostName")
	if !strings.Contains(own, `"raspberrypi"`) {
		t.Errorf("avahi on the same host lost its name: %s", own)
	}
	t.Logf("resolved: %s", resolved)
}

func onBus(t *testing.T, namespace, bus, name string, arguments ...string) string {
	t.Helper()
	arguments = append([]string{"netns", "exec", namespace, peer(t, name)}, arguments...)
	command := exec.Command(peer(t, "ip"), arguments...)
	command.Env = append(os.Environ(), "DBUS_SYSTEM_BUS_ADDRESS="+bus)
	b, err := command.Output()
	if err != nil && !strings.HasPrefix(name, "avahi-") {
		t.Fatalf("%s: %v", name, err)
	}
	return string(b)
}

// capture is dumpcap at one end of a cable.
type capture struct {
	t       *testing.T
	command *exec.Cmd
	file    string
}

func watch(t *testing.T, namespace, link string) *capture {
	t.Helper()
	folder, err := os.MkdirTemp("", "qscap")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	c := &capture{t: t, file: filepath.Join(folder, "capture.pcapng")}
	c.command = exec.Command(peer(t, "ip"), "netns", "exec", namespace, peer(t, "dumpcap"), "-q", "-i", link, "-w", c.file)
	if err := c.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.command.Process.Kill() })
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if info, err := os.Stat(c.file); err == nil && info.Size() > 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("dumpcap does not begin")
		}
	}
	time.Sleep(300 * time.Millisecond)
	return c
}

func (c *capture) stop() string {
	c.t.Helper()
	time.Sleep(300 * time.Millisecond) // dumpcap hands its buffer over
	if err := c.command.Process.Signal(syscall.SIGINT); err != nil {
		c.t.Fatal(err)
	}
	if err := c.command.Wait(); err != nil {
		c.t.Fatalf("dumpcap: %v", err)
	}
	return c.file
}
