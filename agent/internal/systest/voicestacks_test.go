//go:build systest

package systest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// spoken is what somebody said in the room; it must turn up nowhere.
const spoken = "is anybody home at nine"

// loopbackIn opens a listener on the loopback of a namespace, "" for this one.
func loopbackIn(t testing.TB, namespace, address string) (l net.Listener) {
	t.Helper()
	open := func() (err error) {
		l, err = net.Listen("tcp", address)
		return err
	}
	if namespace != "" {
		inNamespace(t, namespace, open)
	} else if err := open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// dialIn connects to the loopback of a namespace as soon as somebody listens there.
func dialIn(t testing.TB, namespace, address string) (conn net.Conn) {
	t.Helper()
	open := func() (err error) {
		for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if conn, err = net.Dial("tcp", address); err == nil {
				return nil
			}
		}
		return err
	}
	if namespace != "" {
		inNamespace(t, namespace, open)
	} else if err := open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// webStack is a voice stack that serves a WebSocket: linux-voice-assistant or the
// message bus of OpenVoiceOS. It greets whoever connects and says what it is told to.
type webStack struct {
	t       testing.TB
	address string

	mu       sync.Mutex
	conn     *websocket.Conn
	count    int
	hangs    atomic.Bool // it answers no ping
	greeting []string
	reply    func(string) string // to what the agent says, "" for nothing
}

func startWebStack(t testing.TB, namespace, address, path string, greeting ...string) *webStack {
	t.Helper()
	w := &webStack{t: t, greeting: greeting}
	l := loopbackIn(t, namespace, address)
	w.address = l.Addr().String()
	server := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			http.NotFound(rw, r)
			return
		}
		conn, err := websocket.Accept(rw, r, &websocket.AcceptOptions{
			OnPingReceived: func(context.Context, []byte) bool { return !w.hangs.Load() },
		})
		if err == nil {
			w.serve(conn)
		}
	})}
	go server.Serve(l)
	t.Cleanup(func() { server.Close(); w.drop() })
	return w
}

func (w *webStack) serve(conn *websocket.Conn) {
	defer conn.CloseNow()
	w.mu.Lock()
	for _, text := range w.greeting {
		conn.Write(context.Background(), websocket.MessageText, []byte(text))
	}
	w.conn = conn
	w.count++
	w.mu.Unlock()
	for {
		_, b, err := conn.Read(context.Background())
		if err != nil {
			w.mu.Lock()
			if w.conn == conn {
				w.conn = nil
			}
			w.mu.Unlock()
			return
		}
		w.mu.Lock()
		reply := w.reply
		w.mu.Unlock()
		if reply != nil {
			if text := reply(string(b)); text != "" {
				conn.Write(context.Background(), websocket.MessageText, []byte(text))
			}
		}
	}
}

// links is how often the agent has connected.
func (w *webStack) links() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count
}

// connected waits until the agent has connected for the n-th time and has taken the
// greeting in.
func (w *webStack) connected(n int) {
	w.t.Helper()
	stands := func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.count >= n && w.conn != nil
	}
	for end := time.Now().Add(40 * time.Second); !stands(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("the agent has connected %d times, waited for %d", w.links(), n)
		}
	}
	time.Sleep(200 * time.Millisecond)
}

// again cuts the connection and waits for the next.
func (w *webStack) again(greeting ...string) {
	w.t.Helper()
	before := w.links()
	w.drop(greeting...)
	w.connected(before + 1)
}

// say writes messages one after the other; a link that is gone is no fault here.
func (w *webStack) say(texts ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, text := range texts {
		if w.conn != nil {
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			w.conn.Write(ctx, websocket.MessageText, []byte(text))
			cancel()
		}
	}
}

// drop cuts the connection without a word and greets the next with something else.
func (w *webStack) drop(greeting ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if greeting != nil {
		w.greeting = greeting
	}
	if w.conn != nil {
		w.conn.CloseNow()
	}
	w.conn = nil
}

// lva is a peripheral event as linux-voice-assistant writes it.
func lva(event string) string {
	switch event {
	case "snapshot":
		return `{"event": "snapshot", "data": {"muted": false, "volume": 0.8, "volume_muted": false, "ha_connected": true, "button_controls_locked": false, "last_stt_text": "` + spoken + `", "last_tts_text": null}}`
	case "stt_text", "tts_text":
		return fmt.Sprintf(`{"event": %q, "data": {"text": %q}}`, event, spoken)
	case "muted":
		return `{"event": "muted", "data": {"muted": true}}`
	}
	return fmt.Sprintf(`{"event": %q}`, event)
}

func lvas(events ...string) (texts []string) {
	for _, e := range events {
		texts = append(texts, lva(e))
	}
	return texts
}

// ovos is a message of the OpenVoiceOS bus.
func ovos(kind, data string) string {
	return fmt.Sprintf(`{"type": %q, "data": %s, "context": {"source": "audio", "destination": ["skills"]}}`, kind, data)
}

// listener answers as the OVOS listener does that is in some mode.
func listener(mode string) func(string) string {
	return func(asked string) string {
		var m struct {
			Type string `json:"type"`
		}
		if json.Unmarshal([]byte(asked), &m) != nil || m.Type != "recognizer_loop:state.get" {
			return ""
		}
		return ovos("recognizer_loop:state", `{"mode": "`+mode+`", "state": "before_cmd"}`)
	}
}

// satellite is a wyoming-satellite that connects to our event service.
type satellite struct{ net.Conn }

// wyoming is an event as the reference implementation writes it (wyoming/event.py).
func wyoming(kind string, data ...string) string {
	if len(data) == 0 {
		return fmt.Sprintf(`{"type": %q, "version": "1.8.0"}`+"\n", kind)
	}
	return fmt.Sprintf(`{"type": %q, "version": "1.8.0", "data_length": %d}`+"\n%s", kind, len(data[0]), data[0])
}

func (s satellite) say(kinds ...string) {
	for _, kind := range kinds {
		switch kind {
		case "detection":
			fmt.Fprint(s, wyoming(kind, `{"name": "ok_nabu_v0.1", "timestamp": 1718}`))
		case "transcript", "synthesize":
			fmt.Fprint(s, wyoming(kind, `{"text": "`+spoken+`"}`))
		default:
			fmt.Fprint(s, wyoming(kind))
		}
	}
}

// cut ends the connection with a reset, as a machine that lost its power does not.
func (s satellite) cut() {
	if tcp, ok := s.Conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	s.Close()
}

// hermes publishes with mosquitto_pub as one of the broker's users.
type hermes struct {
	t               testing.TB
	namespace, port string
	user            string
}

func (h hermes) publish(topic, payload string, flags ...string) {
	h.t.Helper()
	arguments := append([]string{"-h", "127.0.0.1", "-p", h.port, "-u", h.user, "-P", h.user, "-t", topic, "-m", payload}, flags...)
	name := peer(h.t, "mosquitto_pub")
	if h.namespace != "" {
		arguments = append([]string{"netns", "exec", h.namespace, name}, arguments...)
		name = peer(h.t, "ip")
	}
	var said bytes.Buffer
	command := exec.Command(name, arguments...)
	command.Stderr = &said
	if err := command.Run(); err != nil && !strings.Contains(said.String(), "refused") {
		h.t.Fatalf("mosquitto_pub: %v %s", err, said.String())
	}
}

func (h hermes) hotword(site string) {
	h.as("wake").publish("hermes/hotword/porcupine/detected", fmt.Sprintf(`{"modelId": "porcupine", "modelVersion": "", "modelType": "personal", "currentSensitivity": 0.5, "siteId": %q, "sessionId": null, "sendAudioCaptured": null, "lang": null}`, site))
}

func (h hermes) started(site, session string) {
	h.as("rhasspy").publish("hermes/dialogueManager/sessionStarted", fmt.Sprintf(`{"sessionId": %q, "siteId": %q, "customData": "porcupine", "lang": null}`, session, site))
}

func (h hermes) ended(site, session, reason string) {
	h.as("rhasspy").publish("hermes/dialogueManager/sessionEnded", fmt.Sprintf(`{"termination": {"reason": %q}, "sessionId": %q, "siteId": %q, "customData": null}`, reason, session, site))
}

func (h hermes) intent(name, site, session, slots string) {
	h.as("rhasspy").publish("hermes/intent/"+name, fmt.Sprintf(`{"input": %q, "intent": {"intentName": %q, "confidenceScore": 1.0}, "siteId": %q, "id": null, "slots": [%s], "sessionId": %q, "customData": null, "asrTokens": [], "asrConfidence": null, "rawInput": %q, "wakewordId": "porcupine", "lang": null}`, spoken, name, site, slots, session, spoken))
}

func (h hermes) as(user string) hermes {
	h.user = user
	return h
}
