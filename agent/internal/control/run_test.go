package control

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
	"quietstat/agent/internal/notify"
	"quietstat/drivers"
	"quietstat/drivers/sim"
	"quietstat/hvac"
)

var _ Notifier = (*notify.Notifier)(nil)

// manager is a service manager.
type manager struct {
	ready, stopping atomic.Int64
	err             error
	told            chan struct{}
}

func newManager() *manager { return &manager{told: make(chan struct{}, 8)} }

func (m *manager) Ready() error {
	m.ready.Add(1)
	m.told <- struct{}{}
	return m.err
}
func (m *manager) Stopping() error                 { m.stopping.Add(1); return m.err }
func (m *manager) WatchdogInterval() time.Duration { return time.Second }

func TestRunOnTheRealClock(t *testing.T) {
	board := sim.New(1)
	c := testConfig(t)
	c.Control.Realtime = false
	m := newManager()
	address := &net.UnixAddr{Name: filepath.Join(t.TempDir(), "notify"), Net: "unixgram"}
	socket, err := net.ListenUnixgram("unixgram", address)
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	t.Setenv("NOTIFY_SOCKET", address.Name)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	control := filepath.Join(t.TempDir(), local.ControlSocket)
	listener, err := net.Listen("unix", control)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		done <- Run(ctx, Options{Config: c, Hardware: board, Simulated: true, Notify: m, ControlListener: listener, PanelListener: panelSocket(t),
			Reload: func() (*config.Config, error) { return c, nil }})
	}()
	<-m.told
	var s local.Status
	if err := local.Call(ctx, control, "status", nil, &s); err != nil {
		t.Fatal(err)
	}
	if s.Ticks < 1 || !strings.Contains(s.Realtime, "control.realtime") || s.Mode != "off" || len(s.Doors) != 1 || s.Doors[0].Label != c.Doors[0].Label {
		t.Errorf("after READY: %+v", s)
	}
	if err := local.Call(ctx, control, "press", local.PressArguments{Button: "talk"}, nil); err != nil {
		t.Error(err)
	}
	eventually(t, func() bool {
		p, err := board.Pin("", string(c.Board.Talk))
		return err == nil && bool(p.Read())
	})
	if err := local.Call(ctx, control, "reload", nil, nil); err != nil {
		t.Errorf("the user that control runs as may not reload: %v", err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("a clean end gave %v", err)
	}
	if m.ready.Load() != 1 || m.stopping.Load() != 1 {
		t.Errorf("READY %d times, STOPPING %d times", m.ready.Load(), m.stopping.Load())
	}
	buf := make([]byte, 64)
	if n, err := socket.Read(buf); err != nil || string(buf[:n]) != "WATCHDOG=1" {
		t.Errorf("the watchdog was fed %q, %v", buf[:n], err)
	}
	for _, pin := range []string{string(c.Relays.Heat.Pin), string(c.Relays.Cool.Pin), string(c.Relays.Fan.Pin)} {
		if level, driven := board.Driven(pin); !driven || bool(level) {
			t.Errorf("after the end %s is %v, driven %v", pin, level, driven)
		}
	}
}

// The whole role on a board whose heating is on when something goes wrong.
func TestPanicMakesRelaysSafe(t *testing.T) {
	b := &fakeBoard{doorsPanic: errors.New("21.37 degrees in the bedroom")}
	r := start(t, Options{Config: testConfig(t), Log: discard()}, b)
	v := <-r.done
	r.done <- v
	text, ok := v.(string)
	if !ok || !strings.Contains(text, "panic") || !strings.Contains(text, "Doors") {
		t.Errorf("the panic of the loop came out as %v", v)
	}
	if strings.Contains(text, "21.37") {
		t.Errorf("the panic tells a reading: %s", text)
	}
	if b.last() != hvac.CallNone || b.closed != 1 {
		t.Errorf("after a panic the relays were told %v and the board closed %d times", b.relays, b.closed)
	}
}

func TestStartThatFailsIsSafe(t *testing.T) {
	board := sim.New(1)
	c := testConfig(t)
	heat := string(c.Relays.Heat.Pin)
	p, err := board.Pin("", heat)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Out(true); err != nil {
		t.Fatal(err)
	}
	c.Board.Talk = "GPIO99" // no such line: the inputs cannot be opened
	if err := Run(t.Context(), Options{Config: c, Hardware: board}); err == nil {
		t.Fatal("a board without one of its lines was opened")
	}
	if level, driven := board.Driven(heat); !driven || bool(level) {
		t.Errorf("a start that failed left the heating at %v, driven %v", level, driven)
	}
	if err := Run(t.Context(), Options{}); err == nil {
		t.Error("control runs without configuration and board")
	}
}

func TestSafeOutputs(t *testing.T) {
	board := sim.New(1)
	c := testConfig(t)
	if err := SafeOutputs(c, board); err != nil {
		t.Fatal(err)
	}
	if level, driven := board.Driven(string(c.Relays.Cool.Pin)); !driven || bool(level) {
		t.Errorf("the compressor is at %v, driven %v", level, driven)
	}
	board.SetFault(sim.RelayWriteFailed)
	if err := SafeOutputs(c, board); !errors.Is(err, sim.ErrRelayWrite) {
		t.Errorf("a line that cannot be written gave %v", err)
	}
}

// brokenTask is an input that fails at once, however often it is started.
type brokenTask struct{ runs *atomic.Int64 }

func (b brokenTask) Run(context.Context) error {
	b.runs.Add(1)
	return errors.New("no such line")
}
func (b brokenTask) Ready() <-chan struct{} { return nil }
func (b brokenTask) String() string         { return "input broken" }

// A sensor that panics and inputs that fail are the log's business, not the loop's.
func TestBrokenHelpersDoNotEndTheLoop(t *testing.T) {
	runs := new(atomic.Int64)
	b := &fakeBoard{sensePanic: "boom", tasks: func() []drivers.Task { return []drivers.Task{brokenTask{runs}} }}
	c := testConfig(t)
	c.Control.Realtime = false
	log := new(safeBuffer)
	m := newManager()
	m.err = errors.New("nobody listens") // nor is a deaf service manager
	t.Setenv("NOTIFY_SOCKET", "")
	r := start(t, Options{Config: c, Log: slog.New(slog.NewTextHandler(log, nil)), Notify: m}, b)
	<-m.told
	eventually(t, func() bool {
		return runs.Load() >= 1 && strings.Contains(log.String(), "climate sensor") && r.role.news.read().snapshot.Seq >= 2
	})
	if v := r.end(); v != nil {
		t.Errorf("the role ended with %v", v)
	}
	if text := log.String(); !strings.Contains(text, "input broken") || !strings.Contains(text, "no such line") {
		t.Errorf("the log does not name the broken parts: %s", text)
	}
}

func TestCrashTellsPlacesNotValues(t *testing.T) {
	for name, v := range map[string]any{"text": "18.4 °C", "error": fmt.Errorf("at %v", 18.4), "number": 18.4} {
		t.Run(name, func(t *testing.T) {
			err := survive(t.Context(), func(context.Context) error { panic(v) })
			var c *crash
			if !errors.As(err, &c) || strings.Contains(err.Error(), "18.4") || !strings.Contains(err.Error(), "TestCrash") {
				t.Errorf("got %v", err)
			}
		})
	}
	if err := survive(t.Context(), func(context.Context) error { return nil }); err != nil {
		t.Errorf("no panic gave %v", err)
	}
}

func TestHeraldTellsChangesOnce(t *testing.T) {
	var out bytes.Buffer
	h := herald{log: slog.New(slog.NewTextHandler(&out, nil))}
	b := &fakeBoard{relayErr: errors.New("line is gone")}
	l := newLoop(t, b, nil)
	l.sampled.Store(true)
	h.news = l.news
	tell := func(seconds float64) string {
		out.Reset()
		l.tick(at(seconds))
		h.tell(l.news.read())
		return out.String()
	}
	if text := tell(0); !strings.Contains(text, "relay line") || !strings.Contains(text, "line is gone") {
		t.Errorf("a relay that cannot be switched: %q", text)
	}
	if text := tell(1); text != "" {
		t.Errorf("nothing changed: %q", text)
	}
	b.relayErr = nil
	b.reading = room(17.25)
	b.reading.At = at(2).Boot
	text := tell(2)
	if !strings.Contains(text, "obey again") || !strings.Contains(text, "sensor answers") || strings.Contains(text, "17.25") {
		t.Errorf("all is well: %q", text)
	}
}
