package main

import (
	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
)

func configCommand() *command {
	return group("config", "Check, print or reload the configuration.",
		leaf("check", "[FILE]", "Name everything that is wrong with it; - is standard input.", plain(checkConfiguration)),
		leaf("example", "[EQUIPMENT]", "Print a configuration with every key explained, or a small one for furnace, heatpump, boiler or voice.", plain(printExample)),
		leaf("boot", "[FILE]", "Print what config.txt has to say for this wiring: I2C, watchdog, relays at their safe level.", plain(printBootLines)),
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

func printBootLines(s *surroundings, args []string) error {
	name := s.configPath
	if len(args) > 0 {
		name = args[0]
	}
	conf, err := config.Load(name)
	if err != nil {
		return err
	}
	for _, line := range conf.BootLines() {
		s.printf("%s\n", line)
	}
	return nil
}

func printExample(s *surroundings, args []string) error {
	example := config.Example()
	if len(args) > 0 {
		var err error
		if example, err = config.ExampleFor(args[0]); err != nil {
			return local.Usage(err.Error(), "without a name it prints every key")
		}
	}
	_, err := s.stdout.Write(example)
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
