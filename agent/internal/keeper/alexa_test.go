package keeper

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"

	"quietstat/agent/internal/local"
	"quietstat/consent"
)

const alexaDevice = "7f3a00112233aabb"

// skill is a house with a recipient of profile alexa/1, and the bridge that asks it.
type skill struct {
	*house
	commands func() []string
	asked    int
}

func newSkill(t *testing.T, refuse bool, shares ...local.Share) *skill {
	s := &skill{house: newHouse(t)}
	s.commands = s.playControl(refuse)
	s.tick(2)
	s.enrol()
	s.must("recipient.add", consent.Recipient{
		ID: "kitchen", DisplayName: "Kitchen", Reach: consent.ReachThisDevice, Endpoint: s.broker.endpoint,
		TopicPrefix: "home/heat", Profile: consent.ProfileAlexa, DeviceID: alexaDevice,
	}, nil)
	s.must("policy.set", local.PolicyArguments{Recipient: "kitchen", Categories: shares}, nil)
	s.tick(1)
	return s
}

// publish is a client of its own at the broker: CONNECT, PUBLISH, DISCONNECT, as MQTT
// 3.1.1 writes them.
func (s *skill) publish(payload string, retained bool) {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.broker.endpoint, "mqtt://"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("\x10\x12\x00\x04MQTT\x04\x02\x00\x3c\x00\x06bridge")); err != nil {
		s.t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 4)); err != nil {
		s.t.Fatal(err)
	}
	const topic = "home/heat/alexa/directive"
	body := append(binary.BigEndian.AppendUint16(nil, uint16(len(topic))), topic+payload...)
	packet := []byte{0x30}
	if retained {
		packet[0] |= 1
	}
	packet = append(binary.AppendUvarint(packet, uint64(len(body))), body...)
	if _, err := conn.Write(append(packet, 0xe0, 0)); err != nil {
		s.t.Fatal(err)
	}
	io.Copy(io.Discard, conn) // until the broker has taken it
}

// directive is one with a token of its own, for an endpoint or for none.
func (s *skill) directive(namespace, name, endpoint, payload string) string {
	s.asked++
	header := fmt.Sprintf(`"namespace":%q,"name":%q,"payloadVersion":"3","messageId":"m-%d"`, namespace, name, s.asked)
	if endpoint == "" {
		return fmt.Sprintf(`{"directive":{"header":{%s},"payload":%s}}`, header, payload)
	}
	return fmt.Sprintf(`{"directive":{"header":{%s,"correlationToken":"token-%d"},"endpoint":{"scope":{"type":"BearerToken","token":"secret"},"endpointId":%q},"payload":%s}}`,
		header, s.asked, endpoint, payload)
}

// events are the answers there were.
func (s *skill) events() (all []packets.Packet) {
	for _, m := range s.broker.messages() {
		if m.TopicName != "home/heat/alexa/directive" {
			all = append(all, m)
		}
	}
	return all
}

// lets lets seconds pass that are long enough in reality for a frame to arrive.
func (s *skill) lets(seconds int, holds func() bool) bool {
	s.t.Helper()
	return s.within(seconds, func() bool {
		time.Sleep(20 * time.Millisecond)
		return holds()
	})
}

// asks hands over a directive in a session and returns its answer in one line. A busy
// machine can cost an uplink its lease and us the answer, so that it asks three times.
func (s *skill) asks(namespace, name, endpoint, payload string) string {
	s.t.Helper()
	for range 3 {
		s.live()
		before := len(s.events())
		s.publish(s.directive(namespace, name, endpoint, payload), false)
		s.press()
		if s.lets(15, func() bool { return len(s.events()) > before }) {
			s.tick(2) // so that the next is not too soon
			return s.says(s.events()[before])
		}
	}
	return "nothing"
}

// says is an event in one line.
func (s *skill) says(p packets.Packet) string {
	s.t.Helper()
	var m struct {
		Context struct {
			Properties []struct {
				Name         string    `json:"name"`
				Value        any       `json:"value"`
				TimeOfSample time.Time `json:"timeOfSample"`
			} `json:"properties"`
		} `json:"context"`
		Event struct {
			Header struct {
				Name             string `json:"name"`
				CorrelationToken string `json:"correlationToken"`
			} `json:"header"`
			Payload struct {
				Type string `json:"type"`
			} `json:"payload"`
		} `json:"event"`
	}
	if err := json.Unmarshal(p.Payload, &m); err != nil {
		s.t.Fatal(err)
	}
	line := m.Event.Header.Name
	if m.Event.Payload.Type != "" {
		line = m.Event.Payload.Type
	}
	for _, p := range m.Context.Properties {
		if v, ok := p.Value.(map[string]any); ok {
			p.Value = v["value"]
		}
		line += fmt.Sprintf(" %s=%v", p.Name, p.Value)
		if age := s.now.Wall.Sub(p.TimeOfSample); age < 0 || age > 20*time.Second {
			s.t.Errorf("%s was sampled %v before", p.Name, age)
		}
	}
	if want := fmt.Sprintf("token-%d", s.asked); m.Event.Header.CorrelationToken != want && m.Event.Header.CorrelationToken != "" {
		s.t.Errorf("%s answers %s and not %s", line, m.Event.Header.CorrelationToken, want)
	}
	if p.TopicName != "home/heat/alexa/event" || p.FixedHeader.Retain || len(p.Payload) != 2048 && line != "Discover.Response" {
		s.t.Errorf("%s: %d bytes on %s, retained %v", line, len(p.Payload), p.TopicName, p.FixedHeader.Retain)
	}
	return line
}

const controller = "Alexa.ThermostatController"

// What a bridge is told in a session whose policy covers the temperature and the
// setpoint, and what reaches control; in the ledger all of it stands.
func TestAlexaIsAnsweredInASession(t *testing.T) {
	s := newSkill(t, false, temperature(), local.Share{Category: "setpoint", PeriodS: 2})
	for _, tt := range []struct {
		namespace, name, endpoint, payload string
		want, command                      string
	}{
		{"Alexa.Discovery", "Discover", "", `{"scope":{"type":"BearerToken","token":"secret"}}`, "Discover.Response", ""},
		{"Alexa.Authorization", "AcceptGrant", "", `{"grant":{"code":"secret"}}`, "AcceptGrant.Response", ""},
		{"Alexa", "ReportState", alexaDevice, `{}`, "StateReport targetSetpoint=21 thermostatMode=HEAT temperature=20.5", ""},
		{"Alexa", "ReportState", alexaDevice + "-d1", `{}`, "ENDPOINT_UNREACHABLE", ""},
		{controller, "SetTargetTemperature", alexaDevice, `{"targetSetpoint":{"value":22.5,"scale":"CELSIUS"}}`, "Response targetSetpoint=22.5 thermostatMode=HEAT temperature=20.5", `set {"setpoint_c":22.5}`},
		{controller, "AdjustTargetTemperature", alexaDevice, `{"targetSetpointDelta":{"value":-1,"scale":"KELVIN"}}`, "Response targetSetpoint=21", `set {"setpoint_c":21.5,"nearest":true}`},
		{controller, "SetThermostatMode", alexaDevice, `{"thermostatMode":{"value":"COOL"}}`, "Response thermostatMode=COOL", `mode {"mode":"cool"}`},
		{controller, "SetTargetTemperature", alexaDevice, `{"targetSetpoint":{"value":99,"scale":"CELSIUS"}}`, "TEMPERATURE_VALUE_OUT_OF_RANGE", ""},
		{controller, "SetTargetTemperature", "somebody", `{"targetSetpoint":{"value":22,"scale":"CELSIUS"}}`, "ENDPOINT_UNREACHABLE", ""},
	} {
		before := len(s.commands())
		if got := s.asks(tt.namespace, tt.name, tt.endpoint, tt.payload); got != tt.want {
			t.Errorf("%s %s: %s, want %s", tt.name, tt.endpoint, got, tt.want)
		}
		got := s.commands()[before:]
		if tt.command == "" && len(got) > 0 || tt.command != "" && (len(got) == 0 || got[0] != tt.command) {
			t.Errorf("%s reached control as %q, want %q", tt.name, got, tt.command)
		}
	}

	var lines []local.LedgerLine
	s.must("ledger.show", local.LedgerArguments{Recipient: "kitchen"}, &lines)
	for _, want := range []string{"sent setpoint", "sent climate.temperature, setpoint", "sent an answer that tells nothing of the house", "sent how to read climate.temperature, setpoint"} {
		if !slices.ContainsFunc(lines, func(l local.LedgerLine) bool { return strings.Contains(l.Text, want) }) {
			t.Errorf("the ledger does not say %q: %+v", want, lines)
		}
	}
	for _, l := range lines {
		if strings.Contains(l.Text+l.Sent, "secret") {
			t.Errorf("the ledger holds a secret of a directive: %+v", l)
		}
	}
}

// Closed, nobody is connected, so nobody answers and nothing is done; nor is anything
// afterwards, when a window opens.
func TestAlexaClosedHearsNothing(t *testing.T) {
	s := newSkill(t, false, temperature(), local.Share{Category: "setpoint", PeriodS: 2})
	all := []string{
		s.directive("Alexa.Discovery", "Discover", "", `{}`),
		s.directive("Alexa", "ReportState", alexaDevice, `{}`),
		s.directive(controller, "SetTargetTemperature", alexaDevice, `{"targetSetpoint":{"value":22,"scale":"CELSIUS"}}`),
	}
	for _, text := range all {
		s.publish(text, false)
	}
	s.publish(all[2], true) // a wish that the broker repeats to whoever comes
	if s.lets(5, func() bool { return len(s.events())+len(s.commands()) > 0 }) || s.alive.Load() != 0 {
		t.Fatalf("closed: %d answers, %q, %d uplinks", len(s.events()), s.commands(), s.alive.Load())
	}
	s.live()
	if s.lets(8, func() bool { return len(s.events())+len(s.commands()) > 0 }) {
		t.Fatalf("a retained wish: %d answers, %q", len(s.events()), s.commands())
	}
	s.must("session.end", nil, nil)
	s.gone(t)
	s.publish(s.directive("Alexa", "ReportState", alexaDevice, `{}`), true)
	s.live()
	if s.lets(8, func() bool { return len(s.events())+len(s.commands()) > 0 }) {
		t.Errorf("a retained question: %d answers, %q", len(s.events()), s.commands())
	}
	if got := s.asks("Alexa", "ReportState", alexaDevice, `{}`); !strings.HasPrefix(got, "StateReport") {
		t.Errorf("a living one: %s", got) // or the silence above would prove nothing
	}
	before := len(s.events())
	s.must("quiet", nil, nil)
	s.gone(t)
	for _, text := range all {
		s.publish(text, false)
	}
	if s.lets(5, func() bool { return len(s.events()) > before || len(s.commands()) > 0 }) {
		t.Error("answered after quiet")
	}
}

// Control may refuse, and a policy may leave the setpoint out: one constant error.
func TestAlexaWishesThatAreNotFulfilled(t *testing.T) {
	for _, tt := range []struct {
		name   string
		refuse bool
		share  string
	}{{"control refuses", true, "setpoint"}, {"the policy leaves the setpoint out", false, "climate.humidity"}} {
		s := newSkill(t, tt.refuse, local.Share{Category: tt.share, PeriodS: 2})
		if got := s.asks(controller, "SetTargetTemperature", alexaDevice, `{"targetSetpoint":{"value":22,"scale":"CELSIUS"}}`); got != "UNWILLING_TO_SET_VALUE" {
			t.Errorf("%s: %s", tt.name, got)
		}
		if n := len(s.commands()); n > 0 && !tt.refuse {
			t.Errorf("%s: reached control %d times", tt.name, n)
		}
		if want, _ := map[string]string{"climate.humidity": "ENDPOINT_UNREACHABLE"}[tt.share]; want != "" {
			if got := s.asks("Alexa", "ReportState", alexaDevice, `{}`); got != want {
				t.Errorf("%s: reported as %s", tt.name, got)
			}
		}
	}
}
