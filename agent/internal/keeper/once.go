package keeper

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/consent"
)

// settleTime is how long a connection stays after the last message of a window that
// closes by itself: an abrupt close right behind the bytes would take them with it.
const settleTime = 2 * time.Second

// onceOutcome is what became of a once.
type onceOutcome struct {
	how     consent.ReasonCode // none: nothing yet
	payload []byte
	why     string        // what the gate said first; "not as shown" outweighs it
	over    time.Duration // BOOTTIME at which its window may close; 0: it did, or nothing is out
	forget  time.Duration // BOOTTIME at which nobody is going to ask any more
}

// onceKept is how long what became of a once can be asked for.
const onceKept = 10 * time.Minute

// offer shows exactly what a once would send: made by the gate's own code, of the
// newest snapshot.
func (c *core) offer(a local.GrantArguments) (any, error) {
	r, ok := c.state.Recipient(a.Recipient)
	if !ok {
		return nil, nobody(a.Recipient)
	}
	request, err := onceRequest(a.Recipient, a.Purpose, a.Categories)
	if err != nil {
		return nil, err
	}
	scope, err := request.Scope.Normalise(consent.BasisOnce, request.Purpose)
	if err != nil {
		return nil, invalid(err)
	}
	p := c.gate.Preview(c.now(), &c.state, a.Recipient, c.snap, consent.Proposal{Basis: consent.BasisOnce, Purpose: request.Purpose, Scope: scope})
	m := p.Messages[len(p.Messages)-1]
	for _, no := range m.Refusals {
		switch no.Check {
		case consent.CheckBasis, consent.CheckLive, consent.CheckFresh, consent.CheckPath, consent.CheckLight:
			// What giving it would put right.
		default:
			return nil, no
		}
	}
	return local.Offer{
		Name: r.DisplayName, Endpoint: r.Endpoint, Onward: list(r.Onward), Topic: m.Topic, Message: m.Payload, Shown: m.Values,
	}, nil
}

func onceRequest(recipient, purpose string, categories []local.Share) (consent.GrantRequest, error) {
	scope, err := scopeOf(categories)
	if err != nil {
		return consent.GrantRequest{}, err
	}
	p, err := consent.ParsePurpose(purpose)
	if err != nil {
		return consent.GrantRequest{}, local.Usage(plain(err.Error()), "")
	}
	return consent.GrantRequest{RecipientID: recipient, Purpose: p, Scope: scope}, nil
}

// once allows the one message that was shown.
func (c *core) once(ctx context.Context, caller local.Caller, raw json.RawMessage) (any, error) {
	var a local.OnceArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	request, err := onceRequest(a.Recipient, a.Purpose, a.Categories)
	if err != nil {
		return nil, err
	}
	return c.owned(ctx, caller, "sending something once", func() (any, error) {
		asked, err := c.draftOnce(request, a.Shown) // before anybody walks to the button
		if err != nil {
			return nil, err
		}
		return c.present("one message to "+a.Recipient, a.Recipient, func(owner consent.Owner) (string, error) {
			o, err := c.draftOnce(request, a.Shown)
			if err != nil {
				return "", err
			}
			if o.Fingerprint != asked.Fingerprint {
				return "", changedMeanwhile(a.Recipient)
			}
			if err := c.keepRecord(o.ID, o.RecipientID, o.Record()); err != nil {
				return "", err
			}
			if err := c.apply(consent.OnceGive{Owner: owner, Once: o}); err != nil {
				return "", err
			}
			if c.problem != nil { // the state machine has taken it back
				return "", notNoted
			}
			c.onces[o.ID] = &onceOutcome{forget: c.now().Boot + onceKept}
			return o.ID, nil
		})
	})
}

func (c *core) draftOnce(request consent.GrantRequest, shown map[string]string) (consent.Once, error) {
	r, ok := c.state.Recipient(request.RecipientID)
	if !ok {
		return consent.Once{}, nobody(request.RecipientID)
	}
	o, err := consent.NewOnce(rand.Reader, c.now(), r, request, shown)
	return o, invalid(err)
}

// onceEnded notes what became of a once's message.
func (c *core) onceEnded(r consent.Release, how consent.ReasonCode) {
	if o, ok := c.onces[r.BasisID()]; ok {
		o.how, o.payload, o.over = how, r.Payload(), c.now().Boot+settleTime
		c.changed()
	}
}

// onceRefused notes why the gate keeps a once in. That the house has changed is what
// matters to whoever looked at it, whatever else comes in between.
func (c *core) onceRefused(no *consent.Refusal) {
	o, ok := c.onces[no.Basis]
	if ok && (o.why == "" || no.Reason == consent.ReasonNotAsShown) {
		o.why = plain(no.Error())
	}
}

// settleOnces closes the windows of onces whose message is out.
func (c *core) settleOnces(now time.Duration) {
	for id, o := range c.onces {
		if o.how != consent.ReasonNone && o.over != 0 && now >= o.over {
			o.over = 0
			c.apply(consent.OnceDone{ID: id})
		}
		if now >= o.forget {
			delete(c.onces, id)
		}
	}
}

// waitOnce answers when a once has been used, or has ended unused.
func (c *core) waitOnce(ctx context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	var a local.OnceWait
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	known, found, why := false, onceOutcome{}, ""
	ended := func() bool {
		o, ok := c.onces[a.ID]
		if known = ok; !ok {
			return true
		}
		found = *o
		_, stands := c.state.Once(a.ID)
		if why = o.why; why == "" && c.lastRefusal != nil {
			why = plain(c.lastRefusal.Error())
		}
		return found.how != consent.ReasonNone || !stands
	}
	if err := c.until(ctx, a.TimeoutS, ended); err != nil {
		return nil, err
	}
	switch {
	case !known:
		return nil, local.Usage("there is no such once", "")
	case found.how == consent.ReasonNone:
		return nil, local.Refuse("it was not sent: "+why, "preview it again: quietstat consent once")
	}
	return local.OnceOutcome{ID: a.ID, Outcome: found.how.String(), Message: found.payload}, nil
}
