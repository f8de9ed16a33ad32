package keeper

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// A stranger who listens where control should is not listened to: what it calls a
// press opens nothing.
func TestPanelOfAStranger(t *testing.T) {
	for name, known := range map[string]bool{"control": true, "a stranger": false} {
		folder, err := os.MkdirTemp("", "qp")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(folder) })
		path := filepath.Join(folder, "panel.sock")
		l, err := net.ListenUnix("unixpacket", &net.UnixAddr{Net: "unixpacket", Name: path})
		if err != nil {
			t.Fatal(err)
		}
		p := newPanel(path)
		p.trusts = func(c *net.UnixConn) bool { return ours(c) && known }
		ctx, cancel := context.WithCancel(t.Context())
		followed := make(chan struct{})
		go func() {
			p.follow(ctx)
			close(followed)
		}()
		conn, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		conn.Write(wire.AppendSnapshot(nil, &consent.Snapshot{Seq: 7}))
		if known {
			if s := <-p.snapshots; s.Seq != 7 {
				t.Errorf("%s: snapshot %d", name, s.Seq)
			}
		}
		cancel()
		<-followed
		if len(p.snapshots) != 0 {
			t.Errorf("%s was listened to", name)
		}
		conn.Close()
		l.Close()
	}
}
