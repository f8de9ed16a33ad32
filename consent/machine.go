package consent

import (
	"slices"
	"strconv"
	"time"
)

const (
	lightLinger    = 3 * time.Second // the light outlasts the last byte by this much
	persistRetry   = time.Minute
	maxRecipients  = 16
	maxGrants      = 64
	presenceLife   = time.Minute
	quietHoldsBack = time.Hour // how long a press of quiet holds grants closed
)

// Apply is the consent state machine: State x Event -> State', Effects. It has no
// memory but State and no clock but now. On an error nothing the event asked for
// has happened, though time may have: the state and effects returned with it
// count all the same.
func Apply(s State, now Now, ev Event) (State, []Effect, error) {
	n := s.clone()
	m := &machine{st: &n, now: now, wasTrusted: n.clock.Trusted}
	if _, boot := ev.(BootStarted); !boot && n.started {
		m.tick()
	}
	err := ev.apply(m)
	m.promote()
	m.reconcile()
	return n, m.effects(), err
}

// machine is one step of Apply in progress.
type machine struct {
	st      *State
	now     Now
	why     ReasonCode // what closes windows in this step
	stepped bool       // the clock step of this step is dealt with
	// wasTrusted is whether the wall clock was synchronised before this step.
	wasTrusted bool
	closes     []Effect
	records    []Effect
	lights     []Effect
	opens      []Effect
	proven     []Effect
	persist    bool
}

func (m *machine) effects() []Effect {
	out := slices.Concat(m.closes, m.records, m.lights, m.opens, m.proven)
	if m.persist {
		out = append(out, Persist{})
	}
	return out
}

func (m *machine) record(e Entry) { m.records = append(m.records, Record{e}) }

// tick lets time pass: clocks, leases, validity.
func (m *machine) tick() {
	st, now := m.st, m.now
	if st.clock.broken(now) {
		m.shut(ReasonClock)
		return
	}
	elapsed := now.Boot - st.clock.Boot
	if st.clock.stepped(now) {
		m.clockStep()
	}
	st.clock.see(now)
	m.lapseTracks()
	m.lapseOnces()
	m.age(elapsed)
	if p := st.presence; p.id != "" && now.Boot >= p.until {
		st.presence = presence{}
		if p.optInFor != "" && !p.proven {
			e := now.Entry(EntryGrantRefused)
			e.Recipient, e.Reason = p.optInFor, ReasonNoPresence
			m.record(e)
		}
	}
}

// age charges the time that passed to every given grant and lets the old ones go.
func (m *machine) age(elapsed time.Duration) {
	st, now, active := m.st, m.now, false
	trusted := st.clock.trusted(now)
	for _, g := range st.Grants() {
		if g.State != GrantGiven {
			continue
		}
		g.account(elapsed, now, trusted)
		if state, why := g.lapsed(now, trusted); state != GrantGiven {
			m.endGrant(g, state, why)
			continue
		}
		st.grants[g.ID] = g
		active = true
	}
	if active && now.Boot >= st.chargedUntil && (st.persistAsked == 0 || now.Boot-st.persistAsked >= persistRetry) {
		st.persistAsked = now.Boot
		m.persist = true
	}
}

// because notes why windows close; the first cause in a step stands.
func (m *machine) because(r ReasonCode) {
	if m.why == ReasonNone {
		m.why = r
	}
}

func (m *machine) shut(why ReasonCode) {
	m.st.shut = true
	m.endRoom(why)
}

// endRoom ends what came from the room: voice, session, onces, pending proofs.
func (m *machine) endRoom(why ReasonCode) {
	clear(m.st.tracks)
	m.endSession(why)
	clear(m.st.onces)
	m.st.presence = presence{}
	m.because(why)
}

// clockStep closes the room and doubts the clock. A clock that was not trusted
// before may be set: that is how it comes to be trusted.
func (m *machine) clockStep() {
	if m.stepped || !m.wasTrusted {
		return
	}
	m.stepped = true
	m.st.clock.SuspectUntil = m.now.Boot + suspicion
	m.endRoom(ReasonClockStep)
	e := m.now.Entry(EntryClockStep)
	e.Reason = ReasonClockStep
	m.record(e)
}

func (m *machine) openSession(s Session) {
	st, now := m.st, m.now
	s.ID = "session-" + strconv.FormatUint(st.epoch+1, 10)
	for _, p := range st.Policies() {
		s.Recipients = append(s.Recipients, p.RecipientID)
		delete(st.backoff, p.RecipientID)
	}
	st.session = &s
	st.epoch++
	e := now.Entry(EntrySessionOpen)
	e.Basis, e.BasisID, e.Evidence, e.Source = BasisSession, s.ID, s.Evidence, s.Source
	m.record(e)
}

func (m *machine) endSession(why ReasonCode) {
	s := m.st.session
	if s == nil {
		return
	}
	m.st.session = nil
	m.st.epoch++
	m.because(why)
	e := m.now.Entry(EntrySessionClose)
	e.Basis, e.BasisID, e.Reason = BasisSession, s.ID, why
	m.record(e)
}

var grantEnds = map[GrantState]EntryKind{
	GrantWithdrawn:   EntryGrantWithdrawn,
	GrantExpired:     EntryGrantExpired,
	GrantSuspended:   EntryGrantSuspended,
	GrantInvalidated: EntryGrantInvalidated,
}

func (m *machine) endGrant(g Grant, state GrantState, why ReasonCode) {
	if g.State != GrantGiven {
		return
	}
	g.State, g.Why, g.Ended = state, why, m.now.Wall.UTC()
	m.st.grants[g.ID] = g
	delete(m.st.erasing, g.ID)
	m.because(why)
	m.persist = true
	e := m.now.Entry(grantEnds[state])
	e.Basis, e.BasisID, e.Recipient, e.Purpose, e.Reason = BasisGrant, g.ID, g.RecipientID, g.Purpose, why
	m.record(e)
}

// void ends every consent given to a recipient.
func (m *machine) void(recipient string, why ReasonCode) {
	st := m.st
	delete(st.policies, recipient)
	if st.session != nil {
		s := st.session.without(recipient)
		st.session = &s
	}
	for id, o := range st.onces {
		if o.RecipientID == recipient {
			delete(st.onces, id)
		}
	}
	for _, g := range st.Grants() {
		if g.RecipientID == recipient {
			m.endGrant(g, GrantInvalidated, why)
		}
	}
	m.because(why)
}
