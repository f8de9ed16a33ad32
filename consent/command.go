package consent

import (
	"math"
	"slices"
	"time"
)

// What a recipient wishes is judged here and carried out elsewhere, by the path a
// person's wish takes. It never opens, extends or widens anything: it is heard only
// through a window that is open, and moves what an opt-in for remote.control lets it
// move, or a session where the profile says so (profile.obeys). It tells the recipient nothing either; what became of it shows in the next
// message that is due, or in the answer of a profile that answers.

// Understand reads what a recipient said on one of its topics (Recipient.Listens).
// What is not understood has the kind CommandNone. Nothing of the payload is kept but
// what a Question holds.
func (r Recipient) Understand(topic string, payload []byte) Question {
	p, ok := profileOf(r.Profile)
	if !ok || p.understands == nil {
		return Question{}
	}
	return p.understands(r, topic, payload)
}

// Valid reports whether a Question may be judged: a kind there is, a finite number
// and a Ref within its bounds.
func (q Question) Valid() bool {
	return q.Kind != CommandNone && int(q.Kind) < len(commandNames) && !math.IsNaN(q.Number) && !math.IsInf(q.Number, 0) &&
		len(q.Ref) <= MaxRef && printable(q.Ref)
}

// A recipient's commands: so many at once, and so many in an hour.
const (
	commandPeriod   = time.Second
	commandsPerHour = 60
)

// Obey judges a command that came through the window of this epoch. On yes it returns
// the entry to be appended, durably, before anything is done about it; Obeyed makes
// the one to be appended after. The error is a *Refusal, to be counted (Gate.Count).
func (g *Gate) Obey(now Now, st *State, recipient string, epoch uint64, q Question, retained bool) (Entry, error) {
	c, no := g.obey(now, st, recipient, epoch, q, retained)
	if no != nil {
		no.Recipient, no.Basis = recipient, c.id
		return Entry{}, no
	}
	if g.wishes == nil {
		g.wishes = map[string]pace{}
	}
	g.wishes[recipient] = g.wishes[recipient].spend(now.Boot, commandPeriod, commandsPerHour)
	e := now.Entry(EntryCommandReceived)
	e.Basis, e.BasisID, e.Recipient, e.Purpose = c.kind, c.id, recipient, c.purpose
	return e, nil
}

func (g *Gate) obey(now Now, st *State, recipient string, epoch uint64, q Question, retained bool) (candidate, *Refusal) {
	r, known := st.recipients[recipient]
	p, ok := profileOf(r.Profile)
	w, open := st.windows[recipient]
	switch {
	case st.Blocked() != ReasonNone:
		return candidate{}, &Refusal{Check: CheckKill, Reason: st.Blocked()}
	case !known:
		return candidate{}, &Refusal{Check: CheckRecipient, Reason: ReasonNoRecipient}
	case retained: // said at another time, to whoever comes
		return candidate{}, &Refusal{Check: CheckFresh, Reason: ReasonRetained}
	case !open || w.Epoch != epoch || !st.Connected(recipient):
		return candidate{}, &Refusal{Check: CheckPath, Reason: ReasonEnded}
	case !ok || p.understands == nil || !q.Valid() || !q.Kind.Moves():
		return candidate{}, &Refusal{Check: CheckSchema, Reason: ReasonInvalid}
	}
	for i := range w.Bases {
		c := st.candidate(recipient, &w.Bases[i])
		if c.fingerprint != r.Fingerprint() || !p.obeys(c) || !st.stands(now, c) {
			continue
		}
		if no := g.wishes[recipient].allows(now.Boot); no != nil {
			return c, &Refusal{Check: CheckRate, Reason: ReasonRate}
		}
		return c, nil
	}
	return candidate{}, &Refusal{Check: CheckBasis, Reason: ReasonNoCommand}
}

// obeys reports whether the basis lets a recipient of this profile wish: an opt-in for
// remote.control does, and nothing else unless the profile says so; then it is a session
// whose policy covers the setpoint.
func (p profile) obeys(c candidate) bool {
	return c.kind == BasisGrant && c.purpose == PurposeRemote ||
		p.obeysSession && c.kind == BasisSession && slices.Contains(c.scope.Categories(), CategorySetpoint)
}

// stands reports whether a basis of a window holds at this very instant.
func (s *State) stands(now Now, c candidate) bool {
	if c.grant != nil {
		return s.GrantHold(now, *c.grant) == ReasonNone && now.Boot < s.chargedUntil
	}
	return now.Boot < c.deadline
}

// Obeyed is the entry that follows Obey's: what became of the command. It holds no
// value.
func Obeyed(now Now, received Entry, how CommandResult) Entry {
	kind := EntryCommandRefused
	if how == ResultApplied {
		kind = EntryCommandApplied
	}
	e := now.Entry(kind)
	e.Basis, e.BasisID, e.Recipient, e.Purpose = received.Basis, received.BasisID, received.Recipient, received.Purpose
	return e
}
