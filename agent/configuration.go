package main

import (
	"quietstat/agent/internal/config"
)

func configCommand() *command {
	return group("config", "Check, print or reload the configuration.",
		leaf("check", "[FILE]", "Name everything that is wrong with it; - is standard input.", plain(checkConfiguration)),
		leaf("example", "", "Print a configuration with every key explained.", plain(printExample)),
		leaf("reload", "", "Let the running control read it again. A configuration with errors changes nothing.", plain(reloadConfiguration)),
	)
}

func checkConfiguration(s *surroundings, args []string) error {
	name := s.configPath
	if len(args) > 0 {
		name = args[0]
	}
	if err := s.checkConfig(name); err != nil {
		return err
	}
	s.printf("%s is good\n", name)
	return nil
}

func printExample(s *surroundings, _ []string) error {
	_, err := s.stdout.Write(config.Example())
	return err
}

func reloadConfiguration(s *surroundings, _ []string) error {
	if err := s.checkConfig(s.configPath); err != nil {
		return err // found here, where the file and line can be shown
	}
	if err := s.control("reload", nil, nil); err != nil {
		return err
	}
	s.printf("%s is in force\n", s.configPath)
	return nil
}
