package consent

import "time"

func (e BootStarted) apply(m *machine) error {
	st, now := m.st, m.now
	m.endRoom(ReasonRestart)
	for _, w := range st.Windows() {
		m.closeWindow(w, ReasonRestart)
	}
	old := st.clock.Boot
	charge, same := st.clock.start(now)
	keep := State{epoch: st.epoch, clock: st.clock, recipients: st.recipients, policies: st.policies, grants: st.grants, topics: st.topics, kept: st.topics}
	*st = keep.clone()
	// BOOTTIME in milliseconds is above every epoch this boot has seen, so a light
	// or a connection of an earlier process is never taken for one of this.
	st.epoch = max(st.epoch, uint64(now.Boot/time.Millisecond)) + 1
	st.recipients[RoomID] = room()
	st.started, st.noButton, st.openFromWake = true, e.NoTalkButton, e.OpenFromWake
	st.buttonWindow = min(e.ButtonWindow, SessionCap)
	if st.buttonWindow <= 0 {
		st.buttonWindow = DefaultButtonWindow
	}
	for id, g := range st.grants {
		if !same {
			g.HeldUntil = rebase(g.HeldUntil, old, now.Boot)
		}
		st.grants[id] = g
	}
	for _, g := range st.Grants() { // the words can only change with the program
		r, known := st.recipients[g.RecipientID]
		if known && g.Notice != "" && g.Fingerprint == r.Fingerprint() && g.Notice != noticeDigest(r, g.Purpose, g.Scope) {
			m.endGrant(g, GrantSuspended, ReasonNoticeChanged)
		}
	}
	for _, id := range e.EndedGrants {
		if g, ok := st.grants[id]; ok {
			m.endGrant(g, GrantWithdrawn, ReasonRevoked)
		}
	}
	m.age(charge)
	st.clock.see(now)
	return nil
}

func (Tick) apply(*machine) error { return nil }

func (LedgerOK) apply(m *machine) error {
	m.st.ledger, m.st.ledgerFault = true, false
	return nil
}

func (LedgerFault) apply(m *machine) error {
	m.st.ledger, m.st.ledgerFault = false, true
	m.endRoom(ReasonLedger)
	return nil
}

func (ControlBack) apply(m *machine) error {
	m.st.control = true
	return nil
}

func (ControlLost) apply(m *machine) error {
	m.st.control = false
	m.endRoom(ReasonControlLost)
	return nil
}

func (IndicatorDown) apply(m *machine) error {
	if m.st.indicatorDown {
		return nil
	}
	m.st.indicatorDown = true
	m.endRoom(ReasonIndicator)
	e := m.now.Entry(EntryIndicatorFault)
	e.Reason = ReasonIndicator
	m.record(e)
	return nil
}

func (IndicatorUp) apply(m *machine) error {
	m.st.indicatorDown = false
	return nil
}

func (ClockStep) apply(m *machine) error {
	m.clockStep()
	return nil
}

func (Shut) apply(m *machine) error {
	m.shut(ReasonShut)
	return nil
}

func (e UplinkOpened) apply(m *machine) error {
	w, open := m.st.windows[e.Recipient]
	if !open {
		return &Refusal{Check: CheckPath, Reason: ReasonNoBasis, Recipient: e.Recipient}
	}
	if w.Epoch != e.Epoch || w.Fingerprint != e.Fingerprint {
		return &Refusal{Check: CheckPath, Reason: ReasonPathMismatch, Recipient: e.Recipient}
	}
	m.st.paths[e.Recipient] = path{epoch: e.Epoch, fingerprint: e.Fingerprint, since: m.now.Boot}
	return nil
}

func (e UplinkClosed) apply(m *machine) error {
	m.uplinkGone(e.Recipient, e.Epoch, ReasonUplinkClosed, backoff.fail)
	return nil
}

func (e UplinkStalled) apply(m *machine) error {
	m.uplinkGone(e.Recipient, e.Epoch, ReasonUplinkStalled, backoff.stall)
	return nil
}

func (e StateSaved) apply(m *machine) error {
	m.st.chargedUntil = e.boot + chargeAhead
	m.st.kept = cloneMap(e.topics)
	m.st.persistAsked = 0
	return nil
}
