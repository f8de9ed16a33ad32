package voice

import (
	"fmt"
	"strings"
	"testing"

	"quietstat/consent"
)

// intentMessage is what rhasspy-nlu-hermes publishes, words and all.
func intentMessage(site, session, slots string) []byte {
	return fmt.Appendf(nil, `{"input": %q, "intent": {"intentName": "x", "confidenceScore": 1.0}, "siteId": %q, "id": null,
		"slots": [%s], "sessionId": %q, "customData": null, "asrTokens": [[{"value": %q}]], "asrConfidence": null,
		"rawInput": %q, "wakewordId": "default", "lang": null}`, phrase, site, slots, session, phrase, phrase)
}

func slot(name, value string) string {
	return fmt.Sprintf(`{"entity": "x", "value": %s, "slotName": %q, "rawValue": %q, "confidence": 1.0, "range": {"start": 1, "end": 2, "rawStart": 1, "rawEnd": 2}}`, value, name, phrase)
}

func TestDecodeHermesTopics(t *testing.T) {
	ids := []byte(`{"siteId": "kitchen", "sessionId": "s1", "termination": {"reason": "nominal"}}`)
	for topic, want := range map[string]hermesWhat{
		"hermes/hotword/porcupine/detected":          hermesHotword,
		"hermes/dialogueManager/sessionStarted":      hermesStarted,
		"hermes/dialogueManager/sessionEnded":        hermesEnded,
		"hermes/dialogueManager/intentNotRecognized": hermesNotRecognized,
		"hermes/intent/SetTemperature":               hermesIntent,
		"hermes/error/dialogueManager":               hermesFailed,
		"hermes/error/asr/whisper":                   hermesFailed,
		"hermes/hotword/toggleOn":                    hermesNothing,
		"hermes/hotword/detected":                    hermesNothing,
		"hermes/hotword/a/b/detected":                hermesNothing,
		"hermes/dialogueManager/startSession":        hermesNothing,
		"hermes/dialogueManager/continueSession":     hermesNothing,
		"hermes/dialogueManager/sessionQueued":       hermesNothing,
		"hermes/dialogueManager/configure":           hermesNothing,
		"hermes/intent/":                             hermesNothing,
		"hermes/intent/a/b":                          hermesNothing,
		"other/hotword/x/detected":                   hermesNothing,
		"hermes/dialoguemanager/sessionStarted":      hermesNothing,
		"":                                           hermesNothing,
	} {
		m, err := decodeHermes(topic, ids)
		if err != nil || m.what != want {
			t.Errorf("%s is %d, %v; want %d", topic, m.what, err, want)
		}
		if want != hermesNothing && (m.site != "kitchen" || m.session != "s1") {
			t.Errorf("%s: %+v", topic, m)
		}
	}
}

func TestDecodeHermesSlots(t *testing.T) {
	for _, test := range []struct{ name, slots, want string }{
		{"Rhasspy's number", slot("temperature", `{"kind": "Number", "value": 21.5}`), "t21.5"},
		{"a plain number", slot("temperature", `21`), "t21"},
		{"a number in words of JSON", slot("delta", `"-1"`), "d-1"},
		{"a mode", slot("mode", `{"kind": "Unknown", "value": "Cooling"}`), "m2"},
		{"words", slot("mode", `"`+phrase+`"`), ""},
		{"a word of the grammar that is no mode", slot("mode", `"please"`), ""},
		{"a mode where a number should be", slot("temperature", `"off"`), ""},
		{"null", slot("temperature", `null`), ""},
		{"a list", slot("temperature", `[21]`), ""},
		{"an unknown slot", slot("room", `21`), ""},
		{"two slots", slot("temperature", `21`) + "," + slot("mode", `"off"`), "t21m0"},
		{"none", "", ""},
	} {
		m, err := decodeHermes("hermes/intent/x", intentMessage("kitchen", "s1", test.slots))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if m.slots.temperature != nil {
			got += fmt.Sprint("t", *m.slots.temperature)
		}
		if m.slots.delta != nil {
			got += fmt.Sprint("d", *m.slots.delta)
		}
		if m.slots.mode != nil {
			got += fmt.Sprint("m", uint8(*m.slots.mode))
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestDecodeHermesRefuses(t *testing.T) {
	long := strings.Repeat("x", hermesName+1)
	for name, payload := range map[string]string{
		"not JSON": phrase, "empty": "", "a list": "[]", "a site that is a number": `{"siteId": 7}`,
		"a long site": `{"siteId": "` + long + `"}`, "a long session": `{"sessionId": "` + long + `"}`,
		"slots that are words": `{"slots": "` + phrase + `"}`,
		"too large":            `{"siteId": "x", "y": "` + strings.Repeat("y", hermesPayload) + `"}`,
	} {
		_, err := decodeHermes("hermes/dialogueManager/sessionStarted", []byte(payload))
		if err == nil || strings.Contains(err.Error(), phrase) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := decodeHermes("hermes/intent/x", []byte(`{"siteId": "`+long[1:]+`"}`)); err != nil {
		t.Errorf("the longest name: %v", err)
	}
}

// Nothing of what was said is left, and numbers are numbers.
func FuzzDecodeHermes(f *testing.F) {
	f.Add("hermes/intent/x", intentMessage("kitchen", "s1", slot("temperature", `{"value": 21}`)))
	f.Add("hermes/hotword/x/detected", []byte(`{"siteId": "kitchen"}`))
	f.Add("hermes/error/nlu", []byte(`{"error": "x", "siteId": null}`))
	f.Fuzz(func(t *testing.T, topic string, payload []byte) {
		m, err := decodeHermes(topic, payload)
		if err != nil && m != (hermesMessage{}) {
			t.Errorf("%+v beside %v", m, err)
		}
		if m.slots.mode != nil && *m.slots.mode > consent.ModeDry || len(m.site) > hermesName || len(m.session) > hermesName {
			t.Errorf("%+v", m)
		}
		if len(payload) > 12 && strings.Contains(fmt.Sprintf("%+v", m), phrase) && !strings.Contains(m.site+m.session+m.intent, phrase) {
			t.Errorf("words came through: %+v", m)
		}
	})
}
