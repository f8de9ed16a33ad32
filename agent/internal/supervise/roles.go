package supervise

import (
	"errors"
	"io"
	"path/filepath"
	"time"

	"quietstat/agent/internal/local"
)

// Roles is what the standing roles of one house are started with.
type Roles struct {
	Config, Runtime, State string // paths
	MDNS                   bool   // announce on the local network
	Voice                  bool   // a voice stack is configured

	Stdout, Stderr io.Writer // of every role; nil = discarded

	// Control and Keeper make the files a role gets at each start; nil = none.
	Control, Keeper func() ([]File, error)
	// ControlDied runs after every unasked end of control, before its next start, and
	// after a stop in which control did not end cleanly; see Child.Died.
	ControlDied func()
	// ControlWatchdog is the Watchdog of control; zero where the clock is virtual.
	ControlWatchdog time.Duration
}

// controlLimit is how long control may take to drive its relays safe and save its
// state; the others have DefaultLimit.
const controlLimit = 10 * time.Second

// Start starts control, keeper, mdns and voice, in this order, in which they are stopped
// the other way round. The sockets must be closed after the group has stopped.
func (r Roles) Start(g *Group) (Sockets, error) {
	var sockets Sockets
	open := func(name string) *Socket {
		s, err := Open(name, filepath.Join(r.Runtime, name))
		if err == nil {
			sockets.open = append(sockets.open, s)
		}
		sockets.err = errors.Join(sockets.err, err)
		return s
	}
	toControl := []*Socket{open(local.ControlSocket), open(local.PanelSocket)}
	toKeeper := []*Socket{open(local.KeeperSocket), open(local.VoiceSocket)}
	if sockets.err != nil {
		return Sockets{}, errors.Join(sockets.err, sockets.Close())
	}
	child := func(name string) Child {
		return Child{Name: name, Args: Args(name, r.Config, r.Runtime, r.State), Stdout: r.Stdout, Stderr: r.Stderr}
	}
	control, keeper, mdns := child("control"), child("keeper"), child("mdns")
	control.Sockets, control.Prepare, control.Isolated = toControl, r.Control, true
	control.Died, control.Limit, control.Watchdog = r.ControlDied, controlLimit, r.ControlWatchdog
	keeper.Sockets, keeper.Prepare, keeper.Isolated = toKeeper, r.Keeper, true
	children := []Child{control, keeper}
	if r.MDNS {
		children = append(children, mdns)
	}
	if r.Voice {
		children = append(children, child("voice"))
	}
	for _, c := range children {
		if err := g.Start(c); err != nil {
			return Sockets{}, errors.Join(err, sockets.Close())
		}
	}
	return sockets, nil
}

// Sockets are the listening sockets of the roles.
type Sockets struct {
	open []*Socket
	err  error
}

// Close removes them all.
func (s Sockets) Close() error {
	var errs []error
	for _, each := range s.open {
		errs = append(errs, each.Close())
	}
	return errors.Join(errs...)
}
