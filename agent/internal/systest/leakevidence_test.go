//go:build systest

package systest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// closedTime is how long the closed house is watched before anything is opened;
// QUIETSTAT_CLOSED lengthens it for scripts/soak.
func closedTime(t testing.TB) time.Duration {
	t.Helper()
	text := os.Getenv("QUIETSTAT_CLOSED")
	if text == "" {
		return 20 * time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// evidence is what one house has shown to the outside in a life with everything in
// it: what was captured, recorded, printed and written down. The leak tests judge
// it; it is gathered once.
type evidence struct {
	closed, probed, after                      span   // gate closed: untouched, asked from outside, after a session
	session, cutting, lapsing, answered, named span   // sessions
	cable, home                                string // capture files
	onCable, onHome                            []packet

	kitchen, stranger, trap *recorder
	study                   *sealed
	ears                    []heard // what Mosquitto handed on
	late                    []heard // what it still hands to a newcomer

	uplinksClosed, uplinksAll int
	journal                   map[string]string // before the crashes
	crashes                   map[string]string // what a role printed when it was aborted
	cores                     []string
	folder                    string // a copy of the state folder
	consentBefore, consentNow string
	listening                 string            // sockets of the house's namespace
	strangers                 map[string]string // what another user of the machine is told
	recipients                string            // what the owner is shown
	calls                     string            // of the keeper and control: what they asked of the network

	bytesAtCut, bytesAfterCut int
	answeredAt                time.Time // when a recipient spoke to the house
	answeredOn                *recorded // and on which connection
	lapse                     time.Duration
}

var gathered struct {
	once sync.Once
	*evidence
}

// witness returns the evidence, gathering it if nobody has.
func witness(t *testing.T) *evidence {
	t.Helper()
	gathered.once.Do(func() {
		t.Log("gathering the evidence that all leak tests judge")
		gathered.evidence = gather(t)
	})
	if gathered.evidence == nil {
		t.Fatal("the evidence could not be gathered; the first of the leak tests says why")
	}
	return gathered.evidence
}

const (
	recorderPort = ":1884"
	strangerPort = ":1885"
	trapPort     = ":3128"
	sealedPort   = ":8883"
	houseAddress = "10.77.0.1"
	houseAtHome  = "10.78.0.1"
	unheardName  = "broker.house.test"
	canaryParty  = "Example Analytics"
)

// probePorts are what voice stacks, brokers, browsers and monitors would be found
// at: none may answer.
var probePorts = []int{22, 53, 80, 443, 1883, 5353, 5355, 6055, 6053, 6060, 8080, 8123, 8181, 8883, 9090, 9100, 10300, 10400, 10500, 10600, 10700}

func gather(t *testing.T) *evidence {
	t.Helper()
	begun := time.Now()
	defer func() { t.Logf("gathered in %v", time.Since(begun)) }()
	n := makeNetwork(t)
	resolver(t, n.house)
	proxy := "http://" + brokerAddress + trapPort
	h := stage(t, n.house, "all_proxy="+proxy, "ALL_PROXY="+proxy, "http_proxy="+proxy, "HTTP_PROXY="+proxy, "https_proxy="+proxy, "HTTPS_PROXY="+proxy)
	e := &evidence{
		kitchen: record(t, n.outside, brokerAddress+recorderPort), stranger: record(t, n.outside, brokerAddress+strangerPort),
		trap: record(t, n.outside, brokerAddress+trapPort), study: seal(t, n.outside, brokerAddress+sealedPort), crashes: map[string]string{}, strangers: map[string]string{},
	}
	startMosquitto(t, n.outside, brokerAddress)
	ear := listenIn(t, n.outside)
	home, cable := watch(t, n.outside, homeLink), watch(t, n.outside, brokerLink)

	h.begin()
	h.enrol("kitchen", e.kitchen.endpoint)
	h.quietstat("policy", "set", "kitchen", "climate.temperature=0.5/1s", "setpoint/1s")
	h.enrol("parlor", "mqtt://"+brokerAddress+":1883")
	h.quietstat("policy", "set", "parlor", "climate.temperature=0.5/1s")
	h.enrol("stranger", e.stranger.endpoint)
	h.enrol("study", e.study.endpoint, "--pin", e.study.pin, "--onward", canaryParty)
	h.quietstat("policy", "set", "study", "climate.temperature=0.5/1s")
	h.enrol("named", "mqtt://"+unheardName+":1883")
	e.consentBefore = h.consents()
	time.Sleep(6 * time.Second) // mdns has announced itself
	calls := traceCalls(t, h)

	e.closed.from = time.Now()
	h.live(closedTime(t))
	h.quietstat("ledger", "verify")
	e.closed.to = time.Now()
	e.uplinksClosed = h.uplinks()

	e.probed.from = time.Now()
	e.forge(t, n)
	e.probe(t, n)
	time.Sleep(2 * time.Second)
	e.probed.to = time.Now()
	e.listening = output(t, n.house, "ss", "-Hlntup")
	e.askAsStranger(h)

	e.session = h.inSession("kitchen", 4, func() { h.live(3 * time.Second) })
	time.Sleep(8 * time.Second) // the kernel's own neighbour probe after a connection
	e.after.from = time.Now()
	h.live(6 * time.Second)
	e.after.to = time.Now()

	e.cutting = h.inSession("kitchen", 1, func() {
		e.bytesAtCut = e.kitchen.bytes()
		output(t, n.outside, peer(t, "ip"), "link", "set", brokerLink, "down")
		time.Sleep(3 * time.Second) // messages are decided and written, and wait in the kernel
		e.bytesAtCut = e.kitchen.bytes()
	})
	// A packet that waited in the kernel for the neighbour's address is beyond the socket
	// that it came from; after three requests (RFC 826, and a second each in Linux) it is
	// let go. That much is residual.
	time.Sleep(4 * time.Second)
	output(t, n.outside, peer(t, "ip"), "link", "set", brokerLink, "up")
	time.Sleep(4 * time.Second)
	e.bytesAfterCut = e.kitchen.bytes()

	e.answer(h)
	e.lapse = e.loseTheEnd(h)
	e.nameOnly(h)
	e.calls = calls()
	e.consentNow, e.recipients = h.consents(), h.quietstat("recipient", "show", "study")
	e.late = listenIn(t, n.outside).after(2 * time.Second)
	e.ears = ear.all()
	e.uplinksAll = h.uplinks()
	e.cable, e.home = cable.stop(), home.stop()
	e.onCable, e.onHome = dissect(t, e.cable), dissect(t, e.home)
	e.journal = h.journal()
	e.crash(t, h)
	e.keep(t, h)
	return e
}

// inSession opens a session, waits for messages, does something and ends it. On a
// machine with more to do than it can, a window may be lost to its lease; then it is
// asked for again.
func (h *staged) inSession(recipient string, messages uint64, do func()) (s span) {
	h.t.Helper()
	for attempt := 1; ; attempt++ {
		s.from = time.Now()
		h.quietstat("session", "start")
		if h.told(recipient, messages) {
			break
		}
		if attempt == 4 {
			h.t.Fatalf("%d sessions without %d messages", attempt, messages)
		}
		h.quietstat("session", "end")
	}
	do()
	h.quietstat("session", "end")
	s.to = time.Now()
	return s
}

// told reports whether so many messages left before the session was over.
func (h *staged) told(recipient string, messages uint64) bool {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if h.messages(recipient) >= messages {
			return true
		}
		s, err := h.status()
		if err == nil && s.Keeper != nil && len(s.Keeper.Windows) == 0 {
			return false
		}
	}
	return false
}

// live lets the house be lived in: doors, warmth and wishes change.
func (h *staged) live(d time.Duration) {
	h.t.Helper()
	open := false
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(700 * time.Millisecond) {
		open = !open
		h.door(open)
	}
	h.door(false)
}

// consents is everything that says who may know what.
func (h *staged) consents() string {
	h.t.Helper()
	return h.quietstat("recipient", "list") + h.quietstat("policy", "show", "kitchen") + h.quietstat("policy", "show", "parlor") + h.quietstat("consent", "list")
}

// resolver gives the house a name server, which is not there.
func resolver(t *testing.T, namespace string) {
	t.Helper()
	folder := filepath.Join("/etc/netns", namespace)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder); os.Remove("/etc/netns") })
	if err := os.WriteFile(filepath.Join(folder, "resolv.conf"), []byte("nameserver "+brokerAddress+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// listenIn is listen inside a namespace, at the broker's own address.
func listenIn(t *testing.T, namespace string) *ear {
	t.Helper()
	return follow(t, exec.Command(peer(t, "ip"), "netns", "exec", namespace, peer(t, "mosquitto_sub"), "-h", brokerAddress, "-t", "#", "-F", "%r %t %p"))
}

func (e *ear) after(d time.Duration) []heard {
	time.Sleep(d)
	return e.all()
}

// forge says at the broker everything that elsewhere opens a session, grants
// something or asks for a report.
func (e *evidence) forge(t *testing.T, n network) {
	for topic, text := range map[string]string{
		"hermes/hotword/default/detected":               `{"modelId":"default","siteId":"kitchen"}`,
		"hermes/dialogueManager/sessionStarted":         `{"sessionId":"1","siteId":"kitchen"}`,
		"hermes/dialogueManager/startSession":           `{"siteId":"kitchen","init":{"type":"action"}}`,
		"quietstat/parlor/session/start":                `{"evidence":"press"}`,
		"quietstat/parlor/consent/grant":                `{"recipient":"parlor","categories":["climate.temperature"],"days":365}`,
		"quietstat/parlor/set":                          `{"setpoint":30}`,
		"homeassistant/status":                          `online`,
		"homeassistant/climate/quietstat/config":        `{"retain":true,"expose":"all"}`,
		"$aws/things/quietstat/shadow/update/delta":     `{"state":{"reporting":"on"}}`,
		"alexa/directive/ReportState":                   `{"directive":{"header":{"name":"ReportState"}}}`,
		"alexa/directive/AcceptGrant":                   `{"grant":{"type":"OAuth2.AuthorizationCode","code":"x"}}`,
		"quietstat/parlor/policy":                       `{"climate.temperature":"live"}`,
		"quietstat/parlor/state/get":                    ``,
		"wyoming/detection":                             `{"type":"detection","name":"ok_nabu"}`,
		"ovos/mycroft.mic.listen":                       `{}`,
		"assist_satellite/start_conversation/quietstat": `{}`,
	} {
		output(t, n.outside, "mosquitto_pub", "-h", brokerAddress, "-t", topic, "-m", text)
	}
}

// probe asks the house from its own home network: names, and every likely port.
func (e *evidence) probe(t *testing.T, n network) {
	question := []byte("\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x0a_quietstat\x04_tcp\x05local\x00\x00\x0c\x00\x01")
	inNamespace(t, n.outside, func() error {
		conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP("10.78.0.2"), Port: 5353})
		if err != nil {
			return err
		}
		defer conn.Close()
		for range 3 {
			if _, err := conn.WriteToUDP(question, &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}); err != nil {
				return err
			}
			time.Sleep(time.Second)
		}
		for _, address := range []string{houseAddress, houseAtHome} {
			for _, port := range probePorts {
				c, err := net.DialTimeout("tcp4", fmt.Sprintf("%s:%d", address, port), time.Second)
				if err == nil {
					e.strangers[fmt.Sprintf("tcp %s:%d", address, port)] = "it answers"
					c.Close()
				}
			}
		}
		return nil
	})
}

// askAsStranger asks the roles' sockets as another user of the machine.
func (e *evidence) askAsStranger(h *staged) {
	for _, verb := range []string{"status", "explain"} {
		c := exec.Command(peer(h.t, "setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups", h.program, "--runtime", filepath.Join(h.folder, "run"), verb)
		b, err := c.CombinedOutput()
		if err == nil {
			e.strangers[verb] = "it is answered"
		}
		if found := canaryIn(b); len(found) > 0 {
			e.strangers[verb] = strings.Join(found, ", ")
		}
	}
}

// answer lets a recipient speak in a session, as if it had been asked.
func (e *evidence) answer(h *staged) {
	e.answered.from = time.Now()
	h.quietstat("session", "start")
	h.until("a message", 20*time.Second, func() bool { return h.messages("kitchen") >= 1 })
	links := e.kitchen.all()
	last := links[len(links)-1]
	topic := "quietstat/kitchen/set"
	e.answeredAt, e.answeredOn = time.Now(), last
	last.conn.Write(append([]byte{0x30, byte(2 + len(topic) + 2), 0, byte(len(topic))}, topic+"30"...))
	h.until("the connection is cut", 5*time.Second, func() bool { end, _ := last.end(); return !end.IsZero() })
	h.quietstat("session", "end")
	e.answered.to = time.Now()
}

// loseTheEnd opens a session that nobody ends and returns how long it lasted.
func (e *evidence) loseTheEnd(h *staged) time.Duration {
	e.lapsing.from = time.Now()
	h.quietstat("session", "start")
	h.until("an uplink", 10*time.Second, func() bool { return len(h.processes("uplink")) > 0 })
	h.until("the session has ended by itself", 20*time.Second, func() bool {
		s, err := h.status()
		return err == nil && s.Keeper != nil && len(s.Keeper.Windows) == 0 && len(h.processes("uplink")) == 0
	})
	e.lapsing.to = time.Now()
	return e.lapsing.to.Sub(e.lapsing.from)
}

// nameOnly has a session with somebody whose address must be looked up.
func (e *evidence) nameOnly(h *staged) {
	h.quietstat("policy", "set", "named", "climate.temperature=0.5/1s")
	time.Sleep(time.Second)
	e.named.from = time.Now()
	h.quietstat("session", "start")
	time.Sleep(3 * time.Second)
	h.quietstat("session", "end")
	e.named.to = time.Now()
	h.quietstat("policy", "clear", "named")
	time.Sleep(3 * time.Second)
}

// crash aborts every role and keeps what it prints.
func (e *evidence) crash(t *testing.T, h *staged) {
	h.quietstat("session", "start")
	h.until("an uplink", 10*time.Second, func() bool { return h.messages("kitchen") > 0 })
	for _, role := range []string{"uplink", "keeper", "control", "mdns"} {
		before := len(h.journal()[role])
		for _, pid := range h.processes(role) {
			syscall.Kill(pid, syscall.SIGABRT)
		}
		for end := time.Now().Add(5 * time.Second); len(h.processes(role)) > 0 && time.Now().Before(end); {
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(100 * time.Millisecond)
		e.crashes[role] = h.journal()[role][before:]
	}
	cores, err := filepath.Glob(filepath.Join(h.folder, "core*"))
	if err != nil {
		t.Fatal(err)
	}
	e.cores = cores
}

// keep copies what the house has written.
func (e *evidence) keep(t *testing.T, h *staged) {
	t.Helper()
	folder, err := os.MkdirTemp("", "qsevidence")
	if err != nil {
		t.Fatal(err)
	}
	swept = append(swept, folder)
	e.folder = filepath.Join(folder, "state")
	output(t, "", "cp", "-a", filepath.Join(h.folder, "state"), e.folder)
	for _, file := range []*string{&e.cable, &e.home} {
		kept := filepath.Join(folder, filepath.Base(filepath.Dir(*file))+".pcapng")
		output(t, "", "cp", *file, kept)
		*file = kept
	}
}

// traceCalls follows what keeper and control ask of the network, with strace, and
// returns what ends it and tells.
func traceCalls(t *testing.T, h *staged) (end func() string) {
	t.Helper()
	file := filepath.Join(h.folder, "calls")
	arguments := []string{"-f", "-qq", "-e", "trace=socket,connect,sendto,sendmsg,sendmmsg,bind", "-o", file}
	for _, role := range []string{"keeper", "control"} {
		for _, pid := range h.processes(role) {
			arguments = append(arguments, "-p", fmt.Sprint(pid))
		}
	}
	c := exec.Command(peer(t, "strace"), arguments...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(file); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal("strace does not begin")
		}
	}
	return func() string {
		c.Process.Signal(syscall.SIGINT)
		c.Wait()
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
}
