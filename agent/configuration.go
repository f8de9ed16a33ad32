package main

import (
	"quietstat/agent/internal/config"
)

type configCommand struct {
	Check   configCheckCommand   `cmd:"" help:"Read the configuration and name everything that is wrong with it."`
	Example configExampleCommand `cmd:"" help:"Print a configuration with every key explained."`
	Reload  configReloadCommand  `cmd:"" help:"Let the running control read it again. A configuration with errors changes nothing."`
}

type configCheckCommand struct {
	File string `arg:"" optional:"" help:"Another file than --config; - is standard input."`
}

func (c *configCheckCommand) Run(s *surroundings) error {
	name := s.commands.Config
	if c.File != "" {
		name = c.File
	}
	if err := s.checkConfig(name); err != nil {
		return err
	}
	s.printf("%s is good\n", name)
	return nil
}

type configExampleCommand struct{}

func (c *configExampleCommand) Run(s *surroundings) error {
	_, err := s.stdout.Write(config.Example())
	return err
}

type configReloadCommand struct{}

func (c *configReloadCommand) Run(s *surroundings) error {
	if err := s.checkConfig(s.commands.Config); err != nil {
		return err // found here, where the file and line can be shown
	}
	if err := s.control("reload", nil, nil); err != nil {
		return err
	}
	s.printf("%s is in force\n", s.commands.Config)
	return nil
}
