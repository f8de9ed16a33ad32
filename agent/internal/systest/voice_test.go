//go:build systest

package systest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"
)

// Whatever a voice stack is made to say, or leaves unsaid, the gate stays closed or
// is closed in time. What happened is printed as a table.
func TestVoiceTraps(t *testing.T) {
	t.Parallel()
	t.Run("stacks", func(t *testing.T) {
		t.Run("lva", lvaTraps)
		t.Run("wyoming", wyomingTraps)
		t.Run("hermes", hermesTraps)
		t.Run("ovos", ovosTraps)
	})
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "STACK\tTRAP\tWHAT HAPPENED\tGATE")
	slices.SortStableFunc(traps.rows, func(a, b trapRow) int { return strings.Compare(a.stack, b.stack) })
	for _, r := range traps.rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.stack, r.trap, r.happened, r.gate)
	}
	w.Flush()
	t.Logf("%d traps\n%s", len(traps.rows), table.String())
}

// The access list that the manual gives is the one that holds the traps.
func TestManualGivesTheAccessList(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	list, _, _ := strings.Cut(hermesAccess, "user guest")
	for line := range strings.Lines(list) {
		if line != "\n" && !strings.Contains(string(manual), "\n    "+line) {
			t.Errorf("the manual does not say %q", line)
		}
	}
}

const (
	silence = 25 * time.Second // the longest a session lives in which nothing is heard, and some more
	atOnce  = 3 * time.Second  // what the house needs to say so when it is asked
)

func lvaTraps(t *testing.T) {
	t.Parallel()
	stack := startWebStack(t, "", "127.0.0.1:0", "/", lvas("snapshot", "idle")...)
	h := startVoiceHouse(t, fmt.Sprintf("[voice.lva]\naddress = %q\n", stack.address))
	again := func(greeting ...string) { stack.again(lvas(greeting...)...) }
	stack.connected(1)
	talk := func() { stack.say(lvas("wake_word_detected", "listening", "stt_text", "thinking")...) }
	say := func(events ...string) func() { return func() { stack.say(lvas(events...)...) } }

	h.closes("lva", "a session that ends as it should", atOnce, talk, say("tts_text", "tts_speaking", "tts_finished", "idle"))
	h.staysClosed("lva", "a wake word, and nobody speaks", say("wake_word_detected", "listening", "idle"))
	h.staysClosed("lva", "start_listening by a button or from elsewhere", say("listening", "stt_text", "thinking", "tts_speaking", "tts_finished", "idle"))
	h.staysClosed("lva", "an announcement that starts a conversation", say("tts_speaking", "tts_finished", "listening", "stt_text", "thinking"))
	h.staysClosed("lva", "a replayed wake word after a reconnect", func() {
		again("snapshot", "wake_word_detected")
		talk := lvas("listening", "stt_text", "thinking", "tts_speaking", "idle")
		stack.say(talk...)
	})
	h.staysClosed("lva", "a replayed thinking", func() { again("snapshot", "thinking"); stack.say(lvas("tts_speaking")...) })
	again("snapshot", "idle")
	h.closes("lva", "a conversation continued without a wake word", atOnce, talk, say("tts_speaking", "tts_finished", "listening", "stt_text", "thinking"))
	stack.say(lva("idle"))
	h.closes("lva", "the microphone is muted", atOnce, talk, say("muted"))
	h.closes("lva", "the pipeline fails", atOnce, talk, say("pipeline_error"))
	h.closes("lva", "Home Assistant is lost", atOnce, talk, say("disconnected"))
	h.closes("lva", "an event nobody knows", atOnce, talk, say("superpower"))
	h.closes("lva", "the end is lost", silence, talk, func() {})
	stack.say(lva("idle"))
	for name, garbage := range map[string]string{
		"half a message": `{"event": "id`, "a message of a megabyte": `{"event":"idle","data":{"x":"` + strings.Repeat("y", 1<<20) + `"}}`,
	} {
		h.closes("lva", name, atOnce, talk, func() { stack.say(garbage) })
		again("snapshot", "idle")
	}
	h.closes("lva", "the assistant is gone", atOnce, talk, func() { stack.drop() })
	again("snapshot", "idle")
	h.closes("lva", "the assistant hangs", 15*time.Second, talk, func() { stack.hangs.Store(true) })
	stack.hangs.Store(false)
	again("snapshot", "idle")
	h.closes("lva", "the voice role is killed", atOnce, talk, func() {
		for _, pid := range h.processes("voice") {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	again()
	h.staysClosed("lva", "a flood of events", func() {
		for range 2000 {
			stack.say(lva("thinking"))
		}
	})
	again("snapshot", "idle")
	h.staysClosed("lva", "twenty wake words an hour are enough", func() {
		for range 20 {
			stack.say(lvas("wake_word_detected", "idle")...)
			time.Sleep(2 * time.Second) // no flood to the adapter
		}
		talk()
	})
	s, err := h.status()
	if err != nil || s.Keeper.Voice.HeldS == 0 {
		t.Errorf("after twenty wake words one more is believed: %+v %v", s.Keeper.Voice, err)
	}
	h.saysNothing()
}

func wyomingTraps(t *testing.T) {
	t.Parallel()
	address := freePort(t)
	h := startVoiceHouse(t, fmt.Sprintf("[voice.wyoming]\nlisten = %q\nwake = \"local\"\n", address))
	var sat satellite
	connect := func() { sat = satellite{dialIn(t, "", address)}; sat.say("satellite-connected") }
	connect()
	talk := func() { sat.say("detection", "streaming-started", "transcript", "streaming-stopped") }
	say := func(kinds ...string) func() { return func() { sat.say(kinds...) } }

	h.closes("wyoming", "a session that ends as it should", atOnce, talk, say("synthesize", "audio-start", "audio-stop", "played"))
	h.staysClosed("wyoming", "a wake word, and nobody speaks", say("detection", "streaming-started", "streaming-stopped", "pause-satellite"))
	h.staysClosed("wyoming", "streaming-started without detection", say("streaming-started", "transcript", "synthesize", "audio-start", "audio-stop", "played"))
	h.staysClosed("wyoming", "an announcement by run-pipeline", say("run-pipeline", "synthesize", "audio-start", "audio-stop"))
	h.staysClosed("wyoming", "a transcript out of nowhere", say("transcript"))
	h.closes("wyoming", "paused, without streaming-stopped", atOnce, talk, say("pause-satellite"))
	h.closes("wyoming", "the server fails", atOnce, talk, say("error"))
	h.closes("wyoming", "the server is lost", atOnce, talk, say("satellite-disconnected"))
	h.closes("wyoming", "an event nobody knows", atOnce, talk, say("superpower"))
	h.closes("wyoming", "no spoken answer, so no end", silence, talk, func() {})
	h.closes("wyoming", "the event service was away: every later event is lost", silence, talk, say("voice-stopped"))
	h.closes("wyoming", "the satellite is gone", atOnce, talk, func() { sat.Close() })
	connect()
	h.closes("wyoming", "its connection is reset", atOnce, talk, func() { sat.cut() })
	for _, g := range [][2]string{
		{"half a frame", `{"type": "played", "data_le`},
		{"four gigabytes of payload", `{"type": "played", "payload_length": 4294967296}` + "\n"},
		{"four gigabytes of data", `{"type": "played", "data_length": 4294967295}` + "\n"},
		{"a line of a megabyte", strings.Repeat("{", 1<<20)},
		{"half the data", `{"type": "audio-chunk", "data_length": 1000}` + "\n{"},
	} {
		connect()
		h.closes("wyoming", g[0], 10*time.Second, talk, func() { fmt.Fprint(sat, g[1]) })
		sat.Close()
	}
	h.staysClosed("wyoming", "a flood of events", func() {
		connect()
		for range 2000 {
			sat.say("transcript", "streaming-started")
		}
	})
	connect()
	other := satellite{dialIn(t, "", address)}
	h.closes("wyoming", "what another satellite says moves nothing", silence, talk, func() {
		for range 4 {
			other.say("streaming-started", "transcript", "audio-start")
			time.Sleep(4 * time.Second)
		}
	})
	h.saysNothing()

	file := filepath.Join(t.TempDir(), "remote.toml")
	text := configuration(t.TempDir(), "1s", "") + "[voice.wyoming]\nwake = \"remote\"\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := h.tryWith(file, "config", "check")
	if err == nil || !strings.Contains(string(b), "server") {
		t.Errorf("a wake word that a server hears is accepted: %s", b)
	}
	note("wyoming", "a server listens for the wake word", "refused by the configuration", "closed")
}

func hermesTraps(t *testing.T) {
	t.Parallel()
	broker := startHermesBroker(t, "")
	m := hermes{t: t, port: broker.port}
	m.as("rhasspy").publish("hermes/hotword/porcupine/detected", `{"siteId": "kitchen"}`, "-r") // refused by the list
	m.as("wake").publish("hermes/hotword/porcupine/detected", `{"siteId": "kitchen"}`, "-r")
	h := startVoiceHouse(t, broker.configuration())
	time.Sleep(time.Second)
	session := 0
	id := func() string { return fmt.Sprintf("kitchen-porcupine-%d", session) }
	talk := func() {
		session++
		m.hotword("kitchen")
		m.started("kitchen", id())
		m.intent("GetTime", "kitchen", id(), "")
	}
	start := func() { session++; m.started("kitchen", id()); m.intent("GetTime", "kitchen", id(), "") }

	h.staysClosed("hermes", "a hotword that the broker had retained", start)
	h.closes("hermes", "a session that ends as it should", atOnce, talk, func() { m.ended("kitchen", id(), "nominal") })
	h.staysClosed("hermes", "a hotword, and nobody speaks", func() {
		session++
		m.hotword("kitchen")
		m.started("kitchen", id())
		m.ended("kitchen", id(), "timeout")
	})
	h.staysClosed("hermes", "startSession from elsewhere", func() {
		m.as("guest").publish("hermes/dialogueManager/startSession", `{"siteId": "kitchen", "init": {"type": "action", "canBeEnqueued": false, "text": "x"}}`)
		start()
	})
	h.staysClosed("hermes", "a notification session", func() {
		m.as("guest").publish("hermes/dialogueManager/startSession", `{"siteId": "kitchen", "init": {"type": "notification", "text": "x"}}`)
		session++
		m.started("kitchen", id())
		m.ended("kitchen", id(), "nominal")
	})
	h.staysClosed("hermes", "a hotword forged by a user who may not", func() {
		for _, user := range []string{"guest", "rhasspy"} {
			m.as(user).publish("hermes/hotword/porcupine/detected", `{"siteId": "kitchen"}`)
		}
		start()
	})
	h.staysClosed("hermes", "a hotword of another room", func() { m.hotword("bath"); start() })
	h.staysClosed("hermes", "a session long after its hotword", func() { m.hotword("kitchen"); time.Sleep(11 * time.Second); start() })
	h.staysClosed("hermes", "an intent of no session", func() { m.intent("GetTime", "kitchen", "nobody", "") })
	h.closes("hermes", "not understood", atOnce, talk, func() {
		m.as("rhasspy").publish("hermes/dialogueManager/intentNotRecognized", fmt.Sprintf(`{"input": %q, "siteId": "kitchen", "sessionId": %q}`, spoken, id()))
	})
	h.closes("hermes", "an error of the speech recogniser", atOnce, talk, func() {
		m.as("rhasspy").publish("hermes/error/asr", fmt.Sprintf(`{"error": %q, "context": null, "siteId": "kitchen", "sessionId": %q}`, spoken, id()))
	})
	h.closes("hermes", "a second session in the room", atOnce, talk, func() { m.started("kitchen", "another") })
	h.closes("hermes", "words of another session in the room", atOnce, talk, func() { m.intent("GetTime", "kitchen", "another", "") })
	h.closes("hermes", "sessionEnded is lost", silence, talk, func() {})
	h.closes("hermes", "continueSession without end", silence, talk, func() {
		for range 4 {
			time.Sleep(4 * time.Second)
			m.as("guest").publish("hermes/dialogueManager/continueSession", fmt.Sprintf(`{"sessionId": %q, "text": "x"}`, id()))
			m.intent("GetTime", "kitchen", id(), "")
		}
	})
	h.closes("hermes", "something that is not JSON", atOnce, talk, func() { m.as("rhasspy").publish("hermes/error/nlu", spoken) })
	time.Sleep(4 * time.Second) // it connects again
	h.closes("hermes", "a message of a megabyte", atOnce, talk, func() {
		m.as("rhasspy").publish("hermes/error/nlu", strings.Repeat("x", 100_000))
	})
	time.Sleep(8 * time.Second)
	h.closes("hermes", "the broker is gone", atOnce, talk, func() { syscall.Kill(broker.pid, syscall.SIGKILL) })
	h.saysNothing()
}

func ovosTraps(t *testing.T) {
	t.Parallel()
	stack := startWebStack(t, "", "127.0.0.1:0", "/core", ovos("connected", "{}"))
	stack.reply = listener("wakeword")
	h := startVoiceHouse(t, fmt.Sprintf("[voice.ovos]\naddress = %q\n", stack.address))
	stack.connected(1)
	const rl = "recognizer_loop:"
	utterance := ovos(rl+"utterance", `{"utterances": ["`+spoken+`"], "lang": "en-us"}`)
	wake := func() {
		stack.say(ovos(rl+"wakeword", `{"utterance": "hey mycroft"}`), ovos(rl+"record_begin", "{}"))
		time.Sleep(300 * time.Millisecond) // the listener is asked for its mode
	}
	talk := func() { wake(); stack.say(ovos(rl+"record_end", "{}"), utterance) }
	say := func(kinds ...string) func() {
		return func() {
			for _, kind := range kinds {
				stack.say(ovos(kind, "{}"))
			}
		}
	}
	h.closes("ovos", "a session that ends as it should", atOnce, talk, say(rl+"audio_output_start", rl+"audio_output_end"))
	h.staysClosed("ovos", "a wake word, and nobody speaks", func() { wake(); say(rl+"record_end", rl+"speech.recognition.unknown")() })
	h.staysClosed("ovos", "mycroft.mic.listen", func() { say("mycroft.mic.listen", rl+"record_begin", rl+"record_end")(); stack.say(utterance) })
	h.staysClosed("ovos", "injected audio", func() { stack.say(ovos(rl+"b64_audio", `{"audio": "AAAA"}`), utterance) })
	stack.mu.Lock()
	stack.reply = listener("continuous")
	stack.mu.Unlock()
	h.staysClosed("ovos", "a listener that listens all the time", talk)
	stack.mu.Lock()
	stack.reply = nil
	stack.mu.Unlock()
	h.staysClosed("ovos", "a listener that does not say its mode", talk)
	stack.mu.Lock()
	stack.reply = listener("wakeword")
	stack.mu.Unlock()
	time.Sleep(6 * time.Second) // the wake word of the last trap is forgotten
	h.closes("ovos", "no message says that it is over", silence, talk, func() {})
	h.closes("ovos", "stopped", atOnce, talk, say("mycroft.stop"))
	h.closes("ovos", "the microphone is muted", atOnce, talk, say("mycroft.mic.mute"))
	h.closes("ovos", "asleep", atOnce, talk, say(rl+"sleep"))
	h.closes("ovos", "the listener changes its mode", atOnce, talk, func() { stack.say(ovos(rl+"state", `{"mode": "hybrid"}`)) })
	h.closes("ovos", "half a message", atOnce, talk, func() { stack.say(`{"type": "x`) })
	stack.connected(2)
	h.closes("ovos", "the bus is gone", atOnce, talk, func() { stack.drop() })
	h.saysNothing()

	open := startWebStack(t, "", "0.0.0.0:0", "/core")
	open.reply = listener("wakeword")
	_, port, _ := strings.Cut(strings.TrimPrefix(open.address, "[::]"), ":")
	exposed := startVoiceHouse(t, fmt.Sprintf("[voice.ovos]\naddress = \"127.0.0.1:%s\"\n", port))
	exposed.staysClosed("ovos", "a bus that the network can reach", func() { time.Sleep(3 * time.Second) })
	if open.count != 0 {
		t.Error("a bus that the network can reach was followed")
	}
}
