package consent

import "fmt"

// profileJSON is json/1: one message is one release, in the envelope of encode.
var profileJSON = profile{
	topics: func(r Recipient, _ []Basis) []string { return []string{r.TopicPrefix + "/state"} },
	validate: func(r Recipient) error {
		if r.DeviceID != "" {
			return fmt.Errorf("consent: a recipient of profile %s has no device id", ProfileJSON)
		}
		return nil
	},
	tell: func(m message) (rendering, bool) { return m.inEnvelope(m.recipient.TopicPrefix + "/state") },
}

// inEnvelope renders the message as json/1 does, on a topic.
func (m message) inEnvelope(topic string) (rendering, bool) {
	if len(m.fields) == 0 || len(m.values) != len(m.fields) {
		return rendering{}, false // not what grain made
	}
	payload, ok := envelope{
		id: m.id, basis: m.basis, purpose: m.purpose, categories: m.categories, sampledAt: m.sampledAt, fields: m.fields, values: m.values,
	}.encode()
	return rendering{topic: topic, payload: payload, categories: m.categories, fields: len(m.fields)}, ok
}
