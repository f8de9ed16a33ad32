package main

import (
	"flag"
	"time"

	"quietstat/agent/internal/local"
)

func doorCommand() *command {
	return group("door", "Doors that pause the heating, and how to let them be for a while.",
		leaf("list", "", "Every door: open or closed, and whether it is bypassed.", func(f *flag.FlagSet) action {
			asJSON := jsonFlag(f)
			return func(s *surroundings, _ []string) error { return listDoors(s, *asJSON) }
		}),
		leaf("bypass", "ID", "Heat although this door is open; all: every door, and a fast fall of temperature.", bypassDoor),
		leaf("end", "ID", "End a bypass before its time; all: every one.", func(f *flag.FlagSet) action {
			asJSON := jsonFlag(f)
			return func(s *surroundings, args []string) error {
				return s.bypass("door.end", local.BypassArguments{ID: args[0]}, *asJSON)
			}
		}),
	)
}

func bypassDoor(f *flag.FlagSet) action {
	last := f.Duration("for", 2*time.Hour, "`TIME` until it ends by itself, 1m to 24h; a restart ends it too")
	asJSON := jsonFlag(f)
	return func(s *surroundings, args []string) error {
		if *last <= 0 {
			return local.Usage("a bypass needs a time to end", "for example: quietstat door bypass front --for 2h")
		}
		return s.bypass("door.bypass", local.BypassArguments{ID: args[0], ForS: last.Seconds()}, *asJSON)
	}
}

// bypass asks for a change and shows the doors as they are after it.
func (s *surroundings) bypass(verb string, a local.BypassArguments, asJSON bool) error {
	var house local.Status
	if err := s.control(verb, a, &house); err != nil {
		return err
	}
	return s.printDoors(&house, asJSON)
}

func listDoors(s *surroundings, asJSON bool) error {
	var house local.Status
	if err := s.control("status", nil, &house); err != nil {
		return err
	}
	return s.printDoors(&house, asJSON)
}

// doorList is what --json prints.
type doorList struct {
	Doors       []local.Door `json:"doors"`
	FallBypassS float64      `json:"fall_bypass_s"`
}

func (s *surroundings) printDoors(house *local.Status, asJSON bool) error {
	if asJSON {
		return s.printJSON(doorList{house.Doors, house.FallBypassS})
	}
	if len(house.Doors) == 0 {
		s.printf("no door is wired\n")
	}
	for _, d := range house.Doors {
		state := "not known"
		switch {
		case d.Known && d.Open:
			state = "open"
		case d.Known:
			state = "closed"
		}
		s.printf("%-16s  %s%s\n", d.ID, state, bypassText(d.BypassS))
	}
	if house.FallBypassS > 0 {
		s.printf("%-16s  %s\n", "a fast fall", bypassText(house.FallBypassS)[2:])
	}
	return nil
}

func bypassText(left float64) string {
	if left <= 0 {
		return ""
	}
	return ", bypassed for another " + seconds(left)
}
