package control

import (
	"net"
	"path/filepath"
	"testing"
	"time"
)

func TestWatchdogReachesTheServiceManager(t *testing.T) {
	for name, socket := range map[string]string{
		"path":     filepath.Join(t.TempDir(), "notify"),
		"abstract": "@quietstat-test-" + filepath.Base(t.TempDir()) + time.Now().Format("150405.000000"),
	} {
		t.Run(name, func(t *testing.T) {
			manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
			if err != nil {
				t.Fatal(err)
			}
			defer manager.Close()
			w, err := openWatchdog(socket)
			if err != nil {
				t.Fatal(err)
			}
			defer w.close()
			w.feed()
			buf := make([]byte, 64)
			if n, err := manager.Read(buf); err != nil || string(buf[:n]) != "WATCHDOG=1" {
				t.Errorf("the service manager read %q, %v", buf[:n], err)
			}
			if n := testing.AllocsPerRun(5000, w.feed); n != 0 { // and goes on when nobody reads
				t.Errorf("%v allocations to feed a watchdog", n)
			}
		})
	}
}

func TestWatchdogWithoutServiceManager(t *testing.T) {
	w, err := openWatchdog("")
	if err != nil {
		t.Fatal(err)
	}
	w.feed()
	w.close()
	if _, err := openWatchdog(filepath.Join(t.TempDir(), "nobody")); err == nil {
		t.Error("a socket that is not there was opened")
	}
}
