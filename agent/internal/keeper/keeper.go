package keeper

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/consent"
)

// Options is everything the role needs from outside.
type Options struct {
	Folder        string                    // the state folder: keeper/, ledger/, values/, history/
	Runtime       string                    // the folder of the uplinks' sockets
	PanelSocket   string                    // control's panel.sock
	Listener      net.Listener              // keeper.sock, handed in
	Link          *clock.Link               // nil: the system clock
	Disk          *store.Disk               // nil: the real one
	ButtonWindow  time.Duration             // how long a press of talk opens
	KeepValues    time.Duration             // exact values of what left; zero means 30 days
	VoiceListener net.Listener              // voice.sock, handed in; nil: nobody is heard
	VoiceStacks   map[consent.Source]string // where the configured voice stacks are, by what they are heard as
	Voice         bool                      // a voice role is to be expected
	OpenFromWake  bool                      // a wake word opens, not the end of speech

	TalkButton bool           // a talk button is configured: owners prove their presence with it
	Indicator  bool           // a light is wired; without one nothing can be shown, so nothing opens
	Zone       *time.Location // whose days the history has; nil: the system's
	Ready      func()         // called once the role serves; may be nil
	Log        *slog.Logger   // nil: discarded

	BootID string // found out when empty

	instantLimit time.Duration // how long an instant of the virtual clock may take in real time
}

// instantLimit is Options.instantLimit outside tests.
const instantLimit = 10 * time.Second

// Run keeps until the context ends. It returns an error only for what makes the
// role useless; everything about consent that goes wrong closes the gate instead.
func Run(ctx context.Context, o Options) error {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Disk == nil {
		o.Disk = new(store.Disk)
	}
	if o.Ready == nil {
		o.Ready = func() {}
	}
	o.KeepValues = cmp.Or(o.KeepValues, keepValues)
	o.instantLimit = cmp.Or(o.instantLimit, instantLimit)
	if err := o.identifyBoot(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := newCore(o)
	c.running = ctx
	c.source = clock.System{}
	tasks, ctx := errgroup.WithContext(ctx)
	server := &local.Server{Name: "keeper", Verbs: c.verbs()}
	tasks.Go(func() error { return c.panel.Run(ctx) })
	tasks.Go(func() error { return server.Serve(ctx, o.Listener) })
	tasks.Go(func() error { return c.hearSignal(ctx) })
	if c.ear != nil {
		tasks.Go(func() error { return c.ear.Run(ctx) })
	}
	if o.Link == nil {
		tasks.Go(func() error { return c.watch(ctx) })
	}
	tasks.Go(func() error {
		defer cancel()
		defer c.guard()
		if o.Link != nil {
			return c.runVirtual(ctx)
		}
		return c.runReal(ctx)
	})
	err := tasks.Wait()
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// identifyBoot names the boot the boot times are of. Every run of the virtual
// clock is a boot of its own.
func (o *Options) identifyBoot() (err error) {
	if o.BootID != "" {
		return nil
	}
	if o.Link == nil {
		o.BootID, err = clock.BootID()
		return err
	}
	var b [16]byte
	if _, err := io.ReadFull(rand.Reader, b[:]); err != nil {
		return fmt.Errorf("no randomness: %w", err)
	}
	o.BootID = hex.EncodeToString(b[:])
	return nil
}

// begin opens everything; the gate is closed until control's snapshots arrive.
func (c *core) begin() {
	c.loadState()
	c.openRecords()
	c.apply(consent.BootStarted{ButtonWindow: c.o.ButtonWindow, EndedGrants: c.settle(), NoTalkButton: !c.o.TalkButton, OpenFromWake: c.o.OpenFromWake})
	if !c.o.Indicator {
		c.apply(consent.IndicatorDown{})
	}
	c.recordsReady()
	history, err := store.OpenHistory(c.o.Disk, filepath.Join(c.o.Folder, "history"), c.bootID, store.HistoryLimit)
	if err != nil {
		c.log.Warn("the history cannot be kept", "problem", err)
	}
	c.history = history
	c.mirrorRecipients()
	now := c.now().Boot
	c.savedAt, c.sealedAt, c.flushedAt, c.purgedAt, c.probedAt, c.auditedAt = now, now, now, now, now, now
	c.saveDue = true
	c.o.Ready()
}

// end closes every line, then every file.
func (c *core) end() {
	closing, err := c.fence.shutWhere(anyLine)
	if err != nil {
		c.log.Error("an uplink did not confirm", "problem", err)
	}
	c.apply(consent.Shut{})
	c.fence.took(closing)
	c.save(c.now().Boot)
	if c.ledger != nil && c.problem == nil {
		c.seal(c.now().Boot)
	}
	if c.history != nil {
		if err := c.history.Close(); err != nil {
			c.log.Warn("closing the history", "problem", err)
		}
	}
	c.closeRecords()
}

// guard shuts every line when the core panics; the process then dies, and starts
// closed.
func (c *core) guard() {
	if p := recover(); p != nil {
		c.fence.shutWhere(anyLine)
		panic(fmt.Sprintf("the keeper's core failed; every line is shut: %T", p))
	}
}

func (c *core) runReal(ctx context.Context) error {
	c.begin()
	defer c.end()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		c.here()
		select {
		case <-ctx.Done():
			return nil
		case f := <-c.work:
			f()
		case s := <-c.panel.snapshots:
			c.see(s)
			c.advance()
		case <-c.panel.lost:
			c.controlLost()
		case <-second.C:
			c.advance()
		}
	}
}

// runVirtual does the same, one instant of the parent's clock at a time.
func (c *core) runVirtual(ctx context.Context) error {
	c.source = c.o.Link
	defer context.AfterFunc(ctx, func() { c.o.Link.Close() })()
	ticks := make(chan clock.Tick)
	failed := make(chan error, 1)
	go func() {
		for {
			t, err := c.o.Link.Next()
			if err != nil {
				failed <- err
				return
			}
			select {
			case ticks <- t:
			case <-ctx.Done():
				return
			}
		}
	}()
	begun := false
	var work chan func() // nobody is answered before there is a state to answer from
	defer func() {
		if begun {
			c.end()
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			if errors.Is(err, io.EOF) || ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("clock link: %w", err)
		case f := <-work:
			f()
		case <-c.panel.lost:
			if begun {
				c.controlLost()
			}
		case t := <-ticks:
			c.o.Disk.Obey(t.Faults)
			if !begun {
				c.begin()
				begun, work = true, c.work
			}
			c.instant(ctx, t)
			if err := c.o.Link.Answer(clock.Ack{Seq: t.Seq}); err != nil {
				return fmt.Errorf("clock link: %w", err)
			}
		}
	}
}

// instant does what is due at a tick and waits until all of it has come back.
func (c *core) instant(ctx context.Context, t clock.Tick) {
	limit, cancel := context.WithTimeout(ctx, c.o.instantLimit)
	defer cancel()
	for t.Snapshot > c.snap.Seq || t.Snapshot != 0 && c.snapBoot < t.Instant.Boot {
		select {
		case s := <-c.panel.snapshots:
			c.see(s)
			continue
		case f := <-c.work:
			f()
			continue
		case <-limit.Done():
		}
		break
	}
	c.advance()
	for c.busy > 0 {
		select {
		case f := <-c.work:
			f()
			continue
		case <-limit.Done():
			c.dropStuck(0) // time stands still: what is late by any clock is late
		}
		break
	}
}

// hearSignal closes everything on SIGUSR2, from anybody who may send it.
func (c *core) hearSignal(ctx context.Context) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR2)
	defer signal.Stop(signals)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-signals:
			c.closeFromOutside(ctx, anyLine, consent.Quiet{})
		}
	}
}
