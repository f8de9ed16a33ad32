//go:build systest

package mqtt

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"quietstat/agent/internal/wire"
)

// stormProxy is the link to a broker, at an address that the tap knows.
type stormProxy struct {
	address  string
	number   uint32 // the address, to the tap
	listener net.Listener
	broker   string

	mu    sync.Mutex
	conn  *net.TCPConn
	still bool // takes nothing from the socket
	over  chan struct{}
}

func startStormProxy(t *testing.T, broker string) *stormProxy {
	t.Helper()
	ip, number := nextLink()
	small := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, 4<<10) })
	}}
	l, err := small.Listen(t.Context(), "tcp", ip.String()+":0")
	if err != nil {
		t.Fatal(err)
	}
	p := &stormProxy{address: l.Addr().String(), number: number, listener: l, broker: broker, over: make(chan struct{})}
	go p.serve()
	return p
}

func (p *stormProxy) serve() {
	defer close(p.over)
	conn, err := p.listener.Accept()
	if err != nil {
		return
	}
	up, err := net.Dial("tcp", p.broker)
	if err != nil {
		conn.Close()
		return
	}
	defer up.Close()
	p.mu.Lock()
	p.conn = conn.(*net.TCPConn)
	p.mu.Unlock()
	go func() {
		io.Copy(conn, up)
		conn.Close()
	}()
	buf := make([]byte, 32<<10)
	for {
		n, done := p.take(buf)
		if n > 0 {
			if _, err := up.Write(buf[:n]); err != nil {
				return
			}
			continue
		}
		if done {
			return
		}
		time.Sleep(200 * time.Microsecond)
	}
}

// take reads what is there, without waiting.
func (p *stormProxy) take(buf []byte) (n int, done bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.still {
		return 0, false
	}
	c, err := p.conn.SyscallConn()
	if err != nil {
		return 0, true
	}
	var readErr error
	err = c.Read(func(fd uintptr) bool {
		n, _, readErr = unix.Recvfrom(int(fd), buf, unix.MSG_DONTWAIT)
		return true
	})
	n = max(n, 0)
	return n, err != nil || n == 0 && readErr != unix.EAGAIN
}

func (p *stormProxy) stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.still = true
}

// cut ends the link as a pulled cable would not: at once, for both.
func (p *stormProxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conn != nil {
		p.conn.SetLinger(0)
		p.conn.Close()
		p.still = false
	}
}

// expectEnd is called when a closing has returned: the connection ends.
func (p *stormProxy) expectEnd(t *testing.T, name string) {
	p.mu.Lock()
	p.still = false
	p.mu.Unlock()
	select {
	case <-p.over:
	case <-time.After(5 * time.Second):
		t.Errorf("%s: the connection was not ended", name)
		p.cut()
		<-p.over
	}
}

func (p *stormProxy) end() {
	p.listener.Close()
	p.cut()
	<-p.over
}

// stormVariable turns this test binary into a client that publishes what it is
// handed until it is killed.
const stormVariable = "QUIETSTAT_STORM_CHILD"

// stormOrder is what the child is told.
type stormOrder struct {
	Endpoint, ClientID string
	Epoch              uint64
	Pins               []string
}

func stormChild() int {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	line, err := in.ReadBytes('\n')
	var order stormOrder
	if err != nil || json.Unmarshal(line, &order) != nil {
		return 1
	}
	c, err := Dial(context.Background(), Options{Endpoint: order.Endpoint, ClientID: order.ClientID, Epoch: order.Epoch, Alive: always, TLS: TLS{Pins: order.Pins}})
	if err != nil {
		return 1
	}
	fmt.Println("open")
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			select {} // until it is killed
		}
		d, err := wire.DecodeDelivery(line[:len(line)-1])
		if err != nil {
			return 1
		}
		c.Publish(d)
	}
}

// murder is one window whose process is killed: its death is the closing.
func murder(t *testing.T, y *tally, s *supply, b stormBroker, random *rand.Rand, name string) {
	p := startStormProxy(t, b.address)
	defer p.end()
	s.open(t)
	defer s.shut(t)
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), stormVariable+"=1")
	in, err := child.StdinPipe()
	if err != nil {
		t.Error(err)
		return
	}
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Error(err)
		return
	}
	order := stormOrder{Endpoint: "mqtt://" + p.address, ClientID: s.clientID(), Epoch: s.epoch, Pins: b.tls.Pins}
	if order.Pins != nil {
		order.Endpoint = "mqtts://" + p.address
	}
	first, _ := json.Marshal(order)
	in.Write(append(first, '\n'))
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "open\n" {
		t.Errorf("%s: the child said %q, %v", name, line, err)
	}
	fed := make(chan struct{})
	go func() {
		defer close(fed)
		for d := range s.decide(t, 40) {
			body, _ := json.Marshal(map[string]any{"id": d.ID(), "epoch": d.Epoch(), "topic": d.Topic(), "payload": d.Payload()})
			y.attempts.Add(1)
			if _, err := in.Write(append(body, '\n')); err != nil {
				return
			}
		}
	}()
	time.Sleep(time.Duration(random.IntN(12000)) * time.Microsecond)
	if random.IntN(3) == 0 {
		p.stall()
	}
	begun := time.Now()
	child.Process.Kill()
	child.Wait()
	y.closed(name, p.number, begun)
	y.killed.Add(1)
	p.expectEnd(t, name)
	<-fed
}

// startStormMosquitto runs Mosquitto with a listener in the clear and one over TLS.
func startStormMosquitto(t *testing.T, id identity) (brokers []stormBroker) {
	t.Helper()
	var ports []int
	for range 2 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
		l.Close()
	}
	config := filepath.Join(t.TempDir(), "mosquitto.conf")
	text := fmt.Sprintf("user root\nper_listener_settings false\nallow_anonymous true\npersistence false\nmax_queued_messages 0\nlistener %d 127.0.0.1\nlistener %d 127.0.0.1\ncertfile %s\nkeyfile %s\n",
		ports[0], ports[1], id.certFile, id.keyFile)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	program, err := exec.LookPath("mosquitto")
	if err != nil {
		program = "/usr/sbin/mosquitto"
	}
	run(t, nil, program, "-c", config)
	for _, port := range ports {
		for end := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			if c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
				c.Close()
				break
			}
			if time.Now().After(end) {
				t.Fatal("mosquitto does not answer")
			}
		}
	}
	lines := new(heardLines)
	run(t, lines, "mosquitto_sub", "-h", "127.0.0.1", "-p", fmt.Sprint(ports[0]), "-t", "storm/#", "-F", "%p")
	time.Sleep(300 * time.Millisecond) // the subscription stands
	return []stormBroker{
		{name: "mosquitto plain", address: fmt.Sprintf("127.0.0.1:%d", ports[0]), heard: lines.all},
		{name: "mosquitto tls", address: fmt.Sprintf("127.0.0.1:%d", ports[1]), tls: TLS{Pins: []string{id.pin}}, heard: lines.all},
	}
}

// run runs a peer until the test ends. One that is missing is a failure.
func run(t *testing.T, out io.Writer, name string, arguments ...string) {
	t.Helper()
	c := exec.Command(name, arguments...)
	c.Stdout = out
	if err := c.Start(); err != nil {
		t.Fatalf("%s: %v; .ci/run installs it", name, err)
	}
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
}

// heardLines collects lines.
type heardLines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (h *heardLines) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(b)
}

func (h *heardLines) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	text := h.text.String()
	return strings.FieldsFunc(text[:strings.LastIndexByte(text, '\n')+1], func(r rune) bool { return r == '\n' })
}
