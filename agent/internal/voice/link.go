package voice

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// keeperPause is between two tries to reach the keeper, and keeperWrite how long it
// may take to take a frame.
const (
	keeperPause = time.Second
	keeperWrite = 50 * time.Millisecond
)

// ErrAway is returned by Ask while the keeper is not there.
var ErrAway = errors.New("the keeper is not there")

// Role is the voice role: adapters on the one side, the keeper's voice.sock on the
// other, and between them nothing but the frames of package wire.
type Role struct {
	Socket   string // path of voice.sock
	Adapters []Adapter
	Log      *slog.Logger // nil: silence
}

// Run follows every adapter's voice stack, and connects to the keeper again whenever
// it has gone, until ctx ends or an adapter fails for good. Ready is called once.
func (r Role) Run(ctx context.Context, ready func()) error {
	l := &keeperLink{waiting: map[uint64]chan wire.Answer{}}
	all, ctx := errgroup.WithContext(ctx)
	all.Go(func() error { return l.run(ctx, r.Socket, quietLog(r.Log)) })
	for _, a := range r.Adapters {
		all.Go(func() error {
			if err := a.Run(ctx, l); err != nil {
				return fmt.Errorf("%s: %w", a, err)
			}
			return nil
		})
	}
	ready()
	return all.Wait()
}

// keeperLink is the connection to the keeper, which is there or is not.
type keeperLink struct {
	mu      sync.Mutex
	conn    net.Conn // nil: not there
	last    uint64   // id of the last wish
	waiting map[uint64]chan wire.Answer
}

var _ Sink = (*keeperLink)(nil)

// run keeps the link until ctx ends.
func (l *keeperLink) run(ctx context.Context, path string, log *slog.Logger) error {
	for missed := false; ; {
		conn, err := new(net.Dialer).DialContext(ctx, "unixpacket", path)
		switch {
		case err == nil:
			missed = false
			l.follow(ctx, conn)
		case !missed && ctx.Err() == nil:
			missed = true
			log.Info("the keeper is not there; what is heard until then is dropped")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(keeperPause):
		}
	}
}

// follow takes answers from one connection until it ends.
func (l *keeperLink) follow(ctx context.Context, conn net.Conn) {
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	l.attach(conn)
	defer l.detach(conn)
	buf := make([]byte, wire.MaxFrame+1)
	for {
		kind, body, err := wire.Receive(conn, buf)
		if err != nil || kind != wire.KindAnswer {
			return
		}
		a, err := wire.DecodeAnswer(body)
		if err != nil {
			return
		}
		l.mu.Lock()
		if to := l.waiting[a.ID]; to != nil {
			delete(l.waiting, a.ID)
			to <- a // it has room for one
		}
		l.mu.Unlock()
	}
}

func (l *keeperLink) attach(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = conn
}

// detach ends every wait: an answer of another life is none.
func (l *keeperLink) detach(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	conn.Close()
	l.conn = nil
	for id, to := range l.waiting {
		delete(l.waiting, id)
		close(to)
	}
}

// send gives the keeper a frame, or cuts the link: an event that was lost could be
// the end of a session, and the keeper closes everything when its link goes.
func (l *keeperLink) send(kind wire.Kind, body any) error {
	if l.conn == nil {
		return ErrAway
	}
	err := l.conn.SetWriteDeadline(time.Now().Add(keeperWrite))
	if err == nil {
		err = wire.Send(l.conn, kind, body)
	}
	if err != nil {
		l.conn.Close()
	}
	return err
}

// Heard passes an event on, or drops it while the keeper is away.
func (l *keeperLink) Heard(e consent.SessionEvent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.send(wire.KindHeard, wire.HeardOf(e)) // dropped: what is heard now is no evidence later
}

// Ask passes a wish on and waits for its answer.
func (l *keeperLink) Ask(ctx context.Context, i wire.Intent) (wire.Answer, error) {
	answer := make(chan wire.Answer, 1)
	l.mu.Lock()
	l.last++
	i.ID = l.last
	i.Site = wire.HeardOf(consent.SessionEvent{Site: i.Site}).Site
	err := l.send(wire.KindIntent, i)
	if err == nil {
		l.waiting[i.ID] = answer
	}
	l.mu.Unlock()
	if err != nil {
		return wire.Answer{}, err
	}
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.waiting, i.ID)
	}()
	select {
	case a, ok := <-answer:
		if !ok {
			return wire.Answer{}, ErrAway
		}
		return a, nil
	case <-ctx.Done():
		return wire.Answer{}, ctx.Err()
	}
}
