package consent

import "time"

// Voice opens a session when a wake word was heard live in the house and somebody
// spoke after it, and ends one on any end, also one that is not understood. What
// comes without a wake word, or again after a reconnect, is refused as unproven and
// moves nothing.
func (e Voice) apply(m *machine) error {
	ev := e.Event
	switch {
	case ev.Ends():
		m.endVoice(ev)
		return nil
	case !ev.Live:
		return &Refusal{Check: CheckEvidence, Reason: ReasonUnproven}
	}
	for _, t := range m.st.tracks {
		if t.collides(ev) && (ev.Class() == ClassWake || t.source == ev.Source) {
			m.overlap(ev.Site)
			return &Refusal{Check: CheckEvidence, Reason: ReasonOverlap}
		}
	}
	if ev.Class() == ClassWake {
		return m.wake(ev)
	}
	t, armed := m.st.tracks[place{ev.Source, ev.Site}]
	if !armed || ev.Kind == KindButton {
		return &Refusal{Check: CheckEvidence, Reason: ReasonUnproven}
	}
	m.keepTrack(t, ev, t.advance(ev.Kind, m.now.Boot))
	return nil
}

// wake takes evidence of class W.
func (m *machine) wake(ev SessionEvent) error {
	st, now := m.st, m.now.Boot
	if r := st.Blocked(); r != ReasonNone {
		return &Refusal{Check: CheckEvidence, Reason: r}
	}
	t, going := st.tracks[place{ev.Source, ev.Site}]
	if going && t.wake(now) {
		m.keepTrack(t, ev, true)
		return nil
	}
	if going {
		m.dropTrack(t, ReasonTimeout) // a conversation is over; this may begin another
	}
	if now < st.wakeHeld {
		return &Refusal{Check: CheckEvidence, Reason: ReasonFlood}
	}
	_, recent := flooded(st.wakes, now)
	st.wakes = append(recent, now)
	if full, _ := flooded(st.wakes, now); full { // this one counts; the next does not
		st.wakeHeld, st.wakes = now+FloodSpan, nil
	}
	t = track{source: ev.Source, site: ev.Site, stage: stageArmed, first: now, evidence: now, since: now, heard: now, open: st.openFromWake}
	m.keepTrack(t, ev, true)
	return nil
}

func (m *machine) keepTrack(t track, ev SessionEvent, goesOn bool) {
	if !goesOn {
		m.dropTrack(t, ReasonTimeout)
		return
	}
	if t.extID == "" {
		t.extID = ev.ExtID
	}
	m.st.tracks[t.place()] = t
}

// dropTrack closes a track, and the session it holds.
func (m *machine) dropTrack(t track, why ReasonCode) {
	delete(m.st.tracks, t.place())
	if s := m.st.session; s != nil && s.held == t.place() {
		m.endSession(why)
	}
}

// overlap closes every voice session of a site: which of them is real nobody knows.
func (m *machine) overlap(site string) {
	for _, t := range oldestTracks(m.st.tracks) {
		if t.site == site {
			m.dropTrack(t, ReasonOverlap)
		}
	}
}

// endVoice closes what an ending event is about. A session that was pressed for ends
// on any end, as anyone may close, but not with a stack that is gone and says nothing.
// That of another site goes on.
func (m *machine) endVoice(ev SessionEvent) {
	for _, t := range oldestTracks(m.st.tracks) {
		if t.is(ev) {
			m.dropTrack(t, ReasonSessionEnd)
		}
	}
	if s := m.st.session; s != nil && s.held == (place{}) && ev.Kind != KindLost {
		m.endSession(ReasonSessionEnd)
	}
}

// lapseTracks closes what ran out. A session that was pressed for as well lasts as
// long as the press does.
func (m *machine) lapseTracks() {
	for _, t := range oldestTracks(m.st.tracks) {
		if m.now.Boot >= t.deadline() {
			delete(m.st.tracks, t.place())
		}
	}
	m.lease()
	if s := m.st.session; s != nil && m.now.Boot >= s.Deadline {
		m.endSession(ReasonTimeout)
	}
}

// lease fits the session's end to what holds it: the press, or its track.
func (m *machine) lease() {
	s := m.st.session
	if s == nil {
		return
	}
	n := *s
	t, going := m.st.tracks[n.held]
	if !going {
		n.held, n.Deadline = place{}, min(n.pressed, n.limit)
	} else {
		n.limit = t.cap()
		n.Deadline = min(max(n.pressed, t.deadline()), n.limit)
	}
	m.st.session = &n
}

// promote opens a session for the oldest track that came to the event that opens,
// if none is open.
func (m *machine) promote() {
	m.lease()
	if m.st.session != nil || m.st.Blocked() != ReasonNone {
		return
	}
	for _, t := range oldestTracks(m.st.tracks) {
		if t.open {
			m.openSession(Session{Evidence: ClassWake, Source: t.source, Opened: t.first, held: t.place()})
			m.lease()
			return
		}
	}
}

// WakeHeld reports until when (BOOTTIME) wake words are not believed, because there
// were FloodLimit within FloodSpan; a press opens all the same. ok is false when they
// are believed.
func (s *State) WakeHeld(now Now) (until time.Duration, ok bool) {
	return s.wakeHeld, now.Boot < s.wakeHeld
}
