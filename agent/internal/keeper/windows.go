package keeper

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"quietstat/agent/internal/uplink/link"
	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// connectWindows starts the uplinks of windows whose light is confirmed.
func (c *core) connectWindows() {
	for recipient, w := range c.opening {
		if _, open := c.state.Window(recipient); !open {
			delete(c.opening, recipient)
			continue
		}
		if !c.lit() {
			continue
		}
		delete(c.opening, recipient)
		c.connect(w)
	}
}

// lit reports whether control confirms the light the state machine wants.
func (c *core) lit() bool {
	s := &c.snap
	return s.IndicatorOK && s.IndicatorEpoch == c.state.Epoch() && s.Indicator == c.state.Indicator()
}

// connect reaches the uplink process of a window, which a socket starts, and lets
// it dial. It happens beside the core; its result comes back as work.
func (c *core) connect(w consent.OpenWindow) {
	if w.Recipient == consent.RoomID {
		c.connectRoom(w)
		return
	}
	c.busy++
	path := filepath.Join(c.o.Runtime, "uplink@"+w.Recipient+".sock")
	fingerprint := w.Fingerprint.String()
	go func() {
		l, err := reach(c.running, path, fingerprint)
		c.hand(func() {
			c.busy--
			c.connected(w, l, err)
		})
	}()
}

// reach connects and checks that the uplink was set up for the recipient that was
// consented to.
func reach(ctx context.Context, path, fingerprint string) (*tether, error) {
	l, err := link.Connect(ctx, path)
	if err != nil {
		return nil, err
	}
	if l.Hello().Fingerprint != fingerprint {
		_, shut := l.Shut(shutLimit)
		return nil, errors.Join(errors.New("the uplink was set up for another recipient than the one that was consented to"), shut)
	}
	return &tether{l}, nil
}

// tether is a link as the fence wants it.
type tether struct{ *link.Link }

// Shut ends the link; how long it took is of no interest here.
func (t *tether) Shut(limit time.Duration) error {
	_, err := t.Link.Shut(limit)
	return err
}

// connected lets the line in and tells it to dial, unless its window is over.
func (c *core) connected(w consent.OpenWindow, l *tether, err error) {
	current, open := c.state.Window(w.Recipient)
	if err == nil && (!open || current.Epoch != w.Epoch) {
		err = errors.Join(errFenced, l.Shut(shutLimit))
	}
	if err == nil {
		err = c.fence.admit(&openLine{line: l, recipient: w.Recipient, epoch: w.Epoch, bases: current.Bases})
		if err == nil {
			err = l.Open(w.Epoch, w.Fingerprint.String())
		}
		if err != nil {
			err = errors.Join(err, l.Shut(shutLimit))
		}
	}
	if err != nil {
		c.uplinkFailed(w, err)
		return
	}
	c.sent[w.Recipient] = 0
	c.busy++ // until the line is open or gone
	go c.follow(w, l)
}

// uplinkFailed gives a window up whose uplink is gone.
func (c *core) uplinkFailed(w consent.OpenWindow, err error) {
	c.giveUp(w, err, consent.UplinkClosed{Recipient: w.Recipient, Epoch: w.Epoch})
}

// giveUp gives a window up for what an error tells people and an event the state
// machine, which decides when to try again. For a window that was closed anyway there
// is nothing to say.
func (c *core) giveUp(w consent.OpenWindow, err error, event consent.Event) {
	if c.fence.closing() {
		// Somebody is closing, and the core will hear of it next: that is the reason
		// the line ended, and the one to be recorded.
		c.ended = append(c.ended, w)
		return
	}
	if current, open := c.state.Window(w.Recipient); open && current.Epoch == w.Epoch {
		// Whom it was for, and at which address, is for the owner to read, not for logs.
		c.log.Warn("a window could not be used; quietstat status says why")
		c.lastRefusal = err
		c.failing[w.Recipient] = err.Error()
		if _, ours := event.(consent.UplinkStalled); !ours {
			c.lapsed[w.Recipient] = true
		}
	}
	if shut := c.fence.shut(w.Recipient, w.Epoch); shut != nil {
		c.log.Error("an uplink did not confirm", "problem", shut)
	}
	c.lose(w.Recipient, w.Epoch)
	c.apply(event)
}

// buryEnded gives up the windows whose lines a closing from outside has shut. What
// the closing left open is open for another reason, and gets a new line.
func (c *core) buryEnded() {
	for _, w := range c.ended {
		c.lose(w.Recipient, w.Epoch)
		c.apply(consent.UplinkClosed{Recipient: w.Recipient, Epoch: w.Epoch})
	}
	c.ended = nil
}

// follow turns what an uplink says into work for the core.
func (c *core) follow(w consent.OpenWindow, l *tether) {
	opening := true
	opened := func(f func()) {
		first := opening
		opening = false
		c.hand(func() {
			if first {
				c.busy--
			}
			f()
		})
	}
	for {
		frame, err := l.Next()
		switch {
		case err == nil && frame.Kind == wire.KindClosed && frame.Closed.Lapsed:
			opened(func() { c.uplinkStalled(w) })
			return
		case err != nil || frame.Kind == wire.KindClosed:
			opened(func() { c.uplinkFailed(w, errors.New("the uplink ended")) })
			return
		case frame.Kind == wire.KindOpened && (frame.Opened.Error != "" || frame.Opened.Epoch != w.Epoch):
			opened(func() { c.uplinkFailed(w, errors.New(frame.Opened.Error)) })
			return
		case frame.Kind == wire.KindOpened:
			opened(func() { c.uplinkOpened(w) })
		case frame.Kind == wire.KindOutcome:
			c.hand(func() { c.outcome(frame.Outcome) })
		case frame.Kind == wire.KindCommand:
			c.hand(func() { c.commanded(w, frame.Command) })
		}
	}
}

func (c *core) uplinkOpened(w consent.OpenWindow) {
	err := c.apply(consent.UplinkOpened{Recipient: w.Recipient, Epoch: w.Epoch, Fingerprint: w.Fingerprint})
	if err != nil {
		c.uplinkFailed(w, err)
		return
	}
	delete(c.failing, w.Recipient)
}

// closeWindow ends a window's line now.
func (c *core) closeWindow(e consent.CloseWindow) {
	delete(c.opening, e.Recipient)
	delete(c.sent, e.Recipient) // the next window begins at none, also before its line is there
	if err := c.fence.shut(e.Recipient, e.Epoch); err != nil {
		c.log.Error("an uplink did not confirm", "problem", err)
	}
	if c.ledger != nil && c.problem == nil {
		c.sealedAt = 0 // what was told in this window is sealed at the next chance
	}
}

// release lets out what is due, to everybody who has a window. It is the only
// caller of the gate and the only place a message is handed out.
func (c *core) release() {
	if c.ledger != nil && c.problem == nil && len(c.state.Windows()) > 0 {
		if err := c.ledger.Ready(); err != nil {
			c.ledgerFailed(err)
			return
		}
	}
	for _, w := range c.state.Windows() {
		if !c.state.Connected(w.Recipient) || !c.fence.has(w.Recipient, w.Epoch) {
			continue
		}
		now := c.now()
		releases, err := c.gate.Release(now, &c.state, w.Recipient, c.snap)
		if err != nil {
			c.refused(err)
			r, ok := asRefusal(err)
			if ok {
				c.onceRefused(r)
				c.roomRefused(w.Recipient, r)
			}
			if ok && r.Reason == consent.ReasonIntent {
				c.ledgerFailed(err)
				return
			}
		}
		for _, r := range releases {
			if !c.handOut(now, r) {
				return
			}
		}
	}
}

// handOut stores the exact value, then gives the message to the uplink. It reports
// whether the records can still be written.
func (c *core) handOut(now consent.Now, r consent.Release) bool {
	c.eraseHanded(r)
	if !r.Erases() {
		if err := c.values.Put(instantOf(now), r.Seq(), r.Salt(), r.Payload()); err != nil {
			c.ledgerFailed(err)
			return false
		}
	}
	frame, err := wire.EncodeRelease(r)
	if err == nil {
		err = c.stillStands(now)
	}
	if err == nil {
		err = c.fence.deliver(r.Recipient(), r.Epoch(), frame)
	}
	if err != nil {
		return c.recordOutcome(r, consent.ReasonFailed)
	}
	c.releases[r.ID()] = handed{Release: r, at: now.Boot}
	c.busy++
	return true
}

// lateLimit is how old a decision may be when it is carried out, on
// CLOCK_BOOTTIME. A busy card takes a second to flush; when it takes longer than
// this, the message stays in.
const lateLimit = 5 * time.Second

// errLate is why a message that was decided was not handed out.
var errLate = errors.New("the disk took too long to note it")

// stillStands lets the time pass that writing took, which closes every window it
// was too long for, and refuses what was decided too long ago.
func (c *core) stillStands(decided consent.Now) error {
	c.apply(consent.Tick{})
	if c.now().Boot-decided.Boot > lateLimit {
		return errLate
	}
	return nil
}

// handed is a message an uplink has, and since when.
type handed struct {
	consent.Release
	at time.Duration // BOOTTIME
}

// answerLimit is how long an uplink may take to say what became of a message, on
// CLOCK_BOOTTIME; a recipient that does not read costs it two seconds at most.
const answerLimit = 10 * time.Second

// dropStuck ends the lines of uplinks that have not answered for so long: what they
// hold has no business to leave any more.
func (c *core) dropStuck(limit time.Duration) {
	now := c.now().Boot
	stuck := map[uint64]bool{} // by epoch, which no two windows share
	for _, m := range c.releases {
		if now-m.at >= limit {
			stuck[m.Epoch()] = true
		}
	}
	for _, w := range c.state.Windows() {
		if stuck[w.Epoch] {
			c.uplinkFailed(consent.OpenWindow{Recipient: w.Recipient, Epoch: w.Epoch, Fingerprint: w.Fingerprint}, errStuck)
		}
	}
}

// errStuck is why an uplink that lives was given up.
var errStuck = errors.New("the uplink does not answer")

// outcome takes what became of a message from the uplink.
func (c *core) outcome(o wire.Outcome) {
	r, ok := c.releases[o.ID]
	if !ok {
		return
	}
	delete(c.releases, o.ID)
	c.busy--
	how := map[wire.Result]consent.ReasonCode{
		wire.ResultSent: consent.ReasonSent, wire.ResultFailed: consent.ReasonFailed, wire.ResultRefused: consent.ReasonFailed,
	}[o.Result]
	if how == consent.ReasonNone {
		how = consent.ReasonUnknown
	}
	if how == consent.ReasonSent {
		c.sent[r.Recipient()]++
	}
	c.recordOutcome(r.Release, how)
}

// lose gives up on the outcomes of a window that is gone.
func (c *core) lose(recipient string, epoch uint64) {
	for id, r := range c.releases {
		if r.Recipient() == recipient && r.Epoch() == epoch {
			delete(c.releases, id)
			c.busy--
			c.recordOutcome(r.Release, consent.ReasonUnknown)
		}
	}
}

func (c *core) recordOutcome(r consent.Release, how consent.ReasonCode) bool {
	if r.Basis() == consent.BasisOnce {
		c.onceEnded(r, how)
	}
	c.eraseEnded(r, how)
	if _, err := c.Append(r.Outcome(c.now(), how)); err != nil {
		c.ledgerFailed(err)
		return false
	}
	return true
}

func asRefusal(err error) (*consent.Refusal, bool) {
	var r *consent.Refusal
	ok := errors.As(err, &r)
	return r, ok
}
