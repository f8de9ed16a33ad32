package supervise

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// Group starts children, keeps them alive and stops them in order.
type Group struct {
	executable string
	runtime    string
	log        *slog.Logger
	nursery    *nursery
	stopped    sync.Once

	noted sync.Once // that isolation is not to be had

	mu      sync.Mutex
	keepers []*keeper         // in the order of their starts
	passing map[*Process]bool // children that end by themselves
}

// NewGroup makes an empty group. runtime is an existing folder for its sockets;
// log may be nil. The caller ends it with Stop.
func NewGroup(runtime string, log *slog.Logger) (*Group, error) {
	executable, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("the roles are this same program, and it cannot be found: %w", err)
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Group{executable: executable, runtime: runtime, log: log, nursery: newNursery(), passing: map[*Process]bool{}}, nil
}

// Start starts a child and keeps it alive until Stop. The error is that of the
// first start; later ones are tried again.
func (g *Group) Start(c Child) error {
	p, err := g.spawn(&c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	k := &keeper{child: c, cancel: cancel, ended: make(chan struct{}), process: p}
	g.mu.Lock()
	g.keepers = append(g.keepers, k)
	g.mu.Unlock()
	go g.keep(ctx, k, p)
	return nil
}

// spawn is one start, isolated if asked and possible.
func (g *Group) spawn(c *Child) (*Process, error) {
	isolated := c.Isolated && os.Geteuid() == 0
	p, err := g.once(c, isolated)
	if isolated && (errors.Is(err, unix.EPERM) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSPC)) {
		isolated = false
		p, err = g.once(c, false)
	}
	if err != nil {
		return nil, err
	}
	if c.Isolated && !isolated {
		g.noted.Do(func() {
			g.log.Info("control and keeper run without a network namespace of their own; only root may make one")
		})
	}
	g.log.Debug("a role was started", "role", c.Name, "pid", p.Pid, "isolated", isolated)
	return p, nil
}

func (g *Group) once(c *Child, isolated bool) (*Process, error) {
	var files []File
	if c.Prepare != nil {
		var err error
		if files, err = c.Prepare(); err != nil {
			closeAll(files)
			return nil, fmt.Errorf("prepare %s: %w", c.Name, err)
		}
	}
	return g.nursery.spawn(g.executable, g.runtime, c, files, isolated)
}

// Process is the present life of a child; nil while there is none.
func (g *Group) Process(name string) *Process {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, k := range g.keepers {
		if k.child.Name == name {
			k.mu.Lock()
			defer k.mu.Unlock()
			return k.process
		}
	}
	return nil
}

// Signal passes a signal on to a child; without a living one it does nothing.
func (g *Group) Signal(name string, s os.Signal) error {
	if p := g.Process(name); p != nil {
		return p.Signal(s)
	}
	return nil
}

// Stop ends the one-shot children, then the others in the reverse order of their
// starts, each before the next, and lets nothing be started again. A child that does
// not end with exit status 0 has its Died called before the next is asked, so what
// Died needs must outlive Stop. Only the first call does anything.
func (g *Group) Stop() { g.stopped.Do(g.stop) }

func (g *Group) stop() {
	g.mu.Lock()
	keepers := g.keepers
	g.keepers = nil
	g.mu.Unlock()
	g.stopPassing()
	for i := len(keepers) - 1; i >= 0; i-- {
		keepers[i].cancel()
		<-keepers[i].ended
	}
	g.nursery.close()
}
