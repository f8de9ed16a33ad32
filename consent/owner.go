package consent

// Authority is how an owner's action is proven.
type Authority uint8

const (
	AuthorityNone  Authority = iota
	AuthorityPress           // a press of talk after AskPresence, named by Proof
	AuthorityRoot            // the peer of the local socket is root; enough to enrol and to set a policy, which release nothing by themselves
)

// Owner is the proof an owner's action carries. The zero Owner proves nothing.
type Owner struct {
	By    Authority
	Proof string // id given to AskPresence
}

// AskPresence makes the next press of talk the proof of an owner's action, for
// 60 s, and nothing else. One action can wait at a time.
type AskPresence struct {
	ID string // the proof to come; random, made by the shell
	// OptInFor is the recipient an opt-in is asked for, "" for other actions. If
	// nobody presses, the ledger notes that the opt-in was refused.
	OptInFor string
}

// CancelPresence gives up waiting for the press.
type CancelPresence struct{ ID string }

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

// GrantGive gives an opt-in. It needs a press.
type GrantGive struct {
	Owner Owner
	Grant Grant
}

// GrantRevoke takes an opt-in back. Anybody may.
type GrantRevoke struct{ ID string }

// OnceGive allows a single snapshot. It needs a press.
type OnceGive struct {
	Owner Owner
	Once  Once
}

func (e AskPresence) apply(m *machine) error {
	st := m.st
	if st.presence.id != "" || e.ID == "" {
		return &Refusal{Check: CheckOwner, Reason: ReasonBusy}
	}
	if _, ok := st.recipients[e.OptInFor]; e.OptInFor != "" && !ok {
		return &Refusal{Check: CheckOwner, Reason: ReasonNoRecipient}
	}
	st.presence = presence{id: e.ID, optInFor: e.OptInFor, until: m.now.Boot + presenceLife}
	return nil
}

func (e CancelPresence) apply(m *machine) error {
	if m.st.presence.id == e.ID {
		m.st.presence = presence{}
	}
	return nil
}

// prove accepts an owner's proof. A press is used up by it.
func (m *machine) prove(o Owner, rootEnough bool) error {
	st := m.st
	switch {
	case !st.started || st.shut:
		return &Refusal{Check: CheckOwner, Reason: ReasonShut}
	case !st.ledger:
		return &Refusal{Check: CheckOwner, Reason: ReasonLedger}
	case o.By == AuthorityRoot && rootEnough:
		return nil
	case o.By == AuthorityPress && o.Proof != "" && st.presence.proven && st.presence.id == o.Proof && m.now.Boot < st.presence.until:
		st.presence = presence{}
		return nil
	}
	return &Refusal{Check: CheckOwner, Reason: ReasonNoPresence}
}

func (e RecipientAdd) apply(m *machine) error {
	st, r := m.st, e.Recipient
	if err := r.Validate(); err != nil {
		return err
	}
	old, exists := st.recipients[r.ID]
	if exists && len(Changed(old, r)) == 0 {
		return nil
	}
	if !exists && len(st.recipients) >= maxRecipients {
		return &Refusal{Check: CheckOwner, Reason: ReasonLimit}
	}
	if err := m.prove(e.Owner, true); err != nil {
		return err
	}
	kind := EntryRecipientEnrolled
	if exists {
		kind = EntryRecipientChanged
		m.void(r.ID, ReasonRecipientChanged)
	}
	st.recipients[r.ID] = r
	m.recordAbout(kind, r.ID, r.Fingerprint())
	return nil
}

func (e RecipientRemove) apply(m *machine) error {
	r, ok := m.st.recipients[e.ID]
	if !ok {
		return &Refusal{Check: CheckOwner, Reason: ReasonInvalid, Recipient: e.ID}
	}
	m.void(e.ID, ReasonRecipientRemoved)
	delete(m.st.recipients, e.ID)
	delete(m.st.backoff, e.ID)
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

func (e GrantGive) apply(m *machine) error {
	st, g := m.st, e.Grant
	if err := g.Validate(); err != nil {
		return err
	}
	if err := m.known(g.RecipientID, g.Fingerprint); err != nil {
		return err
	}
	if _, again := st.grants[g.ID]; again || g.State != GrantGiven || g.Consumed != 0 {
		return &Refusal{Check: CheckOwner, Reason: ReasonInvalid}
	}
	if !st.clock.trusted(m.now) {
		return &Refusal{Check: CheckOwner, Reason: ReasonUntrustedTime}
	}
	ended, full := m.oldestEnded()
	if full && ended == "" {
		return &Refusal{Check: CheckOwner, Reason: ReasonLimit}
	}
	if err := m.prove(e.Owner, false); err != nil {
		return err
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

func (e OnceGive) apply(m *machine) error {
	o := e.Once
	if err := m.known(o.RecipientID, o.Fingerprint); err != nil {
		return err
	}
	if _, err := o.Scope.Normalise(BasisOnce, o.Purpose); err != nil {
		return err
	}
	if !validUUID(o.ID) || o.Used || o.Deadline > m.now.Boot+OnceLife {
		return &Refusal{Check: CheckOwner, Reason: ReasonInvalid}
	}
	if err := m.prove(e.Owner, false); err != nil {
		return err
	}
	m.st.onces[o.ID] = o
	delete(m.st.backoff, o.RecipientID)
	m.recordGiven(BasisOnce, o.ID, o.RecipientID, o.Purpose, o.Scope, digest(o))
	return nil
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

func (m *machine) recordGiven(basis BasisKind, id, recipient string, p Purpose, s Scope, digest [32]byte) {
	e := m.now.Entry(EntryGrantGiven)
	e.Basis, e.BasisID, e.Recipient, e.Purpose, e.Categories, e.Commitment = basis, id, recipient, p, s.Categories(), digest
	m.record(e)
	m.persist = m.persist || basis == BasisGrant
}
