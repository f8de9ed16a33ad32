package main

import (
	"flag"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/consent"
)

func consentCommand() *command {
	return group("consent", "Explicit, expiring, revocable opt-ins.",
		leaf("list", "", "Every opt-in, also those that have ended.", func(f *flag.FlagSet) action {
			asJSON := jsonFlag(f)
			return func(s *surroundings, _ []string) error { return listGrants(s, *asJSON) }
		}),
		showCommand("preview", "RECIPIENT", "What would be sent now, by the gate's own code, and why not the rest.", "consent.preview", (*surroundings).printPreview),
		leaf("grant", "RECIPIENT CATEGORY...", "Opt in: CATEGORY[=ROUND][/PERIOD][:FIELD+FIELD], for example climate.temperature=0.5/300s.", giveGrant),
		leaf("revoke", "GRANT", "Withdraw an opt-in. Returns when its connection is gone. Anybody may.", plain(revoke)),
	)
}

func listGrants(s *surroundings, asJSON bool) error {
	var list []consent.Grant
	if err := s.keeper("consent.list", nil, &list); err != nil {
		return err
	}
	if asJSON {
		return s.printJSON(list)
	}
	if len(list) == 0 {
		s.printf("no opt-in was ever given\n")
	}
	for _, g := range list {
		s.printf("%s  %-11s %s, until %s\n", g.ID, g.State, g.RecipientID, g.NotAfter.Local().Format(time.DateTime))
	}
	return nil
}

// defaultDays is how long an opt-in lasts if nobody says otherwise.
const defaultDays = 30

// optIn is what consent grant can be told.
type optIn struct {
	purpose string
	days    float64
	json    bool
}

func giveGrant(f *flag.FlagSet) action {
	c := new(optIn)
	f.StringVar(&c.purpose, "purpose", "home.automation", "what `FOR`")
	f.Float64Var(&c.days, "days", defaultDays, "for `HOW LONG`; at most 365")
	f.BoolVar(&c.json, "json", false, "print one JSON object")
	return c.give
}

func (c *optIn) give(s *surroundings, args []string) error {
	list, err := shares(args[1:])
	if err != nil {
		return err
	}
	p, err := s.owner("consent.grant", local.GrantArguments{Recipient: args[0], Purpose: c.purpose, Categories: list, Days: c.days}, c.json)
	if err != nil {
		return err
	}
	if c.json {
		return s.printJSON(p)
	}
	days := c.days
	if days == 0 {
		days = defaultDays // what the keeper makes of it
	}
	s.printf("granted %s: %s is told %s for %g days\n", p.ID, args[0], names(list), days)
	s.printf("  end it any time: quietstat consent revoke %s\n", p.ID)
	return nil
}

func revoke(s *surroundings, args []string) error {
	if err := s.keeper("consent.revoke", local.ID{ID: args[0]}, nil); err != nil {
		return err
	}
	s.printf("revoked %s; nothing more leaves under it\n", args[0])
	return nil
}
