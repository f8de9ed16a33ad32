package link

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"quietstat/agent/internal/wire"
)

// Link is one uplink's life. Its methods may be called from any goroutine.
type Link struct {
	conn    *net.UnixConn
	process *process
	hello   wire.Hello

	frames   chan Frame    // from the reader to Next
	closed   chan struct{} // Closed came
	ended    chan struct{} // the reader has ended
	stopping chan struct{} // Shut has begun

	opening sync.Once
	epoch   atomic.Uint64 // zero before Open

	shutting sync.Once
	end      End
	endErr   error
}

// Frame is one that came from the uplink: Kind says which of the others is set.
type Frame struct {
	Kind    wire.Kind // KindOpened, KindOutcome, KindCommand or KindClosed
	Opened  wire.Opened
	Outcome wire.Outcome
	Command wire.Command
	Closed  wire.Closed
}

// unread is how many frames may wait for Next. There is one Opened, one Outcome
// for each Delivery, one Closed, and a Command a second at most; an uplink that says
// more than that is ended.
const unread = 64

func (l *Link) start() {
	l.frames, l.closed = make(chan Frame, unread), make(chan struct{})
	l.ended, l.stopping = make(chan struct{}), make(chan struct{})
	go l.read()
}

// Hello is what the uplink said about itself. The keeper compares it with the
// recipient it meant before it opens.
func (l *Link) Hello() wire.Hello { return l.hello }

// Open lets the uplink dial, and keeps its lease from now on until Shut. It can
// be called once. The answer is an Opened from Next, within about 3 s.
func (l *Link) Open(epoch uint64, fingerprint string) error {
	err := errors.New("uplink: a window can be opened once")
	l.opening.Do(func() {
		if err = l.send(wire.KindOpen, wire.Open{Epoch: epoch, Fingerprint: fingerprint}); err == nil {
			l.epoch.Store(epoch)
			go l.keep()
		}
	})
	return err
}

// keep sends leases. One that cannot be written is not a reason to stop: the
// reader finds the end of the link, and the uplink that of its lease.
func (l *Link) keep() {
	ticker := time.NewTicker(wire.LeasePeriod)
	defer ticker.Stop()
	for {
		select {
		case <-l.stopping:
			return
		case <-l.ended:
			return
		case <-ticker.C:
			_ = l.send(wire.KindLease, wire.Lease{Epoch: l.epoch.Load()})
		}
	}
}

// Deliver writes a whole KindDelivery frame (wire.EncodeRelease). The answer is an
// Outcome from Next. At most 32 may be unanswered. It never waits: an uplink that
// has left its socket full is an error. After an error the delivery has not reached
// the uplink.
func (l *Link) Deliver(frame []byte) error {
	if len(frame) == 0 || wire.Kind(frame[0]) != wire.KindDelivery {
		return errors.New("uplink: only a delivery can be delivered")
	}
	return l.write(frame)
}

func (l *Link) send(kind wire.Kind, body any) error {
	frame, err := wire.Encode(kind, body)
	if err != nil {
		return err
	}
	return l.write(frame)
}

func (l *Link) write(frame []byte) error {
	select {
	case <-l.stopping:
		return errors.New("uplink: the window is closed")
	default:
	}
	if err := l.offer(frame); err != nil {
		return fmt.Errorf("uplink: %w", err)
	}
	return nil
}

// offer gives the socket a frame, whole or not at all, and never waits for room: the
// caller may hold what a closing needs, and an uplink that reads nothing is stuck.
func (l *Link) offer(frame []byte) error {
	c, err := l.conn.SyscallConn()
	if err != nil {
		return err
	}
	var sent error
	err = c.Control(func(fd uintptr) {
		for sent = unix.EINTR; sent == unix.EINTR; {
			_, sent = unix.SendmsgN(int(fd), frame, nil, nil, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
		}
	})
	return errors.Join(err, sent)
}

// Next waits for the next frame of the uplink. It returns io.EOF when the link has
// ended, which it also does after Shut; frames that came before are still handed
// out. The uplink ends by itself when its recipient is lost.
func (l *Link) Next() (Frame, error) {
	f, more := <-l.frames
	if !more {
		return Frame{}, io.EOF
	}
	return f, nil
}

// read takes in frames until the link ends, or until the uplink says something
// that cannot be understood or that nobody waits for, which also ends it.
func (l *Link) read() {
	defer close(l.ended)
	defer close(l.frames)
	defer l.conn.Close()
	buf := make([]byte, wire.MaxFrame+1)
	for {
		kind, body, err := wire.Receive(l.conn, buf)
		if errors.Is(err, unix.ECONNRESET) {
			// It went without reading all of our leases, which unix(7) tells once, and
			// before the frames it left for us.
			kind, body, err = wire.Receive(l.conn, buf)
		}
		if err != nil {
			return
		}
		f, err := understand(kind, body)
		if err != nil {
			return
		}
		if kind == wire.KindClosed {
			close(l.closed) // before anybody reads it from Next
		}
		select {
		case l.frames <- f:
		default:
			return
		}
		if kind == wire.KindClosed {
			return
		}
	}
}

func understand(kind wire.Kind, body []byte) (f Frame, err error) {
	f.Kind = kind
	switch kind {
	case wire.KindOpened:
		return f, wire.Decode(body, &f.Opened)
	case wire.KindOutcome:
		err = wire.Decode(body, &f.Outcome)
		if f.Outcome.Result > wire.ResultRefused {
			return f, fmt.Errorf("%w: result %d", wire.ErrFrame, f.Outcome.Result)
		}
		return f, err
	case wire.KindCommand:
		f.Command, err = wire.DecodeCommand(body)
		return f, err
	case wire.KindClosed:
		return f, wire.Decode(body, &f.Closed)
	default:
		return f, fmt.Errorf("%w: kind %q", wire.ErrFrame, kind)
	}
}
