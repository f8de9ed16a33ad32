package control

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/config"
	"quietstat/agent/internal/store"
	"quietstat/drivers"
	"quietstat/hvac/household"
)

// Notifier tells the service manager how the role is; a *notify.Notifier is one.
// The watchdog is fed apart from it (see watchdog.go).
type Notifier interface {
	Ready() error
	Stopping() error
	WatchdogInterval() time.Duration // 0: nobody waits for it
}

// Options is what the role is made of. Config and Hardware are needed; everything
// else may be left out.
type Options struct {
	Config          *config.Config
	Hardware        drivers.Hardware
	Simulated       bool                           // Hardware is not real; the only case in which Link and press are honoured
	Link            *clock.Link                    // nil: the real clock
	Disk            *store.Disk                    // nil: nothing is kept across a restart
	StateFolder     string                         // state of all roles; ours is below control/
	ControlListener net.Listener                   // control.sock; nil: nobody can ask
	PanelListener   *net.UnixListener              // panel.sock, "unixpacket"; nil: no keeper
	Notify          Notifier                       // nil: no service manager
	Log             *slog.Logger                   // nil: discard
	Reload          func() (*config.Config, error) // nil: reload is refused
}

// role is one running control.
type role struct {
	board   board
	link    *clock.Link
	notify  Notifier
	log     *slog.Logger
	reread  func() (*config.Config, error)
	finger  *finger           // nil: the buttons are real
	buttons map[string]string // name -> line, empty: not wired

	desk  desk
	news  *mailbox[record]
	facts atomic.Pointer[facts]
	loop  *loop
	saver *saver

	complaint complaint

	watchdog *watchdog

	starting    sync.Mutex // one experiment is begun at a time
	tuning      *tuning
	calibration calibration
	reloading   sync.Mutex // guards config
	config      *config.Config
}

// Run keeps the house until the context ends, the virtual clock's parent goes, or
// the process is hung up, interrupted, quit or terminated, and returns nil then. The
// relays are driven to their safe level first of all at the start, and last of all on
// every way out: an error, the end, a panic. After a panic of the loop Run panics too,
// with the places but without the values.
func Run(ctx context.Context, o Options) error {
	ctx, stop := untilSignalled(ctx)
	defer stop()
	if err := o.check(); err != nil {
		return err
	}
	b, err := drivers.Open(o.Hardware, o.Config.DriversOptions())
	if err != nil {
		return fmt.Errorf("control: %w", err)
	}
	return run(ctx, o, opened{b})
}

// check refuses what cannot run, with the relays safe.
func (o *Options) check() error {
	var err error
	switch {
	case o.Config == nil || o.Hardware == nil:
		return errors.New("control: a configuration and a board are needed")
	case o.Link != nil && !o.Simulated:
		err = errors.New("control: a virtual clock drives a simulated board only; unset " + clock.LinkVariable)
	default:
		return nil
	}
	return errors.Join(err, SafeOutputs(o.Config, o.Hardware))
}

// SafeOutputs drives every configured output to its safe level and does nothing
// else. It is what the service manager runs when control is gone.
func SafeOutputs(c *config.Config, hw drivers.Hardware) error {
	return drivers.SafeOutputs(hw, c.DriversOptions())
}

// run owns the board from here on.
func run(ctx context.Context, o Options, b board) error {
	r, err := newRole(o, b)
	if err != nil {
		return errors.Join(err, b.Close())
	}
	if err := remember(o.Disk, o.StateFolder, o.Config); err != nil {
		r.log.Warn("the wiring could not be noted for safe-outputs", "cause", err)
	}
	return r.run(ctx, o.ControlListener)
}

func (r *role) run(ctx context.Context, control net.Listener) error {
	err := r.supervise(ctx, control)
	r.tell("stopping", Notifier.Stopping)
	r.letGo(forever)
	closed := r.board.Close()
	r.loop.panel.close()
	r.watchdog.close()
	var c *crash
	if errors.As(err, &c) {
		panic("control: " + c.Error())
	}
	return errors.Join(err, closed, r.saver.finish())
}

func newRole(o Options, b board) (*role, error) {
	r := &role{
		board: b, link: o.Link, notify: o.Notify,
		log: o.Log, reread: o.Reload, config: o.Config, news: newMailbox[record](),
	}
	if presser, ok := o.Hardware.(Presser); ok && o.Simulated {
		r.finger = &finger{presser: presser, slack: slackOnRealClock, held: map[string]time.Duration{}}
		if o.Link != nil {
			r.finger.slack = slackTicks * o.Config.Control.Period
		}
	}
	r.buttons = map[string]string{"talk": string(o.Config.Board.Talk), "quiet": string(o.Config.Board.Quiet)}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	panel, err := newPanel(o.PanelListener)
	if err != nil {
		return nil, err
	}
	r.saver = &saver{disk: o.Disk, path: statePath(o.StateFolder), desk: &r.desk, news: r.news, now: r.now, wake: newBell()}
	r.tuning = &tuning{disk: o.Disk, path: tuningPath(o.StateFolder)}
	r.tuning.restore()
	r.calibration = calibration{disk: o.Disk, path: calibrationPath(o.StateFolder), news: r.news}
	r.calibration.restore()
	params := r.params(o.Config.HVACParams())
	r.desk.clock, r.desk.level = r.instant, func() household.Level { return r.news.read().level }
	if r.desk.zone, err = o.Config.Household.Location(); err != nil {
		panel.close()
		return nil, err
	}
	first, controller := r.saver.restore(&params)
	r.desk.publish(&first)
	r.facts.Store(&facts{realtime: "starting", simulated: o.Simulated, doors: doorsOf(o.Config), second: o.Config.Sensor.Second.Use, lines: linesOf(o.Config)})
	socket := ""
	if o.Notify != nil && o.Notify.WatchdogInterval() > 0 {
		socket = os.Getenv("NOTIFY_SOCKET")
	}
	if r.watchdog, err = openWatchdog(socket); err != nil {
		panel.close()
		return nil, err
	}
	r.loop = &loop{
		board: b, desk: &r.desk, panel: panel, news: r.news, saved: controller,
		changed: newBell(), sample: newBell(), replan: newBell(), sampled: new(atomic.Bool),
		tuner:    tuner{ended: newBell()},
		recorder: newRecorder(r.desk.location),
		shadow:   shadow{on: o.Config.Control.Shadow},
		watchdog: r.watchdog.feed, light: light{set: b.SetIndicator},
		outdoor: o.Config.Sensor.Second.Use == config.UseOutdoor,
		frame:   make([]byte, 0, 512),
	}
	if r.loop.shadow.on {
		r.saver.shadow = shadowPath(o.StateFolder)
		r.loop.shadow.tally = loadTally(o.Disk, r.saver.shadow)
	}
	if err := r.saver.trouble(); err != nil {
		r.log.Warn("starting without all of what was saved", "cause", err)
	}
	return r, nil
}

// instant is the present on whichever clock holds.
func (r *role) instant() clock.Instant {
	if r.link != nil {
		return r.link.Now()
	}
	return clock.System{}.Now()
}

// now is CLOCK_BOOTTIME on whichever clock holds.
func (r *role) now() time.Duration {
	if r.link != nil {
		return r.link.Now().Boot
	}
	return clock.Boottime()
}
