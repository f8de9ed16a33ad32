package uplink

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"quietstat/agent/internal/uplink/link"
	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// launcher listens where a keeper connects and starts an uplink for every
// connection, as `quietstat agent` does.
type launcher struct {
	path    string
	uplinks chan *exec.Cmd
}

func launch(t *testing.T, r consent.Recipient) *launcher {
	t.Helper()
	dir, err := os.MkdirTemp("", "up") // t.TempDir may be longer than a socket's path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	p := &launcher{path: filepath.Join(dir, "uplink@hub.sock"), uplinks: make(chan *exec.Cmd, 8)}
	l, err := net.ListenUnix("unixpacket", &net.UnixAddr{Name: p.path, Net: "unixpacket"})
	if err != nil {
		t.Fatal(err)
	}
	path, started := enrol(t, r), make(chan struct{})
	go func() {
		defer close(started)
		for {
			conn, err := l.AcceptUnix()
			if err != nil {
				return
			}
			f, err := conn.File()
			if err != nil {
				t.Error(err)
				return
			}
			p.uplinks <- child(t, "uplink", path, f)
			f.Close()
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-started })
	return p
}

func (p *launcher) open(t *testing.T) (*link.Link, *exec.Cmd) {
	t.Helper()
	l, err := link.Connect(t.Context(), p.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Shut(link.ShutTime) })
	if err := l.Open(epoch, l.Hello().Fingerprint); err != nil {
		t.Fatal(err)
	}
	if f, err := l.Next(); err != nil || f.Kind != wire.KindOpened || f.Opened.Error != "" {
		t.Fatalf("opened: %+v, %v", f, err)
	}
	return l, <-p.uplinks
}

func TestWindowAcrossProcesses(t *testing.T) {
	b := serve(t, nil)
	p := launch(t, recipient(b.Addr().String()))
	for round := range 3 {
		l, uplink := p.open(t)
		frame, err := wire.Encode(wire.KindDelivery, release("m", epoch, fmt.Sprint(round)))
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Deliver(frame); err != nil {
			t.Fatal(err)
		}
		if f, err := l.Next(); err != nil || f.Outcome.ID != "m" || f.Outcome.Result != wire.ResultSent {
			t.Fatalf("outcome: %+v, %v", f, err)
		}
		if end, err := l.Shut(10 * time.Second); end.How != link.Confirmed || err != nil {
			t.Fatalf("shut: %+v, %v", end, err)
		}
		if err := uplink.Wait(); err != nil {
			t.Error(err)
		}
	}
	if got := b.end(); string(got) != "\x30\x09\x00\x06home/t0\x30\x09\x00\x06home/t1\x30\x09\x00\x06home/t2" || b.connections() != 3 {
		t.Errorf("%q over %d connections", got, b.connections())
	}
}

func TestStoppedUplinkIsKilled(t *testing.T) {
	b := serve(t, nil)
	l, uplink := launch(t, recipient(b.Addr().String())).open(t)
	if err := uplink.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var status unix.WaitStatus
	if _, err := unix.Wait4(uplink.Process.Pid, &status, unix.WUNTRACED, nil); err != nil || !status.Stopped() {
		t.Fatalf("it does not stop: %v", err)
	}
	if end, err := l.Shut(3 * time.Second); end.How != link.Killed || err != nil {
		t.Fatalf("shut: %+v, %v", end, err)
	}
	if err := uplink.Wait(); err == nil || uplink.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("it ended with %v", err)
	}
	b.end()
}

// An uplink that was stopped, or a machine that slept, finds leases and messages in
// its queue that nobody stands for any more. None of them leaves.
func TestStoppedUplinkCarriesNothingOld(t *testing.T) {
	const life = time.Second
	t.Setenv(lifeVariable, life.String())
	b := serve(t, nil)
	p := launch(t, recipient(b.Addr().String()))
	conn, err := net.Dial("unixpacket", p.path)
	if err != nil {
		t.Fatal(err)
	}
	k := &keeper{T: t, conn: conn}
	k.expect(wire.KindHello, &k.hello)
	k.open()
	uplink := <-p.uplinks
	if err := uplink.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var status unix.WaitStatus
	if _, err := unix.Wait4(uplink.Process.Pid, &status, unix.WUNTRACED, nil); err != nil || !status.Stopped() {
		t.Fatalf("it does not stop: %v", err)
	}
	time.Sleep(life)
	for range 20 {
		k.send(wire.KindLease, wire.Lease{Epoch: epoch})
		k.send(wire.KindDelivery, release("m", epoch, "old"))
	}
	conn.Close() // the keeper has died
	if err := uplink.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	_ = uplink.Wait()
	if got := b.end(); len(got) != 0 {
		t.Errorf("%q was carried after the lease had run out", got)
	}
}

func TestDeadKeeperEndsTheUplink(t *testing.T) {
	b := serve(t, nil)
	p := launch(t, recipient(b.Addr().String()))
	out, theirs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), roleVariable+"=keeper", pathVariable+"="+p.path)
	c.Stdout, c.Stderr = theirs, os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "open\n" {
		t.Fatalf("the keeper said %q, %v", line, err)
	}
	uplink := <-p.uplinks
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	if err := uplink.Wait(); err != nil {
		t.Errorf("the uplink ended with %v", err)
	}
	b.end()
}

// P8 for a process that has no time to do anything: what its kernel still held for
// a deaf recipient must not be delivered after it was killed.
func TestKilledUplinkLeavesNothingInTheKernel(t *testing.T) {
	b := serve(t, func(b *broker) { b.deaf = true })
	l, uplink := launch(t, recipient(b.Addr().String())).open(t)
	frame, err := wire.Encode(wire.KindDelivery, release("m", epoch, strings.Repeat("x", 4<<10)))
	if err != nil {
		t.Fatal(err)
	}
	const size = 1 + 2 + 2 + len("home/t") + 4<<10
	written := 0
	for {
		if err := l.Deliver(frame); err != nil {
			t.Fatal(err)
		}
		answered := make(chan link.Frame, 1)
		go func() {
			f, _ := l.Next()
			answered <- f
		}()
		select {
		case f := <-answered:
			if f.Outcome.Result != wire.ResultSent {
				t.Fatalf("outcome: %+v", f)
			}
			written += size
			continue
		case <-time.After(time.Second): // it is stuck, and half way to its write timeout
		}
		break
	}
	if err := uplink.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = uplink.Wait()
	if end, err := l.Shut(10 * time.Second); end.How != link.Confirmed || err != nil {
		t.Fatalf("shut: %+v, %v", end, err)
	}
	got, err := io.Copy(io.Discard, b.conns[0])
	if err == nil || int(got) >= written {
		t.Errorf("the recipient got %d bytes of %d written, %v", got, written, err)
	}
}

func TestUplinkThatCannotStartIsToldFromItsEnd(t *testing.T) {
	r := recipient("127.0.0.1:1")
	r.Profile = "unheard-of"
	if l, err := link.Connect(context.Background(), launch(t, r).path); err == nil {
		l.Shut(link.ShutTime)
		t.Error("a link to an uplink that refused its file")
	}
}
