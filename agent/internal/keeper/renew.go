package keeper

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/consent"
)

// notNoted is why something that was given does not stand.
var notNoted = local.Unavailable("it could not be noted in the ledger, so it does not stand", "see quietstat status for what is wrong with the ledger")

func changedMeanwhile(recipient string) error {
	return local.Refuse(recipient+" was changed after it was asked for", "look at it (quietstat recipient show "+recipient+") and ask again")
}

func validity(days float64) (time.Duration, error) {
	if !(days >= 0 && days <= 365) {
		return 0, local.Usage("days must be 0 to 365; 0 means 30", "")
	}
	return time.Duration(days * 24 * float64(time.Hour)), nil
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
	life, err := validity(a.Days)
	if err != nil {
		return nil, err
	}
	request := consent.GrantRequest{RecipientID: a.Recipient, Purpose: purpose, Scope: scope, Validity: life}
	return c.owned(ctx, caller, "an opt-in", func() (any, error) {
		return c.optIn(fmt.Sprintf("opt-in for %s", a.Recipient), request)
	})
}

// renew gives an opt-in anew in place of another, and says first in what they differ.
func (c *core) renew(ctx context.Context, caller local.Caller, raw json.RawMessage) (any, error) {
	var a local.RenewArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	scope, err := scopeOf(a.Categories)
	if err != nil {
		return nil, err
	}
	life, err := validity(a.Days)
	if err != nil {
		return nil, err
	}
	return c.owned(ctx, caller, "renewing an opt-in", func() (any, error) {
		old, ok := c.state.Grant(a.ID)
		if !ok {
			return nil, local.Refuse("there is no opt-in "+a.ID+" that could be renewed", "see quietstat consent list")
		}
		if next, ok := c.renewedAs(old); ok {
			return nil, local.Refuse("that opt-in was renewed already, as "+next, "quietstat consent renew "+next)
		}
		if len(scope) == 0 {
			scope = old.Scope
		}
		request := consent.GrantRequest{RecipientID: old.RecipientID, Purpose: old.Purpose, Scope: scope, Validity: life, Renews: old.ID}
		next, err := c.draft(request)
		if err != nil {
			return nil, err
		}
		answer, err := c.optIn("renewal for "+old.RecipientID, request)
		for _, d := range consent.Difference(old, next) {
			answer.Changes = append(answer.Changes, local.Change{What: d.What, From: d.From, To: d.To, Wider: d.Wider})
		}
		return answer, err
	})
}

// renewedAs follows the renewals of an opt-in to the newest.
func (c *core) renewedAs(g consent.Grant) (id string, ok bool) {
	for _, next := range c.state.Grants() { // oldest first
		if next.Renews == g.ID || ok && next.Renews == id {
			id, ok = next.ID, true
		}
	}
	return id, ok && g.Why == consent.ReasonRenewed
}

// optIn asks for the press that proves an opt-in, and gives it.
func (c *core) optIn(what string, request consent.GrantRequest) (local.Pending, error) {
	asked, err := c.draft(request) // before anybody walks to the button
	if err != nil {
		return local.Pending{}, err
	}
	answer, err := c.present(what, request.RecipientID, func(owner consent.Owner) (string, error) {
		g, err := c.draft(request)
		if err != nil {
			return "", err
		}
		if g.Fingerprint != asked.Fingerprint {
			return "", changedMeanwhile(request.RecipientID)
		}
		if err := c.keepRecord(g.ID, g.RecipientID, g.Record()); err != nil {
			return "", err
		}
		err = c.apply(consent.GrantGive{Owner: owner, Grant: g})
		return g.ID, c.recorded(err, consent.GrantRevoke{ID: g.ID})
	})
	recipient, _ := c.state.Recipient(asked.RecipientID)
	answer.Notice = consent.Notice(recipient, asked.Purpose, asked.Scope)
	return answer, err
}

func (c *core) draft(request consent.GrantRequest) (consent.Grant, error) {
	r, ok := c.state.Recipient(request.RecipientID)
	if !ok {
		return consent.Grant{}, nobody(request.RecipientID)
	}
	g, err := consent.NewGrant(rand.Reader, c.now(), r, request)
	return g, invalid(err)
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
	return notNoted
}

// keepRecord writes down what is about to be given, so that its receipt can tell it.
func (c *core) keepRecord(id, recipient string, record []byte) error {
	r, _ := c.state.Recipient(recipient)
	err := store.SaveRecord(c.o.Disk, filepath.Join(c.o.Folder, "records"), id, consent.BasisRecord{Record: record, Recipient: r})
	if err != nil {
		return local.Unavailable("it could not be written down, so it does not stand: "+errno(err).Error(), "check that the state folder can be written")
	}
	return nil
}
