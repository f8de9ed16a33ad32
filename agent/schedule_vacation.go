package main

import (
	"quietstat/agent/internal/local"
)

func vacationCommand() *command {
	return warmthLeaf("vacation", "[FROM] [TO] [WHAT]",
		"Be away from one day to the day of the return, at a temperature or a preset (away); \"end\" to be back, nothing to look.",
		askVacation, (*surroundings).printVacation)
}

func askVacation(_ *surroundings, args []string) (string, any, error) {
	switch {
	case len(args) == 0, len(args) == 1 && args[0] == "show":
		return "warmth", nil, nil
	case len(args) == 1 && args[0] == "end":
		return "vacation.end", nil, nil
	case len(args) == 1:
		return "", nil, local.Usage("a vacation needs the day of the return too", "for example quietstat vacation 2026-12-24 2027-01-03")
	}
	a := local.VacationArguments{From: args[0], To: args[1]}
	if len(args) == 3 {
		a.Aim = args[2]
	}
	return "vacation", a, nil
}

func (s *surroundings) printVacation(w *local.Warmth) {
	if w.Vacation == nil {
		s.printf("no vacation is planned\n")
	} else {
		s.printf("%s\n", w.Vacation.Text)
	}
	s.printWarmth(w)
}
