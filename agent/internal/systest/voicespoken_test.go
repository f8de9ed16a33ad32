//go:build systest

package systest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A household talks to its thermostat with no recipient at all: by a sentence that a
// Wyoming server passes on, and by intents of a dialogue manager. Without a session
// nothing is told or done, without a policy for the room nothing is told.
func TestSpokenInTheRoom(t *testing.T) {
	t.Parallel()
	broker := startHermesBroker(t, "")
	handle := freePort(t)
	sat := freePort(t)
	h := &voiceHouse{agent: startAgent(t, "", "200ms", "[mdns]\nenabled = false\n\n[sensor]\nperiod = \"1s\"\n\n"+broker.configuration()+
		fmt.Sprintf("\n[voice.handle]\nlisten = %q\n\n[voice.wyoming]\nlisten = %q\nwake = \"local\"\n", handle, sat))}
	satellite := satellite{dialIn(t, "", sat)}
	asker := wyomingPeer{t, dialIn(t, "", handle), nil}
	asker.r = bufio.NewReader(asker.Conn)
	m := hermes{t: t, port: broker.port}
	time.Sleep(time.Second)

	if got := asker.ask("what is the temperature"); !strings.Contains(got, "wake word") {
		t.Errorf("outside of a session: %q", got)
	}
	wake := func() { satellite.say("detection", "streaming-started", "transcript") }
	wake()
	if got := asker.ask("what is the temperature"); !strings.Contains(got, "may not") {
		t.Errorf("without a policy for the room: %q", got)
	}
	satellite.say("played")
	h.quietstat("policy", "set", "this-room", "climate.temperature=0.5", "setpoint=0.5", "hvac.state")
	wake()
	degrees := regexp.MustCompile(`\d`)
	answer := asker.ask("what is the temperature")
	if !degrees.MatchString(answer) {
		t.Errorf("with a policy: %q", answer)
	}
	t.Logf("in the room: %q", answer)
	satellite.say("played")
	time.Sleep(300 * time.Millisecond)
	wake()
	if got := asker.ask("set the temperature to 22.5 degrees"); got != "Done." {
		t.Errorf("a command: %q", got)
	}
	satellite.say("played")
	if got := h.quietstat("status", "--json"); !strings.Contains(got, `"setpoint_c": 22.5,`) {
		t.Errorf("it was not done: %s", got)
	}
	if kind, _ := asker.exchange("set the alarm to seven"); kind != "not-handled" {
		t.Errorf("a sentence for somebody else was %s", kind)
	}

	ends := followTopic(t, broker, "hermes/dialogueManager/endSession")
	speak := func(session, intent, slots string) string {
		before := len(ends.all())
		m.hotword("kitchen")
		m.started("kitchen", session)
		m.intent(intent, "kitchen", session, slots)
		h.until("an answer to "+intent, 15*time.Second, func() bool { return len(ends.all()) > before })
		m.ended("kitchen", session, "nominal")
		time.Sleep(300 * time.Millisecond)
		var end struct{ SessionID, Text string }
		if err := json.Unmarshal([]byte(ends.all()[before].payload), &end); err != nil || end.SessionID != session {
			t.Errorf("answered %s: %v", ends.all()[before].payload, err)
		}
		return end.Text
	}
	if got := speak("s1", "GetTemperature", ""); !degrees.MatchString(got) {
		t.Errorf("hermes: %q", got)
	}
	slot := `{"entity": "x", "value": {"kind": "Unknown", "value": %s}, "slotName": %q, "rawValue": "x", "confidence": 1.0}`
	if got := speak("s2", "ChangeTemperature", fmt.Sprintf(slot, `"-1.5"`, "delta")); got != "Done." {
		t.Errorf("hermes, a change: %q", got)
	}
	if got := h.quietstat("status", "--json"); !strings.Contains(got, `"setpoint_c": 21,`) {
		t.Errorf("it was not done: %s", got)
	}
	if verdict := h.quietstat("ledger", "verify"); !strings.Contains(verdict, "verified") {
		t.Errorf("ledger verify: %s", verdict)
	}
	if shown := h.quietstat("ledger", "show"); !strings.Contains(shown, "this-room") {
		t.Errorf("what was said in the room is not in the ledger: %s", shown)
	}
	if got := h.processes("uplink"); len(got) != 0 {
		t.Errorf("uplinks for the room: %v", got)
	}
}

// wyomingPeer is a server of a Wyoming pipeline that has understood a sentence.
type wyomingPeer struct {
	t *testing.T
	net.Conn
	r *bufio.Reader
}

// ask gives the text of what was handled.
func (p wyomingPeer) ask(words string) string {
	p.t.Helper()
	kind, text := p.exchange(words)
	if kind != "handled" {
		p.t.Errorf("%q was %s", words, kind)
	}
	return text
}

func (p wyomingPeer) exchange(words string) (kind, text string) {
	p.t.Helper()
	data, err := json.Marshal(map[string]string{"text": words, "language": "en"})
	if err != nil {
		p.t.Fatal(err)
	}
	fmt.Fprint(p, wyoming("transcript", string(data)))
	p.SetReadDeadline(time.Now().Add(20 * time.Second))
	line, err := p.r.ReadBytes('\n')
	if err != nil {
		p.t.Fatal(err)
	}
	var header struct {
		Type       string `json:"type"`
		DataLength int    `json:"data_length"`
	}
	if err := json.Unmarshal(line, &header); err != nil {
		p.t.Fatal(err)
	}
	block := make([]byte, header.DataLength)
	if _, err := io.ReadFull(p.r, block); err != nil {
		p.t.Fatal(err)
	}
	var said struct{ Text string }
	if err := json.Unmarshal(block, &said); err != nil {
		p.t.Fatal(err)
	}
	return header.Type, said.Text
}

// followTopic is mosquitto_sub on one topic of the voice stacks' broker.
func followTopic(t *testing.T, b hermesBroker, topic string) *ear {
	t.Helper()
	return follow(t, exec.Command(peer(t, "mosquitto_sub"), "-h", "127.0.0.1", "-p", b.port, "-u", "rhasspy", "-P", "rhasspy", "-t", topic, "-F", "%r %t %p"))
}
