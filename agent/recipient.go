package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"quietstat/agent/internal/local"
	"quietstat/consent"
)

type recipientCommand struct {
	List   recipientListCommand   `cmd:"" help:"Everybody who is enrolled. Enrolment alone lets nothing out."`
	Add    recipientAddCommand    `cmd:"" help:"Enrol somebody."`
	Show   recipientShowCommand   `cmd:"" help:"One of them, with fingerprint, policy and grants."`
	Remove recipientRemoveCommand `cmd:"" help:"Forget one, and close what is open to it."`
}

type recipientListCommand struct {
	JSON bool `help:"Print a JSON array."`
}

func (c *recipientListCommand) Run(s *surroundings) error {
	var list []consent.Recipient
	if err := s.keeper("recipient.list", nil, &list); err != nil {
		return err
	}
	if c.JSON {
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

type recipientAddCommand struct {
	ID           string   `arg:"" help:"A short name: a-z, 0-9 and -."`
	Endpoint     string   `arg:"" help:"mqtt://HOST:PORT, or mqtts://HOST:PORT with --pin."`
	Name         string   `help:"The name people see; otherwise the id." placeholder:"TEXT"`
	Reach        string   `help:"this-device, lan or internet." default:"lan"`
	Prefix       string   `help:"Topic prefix; otherwise quietstat/ID." placeholder:"TOPIC"`
	Pin          []string `help:"sha256/BASE64 of the broker's public key." sep:"none" placeholder:"PIN"`
	LegalEntity  string   `help:"Who answers for it; needed on the internet." placeholder:"TEXT"`
	Jurisdiction string   `help:"Where; needed on the internet." placeholder:"TEXT"`
	Onward       []string `help:"A third party it passes data to." sep:"none" placeholder:"TEXT"`
	JSON         bool     `help:"Print one JSON object."`
}

func (c *recipientAddCommand) Run(s *surroundings) error {
	reach, err := consent.ParseReach(c.Reach)
	if err != nil {
		return local.Usage(err.Error(), "")
	}
	r := consent.Recipient{
		ID: c.ID, DisplayName: c.Name, LegalEntity: c.LegalEntity, Jurisdiction: c.Jurisdiction,
		Reach: reach, Endpoint: c.Endpoint, Pins: c.Pin, TopicPrefix: c.Prefix,
		Profile: consent.ProfileJSON, Onward: c.Onward,
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
	var p local.Pending
	if p, err = s.owner("recipient.add", r, c.JSON); err != nil {
		return err
	}
	if c.JSON {
		return s.printJSON(p)
	}
	s.printf("enrolled %s; it is told nothing until there is a policy or a grant\n", r.ID)
	s.printf("  next: quietstat policy set %s        what it is told during a voice session\n", r.ID)
	s.printf("        quietstat consent grant %s ... an explicit opt-in\n", r.ID)
	return nil
}

type recipientShowCommand struct {
	ID string `arg:""`
}

func (c *recipientShowCommand) Run(s *surroundings) error {
	var raw json.RawMessage
	if err := s.keeper("recipient.show", local.ID{ID: c.ID}, &raw); err != nil {
		return err
	}
	return s.printJSON(raw)
}

type recipientRemoveCommand struct {
	ID string `arg:""`
}

func (c *recipientRemoveCommand) Run(s *surroundings) error {
	if err := s.keeper("recipient.remove", local.ID{ID: c.ID}, nil); err != nil {
		return err
	}
	s.printf("removed %s with its policy and grants; its connections are gone\n", c.ID)
	return nil
}

type policyCommand struct {
	Show  policyShowCommand  `cmd:"" help:"What a recipient is told during a voice session."`
	Set   policySetCommand   `cmd:"" help:"Choose it. Without categories: temperature, humidity, setpoint and action."`
	Clear policyClearCommand `cmd:"" help:"Nothing any more."`
}

type policyShowCommand struct {
	ID string `arg:""`
}

func (c *policyShowCommand) Run(s *surroundings) error {
	var raw json.RawMessage
	if err := s.keeper("policy.show", local.ID{ID: c.ID}, &raw); err != nil {
		return err
	}
	return s.printJSON(raw)
}

type policySetCommand struct {
	ID         string   `arg:""`
	Categories []string `arg:"" optional:"" help:"CATEGORY[=ROUND][/PERIOD][:FIELD+FIELD], for example climate.temperature=0.5/30s."`
	JSON       bool     `help:"Print one JSON object."`
}

func (c *policySetCommand) Run(s *surroundings) error {
	list, err := shares(c.Categories)
	if err != nil {
		return err
	}
	p, err := s.owner("policy.set", local.PolicyArguments{Recipient: c.ID, Categories: list}, c.JSON)
	if err != nil {
		return err
	}
	if c.JSON {
		return s.printJSON(p)
	}
	s.printf("during a voice session %s is now told: %s\n", c.ID, names(list))
	return nil
}

type policyClearCommand struct {
	ID string `arg:""`
}

func (c *policyClearCommand) Run(s *surroundings) error {
	if err := s.keeper("policy.clear", local.ID{ID: c.ID}, nil); err != nil {
		return err
	}
	s.printf("%s is told nothing during voice sessions\n", c.ID)
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
