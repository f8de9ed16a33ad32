package keeper

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/consent"
)

// pressWithin is how long an owner has for the press that proves presence.
const pressWithin = time.Minute

// pending is an owner's action that waits for a press of the talk button.
type pending struct {
	number uint64
	proof  string // random: naming it is part of the proof
	what   string
	until  time.Duration // BOOTTIME
	act    func(consent.Owner) (id string, err error)
	done   bool
	id     string
	err    error
}

// present runs an owner's action. Where a talk button is configured it waits for a
// press; otherwise being the owner on the socket is all the proof there is.
func (c *core) present(what, recipient string, act func(consent.Owner) (string, error)) (local.Pending, error) {
	if !c.o.TalkButton {
		id, err := act(consent.Owner{By: consent.AuthorityRoot})
		return local.Pending{ID: id}, err
	}
	c.expirePending(c.now().Boot)
	c.nextID++
	p := &pending{number: c.nextID, proof: rand.Text(), what: what, until: c.now().Boot + pressWithin, act: act}
	if err := c.apply(consent.AskPresence{ID: p.proof, OptInFor: recipient}); err != nil {
		return local.Pending{}, err
	}
	c.pending, c.actions[p.number] = p, p
	return local.Pending{Action: p.number, WithinS: pressWithin.Seconds(), Message: what}, nil
}

// proven runs the action whose press has come.
func (c *core) proven(proof string) {
	p := c.pending
	if p == nil || p.proof != proof {
		return
	}
	p.id, p.err = p.act(consent.Owner{By: consent.AuthorityPress, Proof: proof})
	c.finish(p)
}

func (c *core) finish(p *pending) {
	p.done = true
	c.pending = nil
	c.changed()
}

// expirePending gives up what the state machine no longer waits for: the minute is
// over, or everything was closed in between.
func (c *core) expirePending(now time.Duration) {
	p := c.pending
	if p == nil {
		return
	}
	if now >= p.until {
		p.err = local.Refuse("nobody pressed the talk button within a minute", "ask again and press it")
		c.finish(p)
		return
	}
	if proof, waits := c.state.Pending(); !waits || proof != p.proof {
		p.err = local.Refuse("everything was closed before the talk button was pressed", "ask again and press it")
		c.finish(p)
	}
}

// waitAction answers when an owner's action is done, or has failed.
func (c *core) waitAction(ctx context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	var a local.WaitArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	known, p := false, pending{} // a copy, as the original stays with the core
	done := func() bool {
		action, there := c.actions[a.Action]
		if known = there; there {
			p = *action
		}
		if p.done {
			delete(c.actions, a.Action)
		}
		return !there || p.done
	}
	if err := c.until(ctx, a.TimeoutS, done); err != nil {
		return nil, err
	}
	switch {
	case !known:
		return nil, local.Usage("there is no such action", "")
	case !p.done:
		return local.Pending{Action: p.number, Message: p.what}, nil
	default:
		return local.Pending{ID: p.id}, problem(p.err)
	}
}

// owned runs an owner's handler on the core.
func (c *core) owned(ctx context.Context, caller local.Caller, what string, f func() (any, error)) (any, error) {
	if err := caller.MustOwn(what); err != nil {
		return nil, err
	}
	result, err := ask(ctx, c, func() (any, error) {
		result, err := f()
		if c.saveDue {
			c.save(c.now().Boot)
		}
		return result, err
	})
	return result, problem(err)
}

// addRecipient enrols somebody. Enrolment opens nothing, so being the owner on the
// socket is enough.
func (c *core) addRecipient(ctx context.Context, caller local.Caller, raw json.RawMessage) (any, error) {
	var r consent.Recipient
	if err := local.Arguments(raw, &r); err != nil {
		return nil, err
	}
	return c.owned(ctx, caller, "enrolling a recipient", func() (any, error) {
		if err := c.apply(consent.RecipientAdd{Owner: consent.Owner{By: consent.AuthorityRoot}, Recipient: r}); err != nil {
			return nil, invalid(err)
		}
		c.mirrorRecipients()
		return local.Pending{ID: r.ID}, nil
	})
}

func (c *core) setPolicy(ctx context.Context, caller local.Caller, raw json.RawMessage) (any, error) {
	var a local.PolicyArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	scope, err := scopeOf(a.Categories)
	if err != nil {
		return nil, err
	}
	return c.owned(ctx, caller, "setting a policy", func() (any, error) {
		r, ok := c.state.Recipient(a.Recipient)
		if !ok {
			return nil, nobody(a.Recipient)
		}
		policy, err := consent.NewSessionPolicy(r, scope, c.now())
		if err != nil {
			return nil, invalid(err)
		}
		err = c.apply(consent.PolicySet{Owner: consent.Owner{By: consent.AuthorityRoot}, Policy: policy})
		return local.Pending{ID: r.ID}, c.recorded(err, consent.PolicyClear{Recipient: r.ID})
	})
}

func (c *core) grant(ctx context.Context, caller local.Caller, raw json.RawMessage) (any, error) {
	var a local.GrantArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	scope, err := scopeOf(a.Categories)
	if err != nil {
		return nil, err
	}
	purpose, err := consent.ParsePurpose(a.Purpose)
	if err != nil {
		return nil, local.Usage(plain(err.Error()), "")
	}
	if !(a.Days >= 0 && a.Days <= 365) {
		return nil, local.Usage("days must be 0 to 365; 0 means 30", "")
	}
	request := consent.GrantRequest{RecipientID: a.Recipient, Purpose: purpose, Scope: scope, Validity: time.Duration(a.Days * 24 * float64(time.Hour))}
	return c.owned(ctx, caller, "an opt-in", func() (any, error) {
		asked, err := c.draft(request) // before anybody walks to the button
		if err != nil {
			return nil, err
		}
		what := fmt.Sprintf("opt-in for %s", a.Recipient)
		return c.present(what, a.Recipient, func(owner consent.Owner) (string, error) {
			g, err := c.draft(request)
			if err != nil {
				return "", err
			}
			if g.Fingerprint != asked.Fingerprint {
				return "", local.Refuse(a.Recipient+" was changed after the opt-in was asked for", "look at it (quietstat recipient show "+a.Recipient+") and ask again")
			}
			err = c.apply(consent.GrantGive{Owner: owner, Grant: g})
			return g.ID, c.recorded(err, consent.GrantRevoke{ID: g.ID})
		})
	})
}

// recorded takes back what was given when the ledger could not note it: nothing
// stands that the record does not tell of.
func (c *core) recorded(given error, back consent.Event) error {
	if given != nil || c.problem == nil {
		return given
	}
	if err := c.apply(back); err != nil {
		return err
	}
	return local.Unavailable("it could not be noted in the ledger, so it does not stand", "see quietstat status for what is wrong with the ledger")
}

func (c *core) draft(request consent.GrantRequest) (consent.Grant, error) {
	r, ok := c.state.Recipient(request.RecipientID)
	if !ok {
		return consent.Grant{}, nobody(request.RecipientID)
	}
	g, err := consent.NewGrant(rand.Reader, c.now(), r, request)
	return g, invalid(err)
}

func nobody(id string) error {
	return local.Refuse("nobody is enrolled as "+id, "enrol first: quietstat recipient add "+id+" mqtt://HOST:PORT")
}

// invalid makes a usage problem of what is not a refusal.
func invalid(err error) error {
	if _, refusal := asRefusal(err); err == nil || refusal {
		return err
	}
	return local.Usage(plain(err.Error()), "")
}

// scopeOf reads what a caller asked for; nil takes the default policy.
func scopeOf(shares []local.Share) (consent.Scope, error) {
	var scope consent.Scope
	for _, s := range shares {
		category, err := consent.ParseCategory(s.Category)
		if err != nil {
			return nil, local.Usage(plain(err.Error()), "")
		}
		if !(s.PeriodS >= 0 && s.PeriodS <= 7*24*3600) {
			return nil, local.Usage("the period of "+s.Category+" is not between 0 and a week", "")
		}
		scope = append(scope, consent.Item{Category: category, Granularity: consent.Granularity{
			Round: s.Round, Period: time.Duration(s.PeriodS * float64(time.Second)), Fields: s.Fields,
		}})
	}
	return scope, nil
}
