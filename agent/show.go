package main

import (
	"encoding/json"
	"flag"
	"strings"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/consent"
)

// showCommand is a leaf that shows what the keeper says about one id: in words, or
// with --json as the keeper says it.
func showCommand[T any](name, args, summary, verb string, words func(*surroundings, T)) *command {
	return leaf(name, args, summary, func(f *flag.FlagSet) action {
		asJSON := jsonFlag(f)
		return func(s *surroundings, args []string) error {
			var raw json.RawMessage
			if err := s.keeper(verb, local.ID{ID: args[0]}, &raw); err != nil {
				return err
			}
			if *asJSON {
				return s.printJSON(raw)
			}
			var told T
			if err := json.Unmarshal(raw, &told); err != nil {
				return err
			}
			words(s, told)
			return nil
		}
	})
}

// enrolled is a recipient with everything that was ever given to it.
type enrolled struct {
	Recipient   consent.Recipient `json:"recipient"`
	Fingerprint string            `json:"fingerprint"`
	Policy      *local.PolicyView `json:"policy"`
	Grants      []local.GrantView `json:"grants"`
}

func (s *surroundings) printEnrolled(e enrolled) {
	r := e.Recipient
	s.printf("%s: %s, %s, %s, topics below %s\n", r.ID, r.DisplayName, r.Reach, r.Endpoint, r.TopicPrefix)
	if len(r.Onward) > 0 {
		s.printf("passes it on to %s\n", strings.Join(r.Onward, ", "))
	}
	s.printf("fingerprint %s\n", e.Fingerprint)
	if e.Policy == nil {
		s.printf("in voice sessions: nothing\n")
	} else {
		s.printPolicy(*e.Policy)
	}
	if len(e.Grants) == 0 {
		s.printf("opt-ins: none\n")
	}
	for _, g := range e.Grants {
		s.printf("opt-in %s (%s, %s), until %s%s:\n", g.ID, g.State, g.Purpose, g.NotAfter.Local().Format(time.DateTime), because(g))
		s.printScope(g.Scope)
	}
}

func (s *surroundings) printPolicy(p local.PolicyView) {
	s.printf("in voice sessions:\n")
	s.printScope(p.Scope)
}

func (s *surroundings) printScope(scope []local.Share) {
	for _, item := range scope {
		s.printf("  %-20s %s; rounded to %g, at most every %s", item.Category, strings.Join(item.Fields, ", "), item.Round, time.Duration(item.PeriodS*float64(time.Second)))
		if item.PerHour > 0 {
			s.printf(" and %d times an hour", item.PerHour)
		}
		if item.Mode != "" {
			s.printf(", %s", item.Mode)
		}
		s.printf("\n")
	}
}

// preview is what would be sent now, and what keeps it in.
type preview struct {
	Name     string   `json:"display_name"`
	Endpoint string   `json:"endpoint"`
	Onward   []string `json:"onward"`
	Messages []struct {
		Basis   string          `json:"basis"`
		ID      string          `json:"id"`
		Topic   string          `json:"topic"`
		Message json.RawMessage `json:"message"`
		Blocked []string        `json:"blocked_by"`
	} `json:"messages"`
	Withheld []string `json:"withheld"`
	OnceOnly []string `json:"once_only"`
}

func (s *surroundings) printPreview(p preview) {
	s.printf("to %s at %s", p.Name, p.Endpoint)
	if len(p.Onward) > 0 {
		s.printf(", who passes it on to %s", strings.Join(p.Onward, ", "))
	}
	s.printf(":\n")
	if len(p.Messages) == 0 {
		s.printf("nothing: there is neither a policy nor an opt-in\n")
	}
	for _, m := range p.Messages {
		s.printf("%s: %s\n", m.Basis, said(string(m.Message)))
		if len(m.Blocked) == 0 {
			s.printf("  would leave now, on %s\n", m.Topic)
		}
		for _, why := range m.Blocked {
			s.printf("  stays: %s\n", why)
		}
	}
	s.printf("no consent covers: %s\n", strings.Join(p.Withheld, ", "))
	if len(p.OnceOnly) > 0 {
		s.printf("only a once can: %s\n", strings.Join(p.OnceOnly, ", "))
	}
}
