package supervise

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"quietstat/agent/internal/config"
	"quietstat/hvac/house"
)

// Options is what the role "agent" is started with.
type Options struct {
	Config     *config.Config
	ConfigPath string
	Runtime    string // folder of the sockets; empty = the configuration's
	State      string // folder of the state; empty = the configuration's

	House house.Kind // of a simulated board; zero = house A
	Seed  uint64     // likewise

	Stdout, Stderr io.Writer    // of the roles
	Log            *slog.Logger // nil = silent
}

const (
	worldPeriod  = 100 * time.Millisecond // a simulated house on the real clock
	rescanPeriod = time.Second            // until a new recipient can be reached
	safeLimit    = 2 * time.Second        // for quietstat safe-outputs

	// Control feeds its watchdog once per period. A busy machine may cost it a few
	// seconds and must not cost it its life; a house does not feel half a minute.
	leastWatchdog   = 30 * time.Second
	watchdogPeriods = 3
)

// watchdog is how long a control with such a period may be silent.
func watchdog(period time.Duration) time.Duration {
	return max(leastWatchdog, watchdogPeriods*period)
}

// Agent starts all roles as children, keeps them alive, and ends them in order when
// the context does or the process is interrupted or terminated (then it returns
// nil). SIGUSR2 is passed on to the keeper, which closes everything.
func Agent(ctx context.Context, o Options) (err error) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	quiet := make(chan os.Signal, 1)
	signal.Notify(quiet, syscall.SIGUSR2)
	defer signal.Stop(quiet)

	o.fill()
	for _, folder := range []string{o.Runtime, o.State} {
		if err := os.MkdirAll(folder, 0o750); err != nil {
			return fmt.Errorf("the agent's folders: %w; choose others with --runtime and --state", err)
		}
	}
	// The board outlives the context and the group: control drives its relays safe on
	// the way out, and safe-outputs does after a control that could not.
	boardCtx, boardEnd := context.WithCancel(context.WithoutCancel(ctx))
	defer boardEnd()
	g, err := NewGroup(o.Runtime, o.Log)
	if err != nil {
		return err
	}
	defer g.Stop()
	roles := Roles{Config: o.ConfigPath, Runtime: o.Runtime, State: o.State, MDNS: o.Config.MDNS.Enabled, Voice: o.Config.Voice.Configured(), Stdout: o.Stdout, Stderr: o.Stderr}
	var world *World
	if o.Config.Board.Kind == config.KindSim {
		now := time.Now()
		midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
		if world, err = NewWorld(o.Config, o.House, o.Seed, now.Sub(midnight)); err != nil {
			return err
		}
		roles.Control = func() ([]File, error) {
			link, err := world.Link(boardCtx)
			return []File{link}, err
		}
	}
	roles.ControlDied = func() { o.safe(g, roles) }
	roles.ControlWatchdog = watchdog(o.Config.Control.Period)
	sockets, err := roles.Start(g)
	if err != nil {
		return err
	}
	uplinks := g.NewUplinks(o.State, Child{Stdout: o.Stdout, Stderr: o.Stderr})
	defer func() {
		// Uplinks first, then the roles in order; the sockets go with them.
		err = errors.Join(err, uplinks.Close())
		g.Stop()
		err = errors.Join(err, sockets.Close())
	}()
	o.Log.Info("the agent has started its roles", "runtime", o.Runtime, "simulated", world != nil)
	return o.attend(ctx, g, uplinks, world, quiet)
}

// attend does what the parent has to do while its children live.
func (o *Options) attend(ctx context.Context, g *Group, uplinks *Uplinks, world *World, quiet <-chan os.Signal) error {
	rescan := time.NewTicker(rescanPeriod)
	defer rescan.Stop()
	step := make(<-chan time.Time)
	if world != nil {
		t := time.NewTicker(worldPeriod)
		defer t.Stop()
		step = t.C
	}
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-quiet:
			if err := g.Signal("keeper", syscall.SIGUSR2); err != nil {
				o.Log.Error("quiet did not reach the keeper", "error", err)
			}
		case <-rescan.C:
			if err := uplinks.Rescan(); err != nil {
				o.Log.Error("not every recipient can be reached", "error", err)
			}
		case now := <-step:
			world.Advance(now.Sub(last))
			last = now
		}
	}
}

// safe drives the relays off after control has died.
func (o *Options) safe(g *Group, roles Roles) {
	ctx, cancel := context.WithTimeout(context.Background(), safeLimit)
	defer cancel()
	c := Child{Name: "safe-outputs", Args: []string{"safe-outputs", "--config", roles.Config}, Prepare: roles.Control, Stdout: o.Stdout, Stderr: o.Stderr}
	if err := g.Run(ctx, c); err != nil {
		o.Log.Error("the relays could not be driven to their safe level", "error", err)
		return
	}
	o.Log.Warn("control died; the relays are at their safe level")
}

func (o *Options) fill() {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Runtime == "" {
		o.Runtime = o.Config.State.Runtime
	}
	if o.State == "" {
		o.State = o.Config.State.Folder
	}
	if o.House == 0 {
		o.House = house.KindA
	}
}
