package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVoiceExample(t *testing.T) {
	b, err := ExampleFor("voice")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse("voice.toml", b)
	if err != nil {
		t.Fatal(err)
	}
	want := Voice{
		OpenFrom: OpenFromThinking, LVA: "127.0.0.1:6055", Wyoming: "127.0.0.1:10500", Wake: "local", Handle: "127.0.0.1:10600", OVOS: "127.0.0.1:8181",
		Hermes: Hermes{Broker: "127.0.0.1:1883", UsernameFile: "/etc/quietstat/hermes.username", PasswordFile: "/etc/quietstat/hermes.password",
			Sites: []string{"kitchen"}, Intents: Intents{"SetTemperature", "ChangeTemperature", "GetTemperature", "SetMode"}},
	}
	if diff := cmp.Diff(want, c.Voice); diff != "" {
		t.Errorf("example (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"127.0.0.1:6055", "127.0.0.1:1883", "127.0.0.1:8181"}, c.Voice.Dialled()); diff != "" {
		t.Errorf("dialled (-want +got)\n%s", diff)
	}
}

// An empty table is the adapter with its defaults; no table is no adapter.
func TestVoiceDefaults(t *testing.T) {
	for text, want := range map[string]Voice{
		"":                                      {OpenFrom: OpenFromThinking},
		"[voice]\nopen_from = \"wake\"":         {OpenFrom: OpenFromWake},
		"[voice.lva]":                           {OpenFrom: OpenFromThinking, LVA: "127.0.0.1:6055"},
		"[voice.ovos]":                          {OpenFrom: OpenFromThinking, OVOS: "127.0.0.1:8181"},
		"[voice.handle]":                        {OpenFrom: OpenFromThinking, Handle: "127.0.0.1:10600"},
		"[voice.lva]\naddress = \"[::1]:6055\"": {OpenFrom: OpenFromThinking, LVA: "[::1]:6055"},
		"[voice.wyoming]\nwake = \"local\"":     {OpenFrom: OpenFromThinking, Wyoming: "127.0.0.1:10500", Wake: "local"},
		"[voice.hermes]":                        {OpenFrom: OpenFromThinking, Hermes: Hermes{Broker: "127.0.0.1:1883", Intents: Intents{"SetTemperature", "ChangeTemperature", "GetTemperature", "SetMode"}}},
	} {
		c, ok := oneProblem(t, smallest+text, "")
		if !ok {
			continue
		}
		if diff := cmp.Diff(want, c.Voice); diff != "" {
			t.Errorf("%q (-want +got)\n%s", text, diff)
		}
		if c.Voice.Configured() != strings.Contains(text, "[voice.") {
			t.Errorf("%q: configured %v", text, c.Voice.Configured())
		}
	}
}

func TestVoiceRefuses(t *testing.T) {
	for text, key := range map[string]string{
		"[voice]\nopen_from = \"listening\"":                                              "voice.open_from",
		"[voice]\nkeyed = true":                                                           "voice.keyed",
		"[voice.lva]\naddress = \"192.168.1.7:6055\"":                                     "voice.lva.address",
		"[voice.lva]\naddress = \"0.0.0.0:6055\"":                                         "voice.lva.address",
		"[voice.lva]\naddress = \"[::ffff:10.0.0.1]:6055\"":                               "voice.lva.address",
		"[voice.lva]\naddress = \"[fe80::1%eth0]:6055\"":                                  "voice.lva.address",
		"[voice.lva]\naddress = \"localhost:6055\"":                                       "voice.lva.address",
		"[voice.lva]\naddress = \"127.0.0.1\"":                                            "voice.lva.address",
		"[voice.lva]\naddress = \"127.0.0.1:0\"":                                          "voice.lva.address",
		"[voice.wyoming]":                                                                 "voice.wyoming.wake",
		"[voice.wyoming]\nwake = \"remote\"":                                              "voice.wyoming.wake",
		"[voice.wyoming]\nwake = \"local\"\nlisten = \":10500\"":                          "voice.wyoming.listen",
		"[voice.handle]\nlisten = \"10.1.1.1:10600\"":                                     "voice.handle.listen",
		"[voice.ovos]\naddress = \"10.1.1.1:8181\"":                                       "voice.ovos.address",
		"[voice.hermes]\nbroker = \"broker.example:1883\"":                                "voice.hermes.broker",
		"[voice.hermes]\npassword_file = \"secret\"":                                      "voice.hermes.password_file",
		"[voice.hermes]\npassword = \"secret\"":                                           "voice.hermes.password",
		"[voice.hermes]\nsites = \"kitchen\"":                                             "voice.hermes.sites",
		"[voice.hermes]\nsites = [\"\"]":                                                  "voice.hermes.sites",
		"[voice.hermes]\nsites = [\"" + strings.Repeat("x", 65) + "\"]":                   "voice.hermes.sites",
		"[voice.hermes.intents]\nset_mode = \"\"":                                         "voice.hermes.intents.set_mode",
		"[voice.hermes.intents]\nset_mode = \"a/#\"":                                      "voice.hermes.intents.set_mode",
		"[voice.hermes.intents]\nset_mode = \"SetTemperature\"":                           "voice.hermes.intents.set_mode",
		"[voice.lva]\naddress = \"127.0.0.1:8181\"\n[voice.ovos]":                         "voice.ovos.address",
		"[voice.wyoming]\nwake = \"local\"\nlisten = \"127.0.0.1:10600\"\n[voice.handle]": "voice.handle.listen",
	} {
		oneProblem(t, smallest+text, key)
	}
}

// A list of the wrong things is found by decoding, at its place.
func TestVoiceSitesAreTexts(t *testing.T) {
	_, err := Parse("q.toml", []byte(smallest+"[voice.hermes]\nsites = [1]"))
	if err == nil || !strings.Contains(err.Error(), "q.toml:") {
		t.Errorf("a list of numbers gives %v", err)
	}
}
