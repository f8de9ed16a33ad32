package main

import (
	"flag"

	"quietstat/agent/internal/local"
)

func shadowCommand() *command {
	return group("shadow", "Beside an old thermostat: decide and touch nothing (control.shadow).",
		leaf("report", "", "What the old thermostat did, and what quietstat would have done.", func(f *flag.FlagSet) action {
			asJSON := jsonFlag(f)
			return func(s *surroundings, _ []string) error { return shadowReport(s, *asJSON) }
		}))
}

func shadowReport(s *surroundings, asJSON bool) error {
	var r local.ShadowReport
	if err := s.control("shadow", nil, &r); err != nil {
		return err
	}
	if asJSON {
		return s.printJSON(r)
	}
	for _, line := range r.Words {
		s.printf("%s\n", line)
	}
	return nil
}
