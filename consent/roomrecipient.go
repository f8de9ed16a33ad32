package consent

import "fmt"

// RoomID is the recipient that is known without being enrolled: whoever can hear the
// voice assistant speak. It is told nothing until the owner sets a policy for it, and
// then only in a session and only what was asked (Gate.Ask with CommandReport).
const RoomID = "this-room"

// room is that recipient. It has no endpoint, since nothing is dialled: its messages
// are handed to the voice role on this device.
func room() Recipient {
	return Recipient{ID: RoomID, DisplayName: "This room", Reach: ReachThisDevice, TopicPrefix: RoomID, Profile: ProfileRoom}
}

// profileRoom is room/1: a sentence to say.
var profileRoom = profile{
	topics:   func(r Recipient, _ []Basis) []string { return []string{r.TopicPrefix + "/say"} },
	validate: func(Recipient) error { return fmt.Errorf("consent: profile %q is %s's alone", ProfileRoom, RoomID) },
	tell:     sayInRoom,
	answers:  true,
}

// notOfRoom refuses what this-room cannot have: it is always the same, and hears
// answers in sessions alone.
func notOfRoom(recipient string) error {
	if recipient == RoomID {
		return &Refusal{Check: CheckOwner, Reason: ReasonRoom, Recipient: recipient}
	}
	return nil
}

// enrolled is how many recipients there are beside this-room.
func (s *State) enrolled() int { return len(s.Recipients()) }
