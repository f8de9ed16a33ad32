package alexa

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Reply is the answer to one directive, before it is written down. There is no other
// kind of message: what nobody asked for cannot be said.
type Reply struct {
	To        Directive
	MessageID string    // of the answer, new for each: 1 to 127 of a-z A-Z 0-9 and -
	Endpoint  string    // the thermostat's id; a door's is this one with -d1 to -d8 behind
	At        time.Time // when it is answered; zero while wall time is not trusted
	Cover     Cover     // for KindDiscover
	Told      Told      // what is covered, for all others
	// Fault is why a wish was not carried out; without one, it was. A state that is not
	// told and an endpoint that is not this device's are FaultUnreachable whatever it is.
	Fault Fault
}

// ErrReply is wrapped by every error of Encode.
var ErrReply = errors.New("alexa: an answer that cannot be written down")

// Encode writes the answer, padded to the slot of what was asked, and names the
// properties it tells of the house, in Alexa's words; what it echoes is none of them.
// The table it follows is in the package's manual.
func (r Reply) Encode() (message []byte, told []string, err error) {
	if !allows(r.MessageID, maxMessageID, idByte) || !allows(r.Endpoint, maxOwnID, idByte) || int(r.Fault) >= faults {
		return nil, nil, fmt.Errorf("%w: its id, its endpoint or its fault is none", ErrReply)
	}
	switch r.To.Kind {
	case KindDiscover:
		return r.padded(r.event("Alexa.Discovery", "Discover.Response", "", `{"endpoints":`+r.Cover.endpoints(r.Endpoint)+`}`), nil, discoverSlot)
	case KindAcceptGrant:
		return r.padded(r.event("Alexa.Authorization", "AcceptGrant.Response", "", `{}`), nil, slot)
	case KindNone:
		return nil, nil, fmt.Errorf("%w: nothing was asked", ErrReply)
	}
	if !allows(r.To.CorrelationToken, MaxCorrelationToken, tokenByte) || !allows(r.To.EndpointID, maxEndpointID, endpointByte) ||
		int(r.To.Kind) >= kinds {
		return nil, nil, fmt.Errorf("%w: what it answers is not a directive", ErrReply)
	}
	name, echo, properties, fault := r.decide()
	if fault != FaultNone {
		return r.padded(r.refusal(fault), nil, slot)
	}
	var all []string
	for _, p := range properties {
		told = append(told, p.name)
	}
	for _, p := range append(echo, properties...) {
		all = append(all, p.text)
	}
	context := `"context":{"properties":[` + strings.Join(all, ",") + `]},`
	return r.padded(strings.Replace(r.event("Alexa", name, r.endpoint(), `{}`), "{", "{"+context, 1), told, slot)
}

// decide is the table: the name of the event, what it echoes, what it tells, or why
// neither.
func (r Reply) decide() (name string, echo, properties []property, fault Fault) {
	told := r.Told.known()
	door, ours := Target(r.To.EndpointID, r.Endpoint)
	switch {
	case !ours:
		return "", nil, nil, FaultUnreachable
	case r.To.Kind == KindReportState:
		properties = told.thermostat()
		if door > 0 {
			properties = told.door(door)
		}
		if r.Fault != FaultNone || len(properties) == 0 {
			return "", nil, nil, FaultUnreachable
		}
		return "StateReport", nil, properties, FaultNone
	case r.To.Kind == KindRefused && r.To.Fault != FaultNone && int(r.To.Fault) < faults:
		return "", nil, nil, r.To.Fault
	case r.To.Kind == KindRefused || door > 0:
		return "", nil, nil, FaultDirective
	case r.Fault != FaultNone:
		return "", nil, nil, r.Fault
	}
	echo, properties, fault = r.carriedOut(told)
	return "Response", echo, properties, fault
}

// carriedOut is what is said of a wish that was fulfilled.
func (r Reply) carriedOut(told Told) (echo, properties []property, fault Fault) {
	timed := Told{At: r.At}.known().At.Equal(r.At) && !r.At.IsZero()
	switch r.To.Kind {
	case KindSetTarget:
		if !inRange(r.To.Number) {
			return nil, nil, FaultRange
		}
		if timed {
			echo = []property{setpoint(degrees(math.Round(r.To.Number*100)/100), r.At)}
		}
		properties = told.surroundings()
	case KindAdjustTarget:
		if told.Setpoint != "" {
			properties = []property{setpoint(told.Setpoint, told.At)}
		}
	case KindSetMode:
		if r.To.Mode == ModeNone || int(r.To.Mode) >= len(modeWords) {
			return nil, nil, FaultMode
		}
		if timed {
			echo = []property{mode(r.To.Mode, r.At)}
		}
	}
	return echo, properties, FaultNone
}

// endpoint is the event's endpoint, which is whom it was asked of.
func (r Reply) endpoint() string { return `"endpoint":{"endpointId":"` + r.To.EndpointID + `"},` }

// event is a message without a context.
func (r Reply) event(namespace, name, endpoint, payload string) string {
	token := ""
	if r.To.CorrelationToken != "" {
		token = `,"correlationToken":"` + r.To.CorrelationToken + `"`
	}
	return `{"event":{"header":{"namespace":"` + namespace + `","name":"` + name + `","messageId":"` + r.MessageID + `"` + token +
		`,"payloadVersion":"3"},` + endpoint + `"payload":` + payload + `}}`
}

func (r Reply) refusal(f Fault) string {
	w := faultWords[f]
	return r.event(w.namespace, "ErrorResponse", r.endpoint(), `{"type":"`+w.word+`","message":"`+faultMessage+`"`+w.more+`}`)
}
