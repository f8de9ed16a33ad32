package uplink

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"

	"quietstat/agent/internal/mqtt"
	"quietstat/agent/internal/wire"
)

// waiting is how many deliveries may wait for the one that is under way. The
// keeper hands out the fields of one snapshot at a time; more is refused.
const waiting = 32

// window is the time from Open to the cut.
type window struct {
	conn  net.Conn
	epoch uint64
	lease *lease
	lost  chan struct{} // closed when the client has ended

	commands chan wire.Command // of a recipient that is heard; nil of another

	mu     sync.Mutex
	over   bool
	cancel context.CancelFunc // of the dialling
	client *mqtt.Client
}

// frame is one that came from the keeper, or the end of them.
type frame struct {
	kind     wire.Kind
	delivery wire.Delivery
	epoch    uint64
	err      error
}

// serve is the whole window. The carrier dials and publishes; this goroutine
// listens to the keeper, so that the end is never behind a message.
func (w *window) serve(o mqtt.Options) error {
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	o.Alive = w.lease.alive

	done := make(chan struct{})
	frames, lapsed := make(chan frame), make(chan struct{})
	go w.listen(frames, done)
	go func() {
		if w.lease.watch(done) {
			w.cut() // here and now, whatever the other goroutines do
			close(lapsed)
		}
	}()
	go w.pass(done)
	jobs, carried := make(chan wire.Delivery, waiting), make(chan error, 1)
	go func() {
		carried <- w.carry(ctx, o, jobs)
		close(carried)
	}()

	err := w.follow(frames, jobs, carried, lapsed)
	w.cut()
	close(done)
	close(jobs)
	for range carried { // what waited has been refused; a dialling that was under way has ended
	}
	return errors.Join(err, w.tell(wire.KindClosed, wire.Closed{Epoch: w.epoch, Lapsed: errors.Is(err, ErrLease)}))
}

// follow does what the keeper says until there is nothing more to do.
func (w *window) follow(frames <-chan frame, jobs chan<- wire.Delivery, carried <-chan error, lapsed <-chan struct{}) error {
	for {
		select {
		case <-lapsed:
			return ErrLease
		case err := <-carried:
			if !w.lease.alive() {
				return ErrLease // it was the fence that noticed
			}
			return err
		case <-w.lost:
			if !w.lease.alive() {
				return ErrLease
			}
			return mqtt.ErrLost
		case f := <-frames:
			switch {
			case f.err != nil && ended(f.err):
				return nil
			case f.err != nil:
				return fmt.Errorf("%w: %w", ErrLink, f.err)
			case f.epoch != w.epoch:
				return fmt.Errorf("%w: a frame of another window", ErrLink)
			}
			switch f.kind {
			case wire.KindShut:
				return nil
			case wire.KindLease:
				if !w.lease.renew() {
					return ErrLease
				}
			case wire.KindDelivery:
				select {
				case jobs <- f.delivery:
				default:
					return fmt.Errorf("%w: more than %d deliveries at once", ErrLink, waiting)
				}
			}
		}
	}
}

// listen reads frames until the link ends or nobody wants them.
func (w *window) listen(frames chan<- frame, done <-chan struct{}) {
	buf := make([]byte, wire.MaxFrame+1)
	for {
		kind, body, err := wire.Receive(w.conn, buf)
		f := frame{kind: kind, err: err}
		if err == nil {
			f.delivery, f.epoch, f.err = understand(kind, body)
		}
		select {
		case frames <- f:
		case <-done:
			return
		}
		if f.err != nil {
			return
		}
	}
}

func understand(kind wire.Kind, body []byte) (d wire.Delivery, epoch uint64, err error) {
	switch kind {
	case wire.KindDelivery:
		d, err = wire.DecodeDelivery(body)
		return d, d.Epoch(), err
	case wire.KindLease:
		var lease wire.Lease
		err = wire.Decode(body, &lease)
		return d, lease.Epoch, err
	case wire.KindShut:
		var shut wire.Shut
		err = wire.Decode(body, &shut)
		return d, shut.Epoch, err
	default:
		return d, 0, fmt.Errorf("%w: kind %q", wire.ErrFrame, kind)
	}
}

// carry dials and then delivers, one at a time, until jobs is closed. Deliveries
// that come after the end are answered too: the client refuses them.
func (w *window) carry(ctx context.Context, o mqtt.Options, jobs <-chan wire.Delivery) error {
	client, err := mqtt.Dial(ctx, o)
	if err != nil && !w.lease.alive() {
		return ErrLease // it was cut while it dialled: Closed says so, and nothing of the recipient
	}
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrUnreachable, err)
		return errors.Join(err, w.tell(wire.KindOpened, wire.Opened{Epoch: w.epoch, Error: err.Error()}))
	}
	if !w.adopt(client) {
		return nil
	}
	go func() {
		<-client.Lost()
		close(w.lost)
	}()
	if err := w.tell(wire.KindOpened, wire.Opened{Epoch: w.epoch}); err != nil {
		return err
	}
	for d := range jobs {
		result, err := client.Publish(d)
		outcome := wire.Outcome{ID: d.ID(), Epoch: w.epoch, Result: result}
		if err != nil {
			outcome.Error = err.Error()
		}
		if err := w.tell(wire.KindOutcome, outcome); err != nil {
			return err
		}
	}
	return nil
}

// adopt makes the client the one that cut closes. It refuses one that comes too
// late.
func (w *window) adopt(c *mqtt.Client) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		c.Close()
		return false
	}
	w.client = c
	return true
}

// cut ends the window: when it returns nothing can leave. It may be called more
// than once, from any goroutine.
func (w *window) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	w.cancel()
	if w.client != nil {
		w.client.Close()
	}
}

// tell writes a frame to the keeper. That it is gone is no error here: the end of
// the link is found by listening.
func (w *window) tell(kind wire.Kind, body any) error {
	if err := say(w.conn, kind, body); !ended(err) {
		return err
	}
	return nil
}

// reset reports whether the other side of the link is gone.
func reset(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}
