package alexa

import (
	"errors"
	"strings"
	"testing"
)

// command is a directive for the thermostat's controller.
func command(name, payload string) string {
	return `{"directive":{"header":{"namespace":"Alexa.ThermostatController","name":"` + name +
		`","payloadVersion":"3","messageId":"m-1","correlationToken":"t"},"endpoint":{"endpointId":"e"},"payload":` + payload + `}}`
}

func TestScales(t *testing.T) {
	for _, c := range []struct {
		value, scale string
		delta        bool
		want         float64
	}{
		{"21.5", "CELSIUS", false, 21.5},
		{"21.504", "CELSIUS", false, 21.5},
		{"21.506", "CELSIUS", false, 21.51},
		{"2.15e1", "CELSIUS", false, 21.5},
		{"68", "FAHRENHEIT", false, 20},
		{"70", "FAHRENHEIT", false, 21.11},
		{"293.15", "KELVIN", false, 20},
		{"-2", "CELSIUS", true, -2},
		{"-1.8", "FAHRENHEIT", true, -1},
		{"1", "KELVIN", true, 1},
		{"0", "FAHRENHEIT", true, 0},
		{"-0.001", "CELSIUS", true, 0},
		{"1000", "CELSIUS", true, 1000},
	} {
		name, key := "SetTargetTemperature", "targetSetpoint"
		if c.delta {
			name, key = "AdjustTargetTemperature", "targetSetpointDelta"
		}
		d, err := Decode([]byte(command(name, `{"`+key+`":{"scale":"`+c.scale+`","value":`+c.value+`}}`)))
		if err != nil || d.Number != c.want || 1/d.Number < 0 && d.Number == 0 {
			t.Errorf("%s %s: %v, %v, want %v", c.value, c.scale, d.Number, err, c.want)
		}
	}
}

func TestStaticRange(t *testing.T) {
	for value, want := range map[string]Kind{"4.99": KindRefused, "5": KindSetTarget, "5.01": KindSetTarget,
		"34.99": KindSetTarget, "35": KindSetTarget, "35.01": KindRefused, "4.994": KindRefused, "4.996": KindSetTarget, "1000": KindRefused} {
		d, err := Decode([]byte(command("SetTargetTemperature", `{"targetSetpoint":{"value":`+value+`,"scale":"CELSIUS"}}`)))
		if err != nil || d.Kind != want || (want == KindRefused) != (d.Fault == FaultRange) {
			t.Errorf("%s °C: %+v, %v", value, d, err)
		}
	}
}

func TestModes(t *testing.T) {
	for word, want := range map[string]Mode{"OFF": ModeOff, "HEAT": ModeHeat, "COOL": ModeCool, "AUTO": ModeAuto, "ECO": ModeNone, "heat": ModeNone, "CUSTOM": ModeNone} {
		for _, payload := range []string{`{"thermostatMode":"` + word + `"}`, `{"thermostatMode":{"value":"` + word + `","customName":"secret"}}`} {
			d, err := Decode([]byte(command("SetThermostatMode", payload)))
			if err != nil || d.Mode != want || (want == ModeNone) != (d.Kind == KindRefused && d.Fault == FaultMode) {
				t.Errorf("%s: %+v, %v", payload, d, err)
			}
		}
	}
}

// Every one of these differs in one thing from a directive that is understood.
func TestNotADirective(t *testing.T) {
	good := command("SetTargetTemperature", `{"targetSetpoint":{"value":21,"scale":"CELSIUS"}}`)
	if _, err := Decode([]byte(good)); err != nil {
		t.Fatal(err)
	}
	swap := func(old, new string) string {
		if strings.Count(good, old) != 1 {
			t.Fatalf("%q stands %d times", old, strings.Count(good, old))
		}
		return strings.Replace(good, old, new, 1)
	}
	for name, text := range map[string]string{
		"nothing":                 "",
		"half":                    good[:len(good)/2],
		"all but the last brace":  good[:len(good)-1],
		"something behind":        good + "1",
		"another behind":          good + good,
		"no object":               "[" + good + "]",
		"a key beside":            `{"x":1,` + good[1:],
		"twice":                   swap(`"payloadVersion":"3"`, `"payloadVersion":"3","payloadVersion":"3"`),
		"another case":            swap(`"messageId"`, `"MessageId"`),
		"another version":         swap(`"payloadVersion":"3"`, `"payloadVersion":"2"`),
		"a number for a version":  swap(`"payloadVersion":"3"`, `"payloadVersion":3`),
		"no message id":           swap(`"m-1"`, `""`),
		"a message id with _":     swap(`"m-1"`, `"m_1"`),
		"a message id too long":   swap(`"m-1"`, `"`+strings.Repeat("a", 128)+`"`),
		"no token":                swap(`"t"}`, `""}`),
		"a token with a quote":    swap(`"t"}`, `"a\"b"}`),
		"a token with a newline":  swap(`"t"}`, `"a\nb"}`),
		"a token that is not one": swap(`"t"}`, `{"a":1}}`),
		"no endpoint":             swap(`"endpointId":"e"`, `"endpointID":"e"`),
		"an endpoint with a dot":  swap(`"endpointId":"e"`, `"endpointId":"a.b"`),
		"no payload":              swap(`,"payload":{"targetSetpoint":{"value":21,"scale":"CELSIUS"}}`, ``),
		"a payload that is null":  swap(`{"targetSetpoint":{"value":21,"scale":"CELSIUS"}}`, `null`),
		"no setpoint":             swap(`"targetSetpoint"`, `"setpoint"`),
		"no value":                swap(`"value":21,`, ``),
		"a value in quotes":       swap(`"value":21`, `"value":"21"`),
		"a value beyond float64":  swap(`"value":21`, `"value":1e999`),
		"a value beyond all":      swap(`"value":21`, `"value":1000.01`),
		"a value that is NaN":     swap(`"value":21`, `"value":NaN`),
		"no scale":                swap(`,"scale":"CELSIUS"`, ``),
		"an unknown scale":        swap(`"CELSIUS"`, `"REAUMUR"`),
		"no mode":                 command("SetThermostatMode", `{}`),
		"a mode in a list":        command("SetThermostatMode", `{"thermostatMode":["HEAT"]}`),
		"no delta":                command("AdjustTargetTemperature", `{"targetSetpoint":{"value":21,"scale":"CELSIUS"}}`),
		"no namespace":            swap(`"Alexa.ThermostatController"`, `""`),
	} {
		d, err := Decode([]byte(text))
		if !errors.Is(err, ErrDirective) || d != (Directive{}) {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
		for _, word := range []string{"m-1", "21", "REAUMUR", "ThermostatController"} {
			if err != nil && strings.Contains(err.Error(), word) {
				t.Errorf("%s: the error tells %s: %v", name, word, err)
			}
		}
	}
}

func TestBounds(t *testing.T) {
	for _, c := range []struct {
		what     string
		at       func(n int) string
		most     int
		overhead int
	}{
		{"message", func(n int) string {
			text := command("ResumeSchedule", `{}`)
			return text + strings.Repeat(" ", n-len(text))
		}, MaxMessage, 0},
		{"token", func(n int) string {
			return strings.Replace(command("ResumeSchedule", `{}`), `"t"}`, `"`+strings.Repeat("~", n)+`"}`, 1)
		}, MaxCorrelationToken, 0},
		{"message id", func(n int) string {
			return strings.Replace(command("ResumeSchedule", `{}`), `"m-1"`, `"`+strings.Repeat("Z", n)+`"`, 1)
		}, maxMessageID, 0},
		{"endpoint id", func(n int) string {
			return strings.Replace(command("ResumeSchedule", `{}`), `"e"`, `"`+strings.Repeat("&", n)+`"`, 1)
		}, maxEndpointID, 0},
	} {
		for n := c.most - 1; n <= c.most+1; n++ {
			d, err := Decode([]byte(c.at(n)))
			if (err == nil) != (n <= c.most) || err == nil && d.Kind != KindResume {
				t.Errorf("a %s of %d: %+v, %v", c.what, n, d, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, row := range rows {
		f.Add(directive(f, row.name))
	}
	f.Add([]byte(`{"directive":{"header":{"namespace":"Alexa","name":"ReportState","payloadVersion":"3"` + strings.Repeat(`,"a":[[[[`, 300)))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Decode(b)
		if err != nil {
			if !errors.Is(err, ErrDirective) || d != (Directive{}) {
				t.Fatalf("%+v, %v", d, err)
			}
			return
		}
		if len(b) > MaxMessage || d.Kind == KindNone || int(d.Kind) >= kinds || (d.Kind == KindRefused) != (d.Fault != FaultNone) ||
			(d.Kind == KindSetMode) != (d.Mode != ModeNone) || d.Kind != KindSetTarget && d.Kind != KindAdjustTarget && d.Number != 0 {
			t.Fatalf("%+v", d)
		}
		// Whatever was understood can be answered, in its slot and in the schema's shape.
		for _, c := range columns {
			checkEvent(t, answer(t, Reply{To: d, MessageID: "m", Endpoint: ourID, At: asked, Cover: c.cover, Told: c.told}))
		}
	})
}
