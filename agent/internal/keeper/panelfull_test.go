package keeper

import (
	"io"
	"net"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// A control that reads nothing holds up nobody: when its socket is full the link is
// given up, and every request that fitted is there to be read, whole.
func TestPanelNeverWaits(t *testing.T) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	conns := make([]*net.UnixConn, 2)
	for i, fd := range fds {
		f := os.NewFile(uintptr(fd), "panel")
		conn, err := net.FileConn(f)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		conns[i] = conn.(*net.UnixConn)
	}
	defer conns[1].Close()
	p := newPanel("")
	p.use(conns[0])
	const asked = 10_000
	for epoch := range uint64(asked) {
		p.ask(wire.Panel{Indicator: consent.IndicatorSession, Epoch: epoch + 1})
	}
	buf, read := make([]byte, wire.MaxFrame+1), uint64(0)
	for {
		kind, body, err := wire.Receive(conns[1], buf)
		if err == io.EOF {
			break
		}
		var request wire.Panel
		if err != nil || kind != wire.KindPanel || wire.Decode(body, &request) != nil || request.Epoch != read+1 {
			t.Fatalf("after %d: kind %q, %+v, %v", read, kind, request, err)
		}
		read++
	}
	if read == 0 || read == asked {
		t.Errorf("%d of %d requests fitted into a socket nobody reads", read, asked)
	}
	if p.last.Epoch != asked {
		t.Errorf("request %d is what is asked when the link is back", p.last.Epoch)
	}
}
