//go:build systest

package systest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// network is two hosts with two cables between them: one to the broker, one for
// the rest of the local network. IPv6 is off, since the kernel itself speaks on an
// IPv6 link.
type network struct {
	house, outside string
}

// networks counts them, for their names.
var networks atomic.Int32

const (
	brokerLink = "qsbroker" // the cable's name at both ends
	homeLink   = "qshome"

	brokerAddress = "10.77.0.2"
)

func makeNetwork(t *testing.T) network {
	t.Helper()
	ip := peer(t, "ip")
	number := networks.Add(1)
	n := network{house: fmt.Sprintf("qsh%d-%d", os.Getpid(), number), outside: fmt.Sprintf("qso%d-%d", os.Getpid(), number)}
	for _, space := range []string{n.house, n.outside} {
		output(t, "", ip, "netns", "add", space)
		t.Cleanup(func() { output(t, "", ip, "netns", "del", space) })
		output(t, space, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
		output(t, space, ip, "link", "set", "lo", "up")
	}
	for i, link := range []string{brokerLink, homeLink} {
		output(t, n.house, ip, "link", "add", link, "type", "veth", "peer", "name", link, "netns", n.outside)
		output(t, n.house, ip, "addr", "add", fmt.Sprintf("10.%d.0.1/24", 77+i), "dev", link)
		output(t, n.outside, ip, "addr", "add", fmt.Sprintf("10.%d.0.2/24", 77+i), "dev", link)
		output(t, n.house, ip, "link", "set", link, "up")
		output(t, n.outside, ip, "link", "set", link, "up")
	}
	return n
}

// avahi runs a private bus and an avahi daemon in one of the hosts and returns the
// address of the bus.
func avahi(t *testing.T, namespace, link, name string) (bus string) {
	t.Helper()
	folder, err := os.MkdirTemp("", "qsavahi")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(folder, "bus")
	write := func(file, text string) string {
		path := filepath.Join(folder, file)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	busConfig := write("bus.conf", `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=`+socket+`</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/>
<allow send_type="method_return"/><allow send_type="error"/><allow receive_type="method_call"/><allow receive_type="method_return"/>
<allow receive_type="error"/><allow receive_type="signal"/></policy></busconfig>`)
	avahiConfig := write("avahi.conf", fmt.Sprintf("[server]\nhost-name=%s\nallow-interfaces=%s\nuse-ipv4=yes\nuse-ipv6=no\nenable-dbus=yes\n", name, link))
	script := fmt.Sprintf(`set -e
mount -t tmpfs none /run
dbus-daemon --config-file=%s --nofork --nopidfile &
bus=$!
for i in $(seq 100); do [ -S %s ] && break; sleep 0.05; done
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=%s
avahi-daemon --no-drop-root --no-chroot --no-rlimits -f %s &
trap "kill $! $bus" TERM
wait
wait`, busConfig, socket, socket, avahiConfig)
	start(t, namespace, peer(t, "unshare"), "-m", "sh", "-c", script)
	return "unix:path=" + socket
}

// frames counts what a capture file holds, by a display filter.
func frames(t *testing.T, file, filter string) (lines []string) {
	t.Helper()
	text := output(t, "", peer(t, "tshark"), "-n", "-r", file, "-Y", filter)
	for line := range strings.Lines(text) {
		if strings.Contains(line, "Running as user") {
			continue
		}
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
