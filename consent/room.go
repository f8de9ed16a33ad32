package consent

import "time"

func (TalkPress) apply(m *machine) error {
	st, now := m.st, m.now
	if st.presence.id != "" && !st.presence.proven {
		st.presence.proven, st.presence.until = true, now.Boot+presenceLife
		m.proven = append(m.proven, PresenceProven{ID: st.presence.id, Until: st.presence.until})
		return nil
	}
	if r := st.Blocked(); r != ReasonNone {
		return &Refusal{Check: CheckEvidence, Reason: r}
	}
	if st.session != nil {
		s := st.session.extend(now.Boot, st.buttonWindow)
		st.session = &s
		return nil
	}
	full, recent := flooded(st.openings, now.Boot)
	if full {
		return &Refusal{Check: CheckEvidence, Reason: ReasonFlood}
	}
	st.openings = append(recent, now.Boot)
	m.openSession(Session{Evidence: ClassPress, Source: SourceButton, Opened: now.Boot}.from(now.Boot, st.buttonWindow))
	return nil
}

// quietAgain is how soon a press of quiet that closes nothing, holds nothing back
// and withdraws nothing is recorded again. Anybody may press, also a program that
// does it all day: the disk must not fill with it.
const quietAgain = time.Minute

// A press of quiet is recorded, also when there was nothing to close: it is the
// proof that somebody wished it.
func (Quiet) apply(m *machine) error {
	m.quiet(ReasonQuiet, func(g Grant) bool { return m.now.Boot >= g.HeldUntil })
	for id, g := range m.st.grants {
		if g.State != GrantGiven {
			continue
		}
		m.persist = m.persist || g.HeldUntil < m.now.Boot+quietHoldsBack-quietAgain
		g.HeldUntil = m.now.Boot + quietHoldsBack
		m.st.grants[id] = g
	}
	return nil
}

func (QuietHold) apply(m *machine) error {
	m.quiet(ReasonQuietHold, func(Grant) bool { return true })
	for _, g := range m.st.Grants() {
		m.endGrant(g, GrantWithdrawn, ReasonQuietHold)
	}
	return nil
}

// quiet ends what came from the room. touches says which of the given grants it
// does something to.
func (m *machine) quiet(why ReasonCode, touches func(Grant) bool) {
	st := m.st
	effect := st.session != nil || len(st.onces)+len(st.windows)+len(st.tracks) > 0 || st.presence.id != ""
	for _, g := range st.grants {
		effect = effect || g.State == GrantGiven && touches(g)
	}
	m.endRoom(why)
	if !effect && st.quietAt != 0 && m.now.Boot-st.quietAt < quietAgain {
		return
	}
	st.quietAt = m.now.Boot
	e := m.now.Entry(EntryButtonClose)
	e.Reason = why
	m.record(e)
}

func (SessionEnd) apply(m *machine) error {
	clear(m.st.tracks)
	m.endSession(ReasonSessionEnd)
	return nil
}
