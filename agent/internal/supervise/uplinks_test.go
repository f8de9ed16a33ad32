package supervise

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func enrol(t *testing.T, state, id string) {
	t.Helper()
	dir := filepath.Join(state, "keeper", "recipients")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, id+".json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestUplinkLivesWithItsConnection(t *testing.T) {
	dir := folder(t)
	log := filepath.Join(dir, "keeper", "recipients", "words")
	g := group(t, dir)
	u := g.NewUplinks(dir, Child{})
	t.Cleanup(func() { u.Close() })
	socket := filepath.Join(dir, "uplink@kitchen.sock")
	if err := u.Rescan(); err != nil {
		t.Fatalf("a folder that is not there: %v", err)
	}
	enrol(t, dir, "kitchen")
	if _, err := os.Stat(socket); err == nil {
		t.Fatal("a socket before the scan")
	}
	if err := u.Rescan(); err != nil {
		t.Fatal(err)
	}
	if err := u.Rescan(); err != nil {
		t.Fatalf("a second scan: %v", err)
	}
	if len(words(log)) != 0 {
		t.Fatal("an uplink runs although nobody has connected")
	}
	conn := connect(t, socket)
	eventually(t, "an uplink", func() bool { return count(log, "start", "kitchen.json", " 3") == 1 })
	if _, err := conn.Write([]byte("frame")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "its frame", func() bool { return count(log, "read frame") == 1 })
	conn.Close()
	eventually(t, "its end", func() bool { return count(log, "end of input") == 1 })
	pid := started(t, log, 0)
	eventually(t, "no process", func() bool { return !alive(pid) })
}

func TestOneUplinkForOneRecipient(t *testing.T) {
	dir := folder(t)
	log := filepath.Join(dir, "keeper", "recipients", "words")
	g := group(t, dir)
	u := g.NewUplinks(dir, Child{})
	t.Cleanup(func() { u.Close() })
	enrol(t, dir, "kitchen")
	if err := u.Rescan(); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "uplink@kitchen.sock")
	connect(t, socket)
	eventually(t, "the first", func() bool { return count(log, "start") == 1 })
	connect(t, socket)
	eventually(t, "the second", func() bool { return count(log, "start") == 2 })
	if alive(started(t, log, 0)) {
		t.Error("two uplinks live for one recipient")
	}
	second := started(t, log, 1)
	g.Stop()
	if alive(second) {
		t.Error("an uplink outlived the group")
	}
}

func TestRescanFollowsTheFolder(t *testing.T) {
	dir := folder(t)
	g := group(t, dir)
	u := g.NewUplinks(dir, Child{})
	enrol(t, dir, "kitchen")
	enrol(t, dir, "UPPER")
	if err := u.Rescan(); err != nil {
		t.Fatal(err)
	}
	if sockets, _ := filepath.Glob(filepath.Join(dir, "uplink@*")); len(sockets) != 1 || !strings.HasSuffix(sockets[0], "uplink@kitchen.sock") {
		t.Errorf("sockets: %q", sockets)
	}
	if err := os.Remove(filepath.Join(dir, "keeper", "recipients", "kitchen.json")); err != nil {
		t.Fatal(err)
	}
	if err := u.Rescan(); err != nil {
		t.Fatal(err)
	}
	if sockets, _ := filepath.Glob(filepath.Join(dir, "uplink@*")); len(sockets) != 0 {
		t.Errorf("a removed recipient can still be reached at %q", sockets)
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	if err := u.Rescan(); err != nil {
		t.Errorf("a scan after Close: %v", err)
	}
}

func connect(t *testing.T, path string) net.Conn {
	t.Helper()
	conn, err := net.Dial("unixpacket", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// started is the pid of the n-th start in a log.
func started(t *testing.T, log string, n int) int {
	t.Helper()
	for _, line := range words(log) {
		if f := strings.Fields(line); f[1] == "start" {
			if n == 0 {
				pid, err := strconv.Atoi(f[2])
				if err != nil {
					t.Fatal(err)
				}
				return pid
			}
			n--
		}
	}
	t.Fatal("no such start")
	return 0
}
