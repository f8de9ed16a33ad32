package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"strings"

	"quietstat/agent/internal/local"
)

// single is what consent once can be told.
type single struct {
	purpose   string
	yes, json bool
}

func sendOnce(f *flag.FlagSet) action {
	c := new(single)
	f.StringVar(&c.purpose, "purpose", "home.automation", "what `FOR`")
	f.BoolVar(&c.yes, "yes", false, "where no talk button is wired: it was looked at, send it")
	f.BoolVar(&c.json, "json", false, "print one JSON object")
	return c.run
}

// onceLife is how long a once may take, in seconds, as the keeper has it.
const onceLife = 60

func (c *single) run(s *surroundings, args []string) error {
	list, err := shares(args[1:])
	if err != nil {
		return err
	}
	var offer local.Offer
	if err := s.keeper("consent.offer", local.GrantArguments{Recipient: args[0], Purpose: c.purpose, Categories: list}, &offer); err != nil {
		return err
	}
	if !c.json {
		s.printf("to %s at %s", offer.Name, offer.Endpoint)
		if len(offer.Onward) > 0 {
			s.printf(", who passes it on to %s", strings.Join(offer.Onward, ", "))
		}
		s.printf(", on %s, this and nothing else:\n%s\n", offer.Topic, offer.Message)
	}
	var before local.KeeperStatus
	if err := s.keeper("status", nil, &before); err != nil {
		return err
	}
	if !before.TalkButton && !c.yes {
		return local.Refuse("nothing was sent", "where no talk button is wired, say --yes when you have looked at it")
	}
	p, err := s.owner("consent.once", local.OnceArguments{Recipient: args[0], Purpose: c.purpose, Categories: list, Shown: offer.Shown}, c.json)
	if err != nil {
		return err
	}
	var out local.OnceOutcome
	if err := s.keeper("once.wait", local.OnceWait{ID: p.ID, TimeoutS: onceLife}, &out); err != nil {
		return err
	}
	if c.json {
		if err := s.printJSON(out); err != nil {
			return err
		}
	} else if out.Outcome == "sent" {
		s.printf("sent, as %s\n", out.ID)
		if !sameValues(offer.Message, out.Message) {
			s.printf("  %s\n", said(string(out.Message)))
		}
	}
	if out.Outcome != "sent" {
		return local.Refuse("what became of it is "+out.Outcome, "see quietstat ledger show")
	}
	return nil
}

// sameValues reports whether two messages say the same, but for their ids and times.
func sameValues(a, b json.RawMessage) bool {
	var x, y struct {
		Fields json.RawMessage `json:"fields"`
	}
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && bytes.Equal(x.Fields, y.Fields)
}

// renewal is what consent renew can be told.
type renewal struct {
	days float64
	json bool
}

func renewGrant(f *flag.FlagSet) action {
	c := new(renewal)
	f.Float64Var(&c.days, "days", defaultDays, "for `HOW LONG`; at most 365")
	f.BoolVar(&c.json, "json", false, "print one JSON object")
	return c.run
}

func (c *renewal) run(s *surroundings, args []string) error {
	list, err := shares(args[1:])
	if err != nil {
		return err
	}
	p, err := s.ownerShown("consent.renew", local.RenewArguments{ID: args[0], Categories: list, Days: c.days}, c.json, func(p local.Pending) {
		if len(p.Changes) == 0 {
			s.printf("nothing changes but its end\n")
		}
		for _, d := range p.Changes {
			mark := "narrower"
			if d.Wider {
				mark = "WIDER"
			}
			s.printf("%-8s  %s: %s -> %s\n", mark, d.What, orNothing(d.From), orNothing(d.To))
		}
	})
	if err != nil {
		return err
	}
	if c.json {
		return s.printJSON(p)
	}
	s.printf("renewed as %s; %s has ended\n", p.ID, args[0])
	return nil
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}
