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
	shown       []string // of a once: the values of its preview
	erase       string   // of a grant that ends with an erasure: the topic to empty
	introduces  bool     // what the profile has to say before this basis says anything
	question    *asked   // what is to be answered under it
	unlessMute  bool     // another can answer, if this one has nothing to tell
}

// open lists the consents in the recipient's window. Without any there is still
// one question to ask, and one answer.
func (s *State) open(recipient string) []candidate {
	w := s.windows[recipient]
	p, _ := profileOf(s.recipients[recipient].Profile)
	var out []candidate
	for i := range w.Bases {
		c := s.candidate(recipient, &w.Bases[i])
		topics, erasing := s.erasing[c.id]
		switch {
		case c.kind == BasisOnce && s.onces[c.id].Used:
			continue // waits for its outcome, and has nothing more to say
		case erasing && c.kind == BasisGrant:
			for _, topic := range topics {
				c.erase = topic
				out = append(out, c)
			}
		default:
			out = append(append(out, c.introductions(p)...), c)
		}
	}
	if len(w.Bases) == 0 {
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
			c.shown = o.Shown
		}
	case BasisGrant:
		if g, ok := s.grants[b.ID]; ok && g.RecipientID == recipient {
			c.purpose, c.scope, c.fingerprint, c.grant = g.Purpose, g.Scope, g.Fingerprint, &g
		}
	}
	return c
}
