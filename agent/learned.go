package main

import (
	"flag"

	"quietstat/agent/internal/local"
)

func houseCommand() *command {
	return group("house", "What was learned of the house: how it answers to heating, and to the weather.",
		leaf("show", "", "How fast it warms up, how sure that is, and whether it drives the heating.", func(f *flag.FlagSet) action {
			asJSON := jsonFlag(f)
			return func(s *surroundings, _ []string) error { return s.learned("house", *asJSON) }
		}),
		leaf("forget", "", "Learn it anew, as after a new boiler; gains and schedule stay. Owner only.", func(f *flag.FlagSet) action {
			asJSON := jsonFlag(f)
			return func(s *surroundings, _ []string) error { return s.learned("house.forget", *asJSON) }
		}))
}

// learned asks control and prints what is known of the house.
func (s *surroundings) learned(verb string, asJSON bool) error {
	var h local.House
	if err := s.control(verb, nil, &h); err != nil {
		return err
	}
	if asJSON {
		return s.printJSON(h)
	}
	if h.LearnedS == 0 {
		s.printf("nothing has been learned of the house yet; the gains do without\n")
		return nil
	}
	s.printf("learned    from %s of heating and not heating\n", seconds(h.LearnedS))
	for _, r := range h.Rises {
		s.printf("warms up   by %.1f K (give or take %.1f) in %s of full heating\n", r.K, r.DoubtK, seconds(r.AfterS))
	}
	for _, a := range h.Answers {
		s.printf("answers    with time constant %s: %+.2f K (give or take %.2f)\n", seconds(a.TimeS), a.K, a.DoubtK)
	}
	switch {
	case h.Drives:
		s.printf("use        it drives the heating, looking %s ahead, give or take %.0f %%\n", seconds(h.AheadS), h.Doubt*100)
	case h.DistrustS > 0:
		s.printf("use        none for another %s: the room was not kept with it, or answers in another way; the gains drive the heating\n", seconds(h.DistrustS))
	default:
		s.printf("use        none yet: too little is known; the gains drive the heating\n")
	}
	if h.SignaturePerK > 0 {
		s.printf("weather    each kelvin colder outside takes %.1f %% more heating, learned from %s\n", h.SignaturePerK*100, seconds(h.WeatherS))
	}
	return nil
}
