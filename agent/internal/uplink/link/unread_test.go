package link

import (
	"io"
	"net"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"quietstat/agent/internal/wire"
)

// An uplink that goes without having read every lease resets the link. What it said
// before, and above all that it is closed and why, is read all the same, in order.
func TestLastWordsSurviveUnreadLeases(t *testing.T) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	conns := make([]*net.UnixConn, 2)
	for i, fd := range fds {
		f := os.NewFile(uintptr(fd), "link")
		conn, err := net.FileConn(f)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		conns[i] = conn.(*net.UnixConn)
	}
	ours, theirs := conns[0], conns[1]
	l := &Link{conn: ours}
	for range 3 {
		if err := wire.Send(ours, wire.KindLease, wire.Lease{Epoch: epoch}); err != nil {
			t.Fatal(err)
		}
	}
	for _, frame := range []struct {
		kind wire.Kind
		body any
	}{{wire.KindOutcome, wire.Outcome{ID: "m", Epoch: epoch}}, {wire.KindClosed, wire.Closed{Epoch: epoch, Lapsed: true}}} {
		if err := wire.Send(theirs, frame.kind, frame.body); err != nil {
			t.Fatal(err)
		}
	}
	theirs.Close()
	l.start()
	if f, err := l.Next(); err != nil || f.Kind != wire.KindOutcome || f.Outcome.ID != "m" {
		t.Errorf("first: %+v, %v", f, err)
	}
	if f, err := l.Next(); err != nil || f.Kind != wire.KindClosed || !f.Closed.Lapsed {
		t.Errorf("last: %+v, %v", f, err)
	}
	if _, err := l.Next(); err != io.EOF {
		t.Errorf("then: %v", err)
	}
	select {
	case <-l.closed:
	default:
		t.Error("whoever shuts it does not know that it is closed")
	}
}
