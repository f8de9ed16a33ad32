package main

import (
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"strings"

	"quietstat/agent/internal/local"
	"quietstat/agent/internal/supervise/units"
	"quietstat/consent"
)

func recipientCommand() *command {
	return group("recipient", "Who could be told anything at all.",
		leaf("list", "", "Everybody who is enrolled. Enrolment alone lets nothing out.", func(f *flag.FlagSet) action {
			asJSON := jsonFlag(f)
			return func(s *surroundings, _ []string) error { return listRecipients(s, *asJSON) }
		}),
		leaf("add", "ID ENDPOINT", "Enrol somebody: a short name (a-z, 0-9, -) and mqtt://HOST:PORT, or mqtts://HOST:PORT with --pin or --ca.", addRecipient),
		showCommand("show", "ID", "One of them, with fingerprint, policy and grants.", "recipient.show", (*surroundings).printEnrolled),
		leaf("remove", "ID", "Forget one, and close what is open to it. Anybody may.", removeRecipient),
		leaf("credentials", "ID", "The files by which it is logged in to. Without any, they are taken away.", giveCredentials),
	)
}

func policyCommand() *command {
	return group("policy", "What a recipient is told during a voice session.",
		showCommand("show", "ID", "What it is now.", "policy.show", (*surroundings).printPolicy),
		leaf("set", "ID [CATEGORY...]", "Choose it: "+shareForm+", for example climate.temperature=0.5/30s. Without categories: temperature, humidity, setpoint and action.", func(f *flag.FlagSet) action {
			asJSON := jsonFlag(f)
			return func(s *surroundings, args []string) error { return setPolicy(s, args[0], args[1:], *asJSON) }
		}),
		leaf("clear", "ID", "Nothing any more. Anybody may.", closing("policy.clear", "ID is told nothing during voice sessions\n")),
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
	name, reach, prefix, legalEntity, jurisdiction, clientCert, ca, profile string
	pins, onward                                                            words
	json                                                                    bool
}

// words collects a flag that may be given several times.
type words []string

func (w *words) String() string     { return strings.Join(*w, ", ") }
func (w *words) Set(v string) error { *w = append(*w, v); return nil }

func addRecipient(f *flag.FlagSet) action {
	c := new(enrolment)
	f.StringVar(&c.name, "name", "", "`NAME` people see; otherwise the id")
	f.StringVar(&c.reach, "reach", "lan", "`HOW FAR` away: this-device, lan or internet")
	f.StringVar(&c.profile, "profile", consent.ProfileJSON, "its `WORDS`: "+consent.ProfileJSON+", "+consent.ProfileHomeAssistant+" or "+consent.ProfileAlexa)
	f.StringVar(&c.prefix, "prefix", "", "`TOPIC` prefix; otherwise quietstat/ID")
	f.Var(&c.pins, "pin", "`sha256/BASE64` of the broker's public key")
	f.StringVar(&c.ca, "ca", "", "`FILE` of the only authorities to trust, in PEM; with or instead of --pin")
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
		Profile: c.profile, Onward: c.onward,
	}
	var authorities []byte
	if c.ca != "" {
		if authorities, r.CA, err = readCA(c.ca); err != nil {
			return err
		}
	}
	if r.DisplayName == "" {
		r.DisplayName = r.ID
	}
	if r.TopicPrefix == "" {
		r.TopicPrefix = "quietstat/" + r.ID
	}
	named, err := r.Named(rand.Reader, consent.Recipient{}) // the keeper names it, and knows whether it has a name
	if err != nil {
		return err
	}
	if err := named.Validate(); err != nil {
		return local.Usage(err.Error(), "see quietstat recipient add --help")
	}
	p, err := s.owner("recipient.add", r, c.json)
	if err != nil {
		return err
	}
	if authorities != nil {
		files := map[string][]byte{"ca.pem": authorities}
		if err := s.keeper("recipient.credentials", local.CredentialsArguments{ID: r.ID, Files: files}, nil); err != nil {
			return err
		}
	}
	state, failed := s.enableUplink(r)
	if c.json {
		return errors.Join(s.printJSON(p), failed)
	}
	if len(p.Changed) > 0 {
		s.printf("%s changed: %s\n", r.ID, strings.Join(p.Changed, ", "))
		for _, what := range p.Voided {
			s.printf("  void, as it was given to the recipient as it was: %s\n", what)
		}
	}
	s.printf("enrolled %s; it is told nothing until there is a policy or a grant\n", r.ID)
	s.printf("  next: quietstat policy set %s        what it is told during a voice session\n", r.ID)
	s.printf("        quietstat consent grant %s ... an explicit opt-in\n", r.ID)
	if r.Profile == consent.ProfileAlexa {
		s.printf("  a policy that covers setpoint also lets it set the temperature and the mode during a session\n")
	}
	if state == units.Forbidden {
		s.printf("        sudo systemctl enable --now %s   its socket, which only root may open\n", units.Socket(r.ID))
	}
	return failed
}

// enableUplink has systemd, where it starts the roles, open the door to a recipient.
func (s *surroundings) enableUplink(r consent.Recipient) (units.State, error) {
	folder, err := s.runtime()
	if err != nil {
		return units.Absent, err
	}
	state := units.Look(folder)
	if state != units.Ours {
		return state, nil
	}
	if err := units.New().Enable(s.ctx, r); err != nil {
		return state, local.Unavailable(r.ID+" is enrolled, but its socket is not open: "+err.Error(), "run it again, or: systemctl enable --now "+units.Socket(r.ID))
	}
	return state, nil
}

func removeRecipient(f *flag.FlagSet) action {
	remove := closing("recipient.remove", "removed ID with its policy, opt-ins and credentials; its connections are gone\n")(f)
	return func(s *surroundings, args []string) error {
		if err := remove(s, args); err != nil {
			return err
		}
		folder, err := s.runtime()
		if err != nil || units.Look(folder) != units.Ours {
			return err
		}
		return units.New().Disable(s.ctx, args[0])
	}
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
