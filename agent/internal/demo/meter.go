package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// meter is the broker's ear: a listener that counts every connection, byte and
// packet as it arrives from outside, before the broker has seen it. It knows
// nothing of gates and grants.
//
// Everything it sees gets the next number of one sequence. The script takes
// numbers from the same sequence when it opens and closes a window, so what is
// inside and what is outside is decided by order, not by how well clocks agree.
type meter struct {
	now func() time.Duration // virtual time since the demo began

	mu       sync.Mutex
	changed  *sync.Cond
	door     *door // nil while the broker is down
	address  *net.TCPAddr
	closed   bool
	live     map[*ear]bool
	sequence uint64
	sightings
}

// sightings is what has been seen so far.
type sightings struct {
	Connections []*connection
	Messages    []message
	Malformed   int // connections that did not speak MQTT 3.1.1
}

// connection is one TCP connection's life.
type connection struct {
	Opened, Closed     uint64 // sequence numbers; Closed 0 = still open
	OpenedAt, ClosedAt time.Duration
	Bytes              int64
	Packets            int
	Greeting           greeting // of its CONNECT, if one came
	Greeted            bool
}

// message is one PUBLISH.
type message struct {
	Number  uint64
	At      time.Duration
	Topic   string
	Fields  map[string]json.RawMessage
	Legible bool // Fields could be read
	Retain  bool
	QoS     byte
	Bytes   int // of the payload
}

// newMeter listens on a free port of the loopback interface.
func newMeter(now func() time.Duration) (*meter, error) {
	d, err := openDoor(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, fmt.Errorf("the demo's broker needs a port on 127.0.0.1: %w", err)
	}
	m := &meter{now: now, door: d, address: d.address, live: map[*ear]bool{}}
	m.changed = sync.NewCond(&m.mu)
	return m, nil
}

var _ net.Listener = (*meter)(nil)

// Addr is the broker's address, also while it is down.
func (m *meter) Addr() net.Addr { return m.address }

// Accept hands the next connection to the broker. It waits while the broker is
// down.
func (m *meter) Accept() (net.Conn, error) {
	for {
		m.mu.Lock()
		for m.door == nil && !m.closed {
			m.changed.Wait()
		}
		d, closed := m.door, m.closed
		m.mu.Unlock()
		if closed {
			return nil, net.ErrClosed
		}
		conn, err := d.accept()
		if err == nil {
			return m.hear(conn)
		}
		m.mu.Lock()
		same := m.door == d
		m.mu.Unlock()
		if same {
			return nil, err
		} // else it went down, or is closed: see above
	}
}

// hear begins to count a connection.
func (m *meter) hear(conn *net.TCPConn) (net.Conn, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	e := &ear{Conn: conn, raw: raw, meter: m, seen: &connection{Opened: m.next(), OpenedAt: m.now()}}
	e.busy.Store(true)
	m.Connections = append(m.Connections, e.seen)
	m.live[e] = true
	return e, nil
}

// next is the next number; the caller holds mu.
func (m *meter) next() uint64 {
	m.sequence++
	return m.sequence
}

// mark takes a number for the script.
func (m *meter) mark() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.next()
}

// seen is a copy of everything so far.
func (m *meter) seen() sightings {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := sightings{Messages: append([]message(nil), m.Messages...), Malformed: m.Malformed}
	for _, c := range m.Connections {
		copied := *c
		s.Connections = append(s.Connections, &copied)
	}
	return s
}

// down makes the broker unreachable: connections are reset, new ones refused.
func (m *meter) down() error {
	m.mu.Lock()
	d, cut := m.door, m.ears()
	m.door = nil
	m.mu.Unlock()
	for _, e := range cut {
		if tcp, ok := e.Conn.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
		e.Close()
	}
	if d == nil {
		return nil
	}
	return d.close()
}

// up makes it reachable again at the same address.
func (m *meter) up() error {
	d, err := openDoor(m.address)
	if err != nil {
		return fmt.Errorf("bring the demo's broker back: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.door = d
	m.changed.Broadcast()
	return nil
}

// Close ends listening for good.
func (m *meter) Close() error {
	m.mu.Lock()
	m.closed = true
	m.changed.Broadcast()
	m.mu.Unlock()
	return m.down()
}

// ears are the live connections; the caller holds mu.
func (m *meter) ears() []*ear {
	all := make([]*ear, 0, len(m.live))
	for e := range m.live {
		all = append(all, e)
	}
	return all
}
