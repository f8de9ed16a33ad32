package keeper

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/consent"
)

// verbs is what keeper.sock answers.
func (c *core) verbs() map[string]local.Handler {
	return map[string]local.Handler{
		"status":           handlerOf(c, func(struct{}) (any, error) { return c.status(), nil }),
		"session.wait":     c.waitSession,
		"session.end":      c.endSession,
		"quiet":            c.beQuiet,
		"recipient.list":   handlerOf(c, c.listRecipients),
		"recipient.show":   handlerOf(c, c.showRecipient),
		"recipient.add":    c.addRecipient,
		"recipient.remove": c.removeRecipient,

		"recipient.credentials": c.setCredentials,
		"policy.show":           handlerOf(c, c.showPolicy),
		"policy.set":            c.setPolicy,
		"policy.clear":          c.clearPolicy,
		"consent.list":          handlerOf(c, func(struct{}) (any, error) { return c.grants(), nil }),
		"consent.offer":         handlerOf(c, c.offer),
		"consent.once":          c.once,
		"once.wait":             c.waitOnce,
		"consent.renew":         c.renew,
		"consent.erase":         c.erase,
		"consent.preview":       handlerOf(c, c.preview),
		"consent.grant":         c.grant,
		"consent.revoke":        c.revoke,
		"action.wait":           c.waitAction,
		"ledger.show":           reader(c, "reading the ledger", book.statement),
		"ledger.verify":         reader(c, "checking the ledger", book.verify),

		"history":           c.readHistory,
		"ledger.checkpoint": c.exportCheckpoint,
		"ledger.proof":      reader(c, "a proof", book.prove),
		"ledger.receipt":    reader(c, "a receipt", func(b book, a local.ID) (any, error) { return b.receipt(c.recordsFolder(), a) }),
		"ledger.purge":      c.purgeValues,
	}
}

// handlerOf makes a handler of a question the core answers by itself. Looking is free
// to everybody who reaches the socket.
func handlerOf[A any](c *core, answer func(A) (any, error)) local.Handler {
	return func(ctx context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
		var a A
		if err := local.Arguments(raw, &a); err != nil {
			return nil, err
		}
		result, err := ask(ctx, c, func() (any, error) { return answer(a) })
		return result, problem(err)
	}
}

func (c *core) status() local.KeeperStatus {
	now := c.source.Now()
	s := local.KeeperStatus{
		Sharing: "closed", Indicator: indicatorNames[c.snap.Indicator], Epoch: c.state.Epoch(), Control: c.control,
		Windows: []local.Window{}, Waiting: []string{}, Refusals: maps.Clone(c.refusals), Notices: list(c.notices), Reminders: c.reminders(), Failing: c.failures(), TalkButton: c.o.TalkButton,
		Clock:  local.Clock{Wall: now.Wall, Trusted: c.state.TimeTrusted(c.now())},
		Ledger: local.Ledger{OK: c.problem == nil && c.ledger != nil},
	}
	switch {
	case !now.Trusted:
		s.Clock.Problem = "no time service has set it since boot"
	case !s.Clock.Trusted:
		s.Clock.Problem = "it has jumped, or is behind what it has been before"
	}
	if c.ledger != nil {
		s.Ledger.Entries = c.ledger.Size()
	}
	if c.problem != nil {
		s.Ledger.Problem = c.problem.Error()
	}
	s.Refused = c.pressesRefused
	s.Voice = c.voiceStatus()
	if c.lastRefusal != nil {
		s.LastRefusal = c.lastRefusal.Error()
	}
	if c.pending != nil {
		s.Waiting = append(s.Waiting, c.pending.what)
	}
	for _, w := range c.state.Windows() {
		s.Windows = append(s.Windows, c.window(w, now.Boot))
	}
	for _, w := range s.Windows {
		if s.Sharing != "once" {
			s.Sharing = w.Basis
		}
	}
	if open, ok := c.state.Session(); ok {
		s.Sharing = "session"
		s.Session = &local.Session{
			Evidence: open.Evidence.String(), Source: open.Source.String(),
			BeganS: (now.Boot - open.Opened).Seconds(), LeftS: (open.Deadline - now.Boot).Seconds(),
		}
	}
	if c.state.Indicator() == consent.IndicatorFault {
		s.Sharing = "fault"
	}
	return s
}

var indicatorNames = [...]string{"closed", "session", "grant", "fault"}

func (c *core) window(w consent.Window, now time.Duration) local.Window {
	out := local.Window{
		Recipient: w.Recipient, OpenedS: (now - w.Opened).Seconds(),
		Connected: c.state.Connected(w.Recipient), Messages: c.sent[w.Recipient],
	}
	categories := map[string]bool{}
	for _, b := range w.Bases {
		out.Basis = b.Kind.String()
		switch b.Kind {
		case consent.BasisSession:
			if s, ok := c.state.Session(); ok {
				out.LeftS = max(out.LeftS, (s.Deadline - now).Seconds())
			}
			if p, ok := c.state.Policy(w.Recipient); ok {
				gather(categories, p.Scope)
			}
		case consent.BasisGrant:
			if g, ok := c.state.Grant(b.ID); ok {
				out.LeftS = max(out.LeftS, g.Left().Seconds())
				gather(categories, g.Scope)
			}
		case consent.BasisOnce:
			if o, ok := c.state.Once(b.ID); ok {
				out.LeftS = max(out.LeftS, (o.Deadline - now).Seconds())
				gather(categories, o.Scope)
			}
		}
	}
	out.Fields = slices.Sorted(maps.Keys(categories))
	return out
}

func gather(categories map[string]bool, s consent.Scope) {
	for _, category := range s.Categories() {
		categories[category.String()] = true
	}
}

// waitSession answers when a session is open, or says that nobody pressed.
func (c *core) waitSession(ctx context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	var a local.WaitArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	if !c.o.TalkButton {
		return nil, local.Refuse("no talk button is wired, so nobody can open a session", "name its pin under [board] in the configuration: talk = \"GPIO24\"")
	}
	var status local.KeeperStatus
	before := a.Refused
	open := func() bool {
		status = c.status()
		if before == nil {
			now := status.Refused
			before = &now
		}
		_, open := c.state.Session()
		return open || status.Refused > *before
	}
	if err := c.until(ctx, a.TimeoutS, open); err != nil {
		return nil, err
	}
	if status.Sharing != "session" {
		hint := "press the talk button while the command waits"
		if status.LastRefusal != "" {
			hint = plain(status.LastRefusal)
		}
		return nil, local.Refuse("no session was opened", hint)
	}
	return status, nil
}

// waitLimit is the longest anybody may wait, in seconds.
const waitLimit = 60

// until waits, at most a time, for a condition the core can see. It is no error
// when the time is over.
func (c *core) until(ctx context.Context, seconds float64, reached func() bool) error {
	if !(seconds >= 0 && seconds <= waitLimit) {
		return local.Usage("timeout_s must be 0 to 60", "")
	}
	limit, cancel := context.WithTimeout(ctx, time.Duration(seconds*float64(time.Second)))
	defer cancel()
	for {
		var there bool
		changed := make(chan struct{})
		if err := c.do(ctx, func() error {
			if there = reached(); !there {
				c.waiters = append(c.waiters, changed)
			}
			return nil
		}); err != nil || there {
			return err
		}
		select {
		case <-changed:
		case <-limit.Done():
			return c.do(ctx, func() error {
				reached()
				c.waiters = slices.DeleteFunc(c.waiters, func(w chan struct{}) bool { return w == changed })
				return nil
			})
		}
	}
}

// list is never null in JSON.
func list[T any](in []T) []T {
	if in == nil {
		return []T{}
	}
	return in
}
