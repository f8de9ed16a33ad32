package demo

import (
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// count is how many messages have arrived.
func (m *meter) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.Messages)
}

// listening is a meter on a clock the test sets, with a broker that reads
// whatever comes and answers nothing.
func listening(t *testing.T) (*meter, *atomic.Int64) {
	t.Helper()
	now := new(atomic.Int64)
	m, err := newMeter(func() time.Duration { return time.Duration(now.Load()) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	go func() {
		for {
			conn, err := m.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				io.Copy(io.Discard, conn.(interface{ Read([]byte) (int, error) }))
			}()
		}
	}()
	return m, now
}

func dial(t *testing.T, m *meter) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", m.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn.(*net.TCPConn)
}

func send(t *testing.T, conn net.Conn, chunks ...[]byte) {
	t.Helper()
	for _, c := range chunks {
		if _, err := conn.Write(c); err != nil {
			t.Fatal(err)
		}
	}
}

func settle(t *testing.T, m *meter) {
	t.Helper()
	if err := m.settle(); err != nil {
		t.Fatal(err)
	}
}

func TestMeterCountsFromOutside(t *testing.T) {
	m, now := listening(t)
	now.Store(int64(time.Hour))
	conn := dial(t, m)
	hello, news := connectPacket(2), publishPacket("q/kitchen", `{"fields":{"temperature":20.5}}`)
	send(t, conn, hello, news[:5], news[5:])
	settle(t, m)
	now.Store(int64(2 * time.Hour))
	send(t, conn, publishPacket("q/kitchen", "nonsense"))
	settle(t, m)
	conn.SetLinger(0)
	conn.Close()
	settle(t, m)

	s := m.seen()
	if len(s.Connections) != 1 || len(s.Messages) != 2 || s.Malformed != 0 {
		t.Fatalf("%d connections, %d messages, %d malformed", len(s.Connections), len(s.Messages), s.Malformed)
	}
	c := s.Connections[0]
	if want := int64(len(hello) + len(news) + len(publishPacket("q/kitchen", "nonsense"))); c.Bytes != want || c.Packets != 3 {
		t.Errorf("%d bytes in %d packets, want %d in 3", c.Bytes, c.Packets, want)
	}
	if c.OpenedAt != time.Hour || c.Closed == 0 || c.ClosedAt != 2*time.Hour || !c.Greeted || !c.Greeting.clean {
		t.Errorf("connection %+v", c)
	}
	if first := s.Messages[0]; first.At != time.Hour || !first.Legible || string(first.Fields["temperature"]) != "20.5" || first.Topic != "q/kitchen" {
		t.Errorf("first message %+v", first)
	}
	if second := s.Messages[1]; second.At != 2*time.Hour || second.Legible || second.Number <= s.Messages[0].Number {
		t.Errorf("second message %+v", second)
	}
}

// TestSettleLeavesNothingBehind: whatever was written before settle has been
// counted when it returns, every time.
func TestSettleLeavesNothingBehind(t *testing.T) {
	m, _ := listening(t)
	want := 0
	for range 50 {
		conn := dial(t, m)
		send(t, conn, connectPacket(2))
		for range 20 {
			send(t, conn, publishPacket("t", `{"fields":{}}`))
			want++
			settle(t, m)
			if got := m.count(); got != want {
				t.Fatalf("%d messages after settle, want %d", got, want)
			}
		}
		conn.SetLinger(0)
		conn.Close()
		settle(t, m)
		for _, c := range m.seen().Connections {
			if c.Closed == 0 {
				t.Fatal("a reset connection counts as open after settle")
			}
		}
	}
}

func TestSilentConnectionCounts(t *testing.T) {
	m, _ := listening(t)
	dial(t, m).Close()
	settle(t, m)
	if s := m.seen(); len(s.Connections) != 1 || s.Connections[0].Bytes != 0 {
		t.Errorf("a connection without a byte was not counted: %+v", s)
	}
}

func TestMeterNotesWhatIsNotMQTT(t *testing.T) {
	m, _ := listening(t)
	conn := dial(t, m)
	send(t, conn, []byte{0, 1, 2}, []byte("more"))
	settle(t, m)
	other := dial(t, m)
	send(t, other, mqttPacket(typeConnect<<4, mqttString("HTTP")))
	settle(t, m)
	if s := m.seen(); s.Malformed != 2 || s.Connections[0].Bytes != 7 {
		t.Errorf("%d malformed, %d bytes", s.Malformed, s.Connections[0].Bytes)
	}
}

func TestMeterDownAndUp(t *testing.T) {
	m, _ := listening(t)
	conn := dial(t, m)
	send(t, conn, connectPacket(2))
	settle(t, m)
	if err := m.down(); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("the connection lives on")
	}
	if c, err := net.Dial("tcp", m.Addr().String()); err == nil {
		c.Close()
		t.Error("a broker that is down accepts")
	}
	settle(t, m)
	if err := m.up(); err != nil {
		t.Fatal(err)
	}
	again := dial(t, m)
	send(t, again, connectPacket(2))
	settle(t, m)
	if s := m.seen(); len(s.Connections) != 2 || s.Connections[0].Closed == 0 {
		t.Errorf("connections after the broker came back: %+v", s.Connections)
	}
}

// TestGoneBeforeItWasAccepted: the broker must not fall over a client that has
// reset its connection while it was still in the kernel's queue.
func TestGoneBeforeItWasAccepted(t *testing.T) {
	m, err := newMeter(func() time.Duration { return 0 })
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		conn := dial(t, m)
		conn.SetLinger(0)
		conn.Close()
	}
	b, err := newBroker(m)
	if err != nil {
		t.Fatal(err)
	}
	settle(t, m)
	if s := m.seen(); len(s.Connections) != 3 {
		t.Errorf("%d of 3 connections were counted", len(s.Connections))
	}
	if err := b.close(); err != nil {
		t.Error(err)
	}
}

func TestBrokerTalksMQTTBehindTheMeter(t *testing.T) {
	m, err := newMeter(func() time.Duration { return 0 })
	if err != nil {
		t.Fatal(err)
	}
	b, err := newBroker(m)
	if err != nil {
		t.Fatal(err)
	}
	conn := dial(t, m)
	send(t, conn, connectPacket(2))
	answer := make([]byte, 4)
	if _, err := io.ReadFull(conn, answer); err != nil || answer[0] != 0x20 || answer[3] != 0 {
		t.Fatalf("CONNACK %x (%v)", answer, err)
	}
	send(t, conn, publishPacket("q", `{"fields":{}}`))
	settle(t, m)
	if m.count() != 1 {
		t.Error("the message was not counted")
	}
	if err := b.close(); err != nil {
		t.Error(err)
	}
}
