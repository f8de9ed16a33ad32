//go:build systest

package systest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// bridge is what stands between Amazon and the house: it hands over directives and
// waits for the events that answer them.
type bridge struct {
	t        *testing.T
	endpoint string
	prefix   string
	device   string // the thermostat's endpoint id, once discovered
	ear      *ear
	asked    int
	attempts int    // of the last expect
	open     func() // sees to it that a window is connected before something is asked
}

// alexaEvent is what is looked at of an answer.
type alexaEvent struct {
	Context struct {
		Properties []struct {
			Name         string          `json:"name"`
			Value        json.RawMessage `json:"value"`
			TimeOfSample time.Time       `json:"timeOfSample"`
		} `json:"properties"`
	} `json:"context"`
	Event struct {
		Header struct {
			Name             string `json:"name"`
			CorrelationToken string `json:"correlationToken"`
		} `json:"header"`
		Payload struct {
			Type      string `json:"type"`
			Endpoints []struct {
				EndpointID string `json:"endpointId"`
			} `json:"endpoints"`
		} `json:"payload"`
	} `json:"event"`
}

// says is the answer in one line.
func (e alexaEvent) says() string {
	s := []string{e.Event.Header.Name}
	if e.Event.Payload.Type != "" {
		s = append(s, e.Event.Payload.Type)
	}
	for _, p := range e.Context.Properties {
		s = append(s, p.Name+"="+string(p.Value))
	}
	return strings.Join(s, " ")
}

func (b *bridge) publish(payload string, flags ...string) {
	b.t.Helper()
	u, err := url.Parse(b.endpoint)
	if err != nil {
		b.t.Fatal(err)
	}
	arguments := append([]string{"-h", u.Hostname(), "-p", u.Port(), "-t", b.prefix + "/alexa/directive", "-m", payload}, flags...)
	if out, err := exec.Command(peer(b.t, "mosquitto_pub"), arguments...).CombinedOutput(); err != nil {
		b.t.Fatalf("mosquitto_pub: %v: %s", err, out)
	}
}

// directive is one with a token that only it has, as Amazon sends them: with what no
// house needs to know.
func (b *bridge) directive(namespace, name, endpoint, payload string) (text, token string) {
	b.asked++
	token = fmt.Sprintf("token+%d/==", b.asked)
	header := fmt.Sprintf(`"namespace":%q,"name":%q,"payloadVersion":"3","messageId":"m-%d"`, namespace, name, b.asked)
	if endpoint == "" {
		return fmt.Sprintf(`{"directive":{"header":{%s},"payload":%s}}`, header, payload), ""
	}
	return fmt.Sprintf(`{"directive":{"header":{%s,"correlationToken":%q},"endpoint":{"scope":{"type":"BearerToken","token":"XBEARERX"},"endpointId":%q,"cookie":{"k":"XCOOKIEX"}},"payload":%s}}`,
		header, token, endpoint, payload), token
}

// asks hands a directive over and waits for its answer; nil when none comes in time.
func (b *bridge) asks(namespace, name, endpoint, payload string) *alexaEvent {
	b.t.Helper()
	time.Sleep(1100 * time.Millisecond) // one wish a second is obeyed
	text, token := b.directive(namespace, name, endpoint, payload)
	before := len(b.ear.all())
	b.publish(text)
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		for _, m := range b.ear.all()[before:] {
			if m.topic != b.prefix+"/alexa/event" {
				continue
			}
			var e alexaEvent
			if err := json.Unmarshal([]byte(m.payload), &e); err != nil {
				b.t.Fatalf("%v: %s", err, m.payload)
			}
			if e.Event.Header.CorrelationToken == token {
				return &e
			}
		}
	}
	return nil
}

const (
	thermostat = "Alexa.ThermostatController"
	alexaGrant = `{"grant":{"type":"OAuth2.AuthorizationCode","code":"XCODEX"},"grantee":{"type":"BearerToken","token":"XBEARERX"}}`
)

// expect asks and wants an answer that begins like this. A machine that stands still for
// 100 ms costs an uplink its lease, and the bridge its answer: it asks again, once the
// window has been opened again.
func (b *bridge) expect(namespace, name, endpoint, payload, want string) *alexaEvent {
	b.t.Helper()
	var e *alexaEvent
	for b.attempts = 0; e == nil && b.attempts < 5; b.attempts++ {
		b.open()
		e = b.asks(namespace, name, endpoint, payload)
	}
	switch {
	case e == nil:
		b.t.Errorf("%s: no answer", name)
	case !strings.HasPrefix(e.says(), want):
		b.t.Errorf("%s: %s, want %s", name, e.says(), want)
	default:
		b.t.Logf("%-24s %s", name, e.says())
	}
	return e
}

func targetOf(celsius string) string {
	return `{"targetSetpoint":{"value":` + celsius + `,"scale":"CELSIUS"}}`
}

// startSynchronised is startAgent on a machine whose kernel says that its clock has been
// set, whatever this one says: an opt-in and a timeOfSample need to know what time it is.
func startSynchronised(t *testing.T) *agent {
	t.Helper()
	folder, err := os.MkdirTemp("", "qs")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	file := filepath.Join(folder, "quietstat.toml")
	if err := os.WriteFile(file, []byte(configuration(folder, "1s", "[mdns]\nenabled = false\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	a := &agent{t: t, program: program(t), folder: folder}
	a.command = start(t, "", peer(t, "strace"), "-D", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null",
		"-e", "trace=adjtimex", "-e", "inject=adjtimex:retval=0", a.program, "agent", "--config", file)
	a.until("control and keeper answer, and the clock is trusted", 15*time.Second, func() bool {
		s, err := a.status()
		return err == nil && s.Control != nil && s.Keeper != nil && s.Control.Sampled && s.Keeper.Control && s.Control.WallTrusted
	})
	return a
}

// A skill's bridge asks a real house through Mosquitto: closed it gets nothing at all,
// in a session what the policy covers, and under an opt-in its wishes. It runs beside
// no other test: what traces the clock slows every process of the house.
func TestMosquittoBridgeAsksTheHouse(t *testing.T) {
	endpoint := startMosquitto(t, "", "127.0.0.1")
	a := startSynchronised(t)
	b := &bridge{t: t, endpoint: endpoint, prefix: "quietstat/skill", ear: listen(t, endpoint)}
	a.quietstat("recipient", "add", "skill", endpoint, "--reach", "this-device", "--profile", "alexa/1")
	a.quietstat("policy", "set", "skill", "climate.temperature=0.5/2s", "setpoint/2s")

	// Closed, nothing is connected, so nobody answers.
	for _, q := range [][2]string{{"Alexa.Discovery", "Discover"}, {"Alexa.Authorization", "AcceptGrant"}} {
		if e := b.asks(q[0], q[1], "", alexaGrant); e != nil {
			t.Errorf("closed, %s is answered: %s", q[1], e.says())
		}
	}
	if got := a.processes("uplink"); len(got) != 0 {
		t.Errorf("an uplink process exists with nothing open: %v", got)
	}
	setpoint := houseSetpoint(t, a)
	wish, _ := b.directive(thermostat, "SetTargetTemperature", "any", targetOf("30"))
	b.publish(wish, "-r") // a wish of nobody's, which the broker would repeat for ever

	opened := time.Now()
	connected := func() {
		a.until("a connected window", 3*time.Minute, func() bool {
			s, err := a.status()
			return err == nil && s.Keeper != nil && len(s.Keeper.Windows) == 1 && s.Keeper.Windows[0].Connected
		})
	}
	b.open = func() {
		if s, err := a.status(); err == nil && s.Keeper != nil && s.Keeper.Sharing != "session" {
			a.quietstat("session", "start")
		}
		connected()
	}
	e := b.expect("Alexa.Discovery", "Discover", "", `{"scope":{"type":"BearerToken","token":"XBEARERX"}}`, "Discover.Response")
	if e == nil || len(e.Event.Payload.Endpoints) != 1 {
		t.Fatalf("discovered %+v", e)
	}
	b.device = e.Event.Payload.Endpoints[0].EndpointID
	b.expect("Alexa.Authorization", "AcceptGrant", "", alexaGrant, "AcceptGrant.Response")
	b.expect("Alexa", "ReportState", b.device, `{}`, "StateReport targetSetpoint=")
	b.expect("Alexa", "ReportState", b.device+"-d1", `{}`, "ErrorResponse ENDPOINT_UNREACHABLE")
	b.expect(thermostat, "SetTargetTemperature", b.device, targetOf("60"), "ErrorResponse TEMPERATURE_VALUE_OUT_OF_RANGE")
	b.expect(thermostat, "SetTargetTemperature", "somebody", targetOf("18"), "ErrorResponse ENDPOINT_UNREACHABLE")
	if got := houseSetpoint(t, a); got != setpoint {
		t.Errorf("the setpoint went from %v to %v", setpoint, got)
	}
	b.expect(thermostat, "SetTargetTemperature", b.device, targetOf("18"), `Response targetSetpoint={"value":18,"scale":"CELSIUS"} thermostatMode=`)
	if got := houseSetpoint(t, a); got != 18 {
		t.Errorf("the setpoint is %v after a wish in the session", got)
	}
	a.quietstat("session", "end")
	if e := b.asks("Alexa", "ReportState", b.device, `{}`); e != nil {
		t.Errorf("after the end: %s", e.says())
	}
	ended := time.Now()

	// An opt-in for wishes, and for no reading but humidity, which Alexa has no word for.
	a.quietstat("consent", "grant", "skill", "climate.humidity", "--purpose", "remote.control")
	b.open = connected
	b.expect("Alexa", "ReportState", b.device, `{}`, "ErrorResponse ENDPOINT_UNREACHABLE")
	b.expect(thermostat, "SetTargetTemperature", b.device, targetOf("19.5"), `Response targetSetpoint={"value":19.5,"scale":"CELSIUS"}`)
	if got := houseSetpoint(t, a); got != 19.5 {
		t.Errorf("the setpoint is %v after the wish", got)
	}
	if e := b.expect(thermostat, "AdjustTargetTemperature", b.device, `{"targetSetpointDelta":{"value":1,"scale":"KELVIN"}}`, "Response"); e != nil && e.says() != "Response" {
		t.Errorf("a change is answered with %s", e.says())
	}
	if got := houseSetpoint(t, a); got < 20.5 || got > 19.5+float64(b.attempts) {
		t.Errorf("the setpoint is %v after the change", got)
	}
	b.expect(thermostat, "SetTargetTemperature", b.device, targetOf("34.9"), "ErrorResponse UNWILLING_TO_SET_VALUE")
	a.quietstat("quiet")
	if e := b.asks(thermostat, "ResumeSchedule", b.device, `{}`); e != nil {
		t.Errorf("after quiet: %s", e.says())
	}

	b.checkAll(opened, ended)
	if verdict := a.quietstat("ledger", "verify"); !strings.Contains(verdict, "verified") {
		t.Errorf("ledger verify: %s", verdict)
	}
	if log := a.quietstat("ledger", "show"); strings.Contains(log, "XBEARERX") || strings.Contains(log, "XCODEX") || strings.Contains(log, "XCOOKIEX") {
		t.Error("the ledger holds a secret of a directive")
	}
}

// checkAll holds every event against what all of them have in common.
func (b *bridge) checkAll(opened, ended time.Time) {
	b.t.Helper()
	events := 0
	for _, m := range b.ear.all() {
		if m.topic != b.prefix+"/alexa/event" {
			if m.topic != b.prefix+"/alexa/directive" {
				b.t.Errorf("a message on %q", m.topic)
			}
			continue
		}
		events++
		var e alexaEvent
		if err := json.Unmarshal([]byte(m.payload), &e); err != nil {
			b.t.Fatal(err)
		}
		if want := map[bool]int{true: 4096, false: 2048}[e.Event.Header.Name == "Discover.Response"]; m.retained || len(m.payload) != want {
			b.t.Errorf("%s: retained %v, %d bytes", e.says(), m.retained, len(m.payload))
		}
		for _, secret := range []string{"XBEARERX", "XCODEX", "XCOOKIEX"} {
			if strings.Contains(m.payload, secret) {
				b.t.Errorf("%s holds a secret of its directive", e.says())
			}
		}
		for _, p := range e.Context.Properties {
			// In the session; what the opt-in echoes comes later.
			if p.TimeOfSample.Before(opened.Add(-time.Second)) || m.at.Before(ended) && p.TimeOfSample.After(ended) {
				b.t.Errorf("%s: sampled at %v, asked from %v to %v", e.says(), p.TimeOfSample, opened, ended)
			}
		}
	}
	if late := listen(b.t, b.endpoint); len(late.all()) > 1 { // the retained directive is the test's own
		b.t.Errorf("the broker kept something: %+v", late.all())
	}
	b.t.Logf("%d events, each in its slot, none kept", events)
}

// houseSetpoint is what control holds, in °C.
func houseSetpoint(t *testing.T, a *agent) float64 {
	t.Helper()
	s, err := a.status()
	if err != nil || s.Control == nil {
		t.Fatalf("no status: %v", err)
	}
	return s.Control.SetpointC
}
