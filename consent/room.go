package consent

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
	m.openSession()
	return nil
}

// A press of quiet is recorded, also when there was nothing to close: it is the
// proof that somebody wished it.
func (Quiet) apply(m *machine) error {
	m.quiet(ReasonQuiet)
	for id, g := range m.st.grants {
		if g.State == GrantGiven {
			g.HeldUntil = m.now.Boot + quietHoldsBack
			m.st.grants[id] = g
			m.persist = true
		}
	}
	return nil
}

func (QuietHold) apply(m *machine) error {
	m.quiet(ReasonQuietHold)
	for _, g := range m.st.Grants() {
		m.endGrant(g, GrantWithdrawn, ReasonQuietHold)
	}
	return nil
}

func (m *machine) quiet(why ReasonCode) {
	m.endRoom(why)
	e := m.now.Entry(EntryButtonClose)
	e.Reason = why
	m.record(e)
}

func (SessionEnd) apply(m *machine) error {
	m.endSession(ReasonSessionEnd)
	return nil
}

// Voice ends a session on any end, also one that is not understood. Nothing it
// says opens one: a wake word is heard by software, and the one evidence taken
// here is the button.
func (e Voice) apply(m *machine) error {
	if e.Event.Ends() {
		m.endSession(ReasonSessionEnd)
		return nil
	}
	return &Refusal{Check: CheckEvidence, Reason: ReasonUnproven}
}
