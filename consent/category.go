package consent

import "slices"

// Category is one kind of knowledge about the house. The list is closed: what
// is not on it cannot be released, and a field carries exactly one.
type Category uint8

const (
	CategoryNone             Category = iota // nothing; never releasable
	CategoryTemperature                      // climate.temperature: its history shows presence and sleep
	CategoryHumidity                         // climate.humidity: shows showers and how many are home
	CategoryPressure                         // climate.pressure: transients betray doors and fans
	CategorySetpoint                         // setpoint: target, mode, preset
	CategorySetpointSchedule                 // setpoint.schedule: the routine of the household
	CategoryHVAC                             // hvac.state: action, demand, relays
	CategoryDoor                             // door.state: open or closed now, door by door
	CategoryDoorEvents                       // door.events: when doors moved, the most telling of all
	CategoryPresence                         // presence.inferred: listed so that it is refused by name
	CategoryIdentity                         // device.identity: serial, host name, addresses
	CategoryHealth                           // device.health: sensor health, availability, uptime
	CategoryDiagnostics                      // diagnostics: counters of our own program
	CategoryCommandAck                       // command.ack: what became of a command
	CategoryConsentState                     // consent.state: that someone shares is itself knowledge
	CategoryVoice                            // voice.content: transcripts; there is no code path for them
)

var categoryNames = []string{
	"none", "climate.temperature", "climate.humidity", "climate.pressure",
	"setpoint", "setpoint.schedule", "hvac.state", "door.state", "door.events",
	"presence.inferred", "device.identity", "device.health", "diagnostics",
	"command.ack", "consent.state", "voice.content",
}

// grain is what the gate does to the numbers of a category.
type grain struct {
	round float64 // default rounding, in the field's unit
	min   float64 // finest rounding that can be agreed
}

// categoryGrain holds the categories that have fields in a Snapshot, thus the
// only ones that can be released at all. The defaults are the half degree and
// the five per cent of the voice policy; the minima keep a sensor's noise floor,
// which identifies the device and its room, out of every message.
var categoryGrain = map[Category]grain{
	CategoryTemperature: {0.5, 0.1},
	CategoryHumidity:    {5, 1},
	CategoryPressure:    {100, 10},
	CategorySetpoint:    {0.5, 0.1},
	CategoryHVAC:        {0.25, 0.05},
	CategoryDoor:        {},
	CategoryHealth:      {},
	CategoryDiagnostics: {1, 1},
}

// Categories lists every category, in order.
func Categories() []Category {
	var all []Category
	for c := CategoryTemperature; int(c) < len(categoryNames); c++ {
		all = append(all, c)
	}
	return all
}

// ParseCategory reads a name as String writes it. Anything else is an error.
func ParseCategory(s string) (Category, error) {
	return enumParse[Category]("category", categoryNames, s)
}

// String returns the dotted name, for example "climate.temperature".
func (c Category) String() string { return enumName(categoryNames, c) }

// MarshalText writes the name; a category without one is an error.
func (c Category) MarshalText() ([]byte, error) { return enumText("category", categoryNames, c) }

// UnmarshalText reads the name; an unknown one is an error.
func (c *Category) UnmarshalText(b []byte) (err error) {
	*c, err = ParseCategory(string(b))
	return err
}

// AllowedFor reports whether a basis of this kind can ever cover the category.
// Diagnostics leave only once, previewed; door events, presence, the state of
// consent itself and voice content leave never.
func (c Category) AllowedFor(kind BasisKind) bool {
	if _, has := categoryGrain[c]; !has {
		return false
	}
	switch kind {
	case BasisSession, BasisGrant:
		return c != CategoryDiagnostics
	case BasisOnce:
		return true
	}
	return false
}

func categoryStrings(cs []Category) []string {
	var out []string
	for _, c := range cs {
		out = append(out, c.String())
	}
	return out
}

func sortedCategories(cs []Category) []Category {
	out := slices.Clone(cs)
	slices.Sort(out)
	return slices.Compact(out)
}
