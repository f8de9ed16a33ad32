package keeper

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync/atomic"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/store"
	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// core owns everything that decides. All its methods run on one goroutine, the
// one in run.go; others reach it through do.
type core struct {
	o      Options
	log    *slog.Logger
	source clock.Source
	bootID string

	state    consent.State
	gate     *consent.Gate
	ledger   *store.Ledger // nil: not usable, problem says why
	values   *store.Values // nil likewise
	history  *store.History
	problem  error  // why the ledger is not usable
	auditing bool   // all of it is being checked, beside the core
	scanned  uint64 // entries before this one have nothing to tell a keeper that starts
	notices  []string

	panel   *panel
	fence   *fence
	work    chan func()     // handed in by other goroutines
	running context.Context // ends with the role
	seen    atomic.Int64    // BOOTTIME at which the core last came round
	busy    int             // work of this instant that has not come back yet
	button  button

	snap     consent.Snapshot // the newest
	snapBoot time.Duration    // when it came; 0 = never
	control  bool             // snapshots arrive

	light    wire.Panel    // asked last
	lightAt  time.Duration // when
	opening  map[string]consent.OpenWindow
	ended    []consent.OpenWindow // shut by a closing the core has not heard of yet
	lapsed   map[string]bool      // recipients whose uplink ended by itself, not by our lease
	failing  map[string]string    // why the last window of a recipient could not be used
	releases map[string]handed    // handed out, outcome not known yet, by message id
	sent     map[string]uint64    // messages in the open window, by recipient
	pending  *pending
	actions  map[uint64]*pending
	onces    map[string]*onceOutcome // given, and not asked about since they ended
	erasures map[string]*erasure     // by the opt-in they end
	nextID   uint64
	waiters  []chan struct{} // closed at the next change of sharing

	ear   *ear // nil: nobody is heard
	voice voiceBook
	wish  *wish // said in the room, not answered yet

	refusals       map[string]uint64
	lastRefusal    error
	pressesRefused uint64 // presses of talk that opened nothing, since start

	saveDue    bool
	saveFailed bool
	savedAt    time.Duration
	sealedAt   time.Duration
	flushedAt  time.Duration
	purgedAt   time.Duration
	auditedAt  time.Duration
	probedAt   time.Duration
	mirrorAt   time.Duration // when writing the recipients is tried again; 0 = done
}

func newCore(o Options) *core {
	c := &core{
		o: o, log: o.Log, bootID: o.BootID,
		panel: newPanel(o.PanelSocket), fence: newFence(), work: make(chan func(), 64),
		opening: map[string]consent.OpenWindow{}, lapsed: map[string]bool{}, failing: map[string]string{}, releases: map[string]handed{}, sent: map[string]uint64{},
		actions: map[uint64]*pending{}, onces: map[string]*onceOutcome{}, erasures: map[string]*erasure{}, refusals: map[string]uint64{},
	}
	c.gate = consent.NewGate(c, rand.Reader)
	c.voice = voiceBook{stacks: map[consent.Source]stackBook{}, refusals: map[string]uint64{}}
	if o.VoiceListener != nil {
		c.ear = &ear{listener: o.VoiceListener, trusts: ours, tell: c.hand, to: c}
	}
	return c
}

func (c *core) now() consent.Now {
	n := c.source.Now()
	return consent.Now{Boot: n.Boot, BootID: c.bootID, Wall: n.Wall, WallTrusted: n.Trusted}
}

// do runs f on the core's goroutine and waits for it.
func (c *core) do(ctx context.Context, f func() error) error {
	done := make(chan error, 1)
	select {
	case c.work <- func() { done <- f() }:
	case <-ctx.Done():
		return ctx.Err()
	case <-c.running.Done():
		return c.running.Err()
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ask runs f on the core's goroutine and returns what it found. Somebody who does
// not wait for the answer gets none: what f goes on to write is the core's.
func ask[T any](ctx context.Context, c *core, f func() (T, error)) (T, error) {
	var found T
	if err := c.do(ctx, func() (err error) {
		found, err = f()
		return err
	}); err != nil {
		var none T
		return none, err
	}
	return found, nil
}

// hand gives work to the core's goroutine; a core that has ended takes none.
func (c *core) hand(f func()) {
	select {
	case c.work <- f:
	case <-c.running.Done():
	}
}

// apply feeds the state machine and does what it asks for.
func (c *core) apply(event consent.Event) error {
	next, effects, err := consent.Apply(c.state, c.now(), event)
	c.state = next
	if err != nil {
		c.refused(err)
	}
	c.perform(effects)
	return err
}

// perform does the effects in their order. An entry that cannot be recorded closes
// the gate: what closes, shows or keeps is done all the same, what opens is not.
func (c *core) perform(effects []consent.Effect) {
	var failed error
	for _, effect := range effects {
		switch e := effect.(type) {
		case consent.CloseWindow:
			c.closeWindow(e)
		case consent.Record:
			if failed == nil {
				_, failed = c.Append(e.Entry)
			}
		case consent.SetIndicator:
			c.askLight(e)
		case consent.OpenWindow:
			if failed != nil {
				continue
			}
			c.opening[e.Recipient] = e
			if !c.lapsed[e.Recipient] {
				c.askFreshSample()
			}
		case consent.PresenceProven:
			if failed == nil {
				c.proven(e.ID)
			}
		case consent.Persist:
			c.saveDue = true // also when the ledger could not take it: a withdrawal is kept
		}
		c.changed()
	}
	if failed != nil {
		c.ledgerFailed(failed)
	}
	for _, w := range c.state.Windows() {
		c.fence.cover(w.Recipient, w.Bases)
	}
}

// changed wakes whoever waits for sharing to change.
func (c *core) changed() {
	for _, w := range c.waiters {
		close(w)
	}
	c.waiters = nil
}

// askLight passes the state machine's wish on to control. Until a snapshot
// confirms it, the gate's own check refuses everything.
func (c *core) askLight(e consent.SetIndicator) {
	c.light = wire.Panel{Indicator: e.State, Epoch: e.Epoch}
	c.lightAt = c.now().Boot
	c.panel.ask(c.light)
}

// askFreshSample lets control sample at once: only samples taken after a window
// opened may leave through it. A window that is opened again because its uplink
// ended by itself waits for the next sample that is due: what befalls a connection
// must not reach into the control loop.
func (c *core) askFreshSample() {
	request := c.light
	request.Sample = true
	c.panel.ask(request)
}

// refused counts a refusal that is somebody's, not the gate's pacing.
func (c *core) refused(err error) {
	r, ok := asRefusal(err)
	if !ok || !r.Counted() {
		return
	}
	c.refusals[r.Reason.String()]++
	c.lastRefusal = err
}
