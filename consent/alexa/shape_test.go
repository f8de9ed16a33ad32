package alexa

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// eventNames are all that can be said.
var eventNames = []string{
	"Alexa.Authorization AcceptGrant.Response", "Alexa.Discovery Discover.Response", "Alexa.ThermostatController ErrorResponse",
	"Alexa ErrorResponse", "Alexa Response", "Alexa StateReport",
}

// values are the property values of the schema, by namespace and name.
var values = map[string]func(v any) bool{
	"Alexa.ThermostatController targetSetpoint": degreesObject,
	"Alexa.ThermostatController thermostatMode": oneOf("AUTO", "COOL", "HEAT", "OFF"),
	"Alexa.TemperatureSensor temperature":       degreesObject,
	"Alexa.ContactSensor detectionState":        oneOf("DETECTED", "NOT_DETECTED"),
	"Alexa.EndpointHealth connectivity": func(v any) bool {
		m, ok := v.(map[string]any)
		return ok && len(m) == 1 && oneOf("OK", "UNREACHABLE")(m["value"])
	},
}

func degreesObject(v any) bool {
	m, ok := v.(map[string]any)
	n, number := m["value"].(float64)
	return ok && number && len(m) == 2 && m["scale"] == "CELSIUS" && n >= -100 && n <= 100
}

func oneOf(words ...string) func(any) bool {
	return func(v any) bool { s, ok := v.(string); return ok && slices.Contains(words, s) }
}

// timePattern says what the schema's says: UTC, and at most three decimals.
var timePattern = regexp.MustCompile(`^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$`)

func keys(m map[string]any) string { return strings.Join(slices.Sorted(maps.Keys(m)), " ") }

// properties are those of an answer's context.
func properties(t testing.TB, message []byte) []map[string]any {
	t.Helper()
	var m struct {
		Context struct {
			Properties []map[string]any `json:"properties"`
		} `json:"context"`
	}
	if err := json.Unmarshal(message, &m); err != nil {
		t.Fatal(err)
	}
	return m.Context.Properties
}

// checkEvent holds an answer against what the message schema wants and the manual
// forbids.
func checkEvent(t testing.TB, message []byte) {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(message, &m); err != nil {
		t.Fatalf("%v: %s", err, message)
	}
	event, _ := m["event"].(map[string]any)
	header, _ := event["header"].(map[string]any)
	name, _ := header["namespace"].(string)
	last, _ := header["name"].(string)
	if name += " " + last; !slices.Contains(eventNames, name) {
		t.Errorf("an event of the name %q", name)
	}
	if len(message) != slot && !(last == "Discover.Response" && len(message) == discoverSlot) {
		t.Errorf("%s has %d bytes", name, len(message))
	}
	_, hasContext := m["context"]
	if want := last == "Response" || last == "StateReport"; hasContext != want || hasContext && keys(m) != "context event" || !hasContext && keys(m) != "event" {
		t.Errorf("%s has the members %s", name, keys(m))
	}
	seen := map[string]bool{}
	for _, p := range properties(t, message) {
		if keys(p) != "name namespace timeOfSample uncertaintyInMilliseconds value" {
			t.Errorf("%s: a property with the members %s", name, keys(p))
		}
		what := p["namespace"].(string) + " " + p["name"].(string)
		if check := values[what]; check == nil || !check(p["value"]) {
			t.Errorf("%s: %s = %v", name, what, p["value"])
		}
		if seen[what] {
			t.Errorf("%s: %s twice", name, what)
		}
		seen[what] = true
		at, _ := p["timeOfSample"].(string)
		if _, err := time.Parse(time.RFC3339, at); err != nil || !timePattern.MatchString(at) {
			t.Errorf("%s: timeOfSample %q: %v", name, at, err)
		}
		if u, ok := p["uncertaintyInMilliseconds"].(float64); !ok || u != 1000 {
			t.Errorf("%s: uncertainty %v", name, p["uncertaintyInMilliseconds"])
		}
	}
	checkPayload(t, name, event)
}

// faultTypes are the errors there are; those that would tell a state are not.
var faultTypes = []string{"ENDPOINT_UNREACHABLE", "UNWILLING_TO_SET_VALUE", "TEMPERATURE_VALUE_OUT_OF_RANGE",
	"DUAL_SETPOINTS_UNSUPPORTED", "UNWILLING_TO_SET_SCHEDULE", "UNSUPPORTED_THERMOSTAT_MODE", "INVALID_DIRECTIVE"}

func checkPayload(t testing.TB, name string, event map[string]any) {
	t.Helper()
	payload, ok := event["payload"].(map[string]any)
	if !ok {
		t.Errorf("%s has no payload", name)
	}
	switch {
	case strings.HasSuffix(name, " ErrorResponse"):
		if payload["message"] != faultMessage || !oneOf(faultTypes...)(payload["type"]) {
			t.Errorf("%s: %v", name, payload)
		}
		if r, ranged := payload["validRange"].(map[string]any); ranged != (payload["type"] == "TEMPERATURE_VALUE_OUT_OF_RANGE") ||
			ranged && (!degreesObject(r["minimumValue"]) || !degreesObject(r["maximumValue"])) {
			t.Errorf("%s: %v", name, payload)
		}
	case strings.HasSuffix(name, "Discover.Response"):
		text, _ := json.Marshal(payload)
		if strings.Contains(string(text), `"proactivelyReported":true`) || !strings.Contains(string(text), `"proactivelyReported":false`) {
			t.Errorf("%s: %s", name, text)
		}
		for _, e := range payload["endpoints"].([]any) {
			if keys(e.(map[string]any)) != "capabilities description displayCategories endpointId friendlyName manufacturerName" {
				t.Errorf("%s: an endpoint with the members %s", name, keys(e.(map[string]any)))
			}
		}
	case len(payload) != 0:
		t.Errorf("%s: %v", name, payload)
	}
}
