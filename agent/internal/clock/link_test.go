package clock

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pair is both ends of a link in one process.
func pair(t *testing.T) (*Master, *Link) {
	t.Helper()
	m, file, err := Pair()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := connOf(file)
	if err != nil {
		t.Fatal(err)
	}
	l := NewLink(conn)
	t.Cleanup(func() { m.Close(); l.Close() })
	return m, l
}

func instant(seconds int) Instant {
	boot := time.Duration(seconds) * time.Second
	return Instant{Boot: boot, Wall: time.Unix(1e9, 0).Add(boot).UTC(), Trusted: true}
}

const patience = 10 * time.Second

func TestLockstep(t *testing.T) {
	m, l := pair(t)
	if l.Now() != (Instant{}) {
		t.Errorf("before the first instant it is %+v", l.Now())
	}
	const instants = 100
	ended := make(chan error, 1)
	go func() {
		for {
			tick, err := l.Next()
			if err != nil {
				ended <- err
				return
			}
			if l.Now() != tick.Instant {
				ended <- fmt.Errorf("within instant %d it is %+v", tick.Seq, l.Now())
				return
			}
			if err := l.Answer(Ack{Seq: tick.Seq, Snapshot: tick.Snapshot * 2}); err != nil {
				ended <- err
				return
			}
		}
	}()
	for i := range instants {
		if err := m.Send(Tick{Seq: 99, Instant: instant(i), Snapshot: uint64(i)}); err != nil {
			t.Fatal(err)
		}
		a, err := m.Wait(patience)
		if err != nil {
			t.Fatal(err)
		}
		if want := (Ack{Seq: uint64(i + 1), Snapshot: uint64(2 * i)}); a != want {
			t.Fatalf("instant %d was answered %+v, want %+v", i+1, a, want)
		}
		if l.Now() != instant(i) {
			t.Fatalf("the role's present is %+v after %+v", l.Now(), instant(i))
		}
	}
	m.Close()
	if err := <-ended; !errors.Is(err, io.EOF) {
		t.Errorf("the role reads %v when its parent is gone", err)
	}
}

func TestWaitRefuses(t *testing.T) {
	for name, answer := range map[string]func(l *Link) error{
		"an answer to another instant": func(l *Link) error { return l.Answer(Ack{Seq: 7}) },
		"half an answer":               func(l *Link) error { _, err := l.conn.Write(make([]byte, ackSize-1)); return err },
		"more than an answer":          func(l *Link) error { _, err := l.conn.Write(make([]byte, ackSize+1)); return err },
		"the role's end":               func(l *Link) error { return l.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			m, l := pair(t)
			if err := m.Send(Tick{Instant: instant(1)}); err != nil {
				t.Fatal(err)
			}
			if _, err := l.Next(); err != nil {
				t.Fatal(err)
			}
			if err := answer(l); err != nil {
				t.Fatal(err)
			}
			if a, err := m.Wait(patience); err == nil {
				t.Errorf("taken for the answer %+v", a)
			}
		})
	}
}

func TestWaitHasALimit(t *testing.T) {
	m, _ := pair(t)
	if err := m.Send(Tick{Instant: instant(1)}); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Wait(time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a role that never answers gave %v", err)
	}
}

func TestNextRefuses(t *testing.T) {
	for _, size := range []int{1, tickSize - 1, tickSize + 1, tickSize + 100} {
		m, l := pair(t)
		if err := m.Send(Tick{Instant: instant(4)}); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Next(); err != nil {
			t.Fatal(err)
		}
		if _, err := m.conn.Write(make([]byte, size)); err != nil {
			t.Fatal(err)
		}
		if tick, err := l.Next(); err == nil {
			t.Errorf("%d bytes were read as %+v", size, tick)
		}
		if l.Now() != instant(4) {
			t.Errorf("%d bytes of nonsense moved the present to %+v", size, l.Now())
		}
	}
}

func TestCloseWakesNext(t *testing.T) {
	_, l := pair(t)
	ended := make(chan error, 1)
	go func() { _, err := l.Next(); ended <- err }()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, net.ErrClosed) && !errors.Is(err, io.EOF) {
		t.Errorf("Next ended with %v", err)
	}
}

func TestFromEnvironment(t *testing.T) {
	t.Setenv(LinkVariable, "")
	if l, err := FromEnvironment(); l != nil || err != nil {
		t.Errorf("without a parent's link: %v, %v", l, err)
	}
	for _, value := range []string{"x", "-1", "0", "2", "3.5", "99999999999999999999"} {
		t.Setenv(LinkVariable, value)
		if l, err := FromEnvironment(); l != nil || err == nil || !strings.Contains(err.Error(), LinkVariable) {
			t.Errorf("%s=%q gave %v, %v", LinkVariable, value, l, err)
		}
	}

	m, file, err := Pair()
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	fd, err := unix.Dup(int(file.Fd())) // FromEnvironment owns what it is told
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
	t.Setenv(LinkVariable, fmt.Sprint(fd))
	l, err := FromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := m.Send(Tick{Instant: instant(3)}); err != nil {
		t.Fatal(err)
	}
	if tick, err := l.Next(); err != nil || tick.Instant != instant(3) {
		t.Errorf("over an inherited link came %+v, %v", tick, err)
	}
}
