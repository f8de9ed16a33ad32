package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/config"
	"quietstat/agent/internal/control"
	"quietstat/agent/internal/keeper"
	"quietstat/agent/internal/local"
	"quietstat/agent/internal/mdns"
	"quietstat/agent/internal/notify"
	"quietstat/agent/internal/store"
	"quietstat/agent/internal/supervise"
	"quietstat/agent/internal/uplink"
)

// roleFlags are what every role that knows a configuration can be told.
type roleFlags struct {
	State string `help:"Folder of the state; otherwise the config's." placeholder:"DIR"`
	Debug bool   `help:"Log more. Readings, setpoints and doors are never logged."`
}

// load reads the configuration and applies the flags that override its folders.
func (f *roleFlags) load(s *surroundings) (*config.Config, error) {
	c, err := config.Load(s.commands.Config)
	if err != nil {
		return nil, err
	}
	if f.State != "" {
		c.State.Folder = f.State
	}
	if s.commands.Runtime != "" {
		c.State.Runtime = s.commands.Runtime
	}
	return c, nil
}

// logger writes what happened, without time stamps: the journal has its own.
func (f *roleFlags) logger(s *surroundings, role string) *slog.Logger {
	level := slog.LevelInfo
	if f.Debug {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(s.stderr, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	})).With("role", role)
}

type agentCommand struct {
	roleFlags
	House string `help:"With a simulated board: which house, A, E, R or U." default:"A"`
	Seed  uint64 `help:"With a simulated board: seed of its weather." default:"1"`
}

func (c *agentCommand) Run(s *surroundings) error {
	conf, err := c.load(s)
	if err != nil {
		return err
	}
	kind, err := parseHouse(c.House)
	if err != nil {
		return err
	}
	return supervise.Agent(s.ctx, supervise.Options{
		Config: conf, ConfigPath: s.commands.Config, Runtime: conf.State.Runtime, State: conf.State.Folder,
		House: kind, Seed: c.Seed, Stdout: s.stdout, Stderr: s.stderr, Log: c.logger(s, "agent"),
	})
}

type controlCommand struct{ roleFlags }

func (c *controlCommand) Run(s *surroundings) (err error) {
	conf, err := c.load(s)
	if err != nil {
		return err
	}
	log := c.logger(s, "control")
	link, err := clock.FromEnvironment()
	if err != nil {
		return err
	}
	board, err := openBoard(s.ctx, conf)
	if err != nil {
		return err
	}
	desk, err := supervise.Listener(local.ControlSocket, filepath.Join(conf.State.Runtime, local.ControlSocket))
	if err != nil {
		return err
	}
	panel, err := supervise.Listener(local.PanelSocket, filepath.Join(conf.State.Runtime, local.PanelSocket))
	if err != nil {
		return errors.Join(err, desk.Close())
	}
	notifier, err := notify.FromEnvironment()
	if err != nil {
		return err
	}
	return control.Run(s.ctx, control.Options{
		Config: conf, Hardware: board.hardware, Simulated: board.simulated, Link: link, Disk: new(store.Disk),
		StateFolder: conf.State.Folder, ControlListener: desk, PanelListener: panel.(*net.UnixListener),
		Notify: watchdog{notifier}, Log: log,
		Reload: func() (*config.Config, error) { return c.load(s) },
	})
}

// watchdog is the notifier by the names the control loop uses.
type watchdog struct{ *notify.Notifier }

func (w watchdog) Watchdog() error { return w.Alive() }

type keeperCommand struct{ roleFlags }

func (c *keeperCommand) Run(s *surroundings) error {
	conf, err := c.load(s)
	if err != nil {
		return err
	}
	link, err := clock.FromEnvironment()
	if err != nil {
		return err
	}
	if link != nil && conf.Board.Kind != config.KindSim {
		return fmt.Errorf("a virtual clock is for a simulated board only; unset %s", clock.LinkVariable)
	}
	listener, err := supervise.Listener(local.KeeperSocket, filepath.Join(conf.State.Runtime, local.KeeperSocket))
	if err != nil {
		return err
	}
	notifier, err := notify.FromEnvironment()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	doors := make([]string, len(conf.Doors))
	for i, d := range conf.Doors {
		doors[i] = d.ID
	}
	log := c.logger(s, "keeper")
	return keeper.Run(s.ctx, keeper.Options{
		Folder: conf.State.Folder, Runtime: conf.State.Runtime, PanelSocket: filepath.Join(conf.State.Runtime, local.PanelSocket),
		Listener: listener, Link: link, ButtonWindow: conf.Session.ButtonWindow, TalkButton: conf.Board.Talk != "",
		DoorIDs: doors, Log: log,
		Ready: func() {
			if err := notifier.Ready(); err != nil {
				log.Warn("telling the service manager", "problem", err)
			}
		},
	})
}

type uplinkCommand struct {
	Recipient string `help:"The recipient this uplink is for, as the keeper wrote it down." required:"" placeholder:"FILE"`
}

func (c *uplinkCommand) Run(s *surroundings) error {
	conn, err := uplink.Inherit()
	if err != nil {
		return err
	}
	if err := uplink.Run(s.ctx, conn, c.Recipient); err != nil {
		fmt.Fprintln(s.stderr, "quietstat uplink:", err)
		return exitError(uplink.ExitCode(err))
	}
	return nil
}

type mdnsCommand struct{ roleFlags }

func (c *mdnsCommand) Run(s *surroundings) error {
	conf, err := c.load(s)
	if err != nil {
		return err
	}
	id, err := store.Identity(new(store.Disk), filepath.Join(conf.State.Folder, "mdns"))
	if err != nil {
		return err
	}
	notifier, err := notify.FromEnvironment()
	if err != nil {
		return err
	}
	log := c.logger(s, "mdns")
	return mdns.Run(s.ctx, mdns.Options{
		Interface: conf.MDNS.Interface, ID: id, Port: int(conf.MDNS.Port), Log: log,
		Ready: func() {
			if err := notifier.Ready(); err != nil {
				log.Warn("telling the service manager", "problem", err)
			}
		},
	})
}

type safeOutputsCommand struct{ roleFlags }

func (c *safeOutputsCommand) Run(s *surroundings) error {
	conf, err := c.load(s)
	if err != nil {
		return err
	}
	board, err := openBoard(s.ctx, conf)
	if err != nil {
		return err
	}
	if err := control.SafeOutputs(conf, board.hardware); err != nil {
		return err
	}
	s.printf("every relay is at its safe level\n")
	return nil
}
