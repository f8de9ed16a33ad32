package consent

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Schema names the format of a saved state.
const Schema = "quietstat.consent/2"

// schemas are the formats Load understands. Format 1 had no topics.
var schemas = []string{Schema, "quietstat.consent/1"}

// saved is what survives a restart. There is no place in it for a session, a
// once, a window or a proof.
type saved struct {
	Schema     string            `json:"schema"`
	Epoch      uint64            `json:"epoch"`
	Clock      clock             `json:"clock"`
	Recipients []json.RawMessage `json:"recipients"`
	Policies   []json.RawMessage `json:"policies"`
	Grants     []json.RawMessage `json:"grants"`

	Topics map[string][]string `json:"topics,omitempty"`
}

// Save writes the lasting part of a state as JSON, and the event to apply once
// those bytes are durable.
func Save(s State) ([]byte, StateSaved, error) {
	out := saved{Schema: Schema, Epoch: s.epoch, Clock: s.clock, Recipients: []json.RawMessage{}, Policies: []json.RawMessage{}, Grants: []json.RawMessage{}, Topics: s.topics}
	var err error
	out.Recipients, err = rawList(out.Recipients, s.Recipients(), err)
	out.Policies, err = rawList(out.Policies, s.Policies(), err)
	out.Grants, err = rawList(out.Grants, s.Grants(), err)
	if err != nil {
		return nil, StateSaved{}, fmt.Errorf("consent: state cannot be written down: %w", err)
	}
	b, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		return nil, StateSaved{}, fmt.Errorf("consent: state cannot be written down: %w", err)
	}
	return append(b, '\n'), StateSaved{boot: s.clock.Boot, topics: s.topics}, nil
}

func rawList[T any](out []json.RawMessage, in []T, err error) ([]json.RawMessage, error) {
	for _, v := range in {
		b, e := json.Marshal(v)
		if e != nil && err == nil {
			err = e
		}
		out = append(out, b)
	}
	return out, err
}

// Dropped is a record that was not understood while loading, and is thus absent.
type Dropped struct {
	What string // "recipient", "policy" or "opt-in"
	Err  error
}

// Load reads what Save wrote. The state is closed until BootStarted. A record
// that is not understood is left out and reported; the others stand. A file that
// is not understood is an error, and the state returned with it is empty: closed,
// nobody enrolled.
func Load(b []byte) (State, []Dropped, error) {
	var in saved
	if err := strictJSON(b, &in); err != nil {
		return State{}, nil, fmt.Errorf("consent: saved state is malformed, starting closed and empty: %w", err)
	}
	if !slices.Contains(schemas, in.Schema) {
		return State{}, nil, fmt.Errorf("consent: saved state has schema %q and this program understands %q only: it was written by another version", in.Schema, Schema)
	}
	if in.Clock.Boot < 0 || in.Clock.SuspectUntil < 0 {
		return State{}, nil, fmt.Errorf("consent: saved state has an impossible clock")
	}
	s := State{epoch: in.Epoch, clock: in.Clock}.clone()
	s.recipients[RoomID] = room()
	var dropped []Dropped
	drop := func(what string, err error) { dropped = append(dropped, Dropped{what, err}) }
	for _, raw := range in.Recipients {
		var r Recipient
		if err := read(raw, &r); err != nil {
			drop("recipient", err)
		} else if _, twice := s.recipients[r.ID]; twice || s.enrolled() >= maxRecipients {
			drop("recipient", fmt.Errorf("consent: enrolled twice, or too many"))
		} else {
			s.recipients[r.ID] = r
		}
	}
	for _, raw := range in.Policies {
		var p SessionPolicy
		if err := read(raw, &p); err != nil {
			drop("policy", err)
		} else if r, ok := s.recipients[p.RecipientID]; !ok || r.Fingerprint() != p.Fingerprint {
			drop("policy", &Refusal{Check: CheckRecipient, Reason: ReasonFingerprint})
		} else {
			s.policies[p.RecipientID] = p
		}
	}
	for _, raw := range in.Grants {
		var g Grant
		if err := read(raw, &g); err != nil {
			drop("opt-in", err)
		} else if _, twice := s.grants[g.ID]; twice || len(s.grants) >= maxGrants {
			drop("opt-in", fmt.Errorf("consent: given twice, or too many"))
		} else {
			s.grants[g.ID] = g
		}
	}
	for id, topics := range in.Topics {
		if _, ok := s.recipients[id]; ok {
			s.topics[id] = topics
		}
	}
	return s, dropped, nil
}

// read decodes one record strictly and validates it.
func read[T interface{ Validate() error }](raw json.RawMessage, v *T) error {
	if err := strictJSON(raw, v); err != nil {
		return fmt.Errorf("consent: record is malformed: %w", err)
	}
	return (*v).Validate()
}
