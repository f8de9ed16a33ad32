package main

import (
	"flag"
	"fmt"
	"strconv"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/hvac/tune"
)

func tuneCommand() *command {
	return group("tune", "Measure the house and find better gains for it. An experiment switches the heating by a narrow band\naround the setpoint for an hour or a night; doors should stay shut.",
		leaf("start", "", "Begin an experiment. Heating must be on (mode heat or auto).", func(f *flag.FlagSet) action {
			method := f.String("method", "auto", "`RULE` for the gains: auto tries all of them, simc or amigo only that one")
			asJSON := jsonFlag(f)
			return func(s *surroundings, _ []string) error {
				if _, err := tune.ParseMethod(*method); err != nil {
					return local.Usage(err.Error(), "leave --method out if unsure")
				}
				return tuneAct(s, "tune.start", local.TuneStart{Method: *method}, *asJSON)
			}
		}),
		leaf("status", "", "How far it is, and what came of it.", func(f *flag.FlagSet) action {
			asJSON := jsonFlag(f)
			return func(s *surroundings, _ []string) error { return tuneAct(s, "tune.status", nil, *asJSON) }
		}),
		leaf("abort", "", "End the experiment; the gains stay as they are.", func(f *flag.FlagSet) action {
			asJSON := jsonFlag(f)
			return func(s *surroundings, _ []string) error { return tuneAct(s, "tune.abort", nil, *asJSON) }
		}),
		leaf("history", "", "The last results, and which of them is in force.", func(f *flag.FlagSet) action {
			asJSON := jsonFlag(f)
			return func(s *surroundings, _ []string) error { return tuneHistory(s, *asJSON) }
		}),
		leaf("rollback", "[N]", "Go back to the gains before, or to result N; 0 are those of quietstat.toml.", func(f *flag.FlagSet) action {
			asJSON := jsonFlag(f)
			return func(s *surroundings, args []string) error { return tuneRollback(s, args, *asJSON) }
		}))
}

// tuneAct asks control and prints where tuning stands.
func tuneAct(s *surroundings, verb string, arguments any, asJSON bool) error {
	var t local.TuneStatus
	if err := s.control(verb, arguments, &t); err != nil {
		return err
	}
	if asJSON {
		return s.printJSON(t)
	}
	s.printTuning(&t)
	return nil
}

func tuneRollback(s *surroundings, args []string, asJSON bool) error {
	var a local.TuneRollback
	if len(args) > 0 {
		n, err := strconv.Atoi(args[0])
		if err != nil || n < 0 {
			return local.Usage(fmt.Sprintf("%q is not the number of a result", args[0]), "see quietstat tune history")
		}
		a.To = &n
	}
	return tuneAct(s, "tune.rollback", a, asJSON)
}

func (s *surroundings) printTuning(t *local.TuneStatus) {
	switch t.Phase {
	case "idle":
		s.printf("tuning     no experiment has run since the start\n")
	case "watching", "cycling", "waiting":
		s.printf("tuning     %s, %d of %d strokes, for %s; at most %s more\n", tuneWords[t.Phase], t.Strokes, t.Needed, seconds(t.ElapsedS), seconds(t.LeftS))
		if t.BandK > 0 {
			s.printf("band       %.1f °C ± %.2f K; the sensor's noise is %.3f K\n", t.CentreC, t.BandK, t.NoiseK)
		}
	case "evaluating":
		s.printf("tuning     the experiment is over; gains are being tried on a copy of the house\n")
	case "failed":
		s.printf("tuning     ended after %s: %s\n", seconds(t.ElapsedS), t.Why)
	default:
		s.printf("tuning     done after %s\n", seconds(t.ElapsedS))
	}
	if t.Result != nil && t.Failure == "" {
		for _, line := range t.Result.Report {
			s.printf("result     %s\n", line)
		}
	}
	s.printf("gains      %s, %s\n", gainsText(t.Gains), gainsFrom(t.Active))
}

var tuneWords = map[string]string{
	"watching": "heating is off, the sensor's noise is measured",
	"cycling":  "heating goes on and off around the setpoint",
	"waiting":  "waiting for a door or the sensor",
}

func tuneHistory(s *surroundings, asJSON bool) error {
	var h local.TuneHistory
	if err := s.control("tune.history", nil, &h); err != nil {
		return err
	}
	if asJSON {
		return s.printJSON(h)
	}
	if len(h.Entries) == 0 {
		s.printf("nothing has been tuned yet\n  hint: quietstat tune start\n")
	}
	for _, e := range h.Entries {
		mark := " "
		if e.Serial == h.Active {
			mark = "*"
		}
		when := "at an unknown time"
		if e.Trusted {
			when = e.Wall.Local().Format("2006-01-02 15:04")
		}
		s.printf("%s%2d  %s  %s, %s\n", mark, e.Serial, when, outcome(e), seconds(e.TookS))
	}
	mark := " "
	if h.Active == 0 {
		mark = "*"
	}
	s.printf("%s 0  quietstat.toml: %s\n", mark, gainsText(h.Configured))
	return nil
}

// outcome is an entry in one line.
func outcome(e tune.Entry) string {
	switch {
	case e.Improved:
		return fmt.Sprintf("%s (%s)", gainsText(e.New), e.Rule)
	case e.Failure != tune.NoFailure.Word():
		return "no result: " + e.Failure
	}
	return "nothing better was found"
}

func gainsText(n tune.Numbers) string {
	span := func(s float64) string { return time.Duration(s * float64(time.Second)).String() }
	return fmt.Sprintf("Kp %.3g, Ti %s, Td %s", n.Kp, span(n.TiS), span(n.TdS))
}

func gainsFrom(active int) string {
	if active == 0 {
		return "as in quietstat.toml"
	}
	return fmt.Sprintf("those of result %d; quietstat tune rollback goes back", active)
}
