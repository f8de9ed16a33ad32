package keeper

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"
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
		if err := c.listensToUs(r); err != nil {
			return nil, err
		}
		answer := local.Pending{ID: r.ID}
		old, ok := c.state.Recipient(r.ID)
		r, err := r.Named(rand.Reader, old)
		if err != nil {
			return nil, err
		}
		if ok {
			answer.Changed = consent.Changed(old, r)
			answer.Voided = c.givenTo(r.ID)
		}
		if err := c.apply(consent.RecipientAdd{Owner: consent.Owner{By: consent.AuthorityRoot}, Recipient: r}); err != nil {
			return nil, invalid(err)
		}
		c.mirrorRecipients()
		if len(answer.Changed) == 0 {
			answer.Voided = nil
		}
		if slices.Contains(answer.Changed, "endpoint") { // a login is for who listened there
			if c.hasCredentials(r.ID) {
				answer.Voided = append(answer.Voided, "credentials")
			}
			return answer, c.dropCredentials(r.ID)
		}
		return answer, nil
	})
}

// givenTo lists what a change of a recipient would make void: its policy and the
// opt-ins that are given.
func (c *core) givenTo(recipient string) (all []string) {
	if _, ok := c.state.Policy(recipient); ok {
		all = append(all, "policy")
	}
	for _, g := range c.state.Grants() {
		if g.RecipientID == recipient && g.State == consent.GrantGiven {
			all = append(all, g.ID)
		}
	}
	return all
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
