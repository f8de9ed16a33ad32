package consent

// Authority is how an owner's action is proven.
type Authority uint8

const (
	AuthorityNone  Authority = iota
	AuthorityPress           // a press of talk after AskPresence, named by Proof
	AuthorityRoot            // the peer of the local socket is root; or another owner; enough to enrol and to set a policy, which release nothing by themselves, and for an opt-in where no talk button is wired
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
	case o.By == AuthorityRoot && (rootEnough || st.noButton):
		return nil
	case o.By == AuthorityPress && o.Proof != "" && st.presence.proven && st.presence.id == o.Proof && m.now.Boot < st.presence.until:
		st.presence = presence{}
		return nil
	}
	return &Refusal{Check: CheckOwner, Reason: ReasonNoPresence}
}
