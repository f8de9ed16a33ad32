package uplink

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

const epoch = 7

// broker is a bare listener that answers CONNECT and keeps what comes after it.
type broker struct {
	net.Listener
	hold chan struct{} // if set, CONNACK waits for it
	deaf bool          // reads nothing after CONNACK

	mu      sync.Mutex
	conns   []net.Conn
	got     []byte // after the CONNECTs
	streams sync.WaitGroup
}

func serve(t *testing.T, set func(*broker)) *broker {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &broker{Listener: l}
	if set != nil {
		set(b)
	}
	b.streams.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			b.mu.Lock()
			b.conns = append(b.conns, c)
			b.mu.Unlock()
			b.streams.Go(func() { b.welcome(c) })
		}
	})
	t.Cleanup(func() { b.Close() })
	return b
}

func (b *broker) welcome(c net.Conn) {
	if _, err := c.Read(make([]byte, 1<<10)); err != nil { // the CONNECT, in one piece on loopback
		return
	}
	if b.hold != nil {
		<-b.hold
	}
	_, _ = c.Write([]byte{0x20, 2, 0, 0})
	if b.deaf {
		return
	}
	buf := make([]byte, 1<<10)
	for {
		n, err := c.Read(buf)
		b.mu.Lock()
		b.got = append(b.got, buf[:n]...)
		b.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// end waits until everything that was sent has been read. The uplinks must be gone.
func (b *broker) end() []byte {
	b.Close()
	b.streams.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.got)
}

func (b *broker) connections() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.conns)
}

func (b *broker) cut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.conns {
		c.Close()
	}
}

func recipient(endpoint string) consent.Recipient {
	return consent.Recipient{
		ID: "hub", DisplayName: "Hub", Reach: consent.ReachThisDevice,
		Endpoint: "mqtt://" + endpoint, TopicPrefix: "home", Profile: consent.ProfileJSON,
	}
}

// enrol writes the recipient's file.
func enrol(t *testing.T, r consent.Recipient) (path string) {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "hub.json")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// keeper is the other end of a link, by hand.
type keeper struct {
	*testing.T
	conn  net.Conn
	hello wire.Hello
	ended chan error
}

// begin runs an uplink in this process and takes its Hello.
func begin(t *testing.T, r consent.Recipient, life time.Duration) *keeper {
	t.Helper()
	ours, theirs := pair(t)
	k := &keeper{T: t, conn: ours, ended: make(chan error, 1)}
	path := enrol(t, r)
	go func() { k.ended <- run(context.Background(), theirs, path, life) }()
	k.expect(wire.KindHello, &k.hello)
	return k
}

func (k *keeper) send(kind wire.Kind, body any) {
	k.Helper()
	if err := wire.Send(k.conn, kind, body); err != nil {
		k.Fatal(err)
	}
}

func (k *keeper) expect(want wire.Kind, into any) {
	k.Helper()
	kind, body, err := wire.Receive(k.conn, make([]byte, wire.MaxFrame+1))
	if err != nil || kind != want {
		k.Fatalf("a frame of kind %q, %v; want %q", kind, err, want)
	}
	if err := wire.Decode(body, into); err != nil {
		k.Fatal(err)
	}
}

func (k *keeper) open() {
	k.Helper()
	k.send(wire.KindOpen, wire.Open{Epoch: epoch, Fingerprint: k.hello.Fingerprint})
	var opened wire.Opened
	if k.expect(wire.KindOpened, &opened); opened.Epoch != epoch || opened.Error != "" {
		k.Fatalf("opened: %+v", opened)
	}
}

// deliver sends a delivery and returns what became of it.
func (k *keeper) deliver(id, payload string) wire.Outcome {
	k.Helper()
	k.send(wire.KindDelivery, release(id, epoch, payload))
	var o wire.Outcome
	if k.expect(wire.KindOutcome, &o); o.ID != id || o.Epoch != epoch {
		k.Fatalf("outcome: %+v", o)
	}
	return o
}

// closed takes the last frame and the end of the link, and returns what Run did.
func (k *keeper) closed() error {
	k.Helper()
	var c wire.Closed
	if k.expect(wire.KindClosed, &c); c.Epoch != epoch {
		k.Fatalf("closed: %+v", c)
	}
	if kind, _, err := wire.Receive(k.conn, make([]byte, wire.MaxFrame+1)); err != io.EOF {
		k.Fatalf("a frame of kind %q followed Closed, %v", kind, err)
	}
	return <-k.ended
}

// release is the body of a delivery frame, as the keeper writes it.
func release(id string, in uint64, payload string) any {
	return map[string]any{"id": id, "epoch": in, "topic": "home/t", "payload": []byte(payload)}
}

func pair(t *testing.T) (ours, theirs net.Conn) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	conns := make([]net.Conn, 2)
	for i, fd := range fds {
		f := os.NewFile(uintptr(fd), "link")
		if conns[i], err = net.FileConn(f); err != nil {
			t.Fatal(err)
		}
		f.Close()
		t.Cleanup(func() { conns[i].Close() })
	}
	return conns[0], conns[1]
}
