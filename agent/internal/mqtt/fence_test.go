package mqtt

import (
	"bytes"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
	"pgregory.net/rapid"

	"quietstat/agent/internal/wire"
)

// sink is a connection that keeps what is written to it, even after its end: it
// shows what the fence itself lets through, with no socket to help.
type sink struct {
	net.Conn
	got   bytes.Buffer
	begin chan struct{} // if set, a write says that it has begun
	block chan struct{} // if set, a write waits for it
	n     int           // if set, a write fails after so many bytes
}

func (s *sink) SetWriteDeadline(time.Time) error { return nil }
func (s *sink) Close() error                     { return nil }
func (s *sink) Write(b []byte) (int, error) {
	if s.block != nil {
		s.begin <- struct{}{}
		<-s.block
	}
	if s.n != 0 {
		s.got.Write(b[:s.n-1])
		return s.n - 1, errors.New("cut")
	}
	return s.got.Write(b)
}

// fenced is an open fence before a sink, past its CONNECT.
func fenced(t testing.TB) (*fence, *conn, *sink) {
	t.Helper()
	s := &sink{}
	raw := &counted{Conn: s}
	f := newFence(epoch, "window-1", always)
	c := &conn{fence: f, line: &line{raw: raw, top: raw}}
	if err := f.attach(c.line); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write(connectPacket(nil)); err != nil {
		t.Fatal(err)
	}
	s.got.Reset()
	return f, c, s
}

func TestFirstPacketMustBeOurConnect(t *testing.T) {
	reserved := connectPacket(nil)
	reserved[2+len("\x00\x04MQTT\x04")] |= 1 // paho cannot be made to write it
	tests := []struct {
		name string
		in   []byte
		ok   bool
	}{
		{"connect", connectPacket(nil), true},
		{"with a login", connectPacket(func(p *packets.ConnectPacket) {
			p.UsernameFlag, p.Username, p.PasswordFlag, p.Password = true, "u", true, []byte("p")
		}), true},
		{"with a will", connectPacket(func(p *packets.ConnectPacket) {
			p.WillFlag, p.WillTopic, p.WillMessage = true, "will", []byte("gone")
		}), false},
		{"with a will's quality and no will", connectPacket(func(p *packets.ConnectPacket) { p.WillQos = 1 }), false},
		{"with a session", connectPacket(func(p *packets.ConnectPacket) { p.CleanSession = false }), false},
		{"with another id", connectPacket(func(p *packets.ConnectPacket) { p.ClientIdentifier = "window-2" }), false},
		{"with a reserved bit", reserved, false},
		{"ping", []byte{0xc0, 0}, false},
		{"disconnect", []byte{0xe0, 0}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			raw := &counted{Conn: &sink{}}
			f := newFence(epoch, "window-1", always)
			n, err := f.write(test.in, &line{raw: raw, top: raw})
			if (err == nil) != test.ok || f.shut() == test.ok || (n == len(test.in)) != test.ok || (raw.bytes.Load() != 0) != test.ok {
				t.Errorf("%d bytes, %v, closed %v", n, err, f.shut())
			}
		})
	}
}

func TestOnlyWhatIsAllowedPasses(t *testing.T) {
	decided, err := publish("home/t", []byte("21.0"))
	if err != nil {
		t.Fatal(err)
	}
	with := func(i int, c byte) []byte { b := bytes.Clone(decided); b[i] = c; return b }
	subscribe := packets.NewControlPacket(packets.Subscribe).(*packets.SubscribePacket)
	subscribe.Topics, subscribe.Qoss = []string{"#"}, []byte{0}
	puback := packets.NewControlPacket(packets.Puback)
	tests := []struct {
		name string
		in   []byte
		ok   bool
	}{
		{"decided", decided, true},
		{"ping", []byte{0xc0, 0}, true},
		{"disconnect", []byte{0xe0, 0}, true},
		{"retained", with(0, 0x31), false},
		{"QoS 1", with(0, 0x32), false},
		{"duplicate", with(0, 0x38), false},
		{"another payload", with(len(decided)-1, '1'), false},
		{"another topic", with(4, 'H'), false},
		{"cut", decided[:len(decided)-1], false},
		{"with a ping behind", append(bytes.Clone(decided), 0xc0, 0), false},
		{"ping with flags", []byte{0xc1, 0}, false},
		{"ping with a body", []byte{0xc0, 1, 0}, false},
		{"second connect", connectPacket(nil), false},
		{"subscribe", encoded(subscribe), false},
		{"puback", encoded(puback), false},
		{"nothing", nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, c, s := fenced(t)
			if _, err := f.arm(delivery(t, epoch, "home/t", "21.0")); err != nil {
				t.Fatal(err)
			}
			_, err := c.Write(test.in)
			if test.ok {
				if err != nil || f.shut() || !bytes.Equal(s.got.Bytes(), test.in) {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			if !refused(err) || !f.shut() || s.got.Len() != 0 {
				t.Fatalf("passed %d bytes: %v", s.got.Len(), err)
			}
			if _, err := c.Write([]byte{0xc0, 0}); !refused(err) || s.got.Len() != 0 {
				t.Errorf("open again after a refusal: %v", err)
			}
		})
	}
}

func TestDeliveryPassesOnce(t *testing.T) {
	f, c, s := fenced(t)
	shot, err := f.arm(delivery(t, epoch, "home/t", "21.0"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.arm(delivery(t, epoch, "home/t", "21.5")); !refused(err) {
		t.Errorf("two were armed: %v", err)
	}
	if _, err := c.Write(shot.packet); err != nil {
		t.Fatal(err)
	}
	if result, err := f.disarm(shot); result != wire.ResultSent || err != nil {
		t.Errorf("result %d, %v", result, err)
	}
	if _, err := c.Write(shot.packet); !refused(err) || s.got.Len() != len(shot.packet) {
		t.Errorf("it passed twice: %v", err)
	}
}

func TestDisarmedDoesNotPass(t *testing.T) {
	f, c, s := fenced(t)
	shot, err := f.arm(delivery(t, epoch, "home/t", "21.0"))
	if err != nil {
		t.Fatal(err)
	}
	if result, err := f.disarm(shot); result != wire.ResultFailed || err == nil {
		t.Errorf("result %d, %v", result, err)
	}
	if _, err := c.Write(shot.packet); !refused(err) || s.got.Len() != 0 {
		t.Errorf("it passed: %v", err)
	}
}

func TestForeignEpochIsRefused(t *testing.T) {
	for _, in := range []uint64{epoch - 1, epoch + 1} {
		f, _, _ := fenced(t)
		if _, err := f.arm(delivery(t, in, "home/t", "21.0")); !refused(err) {
			t.Errorf("epoch %d: %v", in, err)
		}
	}
}

func TestResultsTellWhatWasWritten(t *testing.T) {
	for _, test := range []struct {
		written int
		want    wire.Result
	}{{0, wire.ResultFailed}, {1, wire.ResultUnknown}, {5, wire.ResultUnknown}} {
		f, c, s := fenced(t)
		s.n = test.written + 1
		shot, err := f.arm(delivery(t, epoch, "home/t", "21.0"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write(shot.packet); !errors.Is(err, ErrLost) {
			t.Errorf("a failed write answered %v", err)
		}
		if result, err := f.disarm(shot); result != test.want || err == nil {
			t.Errorf("%d bytes written: result %d, %v", test.written, result, err)
		}
		if !f.shut() {
			t.Errorf("%d bytes written: still open", test.written)
		}
	}
}

func TestLeaseIsAskedBeforeEveryWrite(t *testing.T) {
	f, c, s := fenced(t)
	f.alive = func() bool { return false }
	if _, err := c.Write([]byte{0xc0, 0}); !refused(err) || s.got.Len() != 0 || !f.shut() {
		t.Errorf("written without a lease: %v", err)
	}
}

func TestCloseWaitsForTheWriteUnderWay(t *testing.T) {
	f, c, s := fenced(t)
	s.begin, s.block = make(chan struct{}), make(chan struct{})
	written := make(chan error, 1)
	go func() {
		_, err := c.Write([]byte{0xc0, 0})
		written <- err
	}()
	<-s.begin
	closed := make(chan int, 1)
	go func() {
		f.close()
		closed <- s.got.Len() // races with the write unless close has waited for it
	}()
	<-f.gone
	select {
	case <-closed:
		t.Fatal("close returned while a write was under way")
	default:
	}
	close(s.block)
	if n := <-closed; n != 2 {
		t.Errorf("%d bytes when close returned", n)
	}
	<-written
	if _, err := c.Write([]byte{0xc0, 0}); !refused(err) || s.got.Len() != 2 {
		t.Errorf("written after close: %v", err)
	}
}

func TestLateSocketIsCut(t *testing.T) {
	f := newFence(epoch, "window-1", always)
	f.close()
	ours, theirs := net.Pipe()
	defer theirs.Close()
	raw := &counted{Conn: ours}
	if err := f.attach(&line{raw: raw, top: raw}); !refused(err) {
		t.Fatalf("attached: %v", err)
	}
	if _, err := ours.Write([]byte("x")); err == nil {
		t.Error("the socket is still open")
	}
}

// TestFenceProperty drives a fence with anything at all and holds it to its
// promise: what passed is one CONNECT, pings, goodbyes, and deliveries in the
// order they were armed, each at most once; after close, nothing.
func TestFenceProperty(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f, c, s := fenced(t)
		var allowed []byte
		var current *shot
		closed := false
		for range rapid.IntRange(1, 20).Draw(r, "steps") {
			switch rapid.IntRange(0, 5).Draw(r, "step") {
			case 0:
				payload := rapid.StringN(1, 40, -1).Draw(r, "payload")
				if shot, err := f.arm(delivery(t, epoch, "home/t", payload)); err == nil {
					current = shot
				}
			case 1:
				if current == nil {
					continue
				}
				if _, err := c.Write(current.packet); err == nil {
					allowed = append(allowed, current.packet...)
					current = nil
				} else {
					closed = true
				}
			case 2:
				if _, err := c.Write([]byte{0xc0, 0}); err == nil {
					allowed = append(allowed, 0xc0, 0)
				}
			case 3:
				b := rapid.SliceOfN(rapid.Byte(), 0, 12).Draw(r, "bytes")
				if _, err := c.Write(b); err == nil {
					allowed = append(allowed, b...)
					if len(b) != 2 || (b[0] != 0xc0 && b[0] != 0xe0) || b[1] != 0 {
						r.Fatalf("% x passed", b)
					}
				} else {
					closed = true
				}
			case 4:
				if current != nil {
					_, _ = f.disarm(current)
					if rapid.Bool().Draw(r, "write it all the same") {
						if _, err := c.Write(current.packet); err == nil {
							r.Fatal("a disarmed delivery passed")
						}
						closed = true
					}
					current = nil
				}
			case 5:
				f.close()
				closed = true
			}
			if closed != f.shut() {
				r.Fatalf("closed is %v, want %v", f.shut(), closed)
			}
			if !bytes.Equal(s.got.Bytes(), allowed) {
				r.Fatalf("% x passed, % x was allowed", s.got.Bytes(), allowed)
			}
		}
	})
}
