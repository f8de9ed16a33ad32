//go:build systest

package systest

import (
	"errors"
	"fmt"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// recorder is a broker that writes down every byte with the time it came, and does
// no more than a recipient must: it accepts a CONNECT and answers pings.
type recorder struct {
	endpoint string

	mu    sync.Mutex
	links []*recorded
}

// recorded is one connection.
type recorded struct {
	conn   net.Conn
	opened time.Time

	mu     sync.Mutex
	chunks []chunk
	ended  time.Time
	reset  bool // the end was a reset, not a farewell
}

type chunk struct {
	at    time.Time
	bytes []byte
}

// inNamespace runs f with this thread in another network namespace: what it opens
// there stays there.
func inNamespace(t testing.TB, name string, f func() error) {
	t.Helper()
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		fd, err := unix.Open("/var/run/netns/"+name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err == nil {
			err = unix.Setns(fd, unix.CLONE_NEWNET)
			unix.Close(fd)
		}
		if err == nil {
			err = f()
		}
		done <- err
	}()
	if err := <-done; err != nil {
		t.Fatalf("in the network namespace %s: %v", name, err)
	}
}

func record(t testing.TB, namespace, address string) *recorder {
	t.Helper()
	var l net.Listener
	inNamespace(t, namespace, func() (err error) {
		l, err = net.Listen("tcp", address)
		return err
	})
	t.Cleanup(func() { l.Close() })
	r := &recorder{endpoint: fmt.Sprintf("mqtt://%s", l.Addr())}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			link := &recorded{conn: conn, opened: time.Now()}
			r.mu.Lock()
			r.links = append(r.links, link)
			r.mu.Unlock()
			go link.serve()
		}
	}()
	return r
}

func (l *recorded) serve() {
	buf := make([]byte, 1<<16)
	greeted := false
	for {
		n, err := l.conn.Read(buf)
		l.mu.Lock()
		if n > 0 {
			l.chunks = append(l.chunks, chunk{time.Now(), append([]byte(nil), buf[:n]...)})
		}
		if err != nil {
			l.ended, l.reset = time.Now(), errors.Is(err, unix.ECONNRESET)
		}
		l.mu.Unlock()
		if err != nil {
			l.conn.Close()
			return
		}
		switch {
		case !greeted:
			greeted = true
			l.conn.Write([]byte{0x20, 2, 0, 0})
		case n == 2 && buf[0] == 0xc0:
			l.conn.Write([]byte{0xd0, 0})
		}
	}
}

// all lists the connections so far.
func (r *recorder) all() []*recorded {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]*recorded(nil), r.links...)
}

// bytes is how much ever came.
func (r *recorder) bytes() (n int) {
	for _, l := range r.all() {
		n += len(l.stream())
	}
	return n
}

func (l *recorded) stream() (all []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.chunks {
		all = append(all, c.bytes...)
	}
	return all
}

// end is when the connection ended, zero while it stands, and whether by a reset.
func (l *recorded) end() (time.Time, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ended, l.reset
}

// mqttPacket is one control packet (MQTT 3.1.1, 2.2) and when its first byte came.
type mqttPacket struct {
	at          time.Time
	kind, flags byte
	body        []byte
	size        int // on the wire
}

const (
	mqttConnect   = 1
	mqttPublish   = 3
	mqttSubscribe = 8
)

// packets cuts the stream into packets; what is left over is an error.
func (l *recorded) packets() (list []mqttPacket, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var b []byte
	var when []time.Time
	for _, c := range l.chunks {
		b = append(b, c.bytes...)
		for range c.bytes {
			when = append(when, c.at)
		}
	}
	for i := 0; i < len(b); {
		length, shift, j := 0, 0, i+1
		for ; j < len(b); j++ {
			length |= int(b[j]&0x7f) << shift
			shift += 7
			if b[j] < 0x80 {
				break
			}
		}
		if j+1+length > len(b) {
			return list, fmt.Errorf("%d bytes after the last whole packet", len(b)-i)
		}
		list = append(list, mqttPacket{when[i], b[i] >> 4, b[i] & 0xf, b[j+1 : j+1+length], j + 1 + length - i})
		i = j + 1 + length
	}
	return list, nil
}

// publish splits a PUBLISH of quality 0 into topic and payload.
func (p mqttPacket) publish() (topic string, payload []byte) {
	n := int(p.body[0])<<8 | int(p.body[1])
	return string(p.body[2 : 2+n]), p.body[2+n:]
}

// connect reads what a CONNECT tells: flags and client id.
func (p mqttPacket) connect() (level, flags byte, clientID string) {
	n := int(p.body[10])<<8 | int(p.body[11])
	return p.body[6], p.body[7], string(p.body[12 : 12+n])
}

// of lists the packets of one kind over all connections.
func (r *recorder) of(t testing.TB, kind byte) (list []mqttPacket) {
	t.Helper()
	for _, l := range r.all() {
		packets, err := l.packets()
		if end, _ := l.end(); err != nil && end.IsZero() {
			t.Errorf("a stream that is no MQTT: %v", err)
		}
		for _, p := range packets {
			if p.kind == kind {
				list = append(list, p)
			}
		}
	}
	return list
}
