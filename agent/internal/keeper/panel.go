package keeper

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// panelRetry is how soon a lost link to control is tried again (real clock).
const panelRetry = 250 * time.Millisecond

// panel is the link to control: snapshots in, light requests out.
type panel struct {
	path      string
	trusts    func(*net.UnixConn) bool // ours
	snapshots chan consent.Snapshot    // the newest; an unread one is replaced
	lost      chan struct{}            // a signal that the link went down

	mu   sync.Mutex
	conn *net.UnixConn
	last wire.Panel // asked last, repeated when the link comes back
}

func newPanel(path string) *panel {
	return &panel{path: path, trusts: ours, snapshots: make(chan consent.Snapshot, 1), lost: make(chan struct{}, 1)}
}

// Run keeps the link up until the context ends.
func (p *panel) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		p.follow(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(panelRetry):
		}
	}
	return nil
}

// follow reads snapshots until the link breaks.
func (p *panel) follow(ctx context.Context) {
	dialled, err := new(net.Dialer).DialContext(ctx, "unixpacket", p.path)
	if err != nil {
		return
	}
	conn := dialled.(*net.UnixConn)
	defer conn.Close()
	if !p.trusts(conn) {
		return
	}
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	p.use(conn)
	defer p.use(nil)
	buf := make([]byte, wire.MaxFrame+1)
	for {
		kind, body, err := wire.Receive(conn, buf)
		if err != nil || kind != wire.KindSnapshot {
			break
		}
		var s consent.Snapshot
		if wire.DecodeSnapshot(body, &s) != nil {
			break
		}
		select {
		case <-p.snapshots:
		default:
		}
		p.snapshots <- s
	}
	select {
	case p.lost <- struct{}{}:
	default:
	}
}

// ours reports whether whoever listens at the other end is root (a service manager
// that listens for control) or of our own user: a press that somebody else counts
// is no press.
func ours(conn *net.UnixConn) bool {
	raw, err := conn.SyscallConn()
	if err != nil {
		return false
	}
	var peer *unix.Ucred
	var unknown error
	err = raw.Control(func(fd uintptr) { peer, unknown = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) })
	return err == nil && unknown == nil && (peer.Uid == 0 || int(peer.Uid) == os.Getuid())
}

func (p *panel) use(conn *net.UnixConn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conn = conn
	if conn != nil && p.last.Epoch != 0 {
		p.write(p.last)
	}
}

// ask sends a request, now or when the link is back.
func (p *panel) ask(request wire.Panel) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = request
	p.last.Sample = false // a fresh sample is wanted now or not at all
	if p.conn != nil {
		p.write(request)
	}
}

// write never waits: control reads at every tick, and what it does not read is
// asked again when the link is replaced. It has no deadline either, which a machine
// that stands still for a moment would let pass before anything was tried: control
// would be lost with it, and the session.
func (p *panel) write(request wire.Panel) {
	frame, err := wire.Encode(wire.KindPanel, request)
	if err == nil {
		err = offer(p.conn, frame)
	}
	if err != nil {
		p.conn.Close()
	}
}

// offer gives the socket a frame, whole or not at all; no room is an error.
func offer(conn *net.UnixConn, frame []byte) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var sent error
	err = raw.Control(func(fd uintptr) {
		for sent = unix.EINTR; sent == unix.EINTR; {
			_, sent = unix.SendmsgN(int(fd), frame, nil, nil, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
		}
	})
	return errors.Join(err, sent)
}
