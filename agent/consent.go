package main

import (
	"flag"
	"time"

	"quietstat/agent/internal/local"
)

func consentCommand() *command {
	return group("consent", "Explicit, expiring, revocable opt-ins.",
		leaf("list", "", "Every opt-in, also those that have ended.", func(f *flag.FlagSet) action {
			asJSON := jsonFlag(f)
			return func(s *surroundings, _ []string) error { return listGrants(s, *asJSON) }
		}),
		showCommand("preview", "RECIPIENT", "What would be sent now, by the gate's own code, and why not the rest.", "consent.preview", (*surroundings).printPreview),
		leaf("grant", "RECIPIENT CATEGORY...", "Opt in: "+shareForm+", for example climate.temperature=0.5/300s.", giveGrant),
		leaf("renew", "GRANT [CATEGORY...]", "Opt in again, in place of one; shows first what would change. Without categories: as it was.", renewGrant),
		leaf("once", "RECIPIENT CATEGORY...", "Send one message: it is shown, and after a press exactly that is sent.", sendOnce),
		leaf("revoke", "GRANT", "Withdraw an opt-in. Returns when its connection is gone. Anybody may.", revoke),
	)
}

func listGrants(s *surroundings, asJSON bool) error {
	var list []local.GrantView
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
		s.printf("%s  %-11s %s, until %s%s\n", g.ID, g.State, g.Recipient, g.NotAfter.Local().Format(time.DateTime), because(g))
		if g.Reminder != "" {
			s.printf("  %s\n", g.Reminder)
		}
	}
	return nil
}

// because says why nothing leaves under an opt-in, in brackets.
func because(g local.GrantView) string {
	switch {
	case g.Why != "":
		return " (" + g.Why + ")"
	case g.Held == "held":
		return " (held back: quiet was pressed within the hour)"
	case g.Held != "":
		return " (held: " + g.Held + ")"
	}
	return ""
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

// withdrawal is how an opt-in is taken back.
type withdrawal struct{ erase, json bool }

func revoke(f *flag.FlagSet) action {
	c := new(withdrawal)
	f.BoolVar(&c.erase, "erase", false, "first send an empty message on every topic it was used on, so that copies are dropped; the owner's")
	f.BoolVar(&c.json, "json", false, "print one JSON object")
	return c.run
}

func (c *withdrawal) run(s *surroundings, args []string) error {
	if !c.erase {
		return s.close("consent.revoke", "revoked ID; nothing more leaves under it\n", c.json, args)
	}
	var out local.EraseOutcome
	if err := s.keeper("consent.erase", local.ID{ID: args[0]}, &out); err != nil {
		return err
	}
	switch {
	case c.json:
		if err := s.printJSON(out); err != nil {
			return err
		}
	case out.Problem == "":
		s.printf("erased on %d topics and revoked %s; nothing more leaves under it\n", out.Erased, out.ID)
	default:
		s.printf("revoked %s; nothing more leaves under it\n", out.ID)
		return local.Refuse("nothing was erased: "+out.Problem, "what the recipient kept is to be asked of it")
	}
	if out.Problem != "" {
		return exitError(exitRefused)
	}
	return nil
}
