package consent

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// homeRig is a started house whose one recipient, "home", is a Home Assistant.
func homeRig(t rapid.TB) *rig {
	r := emptyRig(t)
	rec := testRecipient("home")
	rec.Profile, rec.DeviceID = ProfileHomeAssistant, "7f3a00112233aabb"
	r.must(RecipientAdd{Owner{By: AuthorityRoot}, rec})
	return r
}

// every is a scope of all fields a grant for this purpose may have.
func every(p Purpose) Scope {
	var s Scope
	for _, c := range Categories() {
		if !c.AllowedFor(BasisGrant) || !p.Allows(c) {
			continue
		}
		it := Item{Category: c}
		for _, f := range Fields() {
			if f.Category == c {
				it.Fields = append(it.Fields, f.Name)
			}
		}
		s = append(s, it)
	}
	return s
}

// config reads a discovery payload as Home Assistant does: JSON, white space after it.
func config(t rapid.TB, m Release) (components map[string]map[string]any, topic string) {
	t.Helper()
	var c struct {
		Device     map[string]any            `json:"dev"`
		Origin     map[string]any            `json:"o"`
		Topic      string                    `json:"stat_t"`
		Components map[string]map[string]any `json:"cmps"`
	}
	if err := strictJSON(m.Payload(), &c); err != nil {
		t.Fatalf("%s: %v", m.Payload(), err)
	}
	return c.Components, c.Topic
}

func introduces(m Release) bool { return strings.HasPrefix(m.Topic(), "homeassistant/") }

// A window begins with the description of what it covers and no value; two seconds
// later, when it has been understood, the first message follows.
func TestHomeIsIntroducedBeforeItIsTold(t *testing.T) {
	r := homeRig(t)
	g := r.give("home", GrantRequest{Scope: Scope{{Category: CategoryTemperature}, {CategoryDoor, Granularity{Fields: []string{"door_1"}}}}})
	r.after(time.Second)
	first, err := r.release("home")
	if err != nil || len(first) != 1 {
		t.Fatalf("%d releases, %v", len(first), err)
	}
	want := `{"dev":{"ids":["7f3a00112233aabb"],"name":"Thermostat"},"o":{"name":"quietstat"},"stat_t":"` + first[0].recipientTopic(r) + `","cmps":{` +
		`"temperature":{"p":"sensor","name":"Temperature","uniq_id":"7f3a00112233aabb_temperature","dev_cla":"temperature","stat_cla":"measurement","unit_of_meas":"°C","val_tpl":"{{value_json.fields.temperature}}","exp_aft":600},` +
		`"door_1":{"p":"binary_sensor","name":"Door 1","uniq_id":"7f3a00112233aabb_door_1","dev_cla":"door","val_tpl":"{{value_json.fields.door_1}}","pl_on":"True","pl_off":"False","exp_aft":600}}}`
	if got := strings.TrimRight(string(first[0].Payload()), " "); got != want {
		t.Errorf("introduced by\n%s\nwant\n%s", got, want)
	}
	if m := first[0]; m.Topic() != "homeassistant/device/7f3a00112233aabb/config" || m.Fields() != 0 || !slices.Contains(sizes[:], len(m.Payload())) {
		t.Errorf("on %s, %d fields, %d bytes", m.Topic(), m.Fields(), len(m.Payload()))
	}
	for _, tt := range []struct {
		after time.Duration
		want  int
	}{{time.Second, 0}, {time.Second - 1, 0}, {1, 1}, {time.Second, 0}, {GrantPeriod - time.Second - 1, 0}, {1, 1}} {
		r.after(tt.after)
		out, _ := r.release("home")
		if len(out) != tt.want {
			t.Fatalf("%v after: %d messages", tt.after, len(out))
		}
		for _, m := range out {
			if introduces(m) || m.Fields() != 2 || m.BasisID() != g.ID || !strings.Contains(string(m.Payload()), `"fields":{"temperature":20.5,"door_1":true}`) {
				t.Errorf("told on %s: %s", m.Topic(), m.Payload())
			}
		}
	}
	lines := Statement(r.ledger.entries)
	if !slices.ContainsFunc(lines, func(l Line) bool {
		return strings.Contains(l.What, "how to read climate.temperature, door.state, without a value")
	}) {
		t.Errorf("the statement does not tell of the introduction: %v", lines)
	}
}

// recipientTopic is the topic of the release's basis.
func (m Release) recipientTopic(r *rig) string {
	rec, _ := r.st.Recipient(m.Recipient())
	return message{recipient: rec, basis: m.Basis(), basisID: m.BasisID()}.homeTopic()
}

// Everything a grant can cover fits into one description, with the longest prefix.
func TestTheLargestIntroductionFits(t *testing.T) {
	for _, p := range Purposes() {
		if p == PurposeVoiceAnswer || len(every(p)) == 0 {
			continue
		}
		scope, err := every(p).Normalise(BasisGrant, p)
		if err != nil {
			t.Fatal(err)
		}
		rec := testRecipient("home")
		rec.Profile, rec.DeviceID, rec.TopicPrefix = ProfileHomeAssistant, strings.Repeat("f", 16), strings.Repeat("p", homePrefix)
		if err := rec.Validate(); err != nil {
			t.Fatal(err)
		}
		m, ok := discover(message{recipient: rec, basis: BasisGrant, basisID: "x", purpose: p, scope: scope, categories: scope.Categories()})
		if !ok {
			t.Fatalf("%s: all of it does not fit", p)
		}
		var c map[string]any
		if err := json.Unmarshal(m.payload, &c); err != nil {
			t.Errorf("%s: %v", p, err)
		}
		t.Logf("%s: %d of %d bytes", p, len(strings.TrimRight(string(m.payload), " ")), len(m.payload))
	}
}

// What is said follows from who is told and what was agreed, whatever the house does.
func TestAnIntroductionTellsNothingOfTheHouse(t *testing.T) {
	said := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		r := homeRig(t)
		s := &r.snap
		s.Temperature, s.Humidity, s.Setpoint = rapid.Float64Range(-30, 50).Draw(t, "t"), rapid.Float64Range(0, 100).Draw(t, "h"), rapid.Float64Range(5, 35).Draw(t, "s")
		s.Heat, s.Mode, s.Action = rapid.Bool().Draw(t, "heat"), Mode(rapid.IntRange(0, 4).Draw(t, "mode")), Action(rapid.IntRange(0, 6).Draw(t, "action"))
		s.DoorCount = rapid.IntRange(0, MaxDoors).Draw(t, "doors")
		p := every(PurposeAutomation)
		m, ok := introductionOf(t, r, p)
		if !ok {
			t.Fatal("nothing was said")
		}
		_, topic := config(t, m)
		said[strings.ReplaceAll(string(m.Payload()), topic, "TOPIC")] = true
		if len(said) != 1 {
			t.Fatalf("it says something else: %s", m.Payload())
		}
	})
}

func introductionOf(t rapid.TB, r *rig, s Scope) (Release, bool) {
	r.give("home", GrantRequest{Scope: s})
	r.after(time.Second)
	out, _ := r.release("home")
	for _, m := range out {
		if introduces(m) {
			return m, true
		}
	}
	return Release{}, false
}

// Two bases of one window tell on two topics, and every component is read from the
// topic of a basis that covers it: no message blanks what another has told.
func TestTwoBasesDoNotBlankEachOther(t *testing.T) {
	r := homeRig(t)
	r.must(PolicySet{Owner{By: AuthorityRoot}, r.policy("home", nil)}) // temperature, humidity, setpoint, action
	r.give("home", GrantRequest{Scope: Scope{{Category: CategoryTemperature}}})
	r.run(5 * time.Second)
	r.must(TalkPress{})
	r.run(5 * time.Second)
	readFrom, told := map[string]string{}, map[string]map[string]any{}
	for _, m := range r.sent {
		if introduces(m) {
			components, topic := config(t, m)
			for name, c := range components {
				readFrom[name] = topic
				if name == "climate" {
					for _, key := range []string{"curr_temp_t", "temp_stat_t", "mode_stat_t", "act_t"} {
						if c[key] != "~" || c["~"] != topic {
							t.Errorf("climate reads %s from %v, ~ is %v, not %s", key, c[key], c["~"], topic)
						}
					}
					if c["temp_cmd_t"] != nil || c["mode_cmd_t"] != nil {
						t.Error("a session lets nobody wish from outside")
					}
				}
			}
			continue
		}
		var e struct{ Fields map[string]any }
		if err := json.Unmarshal(m.Payload(), &e); err != nil {
			t.Fatal(err)
		}
		told[m.Topic()] = e.Fields
	}
	if len(told) != 2 {
		t.Fatalf("told on %v", told)
	}
	for name, topic := range readFrom {
		if _, ok := told[topic][name]; !ok && name != "climate" {
			t.Errorf("%s is read from %s, which tells %v", name, topic, told[topic])
		}
	}
	rec, _ := r.st.Recipient("home")
	if readFrom["temperature"] == rec.TopicPrefix+"/state/session" || readFrom["humidity"] != rec.TopicPrefix+"/state/session" {
		t.Errorf("what an opt-in tells stays with it: %v", readFrom)
	}
	// Sessions pass: the window is opened anew for the opt-in alone, and says so.
	before := len(r.sent)
	r.must(SessionEnd{})
	r.run(10 * time.Second)
	for _, m := range r.sent[before:] {
		if m.Basis() != BasisGrant {
			t.Errorf("after the session left %s", m.Payload())
		}
	}
	if len(r.sent) == before || !introduces(r.sent[before]) {
		t.Error("a new window begins without its description")
	}
}

// An opt-in for remote.control comes first, has the thermostat and takes wishes.
func TestRemoteControlHasTheThermostat(t *testing.T) {
	r := homeRig(t)
	r.give("home", GrantRequest{Scope: Scope{{Category: CategorySetpoint}}})
	r.give("home", GrantRequest{Purpose: PurposeRemote, Scope: every(PurposeRemote)})
	r.run(5 * time.Second)
	last := map[string]map[string]any{}
	for _, m := range r.sent {
		if introduces(m) {
			components, _ := config(t, m)
			for name, c := range components {
				last[name] = c
			}
		}
	}
	c := last["climate"]
	for key, want := range map[string]any{
		"temp_cmd_t": "quietstat/7f3a/set/setpoint", "mode_cmd_t": "quietstat/7f3a/set/mode", "pr_mode_cmd_t": "quietstat/7f3a/set/preset",
		"min_temp": 5.0, "max_temp": 35.0, "temp_step": 0.5, "temp_unit": "C",
	} {
		if c[key] != want {
			t.Errorf("climate says %s is %v, want %v", key, c[key], want)
		}
	}
	rec, _ := r.st.Recipient("home")
	for _, key := range []string{"temp_cmd_t", "mode_cmd_t", "pr_mode_cmd_t"} {
		if topic, ok := c[key].(string); !ok || !slices.Contains(rec.Listens(), topic) {
			t.Errorf("wishes on %v are not heard", c[key])
		}
	}
}

// Home Assistant says that it has started: it is told how to read once more, not
// oftener than agreed, and no value comes sooner for it.
func TestHomeStartsAnew(t *testing.T) {
	r := homeRig(t)
	r.give("home", GrantRequest{})
	r.run(10 * time.Second)
	sent := len(r.sent)
	granted, refused := 0, 0
	for range 3600 {
		if r.gate.Introduce(r.now, "home") == nil {
			granted++
		} else {
			refused++
		}
		r.run(time.Second)
	}
	again, told := 0, 0
	for _, m := range r.sent[sent:] {
		if introduces(m) {
			again++
		} else {
			told++
		}
	}
	if again < 2 || again > 2*introductionsPerH || told != 12 || refused == 0 {
		t.Errorf("in an hour of starting anew: introduced %d times, told %d times, %d refused", again, told, refused)
	}
	if err := r.gate.Introduce(r.now, "nobody"); err != nil {
		t.Error(err)
	}
}

// Connections that end again and again cost an introduction each, up to its bound, and
// then what was said before has to do: the messages go on.
func TestManyWindowsAreStillTold(t *testing.T) {
	r := homeRig(t)
	r.give("home", GrantRequest{Scope: Scope{{CategoryTemperature, Granularity{Period: MinGrantPeriod}}}})
	introduced, told, windows := 0, 0, 0
	for range 20 {
		delete(r.st.backoff, "home") // as if it had held for a while
		before := len(r.sent)
		r.run(15 * time.Second)
		for _, m := range r.sent[before:] {
			if introduces(m) {
				introduced++
			} else {
				told++
			}
		}
		w, open := r.st.Window("home")
		if !open {
			t.Fatal("no window")
		}
		r.must(UplinkClosed{"home", w.Epoch})
		windows++
	}
	if introduced < introductionsPerH || introduced >= windows || told < windows {
		t.Errorf("introduced %d times and told %d times in %d windows", introduced, told, windows)
	}
	if r.gate.denied[ReasonRate] != 0 {
		t.Errorf("counted %v", r.gate.denied)
	}
}

func TestErasingHomeForgetsItsDevice(t *testing.T) {
	r := homeRig(t)
	g := r.give("home", GrantRequest{})
	r.run(10 * time.Second)
	r.must(GrantErase{g.ID})
	out, err := r.release("home")
	if err != nil || len(out) != 2 {
		t.Fatalf("%d erasures, %v", len(out), err)
	}
	var topics []string
	for _, m := range out {
		if !m.Erases() || len(m.Payload()) != 0 {
			t.Errorf("%s is not an erasure", m.Topic())
		}
		topics = append(topics, m.Topic())
	}
	if !slices.Contains(topics, "homeassistant/device/7f3a00112233aabb/config") || !slices.Contains(topics, out[0].recipientTopic(r)) {
		t.Errorf("erased on %v", topics)
	}
}

// A once tells what its preview showed, to whoever reads its topic, and introduces nothing.
func TestOnceToHomeIntroducesNothing(t *testing.T) {
	r := homeRig(t)
	r.after(time.Second)
	o, err := r.once("home", GrantRequest{Purpose: PurposeAutomation, Scope: Scope{{Category: CategoryTemperature}}})
	if err != nil {
		t.Fatal(err)
	}
	r.must(OnceGive{r.press(), o})
	r.run(5 * time.Second)
	if len(r.sent) != 1 || r.sent[0].Topic() != "quietstat/7f3a/state/once" || r.sent[0].Fields() != 1 {
		t.Errorf("sent %d: %+v", len(r.sent), r.sent)
	}
}

// One topic outside of the prefix, and only for this profile.
func TestTheOneTopicOutside(t *testing.T) {
	r := homeRig(t)
	home, _ := r.st.Recipient("home")
	hub := testRecipient("hub")
	for _, tt := range []struct {
		of    Recipient
		topic string
		ok    bool
	}{
		{home, "homeassistant/device/7f3a00112233aabb/config", true},
		{home, "homeassistant/device/7f3a00112233aabb/config/", false},
		{home, "homeassistant/device/7f3a00112233aabc/config", false},
		{home, "homeassistant/device/+/config", false},
		{home, "homeassistant/status", false},
		{home, "homeassistant/climate/7f3a00112233aabb/config", false},
		{home, "quietstat/7f3a/state/session", true},
		{home, "quietstat/7f3a/", false},
		{home, "quietstat/7f3ab", false},
		{hub, "homeassistant/device/7f3a00112233aabb/config", false},
		{hub, "homeassistant/device//config", false},
		{hub, "quietstat/7f3a/state", true},
	} {
		p, _ := profileOf(tt.of.Profile)
		q := &request{profile: p}
		if got := q.mayUse(tt.topic, tt.of); got != tt.ok {
			t.Errorf("%s on %s: %v", tt.of.Profile, tt.topic, got)
		}
	}
}

func TestHomeRecipient(t *testing.T) {
	good, _ := homeRig(t).st.Recipient("home")
	for name, spoil := range map[string]func(*Recipient){
		"no device id":     func(r *Recipient) { r.DeviceID = "" },
		"short device id":  func(r *Recipient) { r.DeviceID = r.DeviceID[1:] },
		"upper case":       func(r *Recipient) { r.DeviceID = strings.ToUpper(r.DeviceID) },
		"long prefix":      func(r *Recipient) { r.TopicPrefix = strings.Repeat("p", homePrefix+1) },
		"quotes in prefix": func(r *Recipient) { r.TopicPrefix = `a"b` },
		"its own prefix":   func(r *Recipient) { r.TopicPrefix = "homeassistant/device" },
		"device of json":   func(r *Recipient) { r.Profile = ProfileJSON },
	} {
		r := good
		spoil(&r)
		if r.Validate() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	other := good
	other.DeviceID = "0000000000000000"
	if other.Fingerprint() == good.Fingerprint() || !slices.Equal(Changed(good, other), []string{"device_id"}) {
		t.Error("another device id is another recipient")
	}
	if id, err := NewDeviceID(zeros{}); err != nil || id != "0000000000000000" {
		t.Errorf("%q, %v", id, err)
	}
	if _, err := NewDeviceID(strings.NewReader("short")); err == nil {
		t.Error("a device id without randomness")
	}
}
