package alexa

import (
	"encoding/json"
	"fmt"
	"slices"
)

// words are the parts of a directive that are read at all.
type words struct {
	namespace, name, version, messageID, correlationToken string
	endpointID                                            string

	target, delta degree
	two, schedule bool // a lower or upper setpoint; a schedule
	mode          string
	hasPayload    bool
}

// degree is a temperature object.
type degree struct {
	has   bool
	value float64
	scale string
}

// read takes the object behind "directive" apart.
func (w *words) read(r *reader) error {
	return r.object(map[string]func() error{
		"header": func() error {
			return r.object(map[string]func() error{
				"namespace": r.text(&w.namespace), "name": r.text(&w.name), "payloadVersion": r.text(&w.version),
				"messageId": r.text(&w.messageID), "correlationToken": r.text(&w.correlationToken),
			}, false)
		},
		"endpoint": func() error {
			return r.object(map[string]func() error{"endpointId": r.text(&w.endpointID)}, false)
		},
		"payload": func() error {
			w.hasPayload = true
			return r.object(w.payload(r), false)
		},
	}, false)
}

// payload are the keys that matter, per interface: an AcceptGrant's have none.
func (w *words) payload(r *reader) map[string]func() error {
	present := func(b *bool) func() error {
		return func() error {
			*b = true
			return r.pass()
		}
	}
	return map[string]func() error{
		"targetSetpoint":      func() error { return w.target.read(r) },
		"targetSetpointDelta": func() error { return w.delta.read(r) },
		"lowerSetpoint":       present(&w.two),
		"schedule":            present(&w.schedule),
		"upperSetpoint":       present(&w.two),
		"thermostatMode":      func() error { return w.readMode(r) },
	}
}

func (d *degree) read(r *reader) error {
	err := r.object(map[string]func() error{"value": r.number(&d.value, &d.has), "scale": r.text(&d.scale)}, false)
	if err == nil && !d.has {
		err = fmt.Errorf("a temperature without a value")
	}
	return err
}

// readMode takes a mode as {"value":"HEAT"}, which Amazon's reference shows, or as
// "HEAT", which its samples do.
func (w *words) readMode(r *reader) error {
	var raw json.RawMessage
	if err := r.Decode(&raw); err != nil {
		return fmt.Errorf("broken JSON")
	}
	inner := newReader(raw)
	if len(raw) > 0 && raw[0] == '{' {
		return inner.object(map[string]func() error{"value": inner.text(&w.mode)}, false)
	}
	return inner.text(&w.mode)()
}

// understand makes a directive of the words, or says what is missing.
func (w *words) understand() (Directive, error) {
	d := Directive{MessageID: w.messageID, CorrelationToken: w.correlationToken, EndpointID: w.endpointID}
	switch {
	case w.version != "3":
		return d, fmt.Errorf("payload version is not 3")
	case !allows(d.MessageID, maxMessageID, idByte):
		return d, fmt.Errorf("its message id is not 1 to %d letters, digits and -", maxMessageID)
	case w.namespace == "" || w.name == "" || !w.hasPayload:
		return d, fmt.Errorf("it has no namespace, name or payload")
	}
	switch w.namespace + " " + w.name {
	case "Alexa.Discovery Discover":
		d.Kind = KindDiscover
	case "Alexa.Authorization AcceptGrant":
		d.Kind = KindAcceptGrant
	default:
		if !allows(d.CorrelationToken, MaxCorrelationToken, tokenByte) || !allows(d.EndpointID, maxEndpointID, endpointByte) {
			return d, fmt.Errorf("its correlation token (1 to %d printable bytes) or endpoint id (1 to %d) is not usable", MaxCorrelationToken, maxEndpointID)
		}
		return d, w.command(&d)
	}
	d.CorrelationToken, d.EndpointID = "", ""
	return d, nil
}

// command fills in what is asked of an endpoint.
func (w *words) command(d *Directive) (err error) {
	refuse := func(f Fault) { d.Kind, d.Fault = KindRefused, f }
	switch w.namespace + " " + w.name {
	case "Alexa ReportState":
		d.Kind = KindReportState
	case thermostatController + " SetTargetTemperature":
		switch {
		case w.two:
			refuse(FaultTwoSetpoints)
		case w.schedule:
			refuse(FaultSchedule)
		default:
			d.Kind = KindSetTarget
			d.Number, err = w.target.celsius(false)
			if err == nil && !inRange(d.Number) {
				d.Number = 0
				refuse(FaultRange)
			}
		}
	case thermostatController + " AdjustTargetTemperature":
		d.Kind = KindAdjustTarget
		d.Number, err = w.delta.celsius(true)
	case thermostatController + " SetThermostatMode":
		d.Kind = KindSetMode
		i := slices.Index(modeWords, w.mode)
		switch {
		case w.mode == "":
			err = fmt.Errorf("a mode is missing")
		case i < 0:
			refuse(FaultMode)
		default:
			d.Mode = Mode(i)
		}
	case thermostatController + " ResumeSchedule":
		d.Kind = KindResume
	default:
		refuse(FaultDirective)
	}
	return err
}

func (d degree) celsius(delta bool) (float64, error) {
	c, ok := celsius(d.value, d.scale, delta)
	if !d.has || !ok {
		return 0, fmt.Errorf("a temperature is missing, beyond %d degrees, or not in CELSIUS, FAHRENHEIT or KELVIN", mostDegrees)
	}
	return c, nil
}
