package consent

import "io"

// Preview is what would be sent to a recipient, made by the same checks as a
// Release, and what keeps it from leaving now.
type Preview struct {
	Messages []PreviewMessage
	Withheld []Withheld // fields no consent to this recipient covers
}

// PreviewMessage is one message that a consent allows, whether it is open or not.
type PreviewMessage struct {
	Basis    BasisKind
	BasisID  string // "" for a policy without a session
	Purpose  Purpose
	Topic    string
	Values   map[string]string // by the name of the field, as JSON; for NewOnce
	Payload  []byte            // as it would be, with id 0000000000000000; nil when it cannot be made
	Refusals []*Refusal        // in the order of the checks; empty when it would leave now
}

// Proposal is a consent that is thought about: a grant or a once, before it is given.
type Proposal struct {
	Basis   BasisKind
	Purpose Purpose
	Scope   Scope // of Normalise
}

// Withheld is a field that stays.
type Withheld struct {
	Field    string
	Category Category
	OnceOnly bool // no policy or opt-in can cover it; a once can
}

// Preview asks every check about every consent the recipient has, open or not,
// and about the proposals as if they were given. It notes nothing, appends
// nothing and uses nothing up.
func (g *Gate) Preview(now Now, st *State, recipient string, snap Snapshot, proposed ...Proposal) Preview {
	// The same gate with nothing behind it: entropy is zeros and the intent is not asked for.
	dry := &Gate{ledger: g.ledger, entropy: zeros{}, pace: g.pace, known: g.known}
	var p Preview
	covered := map[string]bool{}
	for _, c := range st.standing(recipient, proposed) {
		q := &request{gate: dry, now: now, st: st, id: recipient, snap: &snap, consent: c}
		m := PreviewMessage{Basis: c.kind, BasisID: c.id, Purpose: c.purpose}
		for _, check := range checks {
			if check.name == CheckIntent {
				break
			}
			if no := check.ask(q); no != nil {
				no.Check, no.Recipient, no.Basis = check.name, recipient, c.id
				m.Refusals = append(m.Refusals, no)
			}
		}
		if c.introduces && q.release.payload == nil {
			continue // there is nothing to introduce
		}
		m.Topic, m.Payload, m.Values = q.release.topic, q.release.payload, q.shown()
		for _, name := range c.scope.FieldNames() {
			covered[name] = true
		}
		p.Messages = append(p.Messages, m)
	}
	for _, f := range fields {
		if !covered[f.Name] {
			p.Withheld = append(p.Withheld, Withheld{f.Name, f.Category, !f.Category.AllowedFor(BasisGrant)})
		}
	}
	return p
}

// shown are the values the request came to, by name; nil when it came to none.
func (q *request) shown() map[string]string {
	if len(q.values) != len(q.fields) || len(q.fields) == 0 {
		return nil
	}
	values := map[string]string{}
	for i, f := range q.fields {
		values[f.Name] = q.values[i]
	}
	return values
}

// standing lists every consent to a recipient: those in the window, then the
// policy and the grants that wait outside it, then proposals.
func (s *State) standing(recipient string, proposed []Proposal) []candidate {
	var out []candidate
	has := map[string]bool{}
	session := false
	w := s.windows[recipient]
	for i := range w.Bases {
		out = append(out, s.candidate(recipient, &w.Bases[i]))
		has[w.Bases[i].ID] = true
		session = session || w.Bases[i].Kind == BasisSession
	}
	if p, ok := s.policies[recipient]; ok && !session {
		out = append(out, candidate{kind: BasisSession, purpose: PurposeVoiceAnswer, scope: p.Scope, fingerprint: p.Fingerprint})
	}
	for _, g := range s.Grants() {
		if g.RecipientID == recipient && g.State == GrantGiven && !has[g.ID] {
			out = append(out, candidate{kind: BasisGrant, id: g.ID, purpose: g.Purpose, scope: g.Scope, fingerprint: g.Fingerprint, grant: &g})
		}
	}
	for _, p := range proposed {
		out = append(out, candidate{kind: p.Basis, purpose: p.Purpose, scope: p.Scope, fingerprint: s.recipients[recipient].Fingerprint()})
	}
	p, _ := profileOf(s.recipients[recipient].Profile)
	var all []candidate
	for _, c := range out {
		all = append(append(all, c.introductions(p)...), c)
	}
	return all
}

// zeros is the entropy of a preview.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

var _ io.Reader = zeros{}
