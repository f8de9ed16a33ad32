package alexa

// Fault is why a request is not fulfilled. Every one is a constant: it depends on
// what was asked, on the model, or on what its owner agreed to, and never on the
// state of the house. Alexa's own list has errors that do (THERMOSTAT_IS_OFF,
// NOT_SUPPORTED_IN_CURRENT_MODE, ENDPOINT_BUSY, ENDPOINT_LOW_POWER and ranges that
// move); they are not here, so they cannot be said.
type Fault uint8

const (
	FaultNone         Fault = iota
	FaultUnreachable        // not covered, not connected, not known: one answer for all of them
	FaultUnwilling          // control refused, for whatever reason
	FaultRange              // beyond MinSetpoint to MaxSetpoint
	FaultTwoSetpoints       // a lower and an upper setpoint
	FaultSchedule           // a setpoint for a time
	FaultMode               // a mode this model does not have
	FaultDirective          // a directive this model does not have

	faults = int(FaultDirective) + 1
)

// fault is how one is told. Amazon shows its type to the customer and keeps its
// message for itself (Alexa.ErrorResponse, developer.amazon.com), so the message is
// the same for all of them.
type fault struct {
	namespace string
	word      string
	more      string // JSON members behind type and message
}

const faultMessage = "not available"

// The words and the namespace of each are those of Alexa.ErrorResponse and
// Alexa.ThermostatController.ErrorResponse.
var faultWords = [faults]fault{
	FaultUnreachable: {"Alexa", "ENDPOINT_UNREACHABLE", ""},
	FaultUnwilling:   {thermostatController, "UNWILLING_TO_SET_VALUE", ""},
	FaultRange: {"Alexa", "TEMPERATURE_VALUE_OUT_OF_RANGE", `,"validRange":{"minimumValue":` + temperature(degrees(MinSetpoint)) +
		`,"maximumValue":` + temperature(degrees(MaxSetpoint)) + `}`},
	FaultTwoSetpoints: {thermostatController, "DUAL_SETPOINTS_UNSUPPORTED", ""},
	FaultSchedule:     {thermostatController, "UNWILLING_TO_SET_SCHEDULE", ""},
	FaultMode:         {thermostatController, "UNSUPPORTED_THERMOSTAT_MODE", ""},
	FaultDirective:    {"Alexa", "INVALID_DIRECTIVE", ""},
}
