package consent

import (
	"slices"
	"strings"
	"time"
)

// shape builds the message and wants its topic below the prefix that was agreed,
// and on the disk.
func (q *request) shape() *Refusal {
	c, r := q.consent, q.st.recipients[q.id]
	id, no := q.gate.random(8)
	if no != nil {
		return no
	}
	m := Release{
		id: id, epoch: q.st.windows[q.id].Epoch, recipient: q.id, topic: c.erase,
		basis: c.kind, basisID: c.id, purpose: c.purpose, categories: c.scope.Categories(), fingerprint: c.fingerprint,
		erase: c.erase != "",
	}
	if !m.erase {
		if m.topic, m.payload, no = q.message(r, id); no != nil {
			return no
		}
		m.fields = len(q.fields)
	}
	below, ok := strings.CutPrefix(m.topic, r.TopicPrefix+"/")
	if !ok || below == "" || validPrefix(r.TopicPrefix) != nil || strings.ContainsAny(m.topic, "+#") {
		return refuse(ReasonShape)
	}
	q.release = m
	// A preview of what is not open has nothing to erase yet.
	if _, open := q.st.windows[q.id]; open && !slices.Contains(q.st.kept[q.id], m.topic) {
		return refuse(ReasonUnsavedTopic)
	}
	return nil
}

// message is the payload of a release that tells something, and its topic.
func (q *request) message(r Recipient, id string) (topic string, payload []byte, no *Refusal) {
	c := q.consent
	if len(q.fields) == 0 || len(q.values) != len(q.fields) {
		return "", nil, refuse(ReasonShape) // not what grain made
	}
	since := time.Duration(0)
	if c.basis != nil {
		since = q.sampled - c.basis.Opened
	}
	trusted := q.snap.WallTrusted && q.st.clock.trusted(q.now)
	env := envelope{
		id: id, basis: c.kind, purpose: c.purpose, categories: c.scope.Categories(),
		sampledAt: sampleTime(q.snap.Wall.Add(q.sampled-q.snap.Boot), trusted, since),
		fields:    q.fields, values: q.values,
	}
	payload, ok := env.encode()
	if !ok {
		return "", nil, refuse(ReasonShape)
	}
	return r.Topics()[0], payload, nil
}
