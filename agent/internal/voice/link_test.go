package voice

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// keeperAt listens as the keeper does.
func keeperAt(t *testing.T, path string) *net.UnixListener {
	t.Helper()
	l, err := net.ListenUnix("unixpacket", &net.UnixAddr{Net: "unixpacket", Name: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func acceptFrom(t *testing.T, l *net.UnixListener) net.Conn {
	t.Helper()
	l.SetDeadline(time.Now().Add(20 * time.Second))
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	t.Cleanup(func() { conn.Close() })
	return conn
}

// scripted is an adapter that does what it is told.
type scripted struct {
	run func(ctx context.Context, sink Sink) error
}

func (scripted) String() string                             { return "scripted" }
func (s scripted) Run(ctx context.Context, sink Sink) error { return s.run(ctx, sink) }

// startRole runs a role with one adapter and gives its sink.
func startRole(t *testing.T, path string) Sink {
	t.Helper()
	sinks := make(chan Sink, 1)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	ready := make(chan struct{})
	go func() {
		done <- Role{Socket: path, Adapters: []Adapter{scripted{func(ctx context.Context, s Sink) error {
			sinks <- s
			<-ctx.Done()
			return nil
		}}}}.Run(ctx, func() { close(ready) })
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	<-ready
	return <-sinks
}

func next(t *testing.T, conn net.Conn) (wire.Kind, []byte) {
	t.Helper()
	kind, body, err := wire.Receive(conn, make([]byte, wire.MaxFrame+1))
	if err != nil {
		t.Fatal(err)
	}
	return kind, body
}

var someEvent = consent.SessionEvent{Source: consent.SourceHermes, Site: "kitchen", ExtID: strings.Repeat("s", 200), Kind: consent.KindWake, Live: true}

// hearUntil passes the event on until the keeper has it.
func hearUntil(t *testing.T, s Sink, conn net.Conn) wire.Heard {
	t.Helper()
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			s.Heard(someEvent)
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	kind, body := next(t, conn)
	h, err := wire.DecodeHeard(body)
	if err != nil || kind != wire.KindHeard {
		t.Fatalf("%q %s: %v", kind, body, err)
	}
	return h
}

func TestRolePassesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "voice.sock")
	l := keeperAt(t, path)
	s := startRole(t, path)
	conn := acceptFrom(t, l)
	h := hearUntil(t, s, conn)
	if h.Source != someEvent.Source || h.Site != "kitchen" || !h.Live || len(h.ExtID) != wire.MaxVoiceName {
		t.Errorf("heard %+v", h)
	}

	type result struct {
		a   wire.Answer
		err error
	}
	answers := make(chan result, 2)
	ask := func(n float64) {
		a, err := s.Ask(t.Context(), wire.Intent{Source: consent.SourceWyoming, Site: strings.Repeat("x", 100), Kind: wire.IntentSetTemperature, Number: n})
		answers <- result{a, err}
	}
	go ask(20)
	go ask(21)
	ids := map[uint64]float64{}
	for len(ids) < 2 {
		kind, body := next(t, conn)
		if kind == wire.KindHeard {
			continue
		}
		i, err := wire.DecodeIntent(body)
		if err != nil || kind != wire.KindIntent {
			t.Fatalf("%q %s: %v", kind, body, err)
		}
		ids[i.ID] = i.Number
	}
	if err := wire.Send(conn, wire.KindAnswer, wire.Answer{ID: 999, Text: "for nobody"}); err != nil {
		t.Fatal(err)
	}
	for id := range ids {
		if err := wire.Send(conn, wire.KindAnswer, wire.Answer{ID: id, Text: "Done."}); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if r := <-answers; r.err != nil || r.a.Text != "Done." || ids[r.a.ID] == 0 {
			t.Errorf("%+v", r)
		}
	}
}

// While the keeper is away nothing is kept: a wish fails at once, one that waits fails
// when it goes, and an event of then is not told later.
func TestRoleWithoutAKeeper(t *testing.T) {
	path := filepath.Join(t.TempDir(), "voice.sock")
	s := startRole(t, path)
	lost := someEvent
	lost.Kind = consent.KindMuted
	s.Heard(lost)
	if _, err := s.Ask(t.Context(), wire.Intent{Source: consent.SourceHermes, Kind: wire.IntentGetTemperature}); !errors.Is(err, ErrAway) {
		t.Errorf("a wish to nobody: %v", err)
	}
	l := keeperAt(t, path)
	conn := acceptFrom(t, l)
	if h := hearUntil(t, s, conn); h.Kind != consent.KindWake {
		t.Errorf("told later: %+v", h)
	}
	waited := make(chan error, 1)
	go func() {
		_, err := s.Ask(t.Context(), wire.Intent{Source: consent.SourceHermes, Kind: wire.IntentGetTemperature})
		waited <- err
	}()
	for kind := wire.KindHeard; kind != wire.KindIntent; {
		kind, _ = next(t, conn)
	}
	conn.Close()
	if err := <-waited; !errors.Is(err, ErrAway) {
		t.Errorf("a wish whose keeper went: %v", err)
	}
	again := acceptFrom(t, l)
	hearUntil(t, s, again)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Ask(ctx, wire.Intent{Source: consent.SourceHermes, Kind: wire.IntentGetTemperature}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a wish nobody answers: %v", err)
	}
}

// A keeper that says anything but answers is left, and another is looked for.
func TestRoleLeavesWhoIsNoKeeper(t *testing.T) {
	path := filepath.Join(t.TempDir(), "voice.sock")
	l := keeperAt(t, path)
	startRole(t, path)
	for name, frame := range map[string][]byte{
		"another kind": []byte(`L{}`), "no JSON": []byte(`A{`), "an answer to nothing": []byte(`A{"id":0,"text":"x"}`),
		"an answer that is too long": []byte(`A{"id":1,"text":"` + strings.Repeat("x", wire.MaxAnswer+1) + `"}`),
	} {
		conn := acceptFrom(t, l)
		if _, err := conn.Write(frame); err != nil {
			t.Fatal(err)
		}
		if _, _, err := wire.Receive(conn, make([]byte, wire.MaxFrame+1)); err == nil {
			t.Errorf("%s: still there", name)
		}
	}
}

// An adapter that fails for good ends the role, which is then started again.
func TestRoleEndsWithAnAdapter(t *testing.T) {
	broken := errors.New("broken")
	err := Role{Socket: filepath.Join(t.TempDir(), "voice.sock"), Adapters: []Adapter{scripted{func(context.Context, Sink) error { return broken }}}}.Run(t.Context(), func() {})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "scripted") {
		t.Errorf("%v", err)
	}
}
