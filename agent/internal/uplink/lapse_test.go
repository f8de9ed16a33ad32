package uplink

import (
	"errors"
	"io"
	"testing"
	"time"

	"quietstat/agent/internal/wire"
)

// last takes frames until the link ends and returns the Closed that was the last, and
// whether an Opened came before it.
func (k *keeper) last() (closed wire.Closed, opened bool) {
	k.Helper()
	buf := make([]byte, wire.MaxFrame+1)
	told := false
	for {
		kind, body, err := wire.Receive(k.conn, buf)
		if err == io.EOF && told {
			return closed, opened
		}
		if err != nil || told {
			k.Fatalf("a frame of kind %q, %v, Closed told: %v", kind, err, told)
		}
		switch kind {
		case wire.KindOpened:
			opened = true
		case wire.KindClosed:
			told = true
			if err := wire.Decode(body, &closed); err != nil {
				k.Fatal(err)
			}
		}
	}
}

// The keeper is told of a lease that ran out, and that nothing else was the reason.
func TestLapseIsTold(t *testing.T) {
	b := serve(t, nil)
	k := begin(t, recipient(b.Addr().String()), time.Second)
	k.open()
	if closed, _ := k.last(); !closed.Lapsed || closed.Epoch != epoch {
		t.Errorf("closed: %+v", closed)
	}
	if err := <-k.ended; !errors.Is(err, ErrLease) {
		t.Error(err)
	}
	b.end()
}

// A dialling that a lapse has cut says nothing of a recipient that cannot be reached.
func TestLapseWhileDialling(t *testing.T) {
	b := serve(t, func(b *broker) { b.hold = make(chan struct{}) })
	k := begin(t, recipient(b.Addr().String()), time.Second)
	k.send(wire.KindOpen, wire.Open{Epoch: epoch, Fingerprint: k.hello.Fingerprint})
	closed, opened := k.last() // CONNACK never comes
	if !closed.Lapsed || opened {
		t.Errorf("closed: %+v, Opened came: %v", closed, opened)
	}
	if err := <-k.ended; !errors.Is(err, ErrLease) {
		t.Error(err)
	}
	close(b.hold)
	if got := b.end(); len(got) != 0 {
		t.Errorf("the recipient got %q", got)
	}
}

// Every other end is not called a lapse: a recipient must not be tried sooner for it.
func TestOtherEndsAreNoLapse(t *testing.T) {
	for name, end := range map[string]func(*keeper, *broker){
		"shut":      func(k *keeper, _ *broker) { k.send(wire.KindShut, wire.Shut{Epoch: epoch}) },
		"lost":      func(_ *keeper, b *broker) { b.cut() },
		"nonsense":  func(k *keeper, _ *broker) { k.send(wire.KindLease, wire.Lease{Epoch: epoch + 1}) },
		"half shut": func(k *keeper, _ *broker) { k.conn.(interface{ CloseWrite() error }).CloseWrite() },
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, nil)
			k := begin(t, recipient(b.Addr().String()), patience)
			k.T = t
			k.open()
			end(k, b)
			if closed, _ := k.last(); closed.Lapsed || closed.Epoch != epoch {
				t.Errorf("closed: %+v", closed)
			}
			if err := <-k.ended; errors.Is(err, ErrLease) {
				t.Error(err)
			}
			b.end()
		})
	}
	t.Run("refused", func(t *testing.T) {
		b := serve(t, nil)
		b.Close()
		k := begin(t, recipient(b.Addr().String()), patience)
		k.send(wire.KindOpen, wire.Open{Epoch: epoch, Fingerprint: k.hello.Fingerprint})
		if closed, opened := k.last(); closed.Lapsed || !opened {
			t.Errorf("closed: %+v, opened: %v", closed, opened)
		}
		<-k.ended
	})
}
