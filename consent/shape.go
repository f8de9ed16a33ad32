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
		told, ok := q.render(id)
		if !ok || len(told.payload) == 0 || len(told.payload) > sizes[len(sizes)-1] {
			return refuse(ReasonShape)
		}
		if c.unlessMute && told.fields == 0 {
			return refuse(ReasonNotDue)
		}
		m.topic, m.payload, m.categories, m.fields = told.topic, told.payload, told.categories, told.fields
	}
	if !q.mayUse(m.topic, r) {
		return refuse(ReasonShape)
	}
	q.release = m
	// A preview of what is not open has nothing to erase yet.
	if _, open := q.st.windows[q.id]; open && !slices.Contains(q.st.kept[q.id], m.topic) {
		return refuse(ReasonUnsavedTopic)
	}
	return nil
}

// mayUse wants a topic below the prefix that was agreed, or the one outside of it that
// the recipient's profile has.
func (q *request) mayUse(topic string, r Recipient) bool {
	if validPrefix(r.TopicPrefix) != nil || strings.ContainsAny(topic, "+#") {
		return false
	}
	if q.profile.outside != nil && topic == q.profile.outside(r) {
		return true
	}
	below, ok := strings.CutPrefix(topic, r.TopicPrefix+"/")
	return ok && below != ""
}

// render has the profile write the message down.
func (q *request) render(id string) (rendering, bool) {
	how := q.profile.tell
	if q.consent.introduces {
		how = q.profile.introduce
	}
	if how == nil {
		return rendering{}, false
	}
	return how(q.message(id))
}

// message is what was decided, for the profile.
func (q *request) message(id string) message {
	c := q.consent
	since := time.Duration(0)
	if c.basis != nil {
		since = q.sampled - c.basis.Opened
	}
	trusted := q.snap.WallTrusted && q.st.clock.trusted(q.now)
	m := message{
		recipient: q.st.recipients[q.id], id: id, basis: c.kind, basisID: c.id, purpose: c.purpose, scope: c.scope, categories: c.scope.Categories(),
		sampledAt: sampleTime(q.snap.Wall.Add(q.sampled-q.snap.Boot), trusted, since),
		tickAt:    sampleTime(q.snap.Wall, trusted, since+q.snap.Boot-q.sampled),
		fields:    q.fields, values: q.values, before: q.before(),
	}
	if c.question != nil {
		m.question = &c.question.Question
	}
	return m
}
