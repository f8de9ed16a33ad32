package main

import (
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"

	"quietstat/agent/internal/local"
)

func holdCommand() *command {
	return leaf("hold", "[WHAT]", "Keep a temperature or a preset instead of the schedule's; \"end\" to go back, nothing to look.", func(f *flag.FlagSet) action {
		h := new(holdFlags)
		f.DurationVar(&h.length, "for", 0, "`TIME`, such as 2h or 90m, 30 days at most")
		f.BoolVar(&h.next, "until-next", false, "until the schedule's next transition; so it is if there is one")
		f.BoolVar(&h.forever, "forever", false, "until somebody ends it")
		return asking(f, h.ask, (*surroundings).printWarmth)
	})
}

type holdFlags struct {
	length        time.Duration
	next, forever bool
}

func (h *holdFlags) ask(_ *surroundings, args []string) (string, any, error) {
	chosen, until := 0, ""
	for word, set := range map[string]bool{"elapsed": h.length != 0, "next": h.next, "ended": h.forever} {
		if set {
			chosen, until = chosen+1, word
		}
	}
	switch {
	case chosen > 1:
		return "", nil, local.Usage("--for, --until-next and --forever exclude each other", "choose one of them")
	case len(args) == 0 && chosen > 0, len(args) == 1 && args[0] == "end" && chosen > 0:
		return "", nil, local.Usage("a time needs something to hold", "for example quietstat hold 21 --for 2h")
	case len(args) == 0:
		return "warmth", nil, nil
	case args[0] == "end":
		return "hold.end", nil, nil
	}
	return "hold", local.HoldArguments{Aim: args[0], Until: until, ForS: h.length.Seconds()}, nil
}

// Boost as it is without arguments.
const (
	usualMinutes = 30
	usualKelvin  = 2
)

func boostCommand() *command {
	return warmthLeaf("boost", "[MINUTES] [KELVIN]",
		fmt.Sprintf("Some warmer for a while: %d minutes and %d K unless you say otherwise; \"end\" to end it early.", usualMinutes, usualKelvin),
		askBoost, (*surroundings).printWarmth)
}

func askBoost(_ *surroundings, args []string) (string, any, error) {
	if len(args) == 1 && args[0] == "end" {
		return "boost.end", nil, nil
	}
	numbers := [2]float64{usualMinutes, usualKelvin}
	for i, word := range args {
		v, err := decimal(word)
		if err != nil {
			return "", nil, local.Usage(fmt.Sprintf("%q is not a number", word), "for example quietstat boost 45 1.5, for 45 minutes and 1.5 K")
		}
		numbers[i] = v
	}
	return "boost", local.BoostArguments{Minutes: numbers[0], Kelvin: numbers[1]}, nil
}

// decimal reads a number with a point or a comma that JSON can carry.
func decimal(word string) (float64, error) {
	v, err := strconv.ParseFloat(strings.Replace(word, ",", ".", 1), 64)
	if err == nil && v-v != 0 { // not finite
		err = strconv.ErrRange
	}
	return v, err
}

func lockCommand() *command {
	return leaf("lock", "[MIN] [MAX]", "The child lock: only temperatures from MIN to MAX can be asked for; \"off\" (the owner) to open it, nothing to look.", func(f *flag.FlagSet) action {
		changes := f.Bool("changes", false, "let nobody change anything at all")
		return asking(f, func(_ *surroundings, args []string) (string, any, error) { return askLock(args, *changes) }, (*surroundings).printLock)
	})
}

func askLock(args []string, changes bool) (string, any, error) {
	switch {
	case len(args) == 0 && !changes:
		return "warmth", nil, nil
	case len(args) == 1 && args[0] == "off" && !changes:
		return "lock.off", nil, nil
	case len(args) == 1:
		return "", nil, local.Usage("a lock needs the lowest and the highest temperature", "for example quietstat lock 18 22, or quietstat lock off")
	}
	a := local.LockArguments{Changes: changes}
	for i, into := range []**float64{&a.MinC, &a.MaxC} {
		if len(args) == 0 {
			break
		}
		v, err := decimal(args[i])
		if err != nil {
			return "", nil, local.Usage(fmt.Sprintf("%q is not a temperature", args[i]), "for example quietstat lock 18 22")
		}
		*into = &v
	}
	return "lock", a, nil
}

func (s *surroundings) printLock(w *local.Warmth) {
	switch l := w.Lock; {
	case l == nil:
		s.printf("the child lock is off\n")
	case l.MinC == nil:
		s.printf("the child lock is on: nothing can be changed\n")
	case l.Changes:
		s.printf("the child lock is on: %.1f to %.1f °C, and nothing can be changed\n", *l.MinC, *l.MaxC)
	default:
		s.printf("the child lock is on: %.1f to %.1f °C can be asked for\n", *l.MinC, *l.MaxC)
	}
	s.printWarmth(w)
}
