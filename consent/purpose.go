package consent

import "slices"

// Purpose is what a recipient says it wants the data for. The gate enforces
// which categories a purpose may carry; it cannot enforce what happens upstream.
type Purpose uint8

const (
	PurposeNone        Purpose = iota
	PurposeVoiceAnswer         // answer.voice_request: a session's only purpose
	PurposeRemote              // remote.control
	PurposeAutomation          // home.automation
	PurposeEnergy              // energy.report
	PurposeSafetyAlert         // safety.alert: threshold events only
	PurposeSupport             // support.diagnostics
	PurposeResearch            // research.donation
)

var purposeNames = []string{
	"none", "answer.voice_request", "remote.control", "home.automation",
	"energy.report", "safety.alert", "support.diagnostics", "research.donation",
}

// purposeCategories is the whole of what each purpose may carry. safety.alert
// may carry events alone, and a Snapshot holds none, so it carries nothing.
var purposeCategories = map[Purpose][]Category{
	PurposeVoiceAnswer: {CategoryTemperature, CategoryHumidity, CategoryPressure, CategorySetpoint, CategoryHVAC, CategoryDoor, CategoryHealth},
	PurposeRemote:      {CategoryTemperature, CategoryHumidity, CategorySetpoint, CategoryHVAC},
	PurposeAutomation:  {CategoryTemperature, CategoryHumidity, CategoryPressure, CategorySetpoint, CategoryHVAC, CategoryDoor, CategoryHealth},
	PurposeEnergy:      {CategoryTemperature, CategorySetpoint, CategoryHVAC},
	PurposeSupport:     {CategoryHealth, CategoryDiagnostics},
	PurposeResearch:    {CategoryTemperature, CategoryHumidity, CategoryHVAC},
}

// Purposes lists every purpose, in order.
func Purposes() []Purpose {
	var all []Purpose
	for p := PurposeVoiceAnswer; int(p) < len(purposeNames); p++ {
		all = append(all, p)
	}
	return all
}

// ParsePurpose reads a name as String writes it. Anything else is an error.
func ParsePurpose(s string) (Purpose, error) {
	return enumParse[Purpose]("purpose", purposeNames, s)
}

// String returns the dotted name, for example "home.automation".
func (p Purpose) String() string { return enumName(purposeNames, p) }

// MarshalText writes the name; a purpose without one is an error.
func (p Purpose) MarshalText() ([]byte, error) { return enumText("purpose", purposeNames, p) }

// UnmarshalText reads the name; an unknown one is an error.
func (p *Purpose) UnmarshalText(b []byte) (err error) {
	*p, err = ParsePurpose(string(b))
	return err
}

// Allows reports whether the purpose may carry the category.
func (p Purpose) Allows(c Category) bool { return slices.Contains(purposeCategories[p], c) }
