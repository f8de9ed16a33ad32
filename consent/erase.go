package consent

import "slices"

// Erasure is the one thing that can be sent without telling anything: a message of
// zero length, retained, which makes a broker forget what it may hold of a topic
// (MQTT 3.1.1, 3.3.1.3) and tells whoever listens that the topic is empty now. It
// leaves as a Release like any other, through the same checks, before the consent
// it belongs to ends; and only to topics that stood on the disk before they were
// used for the first time, so that none is forgotten in a crash.

// GrantErase begins the end of an opt-in with an erasure: from now on the gate lets
// nothing out under it but one empty message for each topic the recipient was told
// on. GrantRevoke ends it, whatever became of them. It needs no press: it widens
// nothing.
type GrantErase struct{ ID string }

func (e GrantErase) apply(m *machine) error {
	st := m.st
	g, ok := st.grants[e.ID]
	if !ok || g.State != GrantGiven {
		return &Refusal{Check: CheckOwner, Reason: ReasonInvalid}
	}
	if why := st.GrantHold(m.now, g); why != ReasonNone {
		return &Refusal{Check: CheckLive, Reason: why, Recipient: g.RecipientID}
	}
	if why := st.Blocked(); why != ReasonNone {
		return &Refusal{Check: CheckKill, Reason: why, Recipient: g.RecipientID}
	}
	if len(st.kept[g.RecipientID]) == 0 {
		return &Refusal{Check: CheckOwner, Reason: ReasonNothingSent, Recipient: g.RecipientID}
	}
	st.erasing[g.ID] = slices.Clone(st.kept[g.RecipientID])
	delete(st.backoff, g.RecipientID)
	return nil
}

// Erasing reports how many topics an opt-in that is being erased has left, and
// whether it is.
func (s *State) Erasing(grant string) (left int, ok bool) {
	topics, ok := s.erasing[grant]
	return len(topics), ok
}

// Topics are all a recipient can be told on while these bases are open.
func (r Recipient) Topics(bases ...Basis) []string {
	p, ok := profileOf(r.Profile)
	if !ok {
		return nil
	}
	return p.topics(r, bases)
}

// maxTopics bounds what is remembered of one recipient, oldest first forgotten: more
// than there can be opt-ins.
const maxTopics = maxGrants + 32

// noteTopics puts a recipient's topics into the lasting state when a window to it
// opens or a basis joins one. Until they are saved the gate lets nothing out on them.
func (m *machine) noteTopics(r Recipient, bases []Basis) {
	for _, topic := range r.Topics(bases...) {
		if !slices.Contains(m.st.topics[r.ID], topic) {
			known := m.st.topics[r.ID]
			known = known[max(0, len(known)+1-maxTopics):]
			m.st.topics[r.ID] = append(slices.Clone(known), topic)
			m.persist = true
		}
	}
}

// forgetTopics is for a recipient that is gone, or not the same any more: no basis
// is left on which anything could be erased.
func (m *machine) forgetTopics(recipient string) {
	delete(m.st.topics, recipient)
	delete(m.st.kept, recipient)
}

// erased notes that a topic's erasure was decided.
func (s *State) erased(grant, topic string) {
	s.erasing[grant] = slices.DeleteFunc(slices.Clone(s.erasing[grant]), func(t string) bool { return t == topic })
}
