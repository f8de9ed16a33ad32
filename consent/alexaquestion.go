package consent

import (
	"fmt"
	"strconv"
	"strings"

	"quietstat/consent/alexa"
)

// alexaKinds are the directives as commands, in both directions. What the model never
// does is a question with a constant answer, which says why in its Ref.
var alexaKinds = map[alexa.Kind]CommandKind{
	alexa.KindDiscover:     CommandDiscover,
	alexa.KindAcceptGrant:  CommandAcceptGrant,
	alexa.KindReportState:  CommandReport,
	alexa.KindSetTarget:    CommandSetpoint,
	alexa.KindAdjustTarget: CommandAdjust,
	alexa.KindSetMode:      CommandMode,
	alexa.KindResume:       CommandResume,
	alexa.KindRefused:      CommandReport,
}

// alexaModes are Alexa's modes as those of a Snapshot; it has no word for drying.
var alexaModes = map[alexa.Mode]Mode{
	alexa.ModeOff: ModeOff, alexa.ModeHeat: ModeHeat, alexa.ModeCool: ModeCool, alexa.ModeAuto: ModeAuto,
}

// alexaUnderstands reads a directive that a bridge hands over. A wish that is not for
// the thermostat of this recipient is none.
func alexaUnderstands(r Recipient, _ string, payload []byte) Question {
	d, err := alexa.Decode(payload)
	if err != nil {
		return Question{}
	}
	q := alexaQuestion(d)
	if q.Kind.Moves() && d.EndpointID != r.DeviceID {
		d = alexa.Directive{Kind: alexa.KindRefused, EndpointID: d.EndpointID, CorrelationToken: d.CorrelationToken, Fault: alexa.FaultDirective}
		q = alexaQuestion(d)
	}
	return q
}

// alexaQuestion is a directive as a question, without a Result. Its Ref holds what the
// answer must repeat: the endpoint and the correlation token, behind the number of a
// fault.
func alexaQuestion(d alexa.Directive) Question {
	q := Question{Kind: alexaKinds[d.Kind], Number: d.Number, Ref: strconv.Itoa(int(d.Fault)) + " " + d.EndpointID + " " + d.CorrelationToken}
	if d.Kind == alexa.KindSetMode {
		q.Number = float64(alexaModes[d.Mode])
	}
	return q
}

// alexaDirective reads the directive back out of a question.
func alexaDirective(q Question) (alexa.Directive, error) {
	parts := strings.SplitN(q.Ref, " ", 3)
	if len(parts) != 3 {
		return alexa.Directive{}, fmt.Errorf("consent: a question of profile %s has a reference of three parts", ProfileAlexa)
	}
	fault, err := strconv.ParseUint(parts[0], 10, 8)
	if err != nil {
		return alexa.Directive{}, fmt.Errorf("consent: a question of profile %s begins its reference with a number", ProfileAlexa)
	}
	d := alexa.Directive{EndpointID: parts[1], CorrelationToken: parts[2], Fault: alexa.Fault(fault)}
	for kind, command := range alexaKinds {
		if command == q.Kind && (kind == alexa.KindRefused) == (d.Fault != alexa.FaultNone) {
			d.Kind = kind
		}
	}
	switch d.Kind {
	case alexa.KindSetTarget, alexa.KindAdjustTarget:
		d.Number = q.Number
	case alexa.KindSetMode:
		for word, mode := range alexaModes {
			if float64(mode) == q.Number {
				d.Mode = word
			}
		}
	}
	return d, nil
}
