package keeper

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"

	"quietstat/agent/internal/local"
	"quietstat/consent"
)

// home enrols the broker as "kitchen", in the words of Home Assistant, and opts in to
// what it may be told and wish.
func (h *house) home(purpose string, shares ...local.Share) string {
	h.t.Helper()
	h.tick(2)
	h.enrol()
	h.must("recipient.add", consent.Recipient{
		ID: "kitchen", DisplayName: "Home", Reach: consent.ReachThisDevice, Endpoint: h.broker.endpoint,
		TopicPrefix: "home/heat", Profile: consent.ProfileHomeAssistant,
	}, nil)
	var p local.Pending
	h.must("consent.grant", local.GrantArguments{Recipient: "kitchen", Purpose: purpose, Categories: shares}, &p)
	h.press()
	h.tick(2)
	h.must("action.wait", local.WaitArguments{Action: p.Action, TimeoutS: 1}, &p)
	return p.ID
}

// told are the messages that came from the house, oldest first.
func (h *house) told() (out []packets.Packet) {
	for _, p := range h.broker.messages() {
		if p.TopicName != "homeassistant/status" && !strings.HasPrefix(p.TopicName, "home/heat/set/") {
			out = append(out, p)
		}
	}
	return out
}

// say lets somebody at the broker speak, and waits until the keeper has heard it.
func (h *house) say(topic, payload string, retain bool) {
	h.t.Helper()
	if err := h.broker.server.Publish(topic, []byte(payload), retain, 0); err != nil {
		h.t.Fatal(err)
	}
	time.Sleep(150 * time.Millisecond) // through broker, uplink and pipe, on the real clock
	h.tick(1)
}

// wish says it until it is seen to be heard: a machine that stands still costs a window,
// and a wish with it.
func (h *house) wish(topic, payload string, reached func() bool) {
	h.t.Helper()
	for range 8 {
		h.say(topic, payload, false)
		if h.within(4, reached) {
			return
		}
	}
	h.t.Errorf("%s %s is not heard: %+v", topic, payload, h.status().Refusals)
}

func (h *house) deviceID() string {
	h.t.Helper()
	var list []consent.Recipient
	h.must("recipient.list", nil, &list)
	for _, r := range list {
		if r.ID == "kitchen" {
			return r.DeviceID
		}
	}
	return ""
}

// The whole way: an introduction, a message two seconds later, a wish that reaches
// control by its socket, and the record of both without a value.
func TestHomeAssistantEndToEnd(t *testing.T) {
	h := newHouse(t)
	did := h.playControl(false)
	h.home("remote.control", local.Share{Category: "climate.temperature", PeriodS: 10}, local.Share{Category: "setpoint", PeriodS: 10})
	if !h.within(60, func() bool { return len(h.told()) >= 2 }) {
		t.Fatalf("told %v, %+v", topics(h.told()), h.status())
	}
	got := h.told()
	id := h.deviceID()
	if want := "homeassistant/device/" + id + "/config"; len(id) != 16 || got[0].TopicName != want || got[0].FixedHeader.Retain || got[0].FixedHeader.Qos != 0 {
		t.Errorf("introduced on %s, want %s", got[0].TopicName, want)
	}
	var config struct {
		Topic      string                    `json:"stat_t"`
		Components map[string]map[string]any `json:"cmps"`
	}
	if err := json.Unmarshal(got[0].Payload, &config); err != nil {
		t.Fatal(err)
	}
	if got[1].TopicName != config.Topic || !slices.Equal(fields(t, got[1]), []string{"mode", "setpoint", "temperature"}) {
		t.Errorf("told on %s, read from %s", got[1].TopicName, config.Topic)
	}
	if config.Components["climate"]["temp_cmd_t"] != "home/heat/set/setpoint" {
		t.Errorf("the thermostat is %v", config.Components["climate"])
	}

	want := []string{`set {"setpoint_c":19.5,"nearest":true}`, `mode {"mode":"off"}`}
	h.wish("home/heat/set/setpoint", "19.5", func() bool { return slices.Contains(did(), want[0]) })
	h.wish("home/heat/set/mode", "off", func() bool { return slices.Contains(did(), want[1]) })
	asked := did()
	if !slices.Equal(slices.Compact(slices.Clone(asked)), want) {
		t.Errorf("control was asked %q, want %q", asked, want)
	}
	for _, spoken := range [][2]string{{"set/setpoint", "21,5"}, {"set/setpoint", "NaN"}, {"set/setpoint", ""}, {"set/mode", "fan_only"}, {"set/setpoint", "1e400"}} {
		time.Sleep(time.Second) // real time: the line bears one in a second
		before := h.status().Refusals["invalid"]
		h.wish("home/heat/"+spoken[0], spoken[1], func() bool { return h.status().Refusals["invalid"] > before })
	}
	if n := len(did()); n != len(asked) {
		t.Errorf("control was asked %q besides", did()[len(asked):])
	}
	kinds := h.kinds()
	count := func(kind string) (n int) {
		for _, k := range kinds {
			if k == kind {
				n++
			}
		}
		return n
	}
	if n := len(asked); count("command.received") != n || count("command.applied") != n || count("command.refused") != 0 {
		t.Errorf("recorded %v", kinds)
	}
	var lines []local.LedgerLine
	h.must("ledger.show", local.LedgerArguments{}, &lines)
	for _, l := range lines {
		if strings.HasPrefix(l.Kind, "command.") && (strings.Contains(l.Raw, "19.5") || strings.Contains(l.Raw, "off")) {
			t.Errorf("the ledger holds a value: %s", l.Raw)
		}
	}
	// Silence after the end: nothing at all, and nothing is kept.
	before := len(h.told())
	h.must("quiet", nil, nil)
	h.say("home/heat/set/setpoint", "25", false)
	h.tick(30)
	if after := len(h.told()); after != before || len(did()) != len(asked) {
		t.Errorf("%d messages and %d commands after the end", after-before, len(did())-len(asked))
	}
	if kept := h.broker.server.Topics.Messages("#"); len(kept) != 0 {
		t.Errorf("%d messages are kept", len(kept))
	}
}

func topics(list []packets.Packet) (out []string) {
	for _, p := range list {
		out = append(out, p.TopicName)
	}
	return out
}

// What the broker kept from before is heard as kept, and not carried out.
func TestARetainedCommandIsRefused(t *testing.T) {
	h := newHouse(t)
	did := h.playControl(false)
	if err := h.broker.server.Publish("home/heat/set/setpoint", []byte("30"), true, 0); err != nil {
		t.Fatal(err)
	}
	h.home("remote.control", local.Share{Category: "setpoint", PeriodS: 10})
	h.within(60, func() bool {
		time.Sleep(50 * time.Millisecond) // through broker, uplink and pipe, on the real clock
		return h.status().Refusals["retained"] > 0
	})
	if s := h.status(); s.Refusals["retained"] == 0 || len(did()) != 0 || !strings.Contains(s.LastRefusal, "retain") {
		t.Errorf("refused %v, last %q, control was asked %q", s.Refusals, s.LastRefusal, did())
	}
}

// Under another opt-in nobody wishes; and one that control refuses is recorded so.
func TestWhoMayNotCommand(t *testing.T) {
	h := newHouse(t)
	did := h.playControl(false)
	h.home("home.automation", local.Share{Category: "setpoint", PeriodS: 10})
	h.tick(6)
	h.wish("home/heat/set/setpoint", "25", func() bool { return h.status().Refusals["no-command"] > 0 })
	if s := h.status(); s.Refusals["no-command"] == 0 || len(did()) != 0 || slices.Contains(h.kinds(), "command.received") {
		t.Errorf("refused %v, control was asked %q", s.Refusals, did())
	}
}

func TestControlHasTheLastWord(t *testing.T) {
	h := newHouse(t)
	did := h.playControl(true)
	h.home("remote.control", local.Share{Category: "setpoint", PeriodS: 10})
	h.tick(6)
	h.wish("home/heat/set/setpoint", "99", func() bool { return slices.Contains(h.kinds(), "command.refused") })
	if kinds := h.kinds(); len(did()) == 0 || !slices.Contains(kinds, "command.refused") || slices.Contains(kinds, "command.applied") {
		t.Errorf("control was asked %q, recorded %v", did(), kinds)
	}
}

// Home Assistant says that it has started: it is introduced once more.
func TestBirthIsAnswered(t *testing.T) {
	h := newHouse(t)
	h.home("home.automation", local.Share{Category: "climate.temperature", PeriodS: 3600})
	h.tick(15)
	before := len(h.told())
	h.wish("homeassistant/status", "online", func() bool { return len(h.told()) > before })
	got := h.told()[before:]
	if len(got) == 0 || !strings.HasPrefix(got[0].TopicName, "homeassistant/") || got[0].FixedHeader.Retain {
		t.Errorf("answered on %v", topics(got))
	}
}

// Erasing empties every topic of the profile, the discovery's as well.
func TestErasingForgetsTheDevice(t *testing.T) {
	h := newHouse(t)
	id := h.home("home.automation", local.Share{Category: "climate.temperature", PeriodS: 10})
	h.tick(6)
	told := topics(h.told())
	out, err := waited[local.EraseOutcome](h, "consent.erase", local.ID{ID: id}, 20)
	if err != nil {
		t.Fatal(err)
	}
	empty := map[string]bool{}
	for _, p := range h.told()[len(told):] {
		if len(p.Payload) == 0 && p.FixedHeader.Retain {
			empty[p.TopicName] = true
		}
	}
	for _, topic := range told {
		if !empty[topic] {
			t.Errorf("%s was not erased: %v, %+v", topic, empty, out)
		}
	}
}

// Enrolled again the device keeps its name; another recipient gets another.
func TestTheDeviceIDStays(t *testing.T) {
	h := newHouse(t)
	h.home("home.automation", local.Share{Category: "climate.temperature"})
	first := h.deviceID()
	again := consent.Recipient{
		ID: "kitchen", DisplayName: "Home", Reach: consent.ReachThisDevice, Endpoint: h.broker.endpoint,
		TopicPrefix: "home/heat", Profile: consent.ProfileHomeAssistant,
	}
	var p local.Pending
	h.must("recipient.add", again, &p)
	if h.deviceID() != first || len(p.Changed) != 0 {
		t.Errorf("it is %q and was %q; changed %v", h.deviceID(), first, p.Changed)
	}
	again.ID = "other"
	h.must("recipient.add", again, nil)
	var list []consent.Recipient
	h.must("recipient.list", nil, &list)
	for _, r := range list {
		if r.ID == "other" && (r.DeviceID == first || len(r.DeviceID) != 16) {
			t.Errorf("the other is called %q", r.DeviceID)
		}
	}
}
