package keeper

import (
	"context"
	"encoding/json"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/consent"
)

// eraseLimit is how long the erasure of an opt-in may take, in seconds, connecting
// included. The opt-in ends then in any case.
const eraseLimit = 15

// erasure is an opt-in on its way out.
type erasure struct {
	waiting int           // handed out, outcome not known
	sent    int           // that left
	over    time.Duration // BOOTTIME at which the last has arrived, as far as we can help it
	done    bool
}

// erase ends an opt-in with an empty message on every topic its recipient was told
// on. From the first moment nothing else leaves under it; at the end it is withdrawn,
// also when the erasure could not be sent.
func (c *core) erase(ctx context.Context, caller local.Caller, raw json.RawMessage) (any, error) {
	var a local.ID
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	if err := caller.MustOwn("erasing what was sent"); err != nil { // it sends something; ending it without is free to all
		return nil, err
	}
	out := local.EraseOutcome{ID: a.ID}
	_, begun := ask(ctx, c, func() (struct{}, error) {
		if err := c.apply(consent.GrantErase{ID: a.ID}); err != nil {
			return struct{}{}, err
		}
		c.erasures[a.ID] = &erasure{}
		clear(c.lapsed)
		return struct{}{}, nil
	})
	if begun == nil {
		over := func() bool {
			g, _ := c.state.Grant(a.ID)
			e, ok := c.erasures[a.ID]
			return !ok || e.done || g.State != consent.GrantGiven
		}
		if err := c.until(ctx, eraseLimit, over); err != nil {
			begun = err
		}
	}
	sent, err := ask(ctx, c, func() (int, error) {
		e := c.erasures[a.ID]
		delete(c.erasures, a.ID)
		if e == nil || !e.done {
			return 0, nil
		}
		return e.sent, nil
	})
	out.Erased = sent
	byGrant := ofBasis(func(b consent.Basis) bool { return b.ID == a.ID })
	if revoked := c.closeFromOutside(ctx, byGrant, consent.GrantRevoke{ID: a.ID}); revoked != nil {
		return nil, unknownGrant(a.ID, revoked)
	}
	switch {
	case begun != nil:
		out.Problem = plain(begun.Error())
	case err != nil:
		out.Problem = err.Error()
	case sent == 0:
		out.Problem = "the recipient could not be reached in time"
	}
	return out, nil
}

// eraseHanded and eraseEnded count what is on its way for an erasure.
func (c *core) eraseHanded(r consent.Release) {
	if e, ok := c.erasures[r.BasisID()]; ok && r.Erases() {
		e.waiting++
	}
}

func (c *core) eraseEnded(r consent.Release, how consent.ReasonCode) {
	e, ok := c.erasures[r.BasisID()]
	if !ok || !r.Erases() {
		return
	}
	e.waiting--
	if how == consent.ReasonSent {
		e.sent++
	}
	e.over = c.now().Boot + settleTime
}

// settleErasures finds the erasures that are through.
func (c *core) settleErasures(now time.Duration) {
	for id, e := range c.erasures {
		left, erasing := c.state.Erasing(id)
		if !e.done && erasing && left == 0 && e.waiting == 0 && e.over != 0 && now >= e.over {
			e.done = true
			c.changed()
		}
	}
}
