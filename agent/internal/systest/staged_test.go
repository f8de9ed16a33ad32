//go:build systest

package systest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"quietstat/agent/internal/supervise"
	"quietstat/drivers/sim"
)

// The canary: values and a name that occur nowhere else, so that wherever they
// turn up they came from this house.
const (
	canaryCelsius = 17.3719
	canaryPercent = 43.219
	canaryPascal  = 98765
	canaryDoor    = "XDOORX"
)

// staged is a house whose board, parent and uplinks this test plays: each role is a
// process of its own that the test has started, so each one's output, connections
// and death can be told apart. Unlike under the agent no role has a network
// namespace of its own: whatever a role says reaches a cable that is watched.
type staged struct {
	*agent
	board *sim.Board
	env   []string

	mu    sync.Mutex
	said  map[string]*printed  // what each role printed, by role
	roles map[string]*exec.Cmd // those that stand
	ups   int                  // uplinks started
}

// printed collects what a process writes while others read it.
type printed struct {
	mu   sync.Mutex
	text []byte
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = append(p.text, b...)
	return len(b), nil
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.text)
}

// stagedConfiguration is a quick loop, short sessions, and a door with the canary's
// name.
func stagedConfiguration(folder string) string {
	text := configuration(folder, "200ms", fmt.Sprintf("[mdns]\ninterface = %q\n\n[session]\nbutton_window = \"8s\"\n\n[sensor]\nperiod = \"1s\"\n", homeLink))
	return text + fmt.Sprintf("\n[[doors]]\nid = \"back\"\npin = \"GPIO27\"\nlabel = %q\n", canaryDoor)
}

// stage builds the house and starts control, keeper and mdns in the namespace.
// environment is added to every role's.
func stage(t testing.TB, namespace string, environment ...string) *staged {
	t.Helper()
	folder, err := os.MkdirTemp("", "qs")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	for _, name := range []string{"state", "run"} {
		if err := os.Mkdir(filepath.Join(folder, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "quietstat.toml"), []byte(stagedConfiguration(folder)), 0o600); err != nil {
		t.Fatal(err)
	}
	h := &staged{
		agent: &agent{t: t, program: program(t), namespace: namespace, folder: folder},
		board: sim.New(1), env: environment, said: map[string]*printed{}, roles: map[string]*exec.Cmd{},
	}
	h.board.SetClimate(canaryCelsius, canaryPercent, canaryPascal)
	h.door(false)
	for _, button := range []string{"GPIO23", "GPIO24"} {
		if err := h.board.Press(button, false); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// door moves both doors of the house.
func (h *staged) door(open bool) {
	h.t.Helper()
	for _, pin := range []string{"GPIO22", "GPIO27"} {
		if err := h.board.SetDoor(pin, open); err != nil {
			h.t.Fatal(err)
		}
	}
}

// begin starts the standing roles and waits until they know each other.
func (h *staged) begin() {
	h.t.Helper()
	h.control()
	h.keeper()
	h.start("mdns", nil)
	h.ready()
}

func (h *staged) ready() {
	h.t.Helper()
	h.until("control and keeper answer", 15*time.Second, func() bool {
		s, err := h.status()
		return err == nil && s.Control != nil && s.Keeper != nil && s.Control.Sampled && s.Keeper.Control
	})
}

// control starts the role before this test's board.
func (h *staged) control() {
	h.t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		h.t.Fatal(err)
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "board"), os.NewFile(uintptr(fds[1]), "board")
	conn, err := net.FileConn(ours)
	ours.Close()
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	h.t.Cleanup(cancel)
	go func() {
		defer conn.Close()
		_ = sim.Serve(ctx, conn, h.board)
	}()
	h.start("control", theirs, supervise.BoardVariable+"=3")
}

func (h *staged) keeper() { h.start("keeper", nil) }

// start starts one role in the house's namespace. file becomes its file 3.
func (h *staged) start(role string, file *os.File, environment ...string) {
	h.t.Helper()
	c := h.role(role, []string{"--config", filepath.Join(h.folder, "quietstat.toml"), role}, file, environment...)
	h.mu.Lock()
	h.roles[role] = c
	h.mu.Unlock()
}

func (h *staged) role(name string, arguments []string, file *os.File, environment ...string) *exec.Cmd {
	arguments = append([]string{"netns", "exec", h.namespace, h.program}, arguments...)
	c := exec.Command(peer(h.t, "ip"), arguments...)
	c.Env = append(append([]string{"PATH=" + os.Getenv("PATH")}, h.env...), environment...)
	c.Dir = h.folder // a core file would land here
	if file != nil {
		c.ExtraFiles = []*os.File{file}
		defer file.Close()
	}
	h.mu.Lock()
	if h.said[name] == nil {
		h.said[name] = new(printed)
	}
	c.Stdout, c.Stderr = h.said[name], h.said[name]
	h.mu.Unlock()
	if err := c.Start(); err != nil {
		h.t.Errorf("%s: %v", name, err)
		return c
	}
	done := make(chan struct{})
	go func() { c.Wait(); close(done) }()
	h.t.Cleanup(func() {
		syscall.Kill(c.Process.Pid, syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			h.t.Errorf("%s did not end on SIGTERM", name)
			syscall.Kill(c.Process.Pid, syscall.SIGKILL)
			<-done
		}
	})
	return c
}

// enrol enrols a recipient and plays the parent that starts its uplinks.
func (h *staged) enrol(id, endpoint string, flags ...string) {
	h.t.Helper()
	h.quietstat(append([]string{"recipient", "add", id, endpoint}, flags...)...)
	path := filepath.Join(h.folder, "run", "uplink@"+id+".sock")
	l, err := net.ListenUnix("unixpacket", &net.UnixAddr{Net: "unixpacket", Name: path})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.AcceptUnix()
			if err != nil {
				return
			}
			file, err := conn.File()
			conn.Close()
			if err != nil {
				return
			}
			h.mu.Lock()
			h.ups++
			h.mu.Unlock()
			h.role("uplink", []string{"uplink", "--recipient", filepath.Join(h.folder, "state", "keeper", "recipients", id+".json")}, file)
		}
	}()
}

// uplinks is how many were ever started.
func (h *staged) uplinks() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.ups
}

// journal is everything the roles have printed, by role.
func (h *staged) journal() map[string]string {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := map[string]string{}
	for role, p := range h.said {
		all[role] = p.String()
	}
	return all
}

// messages is how many messages left through the open window to one recipient.
func (h *staged) messages(recipient string) uint64 {
	s, err := h.status()
	if err != nil || s.Keeper == nil {
		return 0
	}
	for _, w := range s.Keeper.Windows {
		if w.Recipient == recipient {
			return w.Messages
		}
	}
	return 0
}
