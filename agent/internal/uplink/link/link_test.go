package link

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"quietstat/agent/internal/wire"
)

const (
	manner = "QUIETSTAT_TEST_MANNER"
	epoch  = 7
	// plenty is a limit that a loaded machine does not reach.
	plenty = 20 * time.Second
)

var fingerprint = strings.Repeat("0", 64)

// TestMain makes the test binary an uplink of one manner or another, with the link
// as file 3.
func TestMain(m *testing.M) {
	how := os.Getenv(manner)
	if how == "" {
		os.Exit(m.Run())
	}
	conn, err := net.FileConn(os.NewFile(3, "link"))
	if err != nil {
		panic(err)
	}
	pretend(how, conn.(*net.UnixConn))
}

// pretend is an uplink that has no recipient.
func pretend(how string, conn *net.UnixConn) {
	if how == "mute" {
		return
	}
	if how == "wrong first frame" {
		_ = wire.Send(conn, wire.KindClosed, wire.Closed{})
		select {}
	}
	hello, _ := wire.Encode(wire.KindHello, wire.Hello{Recipient: "hub", Fingerprint: fingerprint})
	us := unix.UnixCredentials(&unix.Ucred{Pid: int32(os.Getpid()), Uid: uint32(os.Getuid()), Gid: uint32(os.Getgid())})
	if _, _, err := conn.WriteMsgUnix(hello, us, nil); err != nil {
		panic(err)
	}
	switch how {
	case "deaf": // reads nothing at all
		select {}
	case "babbling":
		_ = wire.Send(conn, wire.KindSnapshot, nil)
		select {}
	case "boundless":
		for {
			if wire.Send(conn, wire.KindOutcome, wire.Outcome{ID: "m", Epoch: epoch}) != nil {
				select {}
			}
		}
	}
	buf, leases := make([]byte, wire.MaxFrame+1), 0
	for {
		kind, body, err := wire.Receive(conn, buf)
		if err != nil {
			if how == "stubborn" {
				select {}
			}
			return
		}
		switch kind {
		case wire.KindOpen:
			if how == "hanging up" { // closes its end, and stays
				conn.Close()
				select {}
			}
			_ = wire.Send(conn, wire.KindOpened, wire.Opened{Epoch: epoch})
		case wire.KindLease:
			if leases++; leases == 5 {
				_ = wire.Send(conn, wire.KindOutcome, wire.Outcome{ID: "five leases", Epoch: epoch})
			}
		case wire.KindDelivery:
			d, _ := wire.DecodeDelivery(body)
			_ = wire.Send(conn, wire.KindOutcome, wire.Outcome{ID: d.ID(), Epoch: epoch, Result: wire.ResultSent})
		case wire.KindShut:
			switch how {
			case "polite":
				_ = wire.Send(conn, wire.KindClosed, wire.Closed{Epoch: epoch})
				return
			case "lingering": // says so, and stays
				_ = wire.Send(conn, wire.KindClosed, wire.Closed{Epoch: epoch})
				select {}
			case "dying":
				return
			}
		}
	}
}

// start makes a link to an uplink of the given manner.
func start(t *testing.T, how string) (*Link, *exec.Cmd, error) {
	t.Helper()
	dir, err := os.MkdirTemp("", "link")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	listener, err := net.ListenUnix("unixpacket", &net.UnixAddr{Name: filepath.Join(dir, "s"), Net: "unixpacket"})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	uplink := exec.Command(os.Args[0])
	uplink.Env = append(os.Environ(), manner+"="+how)
	uplink.Stderr = os.Stderr
	started := make(chan error, 1)
	go func() {
		conn, err := listener.AcceptUnix()
		if err != nil {
			started <- err
			return
		}
		defer conn.Close()
		f, err := conn.File()
		if err == nil {
			defer f.Close()
			uplink.ExtraFiles = []*os.File{f}
			err = uplink.Start()
		}
		started <- err
	}()
	l, err := Connect(t.Context(), listener.Addr().String())
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if l != nil {
			_, _ = l.Shut(plenty)
		}
		_ = uplink.Process.Kill()
		_ = uplink.Wait()
	})
	return l, uplink, err
}

func open(t *testing.T, how string) (*Link, *exec.Cmd) {
	t.Helper()
	l, uplink, err := start(t, how)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Open(epoch, fingerprint); err != nil {
		t.Fatal(err)
	}
	return l, uplink
}

func TestWindow(t *testing.T) {
	l, uplink := open(t, "polite")
	if h := l.Hello(); h.Recipient != "hub" || h.Fingerprint != fingerprint {
		t.Errorf("hello: %+v", h)
	}
	if err := l.Open(epoch, fingerprint); err == nil {
		t.Error("opened twice")
	}
	if f, err := l.Next(); err != nil || f.Kind != wire.KindOpened || f.Opened.Epoch != epoch {
		t.Errorf("%+v, %v", f, err)
	}
	if err := l.Deliver([]byte("L{}")); err == nil {
		t.Error("a lease was delivered")
	}
	if f, err := l.Next(); err != nil || f.Outcome.ID != "five leases" {
		t.Errorf("%+v, %v", f, err)
	}
	if err := l.Deliver([]byte(`D{"id":"m","epoch":7,"topic":"home/t","payload":"eA=="}`)); err != nil {
		t.Error(err)
	}
	if f, err := l.Next(); err != nil || f.Outcome.ID != "m" || f.Outcome.Result != wire.ResultSent {
		t.Errorf("%+v, %v", f, err)
	}
	end, err := l.Shut(plenty)
	if end.How != Confirmed || end.Took <= 0 || err != nil {
		t.Errorf("%+v, %v", end, err)
	}
	if f, err := l.Next(); err != nil || f.Kind != wire.KindClosed {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err := l.Next(); err != io.EOF {
		t.Error(err)
	}
	if err := l.Deliver([]byte("D{}")); err == nil {
		t.Error("delivered after the end")
	}
	if again, err := l.Shut(0); again != end || err != nil {
		t.Errorf("the second answer is %+v, %v", again, err)
	}
	if err := uplink.Wait(); err != nil {
		t.Error(err)
	}
}

func TestEveryMannerEnds(t *testing.T) {
	for how, want := range map[string]How{
		"polite": Confirmed, "dying": Confirmed, "lingering": Confirmed,
		"stubborn": Killed, "deaf": Killed, "babbling": Killed, "boundless": Killed, "hanging up": Killed,
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			l, uplink, err := start(t, how)
			if err != nil {
				t.Fatal(err)
			}
			_ = l.Open(epoch, fingerprint) // some do not live so long
			limit := plenty
			if want == Killed {
				limit = 3 * time.Second // an eighth is spent on waiting for an answer
			}
			if end, err := l.Shut(limit); end.How != want || err != nil {
				t.Errorf("%+v, %v, want %v", end, err, want)
			}
			_ = uplink.Wait() // also those that stay are gone in the end
		})
	}
}

func TestShutBeforeOpen(t *testing.T) {
	l, _, err := start(t, "polite")
	if err != nil {
		t.Fatal(err)
	}
	if end, err := l.Shut(plenty); end.How != Confirmed || err != nil {
		t.Errorf("%+v, %v", end, err)
	}
	if err := l.Open(epoch, fingerprint); err == nil {
		t.Error("opened after the end")
	}
}

// Shut from many goroutines, while others deliver to an uplink whose queue is full.
func TestShutWhileEverybodyWrites(t *testing.T) {
	l, _ := open(t, "deaf")
	frame := append([]byte(`D{"id":"m","epoch":7,"topic":"home/t","payload":"`), strings.Repeat("eA==", 1500)...)
	frame = append(frame, `"}`...)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for l.Deliver(frame) == nil {
			}
		})
	}
	for range 4 {
		all.Go(func() {
			if end, err := l.Shut(2 * time.Second); end.How != Killed || err != nil {
				t.Errorf("%+v, %v", end, err)
			}
		})
	}
	all.Wait()
}

// An uplink that reads nothing cannot hold up whoever delivers: a full socket is an
// error at once, not after a while.
func TestDeliverNeverWaits(t *testing.T) {
	l, _ := open(t, "deaf")
	frame := append([]byte(`D{"id":"m","epoch":7,"topic":"home/t","payload":"`), strings.Repeat("eA==", 1500)...)
	frame = append(frame, `"}`...)
	var err error
	for err == nil {
		err = l.Deliver(frame)
	}
	if !errors.Is(err, unix.EAGAIN) {
		t.Errorf("got %v, want no room", err)
	}
	if end, err := l.Shut(2 * time.Second); end.How != Killed || err != nil {
		t.Errorf("%+v, %v", end, err)
	}
}

func TestDeathIsNoticed(t *testing.T) {
	l, uplink := open(t, "polite")
	_ = uplink.Process.Signal(syscall.SIGKILL)
	for {
		if _, err := l.Next(); err == io.EOF {
			break
		}
	}
	if end, err := l.Shut(plenty); end.How != Confirmed || err != nil {
		t.Errorf("%+v, %v", end, err)
	}
}

func TestRefusedUplinks(t *testing.T) {
	for _, how := range []string{"mute", "wrong first frame"} {
		if l, _, err := start(t, how); err == nil || l != nil {
			t.Errorf("%s: connected", how)
		}
	}
	if _, err := Connect(t.Context(), filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no socket: %v", err)
	}
}

func TestConnectEndsWithItsContext(t *testing.T) {
	dir, err := os.MkdirTemp("", "link")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	listener, err := net.ListenUnix("unixpacket", &net.UnixAddr{Name: filepath.Join(dir, "s"), Net: "unixpacket"})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if conn, err := listener.AcceptUnix(); err == nil {
			defer conn.Close()
			cancel()
			_, _ = conn.Read(make([]byte, 1)) // until the keeper has given up
		}
	}()
	if l, err := Connect(ctx, listener.Addr().String()); err == nil || l != nil {
		t.Error("connected to nobody")
	}
}

func TestHowNames(t *testing.T) {
	for how, want := range map[How]string{Unended: "unended", Confirmed: "confirmed", Killed: "killed", 9: "killed"} {
		if got := how.String(); got != want {
			t.Errorf("%d is %q", how, got)
		}
	}
}
