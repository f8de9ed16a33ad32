package alexa

import "errors"

// Kind is what a directive asks for. The list is closed: what it does not name is
// KindRefused, and the zero Kind is none.
type Kind uint8

const (
	KindNone         Kind = iota
	KindDiscover          // Alexa.Discovery Discover: which endpoints there are
	KindAcceptGrant       // Alexa.Authorization AcceptGrant: the code in it is not read
	KindReportState       // Alexa ReportState: the state of one endpoint
	KindSetTarget         // Alexa.ThermostatController SetTargetTemperature, one setpoint
	KindAdjustTarget      // Alexa.ThermostatController AdjustTargetTemperature
	KindSetMode           // Alexa.ThermostatController SetThermostatMode
	KindResume            // Alexa.ThermostatController ResumeSchedule
	KindRefused           // well formed, and nothing this device ever does: see Directive.Fault

	kinds = int(KindRefused) + 1
)

// Mode is a thermostat mode. The zero Mode is none: not said, or not covered.
type Mode uint8

const (
	ModeNone Mode = iota
	ModeOff
	ModeHeat
	ModeCool
	ModeAuto
)

// modeWords are Alexa's words; ECO is a preset here and no mode, so it is not among
// them (source: ThermostatMode of the message schema in alexa-samples/alexa-smarthome).
var modeWords = []string{"", "OFF", "HEAT", "COOL", "AUTO"}

// Limits of what is read, in bytes.
const (
	MaxMessage          = 4096 // a whole directive; Amazon's are near 1500
	MaxCorrelationToken = 512
	maxMessageID        = 127 // model.MessageId of the message schema
	maxEndpointID       = 256 // model.EndpointId of the message schema
)

// Directive is what was understood of one request. It has no field for a bearer
// token, a grant code or a cookie, so that none can be kept.
type Directive struct {
	Kind Kind
	// MessageID is the request's own id, 1 to 127 of a-z A-Z 0-9 and -.
	MessageID string
	// CorrelationToken is what the answer must repeat, at most 512 printable ASCII
	// bytes without quotes and backslashes; "" for Discover and AcceptGrant alone.
	CorrelationToken string
	// EndpointID is whom it is for, at most 256 bytes; "" for Discover and AcceptGrant.
	EndpointID string
	// Number is the wanted setpoint in °C (KindSetTarget) or its change in K
	// (KindAdjustTarget), to 0.01 and within ±1000; otherwise 0.
	Number float64
	// Mode is the wanted mode (KindSetMode), otherwise none.
	Mode Mode
	// Fault is why a KindRefused is refused, otherwise none.
	Fault Fault
}

// ErrDirective is wrapped by every error of Decode. Such a message gets no answer:
// nothing says where one would have to go.
var ErrDirective = errors.New("alexa: not a directive of the smart home API version 3")

// allows reports whether s is at most limit bytes long and has only bytes that ok
// allows.
func allows(s string, limit int, ok func(byte) bool) bool {
	if s == "" || len(s) > limit {
		return false
	}
	for i := range len(s) {
		if !ok(s[i]) {
			return false
		}
	}
	return true
}

func alphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// Both patterns are the message schema's: ^[a-zA-Z0-9\-]*$ and ^[a-zA-Z0-9_\-=#;:?@&]*$.
func idByte(c byte) bool { return alphanumeric(c) || c == '-' }

func endpointByte(c byte) bool {
	switch c {
	case '_', '-', '=', '#', ';', ':', '?', '@', '&':
		return true
	}
	return alphanumeric(c)
}

// tokenByte is narrower than the schema, which allows any string: these bytes stand
// in JSON as they are, so that a token is as long in the answer as it was here.
func tokenByte(c byte) bool { return c > ' ' && c < 0x7f && c != '"' && c != '\\' }
