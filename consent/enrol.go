package consent

// RecipientAdd enrols a recipient, or changes one: then every policy and grant
// to it is void.
type RecipientAdd struct {
	Owner     Owner
	Recipient Recipient
}

// RecipientRemove takes a recipient off the list. Anybody may: it only closes.
type RecipientRemove struct{ ID string }

// PolicySet sets what a session may tell a recipient. A session that is open
// keeps to itself: the policy counts from the next.
type PolicySet struct {
	Owner  Owner
	Policy SessionPolicy
}

// PolicyClear takes the policy away. Anybody may.
type PolicyClear struct{ Recipient string }

func (e RecipientAdd) apply(m *machine) error {
	st, r := m.st, e.Recipient
	if err := notOfRoom(r.ID); err != nil {
		return err
	}
	if err := r.Validate(); err != nil {
		return err
	}
	old, exists := st.recipients[r.ID]
	if exists && len(Changed(old, r)) == 0 {
		return nil
	}
	if !exists && st.enrolled() >= maxRecipients {
		return &Refusal{Check: CheckOwner, Reason: ReasonLimit}
	}
	if err := m.prove(e.Owner, true); err != nil {
		return err
	}
	kind := EntryRecipientEnrolled
	if exists {
		kind = EntryRecipientChanged
		m.void(r.ID, ReasonRecipientChanged)
		m.forgetTopics(r.ID)
	}
	st.recipients[r.ID] = r
	entry := m.now.Entry(kind)
	entry.Recipient, entry.Commitment = r.ID, r.Fingerprint()
	if exists {
		entry.Changed = Changed(old, r)
	}
	m.record(entry)
	m.persist = true
	return nil
}

func (e RecipientRemove) apply(m *machine) error {
	r, ok := m.st.recipients[e.ID]
	if !ok {
		return &Refusal{Check: CheckOwner, Reason: ReasonInvalid, Recipient: e.ID}
	}
	if err := notOfRoom(e.ID); err != nil {
		return err
	}
	m.void(e.ID, ReasonRecipientRemoved)
	delete(m.st.recipients, e.ID)
	delete(m.st.backoff, e.ID)
	m.forgetTopics(e.ID)
	m.recordAbout(EntryRecipientRemoved, e.ID, r.Fingerprint())
	return nil
}

func (e PolicySet) apply(m *machine) error {
	st, p := m.st, e.Policy
	if err := p.Validate(); err != nil {
		return err
	}
	if err := m.known(p.RecipientID, p.Fingerprint); err != nil {
		return err
	}
	if err := m.prove(e.Owner, true); err != nil {
		return err
	}
	m.dropPolicy(p.RecipientID)
	st.policies[p.RecipientID] = p
	m.recordAbout(EntryPolicySet, p.RecipientID, p.Digest())
	return nil
}

func (e PolicyClear) apply(m *machine) error {
	p, ok := m.st.policies[e.Recipient]
	if !ok {
		return &Refusal{Check: CheckOwner, Reason: ReasonInvalid, Recipient: e.Recipient}
	}
	m.dropPolicy(e.Recipient)
	m.recordAbout(EntryPolicyCleared, e.Recipient, p.Digest())
	return nil
}

func (m *machine) dropPolicy(recipient string) {
	delete(m.st.policies, recipient)
	if m.st.session != nil {
		s := m.st.session.without(recipient)
		m.st.session = &s
	}
	m.because(ReasonPolicyChanged)
}

// known checks that consent is given to the recipient as it stands.
func (m *machine) known(id string, fp Fingerprint) error {
	r, ok := m.st.recipients[id]
	if !ok {
		return &Refusal{Check: CheckRecipient, Reason: ReasonNoRecipient, Recipient: id}
	}
	if r.Fingerprint() != fp {
		return &Refusal{Check: CheckRecipient, Reason: ReasonFingerprint, Recipient: id}
	}
	return nil
}

// recordAbout notes a change of who may be told what, which is kept.
func (m *machine) recordAbout(kind EntryKind, recipient string, digest [32]byte) {
	e := m.now.Entry(kind)
	e.Recipient, e.Commitment = recipient, digest
	m.record(e)
	m.persist = true
}
