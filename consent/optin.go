package consent

// GrantGive gives an opt-in. It needs a press.
type GrantGive struct {
	Owner Owner
	Grant Grant
}

// GrantRevoke takes an opt-in back. Anybody may.
type GrantRevoke struct{ ID string }

func (e GrantGive) apply(m *machine) error {
	st, g := m.st, e.Grant
	if err := g.Validate(); err != nil {
		return err
	}
	if err := m.known(g.RecipientID, g.Fingerprint); err != nil {
		return err
	}
	if err := notOfRoom(g.RecipientID); err != nil {
		return err
	}
	if _, again := st.grants[g.ID]; again || g.State != GrantGiven || g.Consumed != 0 {
		return &Refusal{Check: CheckOwner, Reason: ReasonInvalid}
	}
	if !st.clock.trusted(m.now) {
		return &Refusal{Check: CheckOwner, Reason: ReasonUntrustedTime}
	}
	old, renews := st.grants[g.Renews]
	ended, full := m.oldestEnded()
	if full && ended == "" {
		ended = old.ID // it ends by being renewed
	}
	if full && ended == "" {
		return &Refusal{Check: CheckOwner, Reason: ReasonLimit}
	}
	// What was renewed stands in its renewal. A second one beside it would leave the
	// first, which may be wider, in force.
	if g.Renews != "" && (!renews || old.RecipientID != g.RecipientID || old.Purpose != g.Purpose || old.Why == ReasonRenewed) {
		return &Refusal{Check: CheckOwner, Reason: ReasonInvalid}
	}
	if err := m.prove(e.Owner, false); err != nil {
		return err
	}
	if renews {
		m.endGrant(old, GrantWithdrawn, ReasonRenewed)
	}
	if full {
		delete(st.grants, ended)
	}
	st.grants[g.ID] = g
	delete(st.backoff, g.RecipientID)
	m.recordGiven(BasisGrant, g.ID, g.RecipientID, g.Purpose, g.Scope, g.Digest())
	return nil
}

// oldestEnded finds what to forget when the list of grants is full; the ledger
// remembers it.
func (m *machine) oldestEnded() (id string, full bool) {
	if len(m.st.grants) < maxGrants {
		return "", false
	}
	for _, g := range m.st.Grants() {
		if g.State != GrantGiven {
			return g.ID, true
		}
	}
	return "", true
}

func (e GrantRevoke) apply(m *machine) error {
	g, ok := m.st.grants[e.ID]
	if !ok || g.State != GrantGiven {
		return &Refusal{Check: CheckOwner, Reason: ReasonInvalid}
	}
	m.endGrant(g, GrantWithdrawn, ReasonRevoked)
	return nil
}

func (m *machine) recordGiven(basis BasisKind, id, recipient string, p Purpose, s Scope, digest [32]byte) {
	e := m.now.Entry(EntryGrantGiven)
	e.Basis, e.BasisID, e.Recipient, e.Purpose, e.Categories, e.Commitment = basis, id, recipient, p, s.Categories(), digest
	m.record(e)
	m.persist = m.persist || basis == BasisGrant
}
