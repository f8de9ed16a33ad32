package mqtt

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"quietstat/agent/internal/wire"
)

const epoch = 7

// recipient is a bare listener that speaks just enough MQTT to be connected to,
// and remembers everything it was sent.
type recipient struct {
	net.Listener
	welcome func(net.Conn) // what it does instead of accepting a CONNECT
	stalled bool           // does not read after CONNACK until told
	read    chan struct{}  // tells it

	mu      sync.Mutex
	conns   []net.Conn
	got     []packets.ControlPacket
	bytes   int // read after the CONNECT
	streams sync.WaitGroup
}

func listen(t *testing.T, set ...func(*recipient)) *recipient {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &recipient{Listener: l, read: make(chan struct{})}
	for _, f := range set {
		f(r)
	}
	return attend(t, r)
}

// attend serves a listener that is there.
func attend(t *testing.T, r *recipient) *recipient {
	r.streams.Go(func() {
		for {
			c, err := r.Accept()
			if err != nil {
				return
			}
			r.mu.Lock()
			r.conns = append(r.conns, c)
			r.mu.Unlock()
			r.streams.Go(func() { r.serve(c) })
		}
	})
	t.Cleanup(r.end)
	return r
}

// end waits until all that was sent has been read. The clients must be closed.
func (r *recipient) end() {
	r.Close()
	r.streams.Wait()
}

func (r *recipient) serve(c net.Conn) {
	defer c.Close()
	if !r.keep(packets.ReadPacket(c)) {
		return
	}
	if r.welcome != nil {
		r.welcome(c)
	} else {
		accept(c)
	}
	if r.stalled {
		<-r.read
	}
	in := io.TeeReader(c, counter{r})
	for r.keep(packets.ReadPacket(in)) {
	}
}

func accept(c net.Conn) {
	_ = packets.NewControlPacket(packets.Connack).Write(c)
}

type counter struct{ r *recipient }

func (c counter) Write(b []byte) (int, error) {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	c.r.bytes += len(b)
	return len(b), nil
}

func (r *recipient) keep(p packets.ControlPacket, err error) bool {
	if err != nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, p)
	return true
}

// connections is how often it was connected to.
func (r *recipient) connections() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.conns)
}

// kinds are the first bytes' kinds of all packets in order of arrival.
func (r *recipient) kinds() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	var kinds []byte
	for _, p := range r.got {
		var b bytes.Buffer
		_ = p.Write(&b)
		kinds = append(kinds, b.Bytes()[0]>>4)
	}
	return kinds
}

// published are the payloads in order of arrival.
func (r *recipient) published() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []string
	for _, p := range r.got {
		if p, ok := p.(*packets.PublishPacket); ok {
			all = append(all, string(p.Payload))
		}
	}
	return all
}

func (r *recipient) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		_ = c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
}

func always() bool { return true }

func options(endpoint string) Options {
	return Options{Endpoint: "mqtt://" + endpoint, ClientID: "window-1", Epoch: epoch, Alive: always, ConnectTimeout: 30 * time.Second}
}

// dial connects, or ends the test.
func dial(t *testing.T, o Options) *Client {
	t.Helper()
	c, err := Dial(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// delivery makes one the only way there is: by reading a frame.
func delivery(t testing.TB, in uint64, topic, payload string) wire.Delivery {
	t.Helper()
	body, err := json.Marshal(map[string]any{"id": "m", "epoch": in, "topic": topic, "payload": []byte(payload)})
	if err != nil {
		t.Fatal(err)
	}
	d, err := wire.DecodeDelivery(body)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func refused(err error) bool { return errors.Is(err, ErrRefused) }
