package keeper

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/consent"
)

// noteLimit is how long a closing waits for the core to take note. The lines are
// gone before; a core that is held up by a slow disk takes note later, and until
// then the fence lets nothing through.
const noteLimit = 2 * time.Second

// closeFromOutside shuts the matching lines, whatever the core is doing, and then
// tells it why.
func (c *core) closeFromOutside(ctx context.Context, matches func(*openLine) bool, event consent.Event) error {
	_, err := c.closeTimed(ctx, matches, event)
	return err
}

// closeTimed does it and tells how long the lines took to go.
func (c *core) closeTimed(ctx context.Context, matches func(*openLine) bool, event consent.Event) (local.Closed, error) {
	begun := time.Now()
	closing, alive := c.fence.shutWhere(matches)
	took := local.Closed{TookS: time.Since(begun).Seconds()}
	return took, c.note(ctx, closing, alive, event)
}

// note has the core take note of a closing. alive is what was not seen to end.
func (c *core) note(ctx context.Context, closing uint64, alive error, event consent.Event) error {
	if alive != nil {
		c.log.Error("an uplink did not confirm", "problem", alive)
	}
	noted := make(chan error, 1)
	go c.hand(func() { // beside us: it may have to wait for room in the queue, and must arrive
		err := c.apply(event)
		c.fence.took(closing)
		c.buryEnded()
		if c.saveDue {
			c.save(c.now().Boot)
		}
		noted <- err
	})
	limit := time.NewTimer(noteLimit)
	defer limit.Stop()
	select {
	case err := <-noted:
		if err != nil {
			return err
		}
	case <-limit.C: // shut, and it stays shut
	case <-ctx.Done():
		return ctx.Err()
	}
	if alive != nil {
		return &local.Problem{Code: local.CodeFailed,
			Message: "nothing is handed out any more, but a process that could send was not seen to end",
			Hint:    "cut the network, then look for it: ps -C quietstat"}
	}
	return nil
}

func (c *core) endSession(ctx context.Context, _ local.Caller, arguments json.RawMessage) (any, error) {
	if err := local.Arguments(arguments, &struct{}{}); err != nil {
		return nil, err
	}
	bySession := ofBasis(func(b consent.Basis) bool { return b.Kind == consent.BasisSession })
	return c.closeTimed(ctx, bySession, consent.SessionEnd{})
}

func (c *core) beQuiet(ctx context.Context, _ local.Caller, arguments json.RawMessage) (any, error) {
	if err := local.Arguments(arguments, &struct{}{}); err != nil {
		return nil, err
	}
	return c.closeTimed(ctx, anyLine, consent.Quiet{})
}

func (c *core) revoke(ctx context.Context, _ local.Caller, arguments json.RawMessage) (any, error) {
	var a local.ID
	if err := local.Arguments(arguments, &a); err != nil {
		return nil, err
	}
	byGrant := ofBasis(func(b consent.Basis) bool { return b.ID == a.ID })
	err := c.closeFromOutside(ctx, byGrant, consent.GrantRevoke{ID: a.ID})
	return struct{}{}, unknownGrant(a.ID, err)
}

func unknownGrant(id string, err error) error {
	if r, ok := asRefusal(err); ok && r.Reason == consent.ReasonInvalid {
		return local.Refuse("there is no opt-in "+id+" that could be revoked", "see quietstat consent list")
	}
	return problem(err)
}

func (c *core) removeRecipient(ctx context.Context, _ local.Caller, arguments json.RawMessage) (any, error) {
	var a local.ID
	if err := local.Arguments(arguments, &a); err != nil {
		return nil, err
	}
	err := c.closeFromOutside(ctx, func(l *openLine) bool { return l.recipient == a.ID }, consent.RecipientRemove{ID: a.ID})
	if err != nil {
		return nil, unknownRecipient(a.ID, err)
	}
	return struct{}{}, c.do(ctx, func() error {
		c.mirrorRecipients()
		return c.dropCredentials(a.ID)
	})
}

func (c *core) clearPolicy(ctx context.Context, _ local.Caller, arguments json.RawMessage) (any, error) {
	var a local.ID
	if err := local.Arguments(arguments, &a); err != nil {
		return nil, err
	}
	err := c.closeFromOutside(ctx, func(l *openLine) bool { return l.recipient == a.ID }, consent.PolicyClear{Recipient: a.ID})
	if r, ok := asRefusal(err); ok && r.Reason == consent.ReasonInvalid {
		return nil, local.Refuse("there is no policy for "+a.ID, "see quietstat recipient list")
	}
	return struct{}{}, problem(err)
}

func unknownRecipient(id string, err error) error {
	if r, ok := asRefusal(err); ok && (r.Reason == consent.ReasonInvalid || r.Reason == consent.ReasonNoRecipient) {
		return local.Refuse("nobody is enrolled as "+id, "see quietstat recipient list")
	}
	return problem(err)
}

// problem turns a refusal into an answer with its remedy.
func problem(err error) error {
	if r, ok := asRefusal(err); ok {
		return local.Refuse(plain(r.Error()), "")
	}
	return err
}

// plain is an error's text for people, who need not know which package it is from.
func plain(text string) string { return strings.TrimPrefix(text, "consent: ") }
