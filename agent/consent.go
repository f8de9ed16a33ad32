package main

import (
	"encoding/json"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/consent"
)

type consentCommand struct {
	List    consentListCommand    `cmd:"" help:"Every opt-in, also those that have ended."`
	Preview consentPreviewCommand `cmd:"" help:"What would be sent now, by the gate's own code, and why not the rest."`
	Grant   consentGrantCommand   `cmd:"" help:"Opt in: one recipient, one purpose, some categories, for some days."`
	Revoke  consentRevokeCommand  `cmd:"" help:"Withdraw an opt-in. Returns when its connection is gone. Anybody may."`
}

type consentListCommand struct {
	JSON bool `help:"Print a JSON array."`
}

func (c *consentListCommand) Run(s *surroundings) error {
	var list []consent.Grant
	if err := s.keeper("consent.list", nil, &list); err != nil {
		return err
	}
	if c.JSON {
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

type consentPreviewCommand struct {
	ID string `arg:"" help:"A recipient."`
}

func (c *consentPreviewCommand) Run(s *surroundings) error {
	var raw json.RawMessage
	if err := s.keeper("consent.preview", local.ID{ID: c.ID}, &raw); err != nil {
		return err
	}
	return s.printJSON(raw)
}

type consentGrantCommand struct {
	ID         string   `arg:"" help:"A recipient."`
	Categories []string `arg:"" help:"CATEGORY[=ROUND][/PERIOD][:FIELD+FIELD], for example climate.temperature=0.5/300s."`
	Purpose    string   `help:"What for." default:"home.automation"`
	Days       float64  `help:"For how long; at most 365." default:"30"`
	JSON       bool     `help:"Print one JSON object."`
}

func (c *consentGrantCommand) Run(s *surroundings) error {
	list, err := shares(c.Categories)
	if err != nil {
		return err
	}
	p, err := s.owner("consent.grant", local.GrantArguments{Recipient: c.ID, Purpose: c.Purpose, Categories: list, Days: c.Days}, c.JSON)
	if err != nil {
		return err
	}
	if c.JSON {
		return s.printJSON(p)
	}
	s.printf("granted %s: %s is told %s for %.0f days\n", p.ID, c.ID, names(list), c.Days)
	s.printf("  end it any time: quietstat consent revoke %s\n", p.ID)
	return nil
}

type consentRevokeCommand struct {
	ID string `arg:"" help:"A grant."`
}

func (c *consentRevokeCommand) Run(s *surroundings) error {
	if err := s.keeper("consent.revoke", local.ID{ID: c.ID}, nil); err != nil {
		return err
	}
	s.printf("revoked %s; nothing more leaves under it\n", c.ID)
	return nil
}
