package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"time"

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
	"quietstat/drivers"
)

// roleFlags are what every role that knows a configuration can be told.
type roleFlags struct {
	state string
	debug bool
}

func (r *roleFlags) define(f *flag.FlagSet) {
	f.StringVar(&r.state, "state", "", "`DIR` of the state; otherwise the configuration's")
	f.BoolVar(&r.debug, "debug", false, "log more; readings, setpoints and doors are never logged")
}

// role makes the leaf of a role that has no flags but the common ones.
func role(name, summary string, run func(*roleFlags, *surroundings) error) *command {
	return leaf(name, "", summary, func(f *flag.FlagSet) action {
		r := new(roleFlags)
		r.define(f)
		return func(s *surroundings, _ []string) error { return run(r, s) }
	})
}

func controlCommand() *command {
	return role("control", "The role that reads the sensors and drives the relays.", runControl)
}

func keeperCommand() *command {
	return role("keeper", "The role that decides what may leave, and writes down what did.", runKeeper)
}

func mdnsCommand() *command {
	return role("mdns", "The role that says on the local network that a thermostat is here, and nothing else.", runMDNS)
}

func safeOutputsCommand() *command {
	return role("safe-outputs", "Drive every relay to its safe level, without the agent.", safeOutputs)
}

func uplinkCommand() *command {
	return leaf("uplink", "", "The role that carries decided messages to one recipient; started by a socket, ends with the window.", func(f *flag.FlagSet) action {
		recipient := f.String("recipient", "", "`FILE` of the recipient, as the keeper wrote it down")
		return func(s *surroundings, _ []string) error { return runUplink(s, *recipient) }
	})
}

func agentCommand() *command {
	return leaf("agent", "", "Start all roles as children, where there is no systemd.", func(f *flag.FlagSet) action {
		c := new(agentFlags)
		c.define(f)
		f.StringVar(&c.house, "house", "A", "with a simulated board: `WHICH` house, A, E, R or U")
		f.Uint64Var(&c.seed, "seed", 1, "with a simulated board: `N`umber that fixes its weather")
		return c.run
	})
}

// load reads the configuration and applies the flags that override its folders.
func (f *roleFlags) load(s *surroundings) (*config.Config, error) {
	c, err := config.Load(s.configPath)
	if err != nil {
		return nil, err
	}
	if f.state != "" {
		c.State.Folder = f.state
	}
	if s.runtimeFolder != "" {
		c.State.Runtime = s.runtimeFolder
	}
	return c, nil
}

// logger writes what happened, without time stamps: the journal has its own.
func (f *roleFlags) logger(s *surroundings, role string) *slog.Logger {
	level := slog.LevelInfo
	if f.debug {
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

type agentFlags struct {
	roleFlags
	house string
	seed  uint64
}

func (c *agentFlags) run(s *surroundings, _ []string) error {
	conf, err := c.load(s)
	if err != nil {
		return err
	}
	kind, err := parseHouse(c.house)
	if err != nil {
		return local.Usage(err.Error(), "see quietstat agent --help")
	}
	return supervise.Agent(s.ctx, supervise.Options{
		Config: conf, ConfigPath: s.configPath, Runtime: conf.State.Runtime, State: conf.State.Folder,
		House: kind, Seed: c.seed, Stdout: s.stdout, Stderr: s.stderr, Log: c.logger(s, "agent"),
	})
}

func runControl(c *roleFlags, s *surroundings) (err error) {
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
	desk, panel, err := controlSockets(conf.State.Runtime)
	if err != nil {
		return errors.Join(err, control.SafeOutputs(conf, board.hardware))
	}
	notifier, err := notify.FromEnvironment()
	if err != nil {
		return errors.Join(err, control.SafeOutputs(conf, board.hardware))
	}
	return control.Run(s.ctx, control.Options{
		Config: conf, Hardware: board.hardware, Simulated: board.simulated, Link: link, Disk: new(store.Disk),
		StateFolder: conf.State.Folder, ControlListener: desk, PanelListener: panel,
		Notify: notifier, Log: log,
		Reload: func() (*config.Config, error) { return c.load(s) },
	})
}

// controlSockets opens the two sockets of control.
func controlSockets(folder string) (net.Listener, *net.UnixListener, error) {
	desk, err := supervise.Listener(local.ControlSocket, filepath.Join(folder, local.ControlSocket))
	if err != nil {
		return nil, nil, err
	}
	panel, err := supervise.Listener(local.PanelSocket, filepath.Join(folder, local.PanelSocket))
	if err != nil {
		return nil, nil, errors.Join(err, desk.Close())
	}
	return desk, panel.(*net.UnixListener), nil
}

func runKeeper(c *roleFlags, s *surroundings) error {
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
	ear, err := supervise.Listener(local.VoiceSocket, filepath.Join(conf.State.Runtime, local.VoiceSocket))
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	notifier, err := notify.FromEnvironment()
	if err != nil {
		return errors.Join(err, listener.Close(), ear.Close())
	}
	zone, err := conf.Household.Location()
	if err != nil {
		return errors.Join(err, listener.Close(), ear.Close())
	}
	log := c.logger(s, "keeper")
	return keeper.Run(s.ctx, keeper.Options{
		Folder: conf.State.Folder, Runtime: conf.State.Runtime, PanelSocket: filepath.Join(conf.State.Runtime, local.PanelSocket),
		Listener: listener, Link: link, ButtonWindow: conf.Session.ButtonWindow, KeepValues: conf.Consent.KeepValues, TalkButton: conf.Board.Talk != "", Indicator: conf.Board.Indicator.Wired(), Zone: zone,
		VoiceListener: ear, VoiceStacks: voiceStacks(conf.Voice), Voice: conf.Voice.Configured(), OpenFromWake: conf.Voice.OpenFrom == config.OpenFromWake,
		Log: log,
		Ready: func() {
			if err := notifier.Ready(); err != nil {
				log.Warn("telling the service manager", "problem", err)
			}
		},
	})
}

func runUplink(s *surroundings, recipient string) error {
	if recipient == "" {
		return local.Usage("an uplink is for one recipient; --recipient names its file", "it is started by its socket, not by hand")
	}
	conn, err := uplink.Inherit()
	if err != nil {
		return err
	}
	if err := uplink.Run(s.ctx, conn, recipient); err != nil {
		// Without the error itself, which names the recipient: the keeper tells it to
		// people, a journal may be read elsewhere.
		fmt.Fprintln(s.stderr, "quietstat uplink:", uplink.Word(err))
		return exitError(uplink.ExitCode(err))
	}
	return nil
}

func runMDNS(c *roleFlags, s *surroundings) error {
	conf, err := c.load(s)
	if err != nil {
		return err
	}
	if !conf.MDNS.Enabled { // its unit starts it all the same
		c.logger(s, "mdns").Info("nothing is announced: mdns.enabled is false")
		return nil
	}
	id, err := store.Identity(new(store.Disk), filepath.Join(conf.State.Folder, "mdns"))
	if err != nil {
		return err
	}
	notifier, err := notify.FromEnvironment()
	if err != nil {
		return err
	}
	responder, err := mdns.New(mdns.Options{Interface: conf.MDNS.Interface, ID: id, Port: int(conf.MDNS.Port), Log: c.logger(s, "mdns")})
	if err != nil {
		return err
	}
	go tellRegistered(s.ctx, responder, notifier)
	return responder.Run(s.ctx)
}

// tellRegistered tells the service manager, if there is one, that the record
// stands. A house without a network never gets there, which is no fault.
func tellRegistered(ctx context.Context, responder *mdns.Responder, notifier *notify.Notifier) {
	every := time.NewTicker(100 * time.Millisecond)
	defer every.Stop()
	for !responder.Registered() {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
	_ = notifier.Ready() // nobody to tell is no reason to stop answering
}

// safeOutputs works also with a configuration that has been spoilt: then by the
// wiring control last ran with.
func safeOutputs(c *roleFlags, s *surroundings) error {
	conf, spoilt := c.load(s)
	wiring := control.Wiring{}
	if spoilt == nil {
		wiring = control.Wiring{Kind: conf.Board.Kind, Options: conf.DriversOptions()}
	} else {
		folder, known := c.state, false
		if folder == "" {
			folder = config.DefaultFolder
		}
		if wiring, known = control.LastWiring(new(store.Disk), folder); !known {
			return spoilt
		}
		report(spoilt, s.stderr)
		fmt.Fprintln(s.stderr, "quietstat: going by the wiring that was last in force")
	}
	hardware, err := outputsOf(wiring)
	if err != nil {
		return err
	}
	if err := drivers.SafeOutputs(hardware, wiring.Options); err != nil {
		return err
	}
	s.printf("every relay is at its safe level\n")
	return nil
}
