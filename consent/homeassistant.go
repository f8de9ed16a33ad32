package consent

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// home-assistant/1 tells in the envelope of json/1, on a topic for each basis, and
// says before how to read it: the MQTT device discovery of Home Assistant
// (https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload). A topic
// for each basis, as two may cover different fields, and a message with fewer of them
// would blank what the other has told.

// deviceIDBytes is how many random bytes a device id has.
const deviceIDBytes = 8

// NewDeviceID makes the random name under which Home Assistant knows the house, once
// for each recipient: it must not change, and must not say anything.
func NewDeviceID(entropy io.Reader) (string, error) {
	b := make([]byte, deviceIDBytes)
	if _, err := io.ReadFull(entropy, b); err != nil {
		return "", fmt.Errorf("consent: no randomness for a device id: %w", err)
	}
	return hex.EncodeToString(b), nil
}

var profileHomeAssistant = profile{
	topics:    homeTopics,
	outside:   discoveryTopic,
	validate:  validHome,
	named:     true,
	tell:      func(m message) (rendering, bool) { return m.inEnvelope(m.homeTopic()) },
	introduce: discover,
	listens:   homeFilters,

	understands: homeUnderstands,
}

// BirthTopic is where Home Assistant says "online" when it has started
// (https://www.home-assistant.io/integrations/mqtt/#birth-and-last-will-messages).
const BirthTopic = "homeassistant/status"

// discoveryTopic is the one topic outside of the recipient's prefix.
func discoveryTopic(r Recipient) string { return "homeassistant/device/" + r.DeviceID + "/config" }

func homeFilters(r Recipient) []string {
	return []string{r.TopicPrefix + "/set/setpoint", r.TopicPrefix + "/set/mode", r.TopicPrefix + "/set/preset", BirthTopic}
}

// homePrefix bounds the prefix, in bytes, so that a description of everything fits into
// the largest size class.
const homePrefix = 48

func validHome(r Recipient) error {
	if len(r.DeviceID) != 2*deviceIDBytes || !only(r.DeviceID, "0123456789abcdef") {
		return fmt.Errorf("consent: a recipient of profile %s has a random device id of %d hexadecimal digits", ProfileHomeAssistant, 2*deviceIDBytes)
	}
	if len(r.TopicPrefix) > homePrefix || !only(r.TopicPrefix, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/") || strings.HasPrefix(r.TopicPrefix+"/", "homeassistant/") {
		return fmt.Errorf("consent: a recipient of profile %s has a topic prefix of at most %d letters, digits, - _ and /, not below homeassistant", ProfileHomeAssistant, homePrefix)
	}
	return nil
}

// homeTopics are the topics of the bases and that of the discovery.
func homeTopics(r Recipient, bases []Basis) []string {
	var topics []string
	for _, b := range bases {
		topics = append(topics, message{recipient: r, basis: b.Kind, basisID: b.ID}.homeTopic())
	}
	return append(topics, discoveryTopic(r))
}

// homeTopic is the topic of a basis. An opt-in's is made of the digest of its id: it is
// its own, and the id stays in the house.
func (m message) homeTopic() string {
	name := m.basis.String()
	if m.basis == BasisGrant {
		sum := sha256.Sum256([]byte(m.basisID))
		name += "-" + hex.EncodeToString(sum[:4])
	}
	return m.recipient.TopicPrefix + "/state/" + name
}

// homeConfig is a device discovery payload, in Home Assistant's abbreviations. What it
// says follows from the recipient and the scope alone.
type homeConfig struct {
	Device struct {
		IDs  []string `json:"ids"`
		Name string   `json:"name"`
	} `json:"dev"`
	Origin struct {
		Name string `json:"name"`
	} `json:"o"`
	StateTopic string         `json:"stat_t"` // shared by all components
	Components homeComponents `json:"cmps"`
}

// homeComponents keep the order they are said in.
type homeComponents []homeComponent

// MarshalJSON writes an object whose keys are the components' ids.
func (cs homeComponents) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	for i, c := range cs {
		one, err := json.Marshal(c)
		if err != nil {
			return nil, err
		}
		b.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
		b.WriteString(`"` + c.key + `":`)
		b.Write(one)
	}
	return []byte(b.String() + "}"), nil
}

// discover renders the introduction of one basis: what it covers and no basis before it
// does. Where nothing is left there is nothing to say.
func discover(m message) (rendering, bool) {
	var c homeConfig
	id := m.recipient.DeviceID
	c.Device.IDs, c.Device.Name, c.Origin.Name = []string{id}, "Thermostat", "quietstat"
	c.StateTopic = m.homeTopic()
	if m.hasClimate() {
		c.Components = append(c.Components, m.climate(id))
	}
	expires := int((2*m.scope.Period() + time.Second - 1) / time.Second)
	for _, name := range m.leads() {
		if m.hasClimate() && m.inClimate(name) {
			continue
		}
		if p, ok := homeParts[homeKind(name)]; ok {
			c.Components = append(c.Components, p.component(name, id, expires))
		}
	}
	if len(c.Components) == 0 {
		return rendering{}, true
	}
	payload, err := json.Marshal(c)
	if err != nil {
		return rendering{}, false
	}
	for _, size := range sizes {
		if len(payload) <= size {
			payload = append(payload, strings.Repeat(" ", size-len(payload))...)
			return rendering{topic: discoveryTopic(m.recipient), payload: payload, categories: m.categories}, true
		}
	}
	return rendering{}, false
}

// leads are the fields of the scope that no basis before this one covers.
func (m message) leads() []string {
	covered := map[string]bool{}
	for _, b := range m.before {
		for _, name := range b.scope.FieldNames() {
			covered[name] = true
		}
	}
	var names []string
	for _, f := range fields {
		if m.covers(f.Name) && !covered[f.Name] {
			names = append(names, f.Name)
		}
	}
	return names
}

// covers reports whether the basis covers a field.
func (m message) covers(field string) bool { return slices.Contains(m.scope.FieldNames(), field) }

// controls reports whether the basis lets the recipient wish.
func (m message) controls() bool { return m.basis == BasisGrant && m.purpose == PurposeRemote }

// hasClimate reports whether this basis has the thermostat: the first that lets the
// recipient wish, else the first that covers the setpoint.
func (m message) hasClimate() bool {
	owns := func(kind BasisKind, p Purpose, s Scope) bool {
		return kind == BasisGrant && p == PurposeRemote || slices.Contains(s.FieldNames(), "setpoint")
	}
	for _, b := range m.before {
		if owns(b.kind, b.purpose, b.scope) {
			return false
		}
	}
	return owns(m.basis, m.purpose, m.scope)
}
