package consent

import "strings"

// homeComponent is one component of a device discovery payload. The keys are Home
// Assistant's abbreviations (homeassistant/components/mqtt/abbreviations.py); a test
// holds a table of them against what is said here.
type homeComponent struct {
	key string // its id in the payload

	Platform    string   `json:"p"`
	Name        string   `json:"name"`
	UniqueID    string   `json:"uniq_id"`
	DeviceClass string   `json:"dev_cla,omitempty"`
	StateClass  string   `json:"stat_cla,omitempty"`
	Unit        string   `json:"unit_of_meas,omitempty"`
	Options     []string `json:"ops,omitempty"`
	EntityClass string   `json:"ent_cat,omitempty"`
	Template    string   `json:"val_tpl,omitempty"`
	On          string   `json:"pl_on,omitempty"`
	Off         string   `json:"pl_off,omitempty"`
	Expires     int      `json:"exp_aft,omitempty"` // s without a message until it is unavailable

	*homeClimate
}

// homeClimate is what a climate component has besides.
type homeClimate struct {
	Base             string   `json:"~"` // what "~" stands for in the topics
	TemperatureTopic string   `json:"curr_temp_t,omitempty"`
	Temperature      string   `json:"curr_temp_tpl,omitempty"`
	HumidityTopic    string   `json:"curr_hum_t,omitempty"`
	Humidity         string   `json:"curr_hum_tpl,omitempty"`
	SetpointTopic    string   `json:"temp_stat_t,omitempty"`
	Setpoint         string   `json:"temp_stat_tpl,omitempty"`
	ModeTopic        string   `json:"mode_stat_t,omitempty"`
	Mode             string   `json:"mode_stat_tpl,omitempty"`
	ActionTopic      string   `json:"act_t,omitempty"`
	Action           string   `json:"act_tpl,omitempty"`
	PresetTopic      string   `json:"pr_mode_stat_t,omitempty"`
	Preset           string   `json:"pr_mode_val_tpl,omitempty"`
	SetpointCommand  string   `json:"temp_cmd_t,omitempty"`
	ModeCommand      string   `json:"mode_cmd_t,omitempty"`
	PresetCommand    string   `json:"pr_mode_cmd_t,omitempty"`
	Presets          []string `json:"pr_modes,omitempty"`
	Modes            []string `json:"modes"`
	Lowest           float64  `json:"min_temp"`
	Highest          float64  `json:"max_temp"`
	Step             float64  `json:"temp_step"`
	Degrees          string   `json:"temp_unit"`
}

// The range of the setpoint as it is told: the widest a configuration can choose. The
// house's own range is not told, for it is the household's, and a wish outside of it
// is moved to its end.
const (
	homeLowest, homeHighest, homeStep = 5, 35, 0.5
)

// presetNames are Snapshot.Preset in words; "none" is no preset to choose.
var presetNames = []string{"none", "home", "away", "sleep", "eco", "frost"}

// homePart is how one kind of field is shown.
type homePart struct{ platform, name, class, state, unit, entity, template string }

var homeParts = map[string]homePart{
	"temperature": {platform: "sensor", name: "Temperature", class: "temperature", state: "measurement", unit: "°C"},
	"humidity":    {platform: "sensor", name: "Humidity", class: "humidity", state: "measurement", unit: "%"},
	"pressure":    {platform: "sensor", name: "Pressure", class: "atmospheric_pressure", state: "measurement", unit: "Pa"},
	"setpoint":    {platform: "sensor", name: "Setpoint", class: "temperature", state: "measurement", unit: "°C"},
	"mode":        {platform: "sensor", name: "Mode", class: "enum"},
	"preset":      {platform: "sensor", name: "Preset", template: presetTemplate},
	"action":      {platform: "sensor", name: "Action", class: "enum"},
	"demand":      {platform: "sensor", name: "Demand", state: "measurement"},
	"heat":        {platform: "binary_sensor", name: "Heating", class: "running"},
	"cool":        {platform: "binary_sensor", name: "Cooling", class: "running"},
	"fan":         {platform: "binary_sensor", name: "Fan", class: "running"},
	"door":        {platform: "binary_sensor", name: "Door", class: "door"},
	"sensor":      {platform: "sensor", name: "Sensor", class: "enum", entity: "diagnostic"},
}

var homeOptions = map[string][]string{"mode": modeNames, "action": actionNames, "sensor": healthNames}

// homeKind is the part that shows a field: all doors are shown alike.
func homeKind(field string) string {
	if strings.HasPrefix(field, "door_") {
		return "door"
	}
	return field
}

func fieldTemplate(field string) string { return "{{value_json.fields." + field + "}}" }

var presetTemplate = "{{['" + strings.Join(presetNames, "','") + "'][value_json.fields.preset|int]}}"

func (p homePart) component(field, device string, expires int) homeComponent {
	c := homeComponent{
		key: field, Platform: p.platform, Name: p.name, UniqueID: device + "_" + field, DeviceClass: p.class, StateClass: p.state,
		Unit: p.unit, EntityClass: p.entity, Template: p.template, Expires: expires, Options: homeOptions[field],
	}
	if n, ok := strings.CutPrefix(field, "door_"); ok {
		c.Name += " " + n
	}
	if c.Template == "" {
		c.Template = fieldTemplate(field)
	}
	if p.platform == "binary_sensor" {
		c.On, c.Off = "True", "False" // as a template writes true and false; null is None, which is unknown
	}
	return c
}

// inClimate reports whether the thermostat shows the field. Those that a room is in
// stay sensors as well, for a thermostat does not go unavailable.
func (m message) inClimate(field string) bool {
	switch field {
	case "setpoint", "mode", "action":
		return true
	case "preset":
		return m.controls()
	}
	return false
}

// climate is the thermostat: what this basis covers of it, and the wishes if it takes any.
func (m message) climate(device string) homeComponent {
	const t = "~"
	c := &homeClimate{Base: m.homeTopic(), Modes: modeNames, Lowest: homeLowest, Highest: homeHighest, Step: homeStep, Degrees: "C"}
	for _, f := range []struct {
		field           string
		topic, template *string
		how             string
	}{
		{"temperature", &c.TemperatureTopic, &c.Temperature, ""},
		{"humidity", &c.HumidityTopic, &c.Humidity, ""},
		{"setpoint", &c.SetpointTopic, &c.Setpoint, ""},
		{"mode", &c.ModeTopic, &c.Mode, ""},
		{"action", &c.ActionTopic, &c.Action, "{{{'paused':'idle','fault':'idle'}.get(value_json.fields.action,value_json.fields.action)}}"},
	} {
		if !m.covers(f.field) {
			continue
		}
		*f.topic, *f.template = t, f.how
		if f.how == "" {
			*f.template = fieldTemplate(f.field)
		}
	}
	if m.controls() {
		set := homeFilters(m.recipient)
		c.SetpointCommand, c.ModeCommand, c.PresetCommand, c.Presets = set[0], set[1], set[2], presetNames[1:]
		if m.covers("preset") {
			c.PresetTopic, c.Preset = t, presetTemplate
		}
	}
	return homeComponent{key: "climate", Platform: "climate", Name: "Heating", UniqueID: device + "_climate", homeClimate: c}
}
