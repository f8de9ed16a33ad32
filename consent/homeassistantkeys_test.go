package consent

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// homeKeys are Home Assistant's documented keys for what is said to it, by platform.
// The short forms are those of homeassistant/components/mqtt/abbreviations.py in
// github.com/home-assistant/core; the long ones stand in the manual's pages
// integrations/mqtt (device discovery payload: dev, o, cmps, state_topic shared;
// platform and unique_id in each component), integrations/sensor.mqtt,
// integrations/binary_sensor.mqtt and integrations/climate.mqtt.
var homeKeys = map[string]map[string]string{
	"payload": {"dev": "device", "o": "origin", "cmps": "components", "stat_t": "state_topic"},
	"device":  {"ids": "identifiers", "name": "name"},
	"origin":  {"name": "name"},
	"sensor": {
		"p": "platform", "name": "name", "uniq_id": "unique_id", "dev_cla": "device_class", "stat_cla": "state_class",
		"unit_of_meas": "unit_of_measurement", "ops": "options", "ent_cat": "entity_category", "val_tpl": "value_template", "exp_aft": "expire_after",
	},
	"binary_sensor": {
		"p": "platform", "name": "name", "uniq_id": "unique_id", "dev_cla": "device_class", "val_tpl": "value_template",
		"pl_on": "payload_on", "pl_off": "payload_off", "exp_aft": "expire_after",
	},
	"climate": {
		"~": "the base of the topics", "p": "platform", "name": "name", "uniq_id": "unique_id",
		"curr_temp_t": "current_temperature_topic", "curr_temp_tpl": "current_temperature_template",
		"curr_hum_t": "current_humidity_topic", "curr_hum_tpl": "current_humidity_template",
		"temp_stat_t": "temperature_state_topic", "temp_stat_tpl": "temperature_state_template", "temp_cmd_t": "temperature_command_topic",
		"mode_stat_t": "mode_state_topic", "mode_stat_tpl": "mode_state_template", "mode_cmd_t": "mode_command_topic", "modes": "modes",
		"act_t": "action_topic", "act_tpl": "action_template",
		"pr_mode_stat_t": "preset_mode_state_topic", "pr_mode_val_tpl": "preset_mode_value_template", "pr_mode_cmd_t": "preset_mode_command_topic", "pr_modes": "preset_modes",
		"min_temp": "min_temp", "max_temp": "max_temp", "temp_step": "temp_step", "temp_unit": "temperature_unit",
	},
}

// homeClasses are device classes with the units and state classes they may have
// (integrations/sensor, "device class", and integrations/binary_sensor).
var homeClasses = map[string]map[string][]string{
	"sensor": {
		"temperature": {"°C", "°F", "K"}, "humidity": {"%"}, "atmospheric_pressure": {"Pa", "hPa", "kPa", "bar", "mbar", "mmHg", "inHg", "psi", "cbar"},
		"enum": {""}, "": {""},
	},
	"binary_sensor": {"door": {""}, "running": {""}},
}

// homeModes and homeActions are what a climate may be (integrations/climate.mqtt,
// modes and action_topic).
var (
	homeModes   = []string{"auto", "off", "cool", "heat", "dry", "fan_only"}
	homeActions = []string{"off", "heating", "cooling", "drying", "idle", "fan"}
)

// described is what is said about a scope under a purpose.
func described(t *testing.T, p Purpose, s Scope) (payload map[string]any, components map[string]map[string]any) {
	t.Helper()
	scope, err := s.Normalise(BasisGrant, p)
	if err != nil {
		t.Fatal(err)
	}
	rec := testRecipient("home")
	rec.Profile, rec.DeviceID = ProfileHomeAssistant, "7f3a00112233aabb"
	m, ok := discover(message{recipient: rec, basis: BasisGrant, basisID: "g", purpose: p, scope: scope, categories: scope.Categories()})
	if !ok || len(m.payload) == 0 {
		t.Fatalf("%s: nothing is said about %v", p, scope.FieldNames())
	}
	var typed struct {
		Components map[string]map[string]any `json:"cmps"`
	}
	if err := json.Unmarshal(m.payload, &payload); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(m.payload, &typed); err != nil {
		t.Fatal(err)
	}
	return payload, typed.Components
}

// Every key that is ever said is one that Home Assistant documents, and every
// component has what it must have.
func TestEveryKeySaidToHomeIsDocumented(t *testing.T) {
	fields := map[string]bool{}
	for _, p := range []Purpose{PurposeAutomation, PurposeRemote} {
		payload, components := described(t, p, every(p))
		known := func(kind string, said map[string]any) {
			for key := range said {
				if _, ok := homeKeys[kind][key]; !ok {
					t.Errorf("%s has no %q", kind, key)
				}
			}
		}
		known("payload", payload)
		known("device", payload["dev"].(map[string]any))
		known("origin", payload["o"].(map[string]any))
		unique := map[any]bool{}
		for name, c := range components {
			platform, _ := c["p"].(string)
			known(platform, c)
			if unique[c["uniq_id"]] || !strings.HasPrefix(c["uniq_id"].(string), "7f3a00112233aabb_") {
				t.Errorf("%s has the unique id %v", name, c["uniq_id"])
			}
			unique[c["uniq_id"]] = true
			if platform == "climate" {
				fields["setpoint"], fields["mode"], fields["action"] = true, true, true
				if c["pr_mode_stat_t"] != nil {
					fields["preset"] = true
				}
				continue
			}
			fields[name] = true
			class, _ := c["dev_cla"].(string)
			unit, _ := c["unit_of_meas"].(string)
			if !slices.Contains(homeClasses[platform][class], unit) {
				t.Errorf("%s is a %s of class %q in %q", name, platform, class, unit)
			}
			if expires, _ := c["exp_aft"].(float64); expires != 600 {
				t.Errorf("%s expires after %v s, not after two periods", name, c["exp_aft"])
			}
			if want := "value_json.fields." + name; !strings.Contains(c["val_tpl"].(string), want) {
				t.Errorf("%s is read by %v", name, c["val_tpl"])
			}
			if (class == "enum") != (c["ops"] != nil) {
				t.Errorf("%s is an enum of %v", name, c["ops"])
			}
		}
	}
	for _, f := range Fields() {
		if f.Category.AllowedFor(BasisGrant) && !fields[f.Name] {
			t.Errorf("%s can be shared and is never shown", f.Name)
		}
	}
}

// The thermostat speaks the words of Home Assistant.
func TestTheThermostatSpeaksHomesWords(t *testing.T) {
	_, components := described(t, PurposeRemote, every(PurposeRemote))
	c := components["climate"]
	for _, m := range c["modes"].([]any) {
		if !slices.Contains(homeModes, m.(string)) {
			t.Errorf("%v is no mode there", m)
		}
	}
	for _, p := range c["pr_modes"].([]any) {
		if p == "none" {
			t.Error("none is reserved and no preset to choose")
		}
	}
	for _, a := range actionNames {
		// The template's table, and what stands for itself.
		if at := strings.Index(c["act_tpl"].(string), "'"+a+"':'idle'"); at < 0 && !slices.Contains(homeActions, a) {
			t.Errorf("action %q has no word there", a)
		}
	}
}

// Only what is covered is shown.
func TestOnlyWhatIsCoveredIsShown(t *testing.T) {
	for _, f := range Fields() {
		if !f.Category.AllowedFor(BasisGrant) {
			continue
		}
		_, components := described(t, PurposeAutomation, Scope{{f.Category, Granularity{Fields: []string{f.Name}}}})
		for name, c := range components {
			b, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			for _, other := range Fields() {
				if other.Name != f.Name && strings.Contains(string(b), "fields."+other.Name+"}") {
					t.Errorf("with %s alone %s reads %s", f.Name, name, other.Name)
				}
			}
		}
	}
}
