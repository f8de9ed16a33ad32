package mqtt

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"quietstat/agent/internal/wire"
)

var (
	// ErrRefused is wrapped by errors about bytes the fence did not let through.
	ErrRefused = errors.New("refused by the fence")
	// ErrLost is wrapped by errors about a connection that ended on its own.
	ErrLost = errors.New("the connection to the recipient was lost")
)

// fence decides about every write of one window. It is open from the moment it
// is made and closes once.
type fence struct {
	epoch    uint64
	clientID string
	alive    func() bool
	listen   []string // the topics it may subscribe to, all at once and once; none: it may not

	gone     chan struct{} // closed as soon as the fence is
	goneOnce sync.Once
	asked    atomic.Bool // closed because our side wanted it

	line atomic.Pointer[line]

	mu        sync.Mutex // held for the whole of every write; Close waits for it
	connected bool       // a CONNECT has passed
	spoken    bool       // what may come right after it is over
	armed     *shot
}

// shot is one delivery on its way through the fence.
type shot struct {
	packet []byte
	done   chan struct{} // closed when the result stands

	// Under fence.mu until done is closed.
	spent  bool
	result wire.Result
	err    error
}

func newFence(epoch uint64, clientID string, alive func() bool) *fence {
	return &fence{epoch: epoch, clientID: clientID, alive: alive, gone: make(chan struct{})}
}

// attach gives the fence the socket it has to cut. It refuses, and cuts, a socket
// that was opened too late.
func (f *fence) attach(l *line) error {
	f.line.Store(l)
	if f.shut() { // after the store: one of the two sides sees the other
		l.cut()
		return fmt.Errorf("%w: the window closed while the connection was made", ErrRefused)
	}
	return nil
}

func (f *fence) shut() bool {
	select {
	case <-f.gone:
		return true
	default:
		return false
	}
}

// drop closes the fence and cuts the socket without waiting for a write that is
// under way. It is what a write itself may call.
func (f *fence) drop() {
	f.goneOnce.Do(func() { close(f.gone) })
	if l := f.line.Load(); l != nil {
		l.cut()
	}
}

// close drops, and waits: when it returns no byte can start. A write that was
// under way has been freed by the cut.
func (f *fence) close() {
	f.asked.Store(true)
	f.drop()
	f.mu.Lock() // the writes that were inside have left
	defer f.mu.Unlock()
	f.armed = nil
}

// arm names the one PUBLISH that may pass next.
func (f *fence) arm(d wire.Delivery) (*shot, error) {
	packet, err := publish(d.Topic(), d.Payload())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.shut() && f.asked.Load():
		return nil, fmt.Errorf("%w: the window is closed", ErrRefused)
	case f.shut():
		return nil, ErrLost
	case d.Epoch() != f.epoch:
		return nil, fmt.Errorf("%w: the delivery belongs to another window", ErrRefused)
	case f.armed != nil:
		return nil, fmt.Errorf("%w: one delivery at a time", ErrRefused)
	}
	f.armed = &shot{packet: packet, done: make(chan struct{})}
	return f.armed, nil
}

// disarm takes a shot back and tells what became of it. It waits for a write that
// is under way.
func (f *fence) disarm(s *shot) (wire.Result, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.armed == s {
		f.armed = nil
	}
	switch {
	case s.spent:
		return s.result, s.err
	case f.asked.Load():
		return wire.ResultRefused, fmt.Errorf("%w: the window closed first", ErrRefused)
	default:
		return wire.ResultFailed, ErrLost
	}
}

// write passes one packet to the line, or refuses it and closes. It holds the
// mutex throughout, so that close can wait for it.
func (f *fence) write(b []byte, l *line) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, err := f.admit(b)
	if err != nil {
		f.drop()
		return 0, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	before := l.sent()
	n, err := l.write(b)
	if s != nil {
		s.spent, s.err = true, err
		switch {
		case err == nil && n == len(b):
			s.result = wire.ResultSent
		case l.sent() == before:
			s.result = wire.ResultFailed
		default:
			s.result = wire.ResultUnknown // a part of it is out
		}
		close(s.done)
	}
	if err != nil {
		f.drop()
		return n, fmt.Errorf("%w: %w", ErrLost, err)
	}
	return n, nil
}

// admit is the decision. It returns the shot the packet spends, if any.
func (f *fence) admit(b []byte) (*shot, error) {
	if f.shut() {
		return nil, errors.New("the window is closed")
	}
	if !f.alive() {
		f.asked.Store(true)
		return nil, errors.New("the lease has run out")
	}
	p, err := parse(b)
	if err != nil {
		return nil, err
	}
	if !f.connected && p.kind != kindConnect {
		return nil, errors.New("the first packet must be CONNECT")
	}
	first := f.connected && !f.spoken
	f.spoken = f.connected
	switch p.kind {
	case kindConnect:
		return nil, f.admitConnect(p)
	case kindSubscribe:
		if !first || len(f.listen) == 0 || !subscribes(b, f.listen) {
			return nil, errors.New("a SUBSCRIBE that was not agreed")
		}
		return nil, nil
	case kindPublish:
		s := f.armed
		if s == nil || !bytes.Equal(b, s.packet) {
			return nil, errors.New("a PUBLISH that was not decided")
		}
		f.armed = nil
		return s, nil
	case kindPingreq, kindDisconnect:
		if p.flags != 0 || len(b) != 2 {
			return nil, errPacket
		}
		return nil, nil
	default:
		return nil, fmt.Errorf("packets of kind %d have no business here", p.kind)
	}
}

func (f *fence) admitConnect(p packet) error {
	switch {
	case f.connected:
		return errors.New("a second CONNECT")
	case p.flags != 0 || p.connect&1 != 0:
		return errPacket
	case p.connect&(flagWill|flagsWillDetail) != 0:
		return errors.New("a CONNECT with a will, which would be published when we are silent")
	case p.connect&flagCleanSession == 0:
		return errors.New("a CONNECT that keeps a session")
	case p.clientID != f.clientID:
		return errors.New("a CONNECT with a foreign client id")
	}
	f.connected = true
	return nil
}
