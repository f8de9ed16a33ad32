package control

import (
	"errors"
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// Bounds of what a keeper can make the loop do within one tick.
const (
	maxAccepts = 4
	maxFrames  = 4
)

// panel is the loop's side of panel.sock. The loop itself accepts, receives and
// sends, never waiting, so that what the keeper sent before a tick is seen by that
// tick and no other goroutine stands between them. There is one peer: a newer
// connection replaces the older, because it is the keeper started last.
type panel struct {
	listener int // file number, -1 for none
	peer     int // file number, -1 for none
	uid      uint32
	look     [1]unix.PollFd
	buf      [wire.MaxFrame + 1]byte
	dropped  uint64 // snapshots the peer had no room for
}

// request is what one tick learnt from the panel.
type request struct {
	arrived bool // a keeper connected
	gone    bool // the keeper is gone
	sample  bool // a fresh sample is wanted
	asked   bool // light and epoch hold
	light   consent.IndicatorState
	epoch   uint64
}

// newPanel takes its own copy of the listener's file; nil means no panel.
func newPanel(listener *net.UnixListener) (*panel, error) {
	p := &panel{listener: -1, peer: -1, uid: uint32(os.Getuid())}
	if listener == nil {
		return p, nil
	}
	raw, err := listener.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("panel socket: %w", err)
	}
	var inner error
	if err := raw.Control(func(fd uintptr) {
		if p.listener, inner = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 3); inner == nil {
			inner = unix.SetNonblock(p.listener, true)
		}
	}); err != nil || inner != nil {
		return nil, fmt.Errorf("panel socket: %w", errors.Join(err, inner))
	}
	return p, nil
}

// connected reports whether there is a keeper to send to.
func (p *panel) connected() bool { return p.peer >= 0 }

// receive takes in new connections and whatever the keeper asked for. Of several
// requests the newest wins, except that a sample once asked for is taken.
func (p *panel) receive() (r request) {
	r.arrived = p.accept()
	for range maxFrames {
		if !p.connected() {
			return r
		}
		n, err := unix.Read(p.peer, p.buf[:])
		switch {
		case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
			return r
		case err != nil, n == 0:
			return p.lost(r)
		}
		ask, err := parsePanel(p.buf[:n])
		if err != nil {
			return p.lost(r) // a keeper that cannot be understood is no keeper
		}
		r.asked, r.light, r.epoch = true, ask.Indicator, ask.Epoch
		r.sample = r.sample || ask.Sample
	}
	return r
}

// lost hangs up and forgets what was asked for.
func (p *panel) lost(r request) request {
	p.hangUp()
	return request{gone: true, sample: r.sample}
}

// send offers a frame. It reports false when there is no peer or no room.
func (p *panel) send(frame []byte) bool {
	if !p.connected() {
		return false
	}
	err := unix.Send(p.peer, frame, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
	if err != nil {
		p.dropped++ // a dead peer is noticed by the next receive
	}
	return err == nil
}

// accept takes new connections from the keeper's user and root, and no others.
func (p *panel) accept() (arrived bool) {
	for range maxAccepts {
		if !p.waiting() {
			return arrived
		}
		fd, _, err := unix.Accept4(p.listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if err != nil {
			return arrived
		}
		cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
		if err != nil || cred.Uid != 0 && cred.Uid != p.uid {
			_ = unix.Close(fd) // a stranger: there is nothing to tell it
			continue
		}
		p.hangUp()
		p.peer, arrived = fd, true
	}
	return arrived
}

// waiting reports whether somebody wants to connect. It is asked first because
// accept4 costs an allocation even when nobody does.
func (p *panel) waiting() bool {
	if p.listener < 0 {
		return false
	}
	p.look[0] = unix.PollFd{Fd: int32(p.listener), Events: unix.POLLIN}
	n, err := unix.Poll(p.look[:], 0)
	return err == nil && n > 0
}

func (p *panel) hangUp() {
	if p.peer >= 0 {
		_ = unix.Close(p.peer) // nothing is buffered that could be lost
		p.peer = -1
	}
}

// close ends the panel; the keeper reads end of file.
func (p *panel) close() {
	p.hangUp()
	if p.listener >= 0 {
		_ = unix.Close(p.listener) // our copy; its owner closes the listener
		p.listener = -1
	}
}

// parsePanel reads one frame of the keeper, strictly.
func parsePanel(frame []byte) (wire.Panel, error) {
	if len(frame) == 0 || len(frame) > wire.MaxFrame || wire.Kind(frame[0]) != wire.KindPanel {
		return wire.Panel{}, fmt.Errorf("%w: not a panel request", wire.ErrFrame)
	}
	var ask wire.Panel
	if err := wire.Decode(frame[1:], &ask); err != nil {
		return wire.Panel{}, err
	}
	if ask.Indicator > consent.IndicatorFault {
		return wire.Panel{}, fmt.Errorf("%w: indicator state %d does not exist", wire.ErrFrame, ask.Indicator)
	}
	return ask, nil
}
