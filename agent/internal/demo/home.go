package demo

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/store"
)

// home are the demo's folders and its configuration.
type home struct {
	folder  string // temporary; removed at the end
	state   string
	runtime string
	path    string // of quietstat.toml
	config  *config.Config
}

// The wiring of the simulated board.
const wiring = `# Written by quietstat demo.
[state]
folder = %q
runtime = %q

[board]
kind = "sim"
talk = "GPIO24"
quiet = "GPIO23"

[board.indicator]
pin = "GPIO25"

[relays.heat]
pin = "GPIO17"
type = "heating"

[[doors]]
id = "front"
pin = "GPIO22"
label = "Front door"

[[doors]]
id = "back"
pin = "GPIO27"
label = "Back door"

[mdns]
enabled = %t
interface = %q
`

// settleIn makes the folders and writes the configuration. After an error nothing
// temporary is left.
func settleIn(state string) (*home, error) {
	h := new(home)
	var err error
	if h.folder, err = temporary(); err != nil {
		return nil, fmt.Errorf("a temporary folder for the demo: %w", err)
	}
	if err := h.furnish(state); err != nil {
		return nil, errors.Join(err, h.leave())
	}
	return h, nil
}

// temporary makes a folder with a full path for the sockets. Where TMPDIR is so deep
// that the kernel's bound on a socket's name would be exceeded, it is made in /tmp.
func temporary() (string, error) {
	base, err := filepath.Abs(os.TempDir())
	if err != nil {
		return "", err
	}
	const deepest = "quietstat-4294967295/run" // MkdirTemp puts a random uint32 at the end
	if len(filepath.Join(base, deepest)) > config.MaxRuntime {
		base = "/tmp"
	}
	return os.MkdirTemp(base, "quietstat-")
}

// furnish makes what is in the folder.
func (h *home) furnish(state string) (err error) {
	h.runtime, h.path = filepath.Join(h.folder, "run"), filepath.Join(h.folder, "quietstat.toml")
	if h.state = filepath.Join(h.folder, "state"); state != "" {
		if h.state, err = filepath.Abs(state); err != nil {
			return err
		}
	}
	for _, folder := range []string{h.runtime, h.state} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return fmt.Errorf("the demo's folders: %w", err)
		}
	}
	name := announceOn()
	text := fmt.Sprintf(wiring, h.state, h.runtime, name != "", name)
	if err := new(store.Disk).WriteAtomic(h.path, []byte(text)); err != nil {
		return fmt.Errorf("the demo's configuration: %w", err)
	}
	h.config, err = config.Load(h.path)
	return err
}

// leave removes what is temporary.
func (h *home) leave() error { return os.RemoveAll(h.folder) }

// announceOn chooses the interface for the announcement: the first that is up,
// speaks multicast and has an address, loopback last. It is empty when there is
// none, and the demo then runs without.
func announceOn() string {
	interfaces, err := net.Interfaces()
	if err != nil {
		return ""
	}
	loopback := ""
	for _, i := range interfaces {
		addresses, err := i.Addrs()
		if err != nil || len(addresses) == 0 || i.Flags&net.FlagUp == 0 {
			continue
		}
		switch {
		case i.Flags&net.FlagLoopback != 0:
			if i.Flags&net.FlagMulticast != 0 {
				loopback = i.Name
			}
		case i.Flags&net.FlagMulticast != 0:
			return i.Name
		}
	}
	return loopback
}
