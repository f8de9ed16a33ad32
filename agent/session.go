package main

import (
	"flag"
	"strings"

	"quietstat/agent/internal/local"
)

func sessionCommand() *command {
	return group("session", "A voice session: open it with the talk button, or end it.",
		leaf("start", "", "Wait up to 60 s for the talk button; a simulated board presses it itself.", func(f *flag.FlagSet) action {
			asJSON := jsonFlag(f)
			return func(s *surroundings, _ []string) error { return startSession(s, *asJSON) }
		}),
		leaf("end", "", "End it now. Anybody may.", closing("session.end", "session ended; its connections are gone\n")),
	)
}

func quietCommand() *command {
	return leaf("quiet", "", "Close everything, now. Anybody may.", closing("quiet", "quiet: every connection is gone\n"))
}

// pressWait is how long a person has for pressing the talk button.
const pressWait = 60

func startSession(s *surroundings, asJSON bool) error {
	var before local.KeeperStatus
	if err := s.keeper("status", nil, &before); err != nil {
		return err // before anybody walks to the button
	}
	switch err := s.control("press", local.PressArguments{Button: "talk"}, nil); {
	case err == nil:
	case asProblem(err) != nil && asProblem(err).Code == local.CodeRefused:
		if !asJSON {
			s.printf("press the talk button within %d s\n", pressWait)
		}
	default:
		return err
	}
	var k local.KeeperStatus
	if err := s.keeper("session.wait", local.WaitArguments{TimeoutS: pressWait, Refused: &before.Refused}, &k); err != nil {
		return err
	}
	if asJSON {
		return s.printJSON(k)
	}
	s.printf("session open\n")
	s.printSharing(&k)
	return nil
}

// closed is what a closing answers scripts.
type closed struct {
	Closed bool    `json:"closed"`
	What   string  `json:"what"` // the verb
	ID     string  `json:"id,omitempty"`
	TookS  float64 `json:"took_s,omitempty"` // local.Closed
}

// closing makes the leaf of a closing that anybody may do: verb, with the id that is
// named, if one is, and what is said when the connections are gone.
func closing(verb, said string) func(*flag.FlagSet) action {
	return func(f *flag.FlagSet) action {
		asJSON := jsonFlag(f)
		return func(s *surroundings, args []string) error { return s.close(verb, said, *asJSON, args) }
	}
}

func (s *surroundings) close(verb, said string, asJSON bool, args []string) error {
	what := closed{Closed: true, What: verb}
	var arguments any
	if len(args) > 0 {
		what.ID = args[0]
		arguments = local.ID{ID: args[0]}
	}
	var done local.Closed
	if err := s.keeper(verb, arguments, &done); err != nil {
		return err
	}
	if what.TookS = done.TookS; asJSON {
		return s.printJSON(what)
	}
	s.printf("%s", strings.ReplaceAll(said, "ID", what.ID))
	return nil
}

// owner runs an owner's action: where a talk button is configured, it waits for
// the press that proves somebody is in the room.
func (s *surroundings) owner(verb string, arguments any, json bool) (local.Pending, error) {
	return s.ownerShown(verb, arguments, json, func(local.Pending) {})
}

// ownerShown does the same, and shows what is to be confirmed before it is.
func (s *surroundings) ownerShown(verb string, arguments any, json bool, show func(local.Pending)) (local.Pending, error) {
	var p local.Pending
	if err := s.keeper(verb, arguments, &p); err != nil {
		return p, err
	}
	changes, notice := p.Changes, p.Notice
	if !json {
		show(p)
		if notice != "" {
			s.printf("%s\n", notice)
		}
	}
	if p.Action == 0 {
		return p, nil
	}
	if !json {
		s.printf("%s; press the talk button within %.0f s\n", p.Message, p.WithinS)
	}
	if err := s.control("press", local.PressArguments{Button: "talk"}, nil); err == nil && !json {
		s.printf("(the simulated board pressed it)\n")
	}
	wait := local.WaitArguments{Action: p.Action, TimeoutS: p.WithinS}
	p = local.Pending{}
	if err := s.keeper("action.wait", wait, &p); err != nil {
		return p, err
	}
	p.Changes, p.Notice = changes, notice
	if p.Action != 0 { // the wait was over before the keeper had given up
		return p, local.Refuse("nobody pressed the talk button in time", "ask again and press it")
	}
	return p, nil
}

// shares reads "climate.temperature=0.5/300s" as category, rounding and period.
func shares(words []string) ([]local.Share, error) {
	var list []local.Share
	for _, word := range words {
		for part := range strings.SplitSeq(word, ",") {
			share, err := parseShare(part)
			if err != nil {
				return nil, err
			}
			list = append(list, share)
		}
	}
	return list, nil
}
