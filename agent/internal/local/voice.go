package local

// VoiceSocket is on which the keeper hears the voice role.
const VoiceSocket = "voice.sock"

// Session is an open session of a KeeperStatus.
type Session struct {
	Evidence string  `json:"evidence"` // press, wake
	Source   string  `json:"source"`   // button, or the kind of voice stack
	BeganS   float64 `json:"began_s"`  // ago: the evidence, not the opening
	LeftS    float64 `json:"left_s"`   // until it closes by itself
}

// VoiceStatus is how the keeper stands with the voice role.
type VoiceStatus struct {
	Connected   bool              `json:"connected"` // the voice role is there
	Stacks      []VoiceStack      `json:"stacks"`    // those that have said something since start
	HeldS       float64           `json:"held_s"`    // there were too many wake words: none is believed for so long, a press is; 0 = they are
	Refusals    map[string]uint64 `json:"refusals"`  // since start: unproven, flood, overlap, beneficiary, malformed, stranger, second, ...
	LastRefusal string            `json:"last_refusal"`
}

// VoiceStack is one kind of voice stack.
type VoiceStack struct {
	Name   string  `json:"name"`   // lva, wyoming, hermes, ovos, esphome
	Events uint64  `json:"events"` // since start
	LastS  float64 `json:"last_s"` // ago: the last
}
