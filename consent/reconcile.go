package consent

import (
	"maps"
	"slices"
)

// reconcile derives the windows from what holds now and asks for the difference.
// Windows are never opened or closed anywhere else.
func (m *machine) reconcile() {
	st := m.st
	ids := maps.Clone(st.recipients)
	for id := range st.windows {
		ids[id] = Recipient{}
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		m.reconcileOne(id)
	}
	m.indicate()
}

func (m *machine) reconcileOne(id string) {
	st, now := m.st, m.now
	bases := m.bases(id)
	w, open := st.windows[id]
	if !open && len(bases) == 0 {
		return
	}
	fp := st.recipients[id].Fingerprint()
	if open && (w.Fingerprint != fp || !covers(bases, w.Bases)) {
		m.closeWindow(w, m.cause())
		open = false
	}
	if len(bases) == 0 {
		return
	}
	if !open {
		if now.Boot < st.backoff[id].until {
			return
		}
		m.noteTopics(st.recipients[id], bases)
		st.epoch++
		w = Window{Recipient: id, Epoch: st.epoch, Fingerprint: fp, Opened: now.Boot, Bases: bases}
		st.windows[id] = w
		m.opens = append(m.opens, OpenWindow{Recipient: id, Epoch: w.Epoch, Fingerprint: fp, Basis: bases[0].Kind})
		return
	}
	for i, b := range bases {
		if j := slices.IndexFunc(w.Bases, func(o Basis) bool { return o.Kind == b.Kind && o.ID == b.ID }); j >= 0 {
			bases[i].Opened = w.Bases[j].Opened
		}
	}
	if !slices.Equal(bases, w.Bases) {
		m.noteTopics(st.recipients[id], bases)
		st.epoch++
		w.Bases = bases
		st.windows[id] = w
	}
}

// covers reports whether every basis of a window still holds. A window that has
// lost one is closed, also when another goes on, and opened anew for that: what was
// handed out on the lost one, and may wait for a slow recipient, goes with the line.
func covers(now, before []Basis) bool {
	return !slices.ContainsFunc(before, func(o Basis) bool {
		return !slices.ContainsFunc(now, func(b Basis) bool { return b.Kind == o.Kind && b.ID == o.ID })
	})
}

func (m *machine) cause() ReasonCode {
	if m.why == ReasonNone {
		return ReasonEnded
	}
	return m.why
}

// bases lists what covers a recipient now: session, onces, grants.
func (m *machine) bases(id string) []Basis {
	st, now := m.st, m.now
	r, known := st.recipients[id]
	if !known || st.Blocked() != ReasonNone {
		return nil
	}
	var out []Basis
	if s := st.session; s != nil && slices.Contains(s.Recipients, id) {
		if p, ok := st.policies[id]; ok && p.Fingerprint == r.Fingerprint() {
			out = append(out, Basis{BasisSession, s.ID, now.Boot})
		}
	}
	for _, o := range byKey(st.onces) {
		if o.RecipientID == id && o.Fingerprint == r.Fingerprint() {
			out = append(out, Basis{BasisOnce, o.ID, now.Boot})
		}
	}
	for _, g := range st.Grants() {
		if g.RecipientID == id && st.GrantHold(now, g) == ReasonNone {
			out = append(out, Basis{BasisGrant, g.ID, now.Boot})
		}
	}
	return out
}

func (m *machine) closeWindow(w Window, why ReasonCode) {
	st := m.st
	m.lingerOn(shows(w.Bases))
	delete(st.windows, w.Recipient)
	delete(st.paths, w.Recipient)
	st.epoch++
	m.closes = append(m.closes, CloseWindow{Recipient: w.Recipient, Epoch: w.Epoch, Reason: why})
}

func (m *machine) lingerOn(s IndicatorState) {
	m.st.linger, m.st.lingerUntil = s, m.now.Boot+lightLinger
}

// shows is the light a window with these bases needs.
func shows(bases []Basis) IndicatorState {
	for _, b := range bases {
		if b.Kind != BasisGrant {
			return IndicatorSession
		}
	}
	return IndicatorGrant
}

// indicate derives the light: fault, else the strongest open window, else what
// was open until a moment ago, else closed.
func (m *machine) indicate() {
	st := m.st
	want := IndicatorClosed
	switch {
	case st.shut || st.ledgerFault || st.indicatorDown:
		want = IndicatorFault
	case len(st.windows) > 0:
		want = IndicatorGrant
		for _, w := range st.windows {
			if shows(w.Bases) == IndicatorSession {
				want = IndicatorSession
			}
		}
	case m.now.Boot < st.lingerUntil:
		want = st.linger
	}
	if want != st.light || st.epoch != st.lightEpoch {
		st.light, st.lightEpoch = want, st.epoch
		m.lights = append(m.lights, SetIndicator{State: want, Epoch: st.epoch})
	}
}
