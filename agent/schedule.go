package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"quietstat/agent/internal/local"
)

func scheduleCommand() *command {
	return group("schedule", "The warmth of the week, kept on this device.",
		warmthLeaf("show", "", "The week as it is written, and what holds now.", plainAsk("warmth", nil), (*surroundings).printWeek),
		warmthLeaf("set", "FILE", "Replace the week by the lines of a file, such as \"mon-fri 06:30 home\"; - is standard input.", askSchedule, (*surroundings).printWeek),
		warmthLeaf("clear", "", "Have no schedule: the temperature set last holds.", plainAsk("schedule.clear", nil), (*surroundings).printWarmth),
		warmthLeaf("add", "ENTRY...", "Add one line, such as mon-fri 06:30 home, or sat,sun 08:00 21.5.", askEntry, (*surroundings).printWeek),
		warmthLeaf("remove", "NUMBER", "Take the line with this number out.", askRemove, (*surroundings).printWeek),
		warmthLeaf("next", "", "What comes next, if nobody asks for anything else.", plainAsk("warmth", nil), (*surroundings).printAhead),
	)
}

// An ask turns positional arguments into a verb of control and its arguments.
type ask func(s *surroundings, args []string) (verb string, arguments any, err error)

func plainAsk(verb string, arguments any) ask {
	return func(*surroundings, []string) (string, any, error) { return verb, arguments, nil }
}

// warmthLeaf is a leaf that asks control about warmth and prints its answer: in words,
// or with --json as it came.
func warmthLeaf(name, args, summary string, ask ask, words func(*surroundings, *local.Warmth)) *command {
	return leaf(name, args, summary, func(f *flag.FlagSet) action { return asking(f, ask, words) })
}

// asking is the action of such a leaf, which may have defined flags of its own before.
func asking(f *flag.FlagSet, ask ask, words func(*surroundings, *local.Warmth)) action {
	asJSON := jsonFlag(f)
	return func(s *surroundings, args []string) error {
		verb, arguments, err := ask(s, args)
		if err != nil {
			return err
		}
		var w local.Warmth
		if err := s.control(verb, arguments, &w); err != nil {
			return err
		}
		if *asJSON {
			return s.printJSON(w)
		}
		words(s, &w)
		return nil
	}
}

// mostSchedule bounds a schedule's file, in bytes; a full one is a twentieth of it.
const mostSchedule = 32 << 10

func askSchedule(s *surroundings, args []string) (string, any, error) {
	from, name := s.stdin, "standard input"
	if args[0] != "-" {
		f, err := os.Open(args[0])
		if err != nil {
			return "", nil, local.Usage(fmt.Sprintf("the schedule cannot be read: %v", err), "name a file with lines such as \"mon-fri 06:30 home\"")
		}
		defer f.Close()
		from, name = f, args[0]
	}
	text, err := io.ReadAll(io.LimitReader(from, mostSchedule+1))
	if err != nil || len(text) > mostSchedule {
		return "", nil, local.Usage(fmt.Sprintf("%s is no schedule: it cannot be read, or has more than %d bytes", name, mostSchedule), "name a file with lines such as \"mon-fri 06:30 home\"")
	}
	return "schedule.set", local.ScheduleArguments{Text: string(text)}, nil
}

// askEntry also takes one line in quotes.
func askEntry(_ *surroundings, args []string) (string, any, error) {
	return "schedule.add", local.EntryArguments{Entry: strings.Join(args, " ")}, nil
}

func askRemove(_ *surroundings, args []string) (string, any, error) {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return "", nil, local.Usage(fmt.Sprintf("%q is not the number of a line", args[0]), "see quietstat schedule show")
	}
	return "schedule.remove", local.RemoveArguments{Number: n}, nil
}

// printWarmth says what holds, until when, and what comes next.
func (s *surroundings) printWarmth(w *local.Warmth) {
	for i, line := range w.Text {
		if i == 0 {
			line = "now " + line
		}
		s.printf("%s\n", line)
	}
	if w.Mode == "off" {
		s.printf("  hint: the mode is off; quietstat mode heat\n")
	}
}

func (s *surroundings) printWeek(w *local.Warmth) {
	for i, line := range w.Schedule {
		s.printf("%3d  %s\n", i+1, line)
	}
	if len(w.Schedule) == 0 {
		s.printf("no schedule; for example quietstat schedule add mon-fri 06:30 home\n")
	} else {
		s.printf("     times are those of %s\n", w.Timezone)
	}
	if w.Vacation != nil {
		s.printf("%s\n", w.Vacation.Text)
	}
	s.printWarmth(w)
}

func (s *surroundings) printAhead(w *local.Warmth) {
	for _, c := range w.Ahead {
		s.printf("%-32s in %s, %s\n", c.Text, seconds(c.InS), c.Source)
	}
	if len(w.Ahead) == 0 {
		s.printf("nothing is known ahead\n")
	}
	s.printWarmth(w)
}
