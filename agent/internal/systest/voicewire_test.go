//go:build systest

package systest

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// sessionsEach is how many sessions of each voice stack are measured. All together
// must stay below the twenty wake words an hour that are believed.
const sessionsEach = 4

// measured is one session as it was seen from outside.
type measured struct {
	stack           string
	evidence, ended time.Time // the event that opens was sent, and the end was
	light           time.Time // the indicator went on
	first, last     time.Time // byte at the recipient
	samples         int
}

// light remembers when the indicator was switched on. It pulses and outlasts a session
// by three seconds; one that is on is not switched on again.
type light struct {
	mu  sync.Mutex
	on  []time.Time
	off time.Time // when it was switched off, zero while it is on
}

func (l *light) watch(pin string, level gpio.Level) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case pin != "GPIO25":
	case level == gpio.High:
		l.on, l.off = append(l.on, time.Now()), time.Time{}
	default:
		l.off = time.Now()
	}
}

// dark reports whether it is off for longer than between two pulses.
func (l *light) dark() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.off.IsZero() && time.Since(l.off) > 1500*time.Millisecond
}

// since is the first time it was switched on after a moment.
func (l *light) since(at time.Time) (on time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, on := range l.on {
		if on.After(at) {
			return on
		}
	}
	return time.Time{}
}

// The first byte leaves after the light is on and after a fresh sample, the last one
// before the end, every sample was taken inside, and then there is not one packet.
func TestVoiceSessionsOnTheCable(t *testing.T) {
	t.Parallel()
	n := makeNetwork(t)
	h := stage(t, n.house)
	recorder := record(t, n.outside, brokerAddress+recorderPort)
	echo := echoServer(t, n.outside, brokerAddress+":7")
	trip := roundTrips(t, n.house, echo)

	pipe := startWebStack(t, n.house, "127.0.0.1:6055", "/", lvas("snapshot", "idle")...)
	bus := startWebStack(t, n.house, "127.0.0.1:8181", "/core", ovos("connected", "{}"))
	bus.reply = listener("wakeword")
	broker := startHermesBroker(t, n.house)
	file := filepath.Join(h.folder, "quietstat.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, "\n[voice.lva]\n[voice.ovos]\n[voice.wyoming]\nwake = \"local\"\n"+broker.configuration()...)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	lamp := new(light)
	h.board.OnOutput(lamp.watch)
	h.begin()
	h.start("voice", nil)
	h.enrol("kitchen", recorder.endpoint)
	h.quietstat("policy", "set", "kitchen", "climate.temperature=0.5/1s")
	pipe.connected(1)
	bus.connected(1)
	sat := satellite{dialIn(t, n.house, "127.0.0.1:10500")}
	time.Sleep(3 * time.Second) // the broker is subscribed to, the greetings are over
	refusesTheNetwork(t, n, "10500")
	m := hermes{t: t, namespace: n.house, port: broker.port}
	cable := watch(t, n.outside, brokerLink)

	var all []measured
	quietFrom := time.Now()
	var quiet []span
	for i := range sessionsEach {
		id := fmt.Sprint("kitchen-", i)
		for _, stack := range []struct {
			name            string
			wake, open, end func()
		}{
			{"lva", func() { pipe.say(lvas("wake_word_detected", "listening")...) }, func() { pipe.say(lva("thinking")) }, func() { pipe.say(lva("idle")) }},
			{"wyoming", func() { sat.say("detection", "streaming-started") }, func() { sat.say("transcript") }, func() { sat.say("played") }},
			{"hermes", func() { m.hotword("kitchen"); m.started("kitchen", id) }, func() { m.intent("GetTime", "kitchen", id, "") }, func() { m.ended("kitchen", id, "nominal") }},
			{"ovos", func() {
				bus.say(ovos("recognizer_loop:wakeword", "{}"), ovos("recognizer_loop:record_begin", "{}"))
			}, func() { bus.say(ovos("recognizer_loop:utterance", "{}")) }, func() { bus.say(ovos("recognizer_loop:audio_output_end", "{}")) }},
		} {
			stack.wake()
			time.Sleep(500 * time.Millisecond) // somebody speaks
			s := measured{stack: stack.name, evidence: time.Now()}
			quiet = append(quiet, span{quietFrom, s.evidence})
			links := len(recorder.all())
			stack.open()
			var link *recorded
			h.until(stack.name+": two messages", 15*time.Second, func() bool {
				if now := recorder.all(); len(now) > links {
					link = now[len(now)-1]
					return len(samplesOf(t, link)) >= 2
				}
				return false
			})
			s.ended = time.Now()
			stack.end()
			h.until(stack.name+": the connection ends", 5*time.Second, func() bool { end, _ := link.end(); return !end.IsZero() })
			s.judge(t, link, lamp)
			all = append(all, s)
			h.until("the light is off", 20*time.Second, lamp.dark)
			quietFrom = s.ended.Add(500 * time.Millisecond)
		}
	}
	quiet = append(quiet, span{quietFrom, time.Now().Add(3 * time.Second)})
	time.Sleep(3 * time.Second)
	packets := dissect(t, cable.stop())
	for _, s := range quiet {
		for _, p := range within(packets, s, func(p packet) bool { return p.from != "" }) {
			t.Errorf("a packet while everything was closed: %v", p)
		}
	}
	if len(packets) == 0 {
		t.Error("and none at all: the capture has seen nothing")
	}
	report(t, all, trip)
}

// samplesOf lists when what was told so far had been measured.
func samplesOf(t *testing.T, l *recorded) (at []string) {
	t.Helper()
	packets, _ := l.packets()
	for _, p := range packets {
		if p.kind != mqttPublish {
			continue
		}
		_, payload := p.publish()
		var e struct {
			SampledAt string `json:"sampled_at"`
		}
		if err := json.Unmarshal(payload, &e); err != nil {
			t.Fatal(err)
		}
		at = append(at, e.SampledAt)
	}
	return at
}

// judge looks at one session's connection once it is over.
func (s *measured) judge(t *testing.T, link *recorded, lamp *light) {
	t.Helper()
	link.mu.Lock()
	s.first, s.last = link.chunks[0].at, link.chunks[len(link.chunks)-1].at
	_, reset := link.ended, link.reset
	link.mu.Unlock()
	s.light = lamp.since(s.evidence)
	if s.light.IsZero() || s.light.After(s.first) || s.light.After(link.opened) {
		t.Errorf("%s: the light went on at %v, the first byte came at %v", s.stack, s.light, s.first)
	}
	if s.first.Before(s.evidence) {
		t.Errorf("%s: a byte before the evidence", s.stack)
	}
	// The end was written at s.ended and is heard a moment later; the design gives a
	// closing 200 ms.
	if s.last.After(s.ended.Add(200*time.Millisecond)) || !reset {
		t.Errorf("%s: the last byte came %v after the end, reset %v", s.stack, s.last.Sub(s.ended), reset)
	}
	for _, text := range samplesOf(t, link) {
		s.samples++
		if after, ok := strings.CutPrefix(text, "+"); ok { // counted from the opening, as the clock is not trusted
			d, err := time.ParseDuration(after)
			if err != nil || d < 0 || d > s.last.Sub(s.evidence)+time.Second {
				t.Errorf("%s: sampled at %s after the opening, and the session lasted %v (%v)", s.stack, text, s.last.Sub(s.evidence), err)
			}
			continue
		}
		at, err := time.Parse(time.RFC3339, text)
		if err != nil || at.Before(s.evidence.Truncate(time.Second)) || at.After(s.last) {
			t.Errorf("%s: sampled at %s, the session was from %v to %v (%v)", s.stack, text, s.evidence.UTC(), s.ended.UTC(), err)
		}
	}
}

// report prints what is not judged.
func report(t *testing.T, all []measured, trip []time.Duration) {
	t.Helper()
	var table strings.Builder
	line := func(name string, d []time.Duration) {
		slices.Sort(d)
		at := func(q float64) float64 {
			return float64(d[min(len(d)-1, int(q*float64(len(d))))].Microseconds()) / 1000
		}
		fmt.Fprintf(&table, "%-42s p50 %8.2f ms  p99 %8.2f ms  (%d)\n", name, at(0.5), at(0.99), len(d))
	}
	for _, name := range []string{"", "lva", "wyoming", "hermes", "ovos"} {
		var opening, closing, light []time.Duration
		samples := 0
		for _, s := range all {
			if name == "" || s.stack == name {
				opening, closing = append(opening, s.first.Sub(s.evidence)), append(closing, s.last.Sub(s.ended))
				light = append(light, s.first.Sub(s.light))
				samples += s.samples
			}
		}
		if name == "" {
			name = "all"
		}
		line(name+": evidence to first byte", opening)
		line(name+": light to first byte", light)
		line(name+": end to last byte (negative: before it)", closing)
		fmt.Fprintf(&table, "%-42s %d samples, all inside\n", name, samples)
	}
	line("round trip to the recipient and back", trip)
	t.Logf("hermes: each message is a mosquitto_pub of its own\n%s", table.String())
}

func echoServer(t *testing.T, namespace, address string) string {
	t.Helper()
	l := loopbackIn(t, namespace, address)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { io.Copy(conn, conn); conn.Close() }()
		}
	}()
	return address
}

// roundTrips is what a byte takes to the recipient's machine and back, before anybody
// watches the cable.
func roundTrips(t *testing.T, namespace, address string) (trips []time.Duration) {
	t.Helper()
	conn := dialIn(t, namespace, address)
	defer conn.Close()
	b := []byte{0}
	for range 200 {
		began := time.Now()
		if _, err := conn.Write(b); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(conn, b); err != nil {
			t.Fatal(err)
		}
		trips = append(trips, time.Since(began))
	}
	return trips
}

// refusesTheNetwork fails if a port answers on the house's addresses of its networks.
func refusesTheNetwork(t *testing.T, n network, port string) {
	t.Helper()
	inNamespace(t, n.outside, func() error {
		for _, address := range []string{"10.77.0.1", "10.78.0.1"} {
			conn, err := net.DialTimeout("tcp", net.JoinHostPort(address, port), 2*time.Second)
			if err == nil {
				conn.Close()
				t.Errorf("port %s answers at %s", port, address)
			}
		}
		return nil
	})
}
