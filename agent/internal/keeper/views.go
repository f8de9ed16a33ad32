package keeper

import (
	"fmt"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/consent"
)

// recipientView is one recipient with everything that was ever given to it.
type recipientView struct {
	Recipient   consent.Recipient `json:"recipient"`
	Fingerprint string            `json:"fingerprint"`
	Policy      *local.PolicyView `json:"policy"`
	Grants      []local.GrantView `json:"grants"`
}

func (c *core) showRecipient(a local.ID) (any, error) {
	r, ok := c.state.Recipient(a.ID)
	if !ok {
		return nil, nobody(a.ID)
	}
	view := recipientView{Recipient: r, Fingerprint: r.Fingerprint().String(), Grants: []local.GrantView{}}
	if p, ok := c.state.Policy(a.ID); ok {
		shown := policyView(p)
		view.Policy = &shown
	}
	for _, g := range c.grants() {
		if g.Recipient == a.ID {
			view.Grants = append(view.Grants, g)
		}
	}
	return view, nil
}

// listRecipients lists who is enrolled, and this-room where it is told anything.
func (c *core) listRecipients(struct{}) (any, error) {
	all := list(c.state.Recipients())
	if _, told := c.state.Policy(consent.RoomID); told {
		r, _ := c.state.Recipient(consent.RoomID)
		all = append(all, r)
	}
	return all, nil
}

func (c *core) showPolicy(a local.ID) (any, error) {
	if _, ok := c.state.Recipient(a.ID); !ok {
		return nil, nobody(a.ID)
	}
	p, ok := c.state.Policy(a.ID)
	if !ok {
		return nil, local.Refuse(a.ID+" has no policy and is told nothing during voice sessions", "quietstat policy set "+a.ID)
	}
	return policyView(p), nil
}

func policyView(p consent.SessionPolicy) local.PolicyView {
	return local.PolicyView{Recipient: p.RecipientID, Fingerprint: p.Fingerprint.String(), Scope: sharesOf(p.Scope), SetAt: p.SetAt}
}

// grants lists every opt-in with how it stands at this instant.
func (c *core) grants() []local.GrantView {
	reminders := map[string]string{}
	for _, r := range c.state.Reminders() {
		reminders[r.Grant] = reminder(r)
	}
	views := []local.GrantView{}
	for _, g := range c.state.Grants() {
		v := local.GrantView{
			ID: g.ID, Recipient: g.RecipientID, Fingerprint: g.Fingerprint.String(), Purpose: g.Purpose.String(), Scope: sharesOf(g.Scope),
			NotBefore: g.NotBefore, NotAfter: g.NotAfter, State: g.State.String(), Ended: g.Ended, Renews: g.Renews,
			LeftS: g.Left().Seconds(), UnusedS: (g.Consumed - g.LastUse).Seconds(), LastUsed: g.LastUsed, Reminder: reminders[g.ID],
		}
		if g.Why != consent.ReasonNone {
			v.Why = g.Why.String()
		}
		if hold := c.state.GrantHold(c.now(), g); g.State == consent.GrantGiven && hold != consent.ReasonNone {
			v.Held = hold.String()
		}
		views = append(views, v)
	}
	return views
}

// reminder says in words how an opt-in will end, and what keeps it.
func reminder(r consent.Reminder) string {
	in := fmt.Sprintf("%.0f days", r.EndsIn.Hours()/24)
	if r.EndsIn < 48*time.Hour {
		in = fmt.Sprintf("%.0f hours", r.EndsIn.Hours())
	}
	if r.Why == consent.ReasonUnused {
		return "it will be suspended in " + in + ", as nothing was sent under it for long"
	}
	return "it ends in " + in + "; to go on: quietstat consent renew " + r.Grant
}

// failures says which of those who are enrolled could not be reached when it was
// tried last, and why.
func (c *core) failures() map[string]string {
	all := map[string]string{}
	for _, r := range c.state.Recipients() {
		if why, ok := c.failing[r.ID]; ok {
			all[r.ID] = plain(why)
		}
	}
	return all
}

func (c *core) reminders() []string {
	all := []string{}
	for _, r := range c.state.Reminders() {
		all = append(all, "opt-in "+r.Grant+": "+reminder(r))
	}
	return all
}

// sharesOf is a scope as people and scripts write it, in seconds.
func sharesOf(s consent.Scope) []local.Share {
	shares := []local.Share{}
	for _, it := range s {
		share := local.Share{Category: it.Category.String(), Round: it.Round, PeriodS: it.Period.Seconds(), PerHour: it.MaxPerHour, Fields: it.Fields}
		if it.Mode != consent.LivenessNone {
			share.Mode = it.Mode.String()
		}
		shares = append(shares, share)
	}
	return shares
}

// scopeOf reads what a caller asked for; nil takes the default policy.
func scopeOf(shares []local.Share) (consent.Scope, error) {
	var scope consent.Scope
	for _, s := range shares {
		category, err := consent.ParseCategory(s.Category)
		if err != nil {
			return nil, local.Usage(plain(err.Error()), "")
		}
		mode := consent.LivenessNone
		if s.Mode != "" {
			if mode, err = consent.ParseLiveness(s.Mode); err != nil {
				return nil, local.Usage(plain(err.Error()), "")
			}
		}
		if !(s.PeriodS >= 0 && s.PeriodS <= 7*24*3600) {
			return nil, local.Usage("the period of "+s.Category+" is not between 0 and a week", "")
		}
		scope = append(scope, consent.Item{Category: category, Granularity: consent.Granularity{
			Round: s.Round, Period: time.Duration(s.PeriodS * float64(time.Second)), MaxPerHour: s.PerHour, Mode: mode, Fields: s.Fields,
		}})
	}
	return scope, nil
}
