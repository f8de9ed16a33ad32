package consent

import "time"

// candidate is one consent the gate considers, with what it was given for.
type candidate struct {
	kind        BasisKind
	id          string
	purpose     Purpose
	scope       Scope
	fingerprint Fingerprint
	basis       *Basis // in the open window, nil when the window does not hold it
	deadline    time.Duration
	grant       *Grant
}

// open lists the consents in the recipient's window. Without any there is still
// one question to ask, and one answer.
func (s *State) open(recipient string) []candidate {
	w := s.windows[recipient]
	var out []candidate
	for i := range w.Bases {
		out = append(out, s.candidate(recipient, &w.Bases[i]))
	}
	if len(out) == 0 {
		out = []candidate{{}}
	}
	return out
}

func (s *State) candidate(recipient string, b *Basis) candidate {
	c := candidate{kind: b.Kind, id: b.ID, basis: b}
	switch b.Kind {
	case BasisSession:
		if p, ok := s.policies[recipient]; ok && s.session != nil && s.session.ID == b.ID {
			c.purpose, c.scope, c.fingerprint, c.deadline = PurposeVoiceAnswer, p.Scope, p.Fingerprint, s.session.Deadline
		}
	case BasisOnce:
		if o, ok := s.onces[b.ID]; ok && o.RecipientID == recipient && !o.Used {
			c.purpose, c.scope, c.fingerprint, c.deadline = o.Purpose, o.Scope, o.Fingerprint, o.Deadline
		}
	case BasisGrant:
		if g, ok := s.grants[b.ID]; ok && g.RecipientID == recipient {
			c.purpose, c.scope, c.fingerprint, c.grant = g.Purpose, g.Scope, g.Fingerprint, &g
		}
	}
	return c
}
