package voice

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// sinkLog is a keeper that writes down what it is told and answers as it was set up to.
type sinkLog struct {
	mu     sync.Mutex
	events []consent.SessionEvent
	wishes []wire.Intent
	answer func(wire.Intent) (wire.Answer, error)
	came   chan struct{} // a token for every event and wish
}

func newSinkLog() *sinkLog { return &sinkLog{came: make(chan struct{}, 1<<10)} }

func (s *sinkLog) Heard(e consent.SessionEvent) {
	s.mu.Lock()
	s.events = append(s.events, e)
	s.mu.Unlock()
	s.came <- struct{}{}
}

func (s *sinkLog) Ask(ctx context.Context, i wire.Intent) (wire.Answer, error) {
	s.mu.Lock()
	s.wishes = append(s.wishes, i)
	answer := s.answer
	s.mu.Unlock()
	s.came <- struct{}{}
	if answer == nil {
		<-ctx.Done()
		return wire.Answer{}, ctx.Err()
	}
	return answer(i)
}

func (s *sinkLog) heard() []consent.SessionEvent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]consent.SessionEvent(nil), s.events...)
}

func (s *sinkLog) asked() []wire.Intent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]wire.Intent(nil), s.wishes...)
}

// until waits for the n-th event or wish.
func (s *sinkLog) until(t *testing.T, n int) {
	t.Helper()
	late := time.After(20 * time.Second)
	for range n {
		select {
		case <-s.came:
		case <-late:
			t.Fatalf("waited for %d events; heard %v, asked %v", n, s.heard(), s.asked())
		}
	}
}

// kinds are the kinds of events, a dead one marked by a minus.
func kinds(events []consent.SessionEvent) (list []int) {
	for _, e := range events {
		k := int(e.Kind)
		if !e.Live {
			k = -k
		}
		list = append(list, k)
	}
	return list
}

// run runs an adapter until the test ends.
func run(t *testing.T, a Adapter, sink Sink) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx, sink) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v, want nil at the end", err)
		}
	})
}

func TestOnLoopback(t *testing.T) {
	for address, ok := range map[string]bool{
		"127.0.0.1:6055": true, "127.8.8.8:1": true, "[::1]:6055": true, "[::ffff:127.0.0.1]:6055": true,
		"0.0.0.0:6055": false, "192.168.1.7:6055": false, "[::]:6055": false, "[fe80::1%eth0]:6055": false,
		"localhost:6055": false, "127.0.0.1": false, "": false, ":6055": false, "128.0.0.1:6055": false,
	} {
		if err := onLoopback(address); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := dialLoopback(t.Context(), "tcp", "192.0.2.1:80"); err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("dialled off the device: %v", err)
	}
}

// The bound is floodBurst at once, and floodPerSec after that, to the event.
func TestFloodBounds(t *testing.T) {
	at := time.Unix(1000, 0)
	var f flood
	for n := range int(floodBurst) {
		if err := f.add(at); err != nil {
			t.Fatalf("event %d refused", n+1)
		}
	}
	if err := f.add(at); !errors.Is(err, errFlood) {
		t.Fatal("one too many was let through")
	}
	gap := time.Duration(float64(time.Second) / floodPerSec)
	for _, test := range []struct {
		name string
		wait time.Duration
		want error
	}{
		{"a tick too early", 2*gap - time.Millisecond, errFlood},
		{"in time", 2 * gap, nil},
		{"later", 3 * gap, nil},
	} {
		g := f
		if err := g.add(at.Add(test.wait)); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// Pauses double up to the last; a link that stood begins anew; a reason is said once.
func TestRedialPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		ctx, cancel := context.WithCancel(t.Context())
		began := time.Now()
		var at []time.Duration
		err := redial(ctx, slog.New(slog.NewTextHandler(&said, nil)), "lva", func(context.Context) error {
			at = append(at, time.Since(began))
			switch len(at) {
			case 8:
				time.Sleep(lastPause) // just long enough
			case 3:
				time.Sleep(4*time.Second - 1)
			case 9:
				cancel()
			}
			return errors.New("nobody there")
		})
		if err != nil {
			t.Errorf("at the end: %v", err)
		}
		want := []time.Duration{0, 1, 3, 11, 19, 35, 65, 95, 126}
		for i := range want {
			if i >= len(at) || at[i].Round(time.Second) != want[i]*time.Second {
				t.Errorf("try %d at %v, want %v", i+1, at[i], want[i]*time.Second)
			}
		}
		if n := strings.Count(said.String(), "nobody there"); n != 2 {
			t.Errorf("the same reason was logged %d times, want once and once after a link stood:\n%s", n, said.String())
		}
	})
}
