package main

import (
	"flag"
	"fmt"
	"strings"

	"quietstat/agent/internal/local"
	"quietstat/consent"
)

func recipientCommand() *command {
	return group("recipient", "Who could be told anything at all.",
		leaf("list", "", "Everybody who is enrolled. Enrolment alone lets nothing out.", func(f *flag.FlagSet) action {
			asJSON := jsonFlag(f)
			return func(s *surroundings, _ []string) error { return listRecipients(s, *asJSON) }
		}),
		leaf("add", "ID ENDPOINT", "Enrol somebody: a short name (a-z, 0-9, -) and mqtt://HOST:PORT, or mqtts://HOST:PORT with --pin.", addRecipient),
		showCommand("show", "ID", "One of them, with fingerprint, policy and grants.", "recipient.show", (*surroundings).printEnrolled),
		leaf("remove", "ID", "Forget one, and close what is open to it. Anybody may.", plain(removeRecipient)),
	)
}

func policyCommand() *command {
	return group("policy", "What a recipient is told during a voice session.",
		showCommand("show", "ID", "What it is now.", "policy.show", (*surroundings).printPolicy),
		leaf("set", "ID [CATEGORY...]", "Choose it: CATEGORY[=ROUND][/PERIOD][:FIELD+FIELD], for example climate.temperature=0.5/30s. Without categories: temperature, humidity, setpoint and action.", func(f *flag.FlagSet) action {
			asJSON := jsonFlag(f)
			return func(s *surroundings, args []string) error { return setPolicy(s, args[0], args[1:], *asJSON) }
		}),
		leaf("clear", "ID", "Nothing any more. Anybody may.", plain(clearPolicy)),
	)
}

func listRecipients(s *surroundings, asJSON bool) error {
	var list []consent.Recipient
	if err := s.keeper("recipient.list", nil, &list); err != nil {
		return err
	}
	if asJSON {
		return s.printJSON(list)
	}
	if len(list) == 0 {
		s.printf("nobody is enrolled, so nobody can be told anything\n")
	}
	for _, r := range list {
		s.printf("%-16s %s, %s, %s\n", r.ID, r.DisplayName, r.Reach, r.Endpoint)
	}
	return nil
}

// enrolment is what recipient add can be told.
type enrolment struct {
	name, reach, prefix, legalEntity, jurisdiction, clientCert string
	pins, onward                                               words
	json                                                       bool
}

// words collects a flag that may be given several times.
type words []string

func (w *words) String() string     { return strings.Join(*w, ", ") }
func (w *words) Set(v string) error { *w = append(*w, v); return nil }

func addRecipient(f *flag.FlagSet) action {
	c := new(enrolment)
	f.StringVar(&c.name, "name", "", "`NAME` people see; otherwise the id")
	f.StringVar(&c.reach, "reach", "lan", "`HOW FAR` away: this-device, lan or internet")
	f.StringVar(&c.prefix, "prefix", "", "`TOPIC` prefix; otherwise quietstat/ID")
	f.Var(&c.pins, "pin", "`sha256/BASE64` of the broker's public key")
	f.StringVar(&c.legalEntity, "legal-entity", "", "`WHO` answers for it; needed on the internet")
	f.StringVar(&c.jurisdiction, "jurisdiction", "", "`WHERE`; needed on the internet")
	f.StringVar(&c.clientCert, "client-cert", "", "`NAME` of the credential it is shown")
	f.Var(&c.onward, "onward", "a third `PARTY` it passes data to")
	f.BoolVar(&c.json, "json", false, "print one JSON object")
	return c.add
}

func (c *enrolment) add(s *surroundings, args []string) error {
	reach, err := consent.ParseReach(c.reach)
	if err != nil {
		return local.Usage(err.Error(), "")
	}
	r := consent.Recipient{
		ID: args[0], DisplayName: c.name, LegalEntity: c.legalEntity, Jurisdiction: c.jurisdiction,
		Reach: reach, Endpoint: args[1], Pins: c.pins, ClientCert: c.clientCert, TopicPrefix: c.prefix,
		Profile: consent.ProfileJSON, Onward: c.onward,
	}
	if r.DisplayName == "" {
		r.DisplayName = r.ID
	}
	if r.TopicPrefix == "" {
		r.TopicPrefix = "quietstat/" + r.ID
	}
	if err := r.Validate(); err != nil {
		return local.Usage(err.Error(), "see quietstat recipient add --help")
	}
	p, err := s.owner("recipient.add", r, c.json)
	if err != nil {
		return err
	}
	if c.json {
		return s.printJSON(p)
	}
	s.printf("enrolled %s; it is told nothing until there is a policy or a grant\n", r.ID)
	s.printf("  next: quietstat policy set %s        what it is told during a voice session\n", r.ID)
	s.printf("        quietstat consent grant %s ... an explicit opt-in\n", r.ID)
	return nil
}

func removeRecipient(s *surroundings, args []string) error {
	if err := s.keeper("recipient.remove", local.ID{ID: args[0]}, nil); err != nil {
		return err
	}
	s.printf("removed %s with its policy and grants; its connections are gone\n", args[0])
	return nil
}

func setPolicy(s *surroundings, id string, categories []string, asJSON bool) error {
	list, err := shares(categories)
	if err != nil {
		return err
	}
	p, err := s.owner("policy.set", local.PolicyArguments{Recipient: id, Categories: list}, asJSON)
	if err != nil {
		return err
	}
	if asJSON {
		return s.printJSON(p)
	}
	s.printf("during a voice session %s is now told: %s\n", id, names(list))
	return nil
}

func clearPolicy(s *surroundings, args []string) error {
	if err := s.keeper("policy.clear", local.ID{ID: args[0]}, nil); err != nil {
		return err
	}
	s.printf("%s is told nothing during voice sessions\n", args[0])
	return nil
}

// names lists shares for people.
func names(list []local.Share) string {
	if len(list) == 0 {
		return "the default policy (quietstat policy show)"
	}
	var b strings.Builder
	for i, share := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(share.Category)
		if share.Round != 0 {
			fmt.Fprintf(&b, " rounded to %g", share.Round)
		}
	}
	return b.String()
}
