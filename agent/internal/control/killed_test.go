package control

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
	"quietstat/agent/internal/supervise"
	houses "quietstat/hvac/house"
)

// agent is a parent with a living house, and control as a process of its own, which
// is replaced as the agent does it: safe-outputs first, then a new start.
type agent struct {
	t       *testing.T
	config  *config.Config
	group   *supervise.Group
	world   *supervise.World
	now     time.Duration
	changes []change
	deaths  chan death

	mu     sync.Mutex
	master *clock.Master
	lives  int
}

// change is what a stopwatch at the heating relay sees.
type change struct {
	at time.Duration
	on bool
}

// death is the relay right after control's end and after safe-outputs.
type death struct {
	before, after bool
	err           error
}

func newAgent(t *testing.T) *agent {
	t.Helper()
	// The paths of sockets are short.
	dir, err := os.MkdirTemp("", "control-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "quietstat.toml")
	text := fmt.Sprintf(`
[state]
folder = %q
runtime = %q
[board]
kind = "sim"
[relays.heat]
pin = "GPIO17"
type = "heating"
active_low = true
[relays.cool]
pin = "GPIO27"
type = "cooling"
[control]
min_on = "1m"
min_off = "90s"
`, dir, dir)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	a := &agent{t: t, now: 1000 * time.Second, deaths: make(chan death, 8)}
	if a.config, err = config.Load(path); err != nil {
		t.Fatal(err)
	}
	if a.world, err = supervise.NewWorld(a.config, houses.KindA, 1, 0); err != nil {
		t.Fatal(err)
	}
	if a.group, err = supervise.NewGroup(dir, nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	// Nobody reads what the roles write: a broken log must not end the heating.
	deaf, words, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	deaf.Close()
	board := func() ([]supervise.File, error) {
		f, err := a.world.Link(ctx)
		return []supervise.File{f}, err
	}
	sockets, err := supervise.Roles{
		Config: path, Runtime: dir, State: dir, Stderr: words,
		Control: func() ([]supervise.File, error) {
			master, link, err := clock.Pair()
			if err != nil {
				return nil, err
			}
			a.mu.Lock()
			a.master = master
			a.lives++
			a.mu.Unlock()
			files, err := board()
			return append(files, supervise.File{Variable: clock.LinkVariable, File: link}), err
		},
		ControlDied: func() {
			d := death{before: a.world.Heating()}
			d.err = a.group.Run(ctx, supervise.Child{Name: "safe-outputs", Args: []string{"safe-outputs", "--config", path}, Prepare: board})
			d.after = a.world.Heating()
			a.deaths <- d
		},
	}.Start(a.group)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		a.group.Stop()
		cancel()
		words.Close()
		sockets.Close()
		if a.world.Heating() {
			t.Error("everything has ended and the heating is on")
		}
	})
	return a
}

// life is how often control has been started.
func (a *agent) life() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.lives
}

// tick lets a second pass.
func (a *agent) tick() {
	a.t.Helper()
	a.now += time.Second
	a.mu.Lock()
	m := a.master
	a.mu.Unlock()
	err := m.Send(clock.Tick{Instant: clock.Instant{Boot: a.now}})
	if err == nil {
		_, err = m.Wait(30 * time.Second)
	}
	if err != nil {
		a.t.Fatal(err)
	}
	a.look()
	a.world.Advance(time.Second)
}

// look notes what the relay does now.
func (a *agent) look() {
	if on := a.world.Heating(); len(a.changes) == 0 || a.changes[len(a.changes)-1].on != on {
		a.changes = append(a.changes, change{a.now, on})
	}
	if a.world.Heating() && a.world.Cooling() {
		a.t.Fatal("heating and cooling are on together")
	}
}

func (a *agent) until(heat bool) {
	a.t.Helper()
	for range 600 {
		if a.tick(); a.world.Heating() == heat {
			return
		}
	}
	a.t.Fatalf("the heating did not become %v", heat)
}

func (a *agent) call(verb string, arguments any) (s local.Status) {
	a.t.Helper()
	socket := filepath.Join(a.config.State.Runtime, local.ControlSocket)
	if err := local.Call(context.Background(), socket, verb, arguments, &s); err != nil {
		a.t.Fatal(err)
	}
	return s
}

// end sends control a signal and waits until its successor runs.
func (a *agent) end(s syscall.Signal) death {
	a.t.Helper()
	lives, p := a.life(), a.group.Process("control")
	if err := p.Signal(s); err != nil {
		a.t.Fatal(err)
	}
	d := <-a.deaths
	a.look()
	eventually(a.t, func() bool { return a.life() > lives })
	return d
}

// However control ends in the middle of heating, the pin goes to its safe level, the
// successor keeps the shortest pause from then on, and it remembers what was wanted.
func TestEndingsInTheMiddleOfHeating(t *testing.T) {
	a := newAgent(t)
	a.tick()
	a.call("set", local.SetArguments{SetpointC: 25})
	a.call("mode", local.ModeArguments{Mode: "heat"})
	for _, s := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGINT, syscall.SIGABRT} {
		a.until(true)
		for range 10 {
			a.tick()
		}
		d := a.end(s)
		sudden := s == syscall.SIGKILL || s == syscall.SIGABRT
		if d.before != sudden || d.after || d.err != nil {
			t.Errorf("%v: the relay was %v when control was gone, %v after safe-outputs (%v)", s, d.before, d.after, d.err)
		}
		a.tick()
		if now := a.call("status", nil); now.Mode != "heat" || now.SetpointC != 25 || now.Heat {
			t.Errorf("%v: the successor keeps %v °C, mode %s, heat %v", s, now.SetpointC, now.Mode, now.Heat)
		}
	}
	for _, s := range []syscall.Signal{syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGPIPE} {
		if err := a.group.Process("control").Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	lives := a.life()
	a.until(true)
	if a.life() != lives {
		t.Error("a signal for others ended control")
	}
	for i := 1; i < len(a.changes); i++ {
		c, was := a.changes[i], a.changes[i-1]
		if pause := c.at - was.at; c.on && pause < a.config.Control.MinOff {
			t.Errorf("on again after %v, the shortest pause is %v", pause, a.config.Control.MinOff)
		}
	}
	if len(a.changes) < 14 {
		t.Errorf("the relay moved %d times: %v", len(a.changes), a.changes)
	}
}
