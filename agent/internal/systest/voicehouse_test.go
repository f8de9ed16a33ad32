//go:build systest

package systest

import (
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// voiceHouse is a running agent that follows voice stacks, with Mosquitto as the one
// recipient, and what became of the traps set for it.
type voiceHouse struct {
	*agent
	ear *ear
}

// startVoiceHouse starts an agent with a [voice] configuration, and lets the kitchen
// be told the temperature in sessions.
func startVoiceHouse(t *testing.T, voice string) *voiceHouse {
	t.Helper()
	endpoint := startMosquitto(t, "", "127.0.0.1")
	h := &voiceHouse{
		agent: startAgent(t, "", "200ms", "[mdns]\nenabled = false\n\n[sensor]\nperiod = \"1s\"\n\n"+voice),
		ear:   listen(t, endpoint),
	}
	h.quietstat("recipient", "add", "kitchen", endpoint, "--reach", "this-device")
	h.quietstat("policy", "set", "kitchen", "climate.temperature=0.5/1s")
	h.until("the voice role is there", 15*time.Second, func() bool {
		s, err := h.status()
		return err == nil && s.Keeper.Voice != nil && s.Keeper.Voice.Connected
	})
	return h
}

// trapRow is one line of the table that is printed.
type trapRow struct{ stack, trap, happened, gate string }

var traps struct {
	mu   sync.Mutex
	rows []trapRow
}

func note(stack, trap, happened, gate string) {
	traps.mu.Lock()
	defer traps.mu.Unlock()
	traps.rows = append(traps.rows, trapRow{stack, trap, happened, gate})
}

// look is what the house says of itself.
type look struct {
	gate     string // open or closed
	refusals map[string]uint64
	messages int
}

func (h *voiceHouse) look() look {
	h.t.Helper()
	s, err := h.status()
	if err != nil || s.Keeper == nil || s.Keeper.Voice == nil {
		h.t.Fatalf("status: %v", err)
	}
	l := look{gate: "closed", refusals: s.Keeper.Voice.Refusals, messages: len(h.ear.all())}
	if s.Keeper.Session != nil || len(s.Keeper.Windows) != 0 {
		l.gate = "open"
	}
	return l
}

// happened says in words what changed between two looks.
func (l look) since(before look) string {
	var words []string
	for _, reason := range slices.Sorted(maps.Keys(l.refusals)) {
		if n := l.refusals[reason] - before.refusals[reason]; n > 0 {
			words = append(words, fmt.Sprintf("%s ×%d", reason, n))
		}
	}
	if len(words) == 0 {
		return "nothing opened"
	}
	return "refused: " + strings.Join(words, ", ")
}

// staysClosed sets a trap and fails if the gate opens, at any moment until a second
// after, or anything is told.
func (h *voiceHouse) staysClosed(stack, trap string, set func()) {
	h.t.Helper()
	before := h.look()
	if before.gate != "closed" {
		h.t.Fatalf("%s: %s: the gate was open before", stack, trap)
	}
	done := make(chan struct{})
	go func() { set(); close(done) }()
	opened := false
	var after look
	for settled := time.Duration(0); settled < time.Second; time.Sleep(50 * time.Millisecond) {
		after = h.look()
		opened = opened || after.gate == "open"
		select {
		case <-done:
			settled += 50 * time.Millisecond // and the time to ask
		default:
		}
	}
	happened := after.since(before)
	if opened || after.messages != before.messages {
		h.t.Errorf("%s: %s: opened %v, %d messages were told", stack, trap, opened, after.messages-before.messages)
		happened, after.gate = "OPENED", "opened"
	}
	note(stack, trap, happened, after.gate)
}

// opens fails unless a session opens and something is told.
func (h *voiceHouse) opens(stack string, set func()) {
	h.t.Helper()
	before := len(h.ear.all())
	set()
	h.until(stack+": a session of "+stack+" opens and the kitchen is told", 15*time.Second, func() bool {
		return len(h.ear.all()) > before && h.look().gate == "open"
	})
}

// closes opens a session, sets a trap, and fails unless the gate is closed within a
// limit and nothing is told after it.
func (h *voiceHouse) closes(stack, trap string, limit time.Duration, open, set func()) {
	h.t.Helper()
	h.opens(stack, open)
	began := time.Now()
	set()
	for h.look().gate == "open" {
		if time.Since(began) > limit {
			h.t.Errorf("%s: %s: still open after %v", stack, trap, limit)
			note(stack, trap, "STILL OPEN", "open")
			h.quietstat("session", "end")
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	took := time.Since(began)
	told := len(h.ear.all())
	time.Sleep(time.Second)
	if now := len(h.ear.all()); now != told {
		h.t.Errorf("%s: %s: %d messages after the gate was closed", stack, trap, now-told)
	}
	note(stack, trap, fmt.Sprintf("closed within %.2f s", took.Seconds()), h.look().gate)
}

// saysNothing fails if words of the room are in anything the agent wrote down.
func (h *voiceHouse) saysNothing() {
	h.t.Helper()
	err := filepath.WalkDir(h.folder, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(b), spoken[:11]) {
			h.t.Errorf("what was said is in %s", path)
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, m := range h.ear.all() {
		if strings.Contains(m.topic+m.payload, spoken[:11]) {
			h.t.Errorf("what was said left the house: %+v", m)
		}
	}
}

// tryWith runs a command of the program with another configuration.
func (h *voiceHouse) tryWith(config string, arguments ...string) ([]byte, error) {
	return exec.Command(h.program, append([]string{"--config", config}, arguments...)...).CombinedOutput()
}

// freePort is a loopback address nobody listens at.
func freePort(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// hermesBroker is Mosquitto with the access list that the manual gives.
type hermesBroker struct {
	port, folder string
	pid          int
}

// hermesAccess is the list of Hermes' documentation, with a guest who may do
// everything but hotwords added to it.
const hermesAccess = `user wake
topic write hermes/hotword/+/detected
topic read hermes/#

user rhasspy
topic read hermes/#
topic write hermes/dialogueManager/#
topic write hermes/asr/#
topic write hermes/nlu/#
topic write hermes/intent/#
topic write hermes/tts/#
topic write hermes/error/#
topic write hermes/audioServer/#
topic write hermes/hotword/toggleOn
topic write hermes/hotword/toggleOff

user quietstat
topic read hermes/#
topic write hermes/dialogueManager/endSession

user guest
topic read hermes/#
topic write hermes/dialogueManager/#
`

// startHermesBroker starts it on the loopback, in a namespace if one is named.
func startHermesBroker(t testing.TB, namespace string) hermesBroker {
	t.Helper()
	b := hermesBroker{port: "1884", folder: t.TempDir()}
	if namespace == "" {
		_, b.port, _ = net.SplitHostPort(freePort(t))
	}
	write := func(name, text string) string {
		path := filepath.Join(b.folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	passwords := filepath.Join(b.folder, "passwords")
	for i, user := range []string{"wake", "rhasspy", "quietstat", "guest"} {
		arguments := []string{"-b", passwords, user, user}
		if i == 0 {
			arguments = append([]string{"-c"}, arguments...)
		}
		output(t, "", peer(t, "mosquitto_passwd"), arguments...)
	}
	write("user", "quietstat\n")
	conf := write("mosquitto.conf", fmt.Sprintf("listener %s 127.0.0.1\nallow_anonymous false\npersistence false\npassword_file %s\nacl_file %s\nuser root\n",
		b.port, passwords, write("access", hermesAccess)))
	b.pid = start(t, namespace, peer(t, "mosquitto"), "-c", conf).Process.Pid
	dialIn(t, namespace, "127.0.0.1:"+b.port).Close()
	return b
}

// configuration follows the broker.
func (b hermesBroker) configuration() string {
	return fmt.Sprintf("[voice.hermes]\nbroker = \"127.0.0.1:%s\"\nusername_file = %q\npassword_file = %q\n", b.port, filepath.Join(b.folder, "user"), filepath.Join(b.folder, "user"))
}
