package control

import (
	"context"
	"log/slog"
	"net"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/config"
	"quietstat/agent/internal/wire"
	"quietstat/consent"
	"quietstat/drivers"
	"quietstat/hvac"
)

// fakeBoard is a board whose every answer a test decides.
type fakeBoard struct {
	mu          sync.Mutex
	doors       [hvac.MaxDoors]hvac.Contact
	doorCount   int
	buttons     drivers.Buttons
	reading     hvac.Reading
	second      hvac.Reading
	secondFault hvac.SensorFault
	fault       hvac.SensorFault
	next        hvac.Reading // what Sense measures; its At is set
	senses      []time.Duration
	relayErr    error
	relays      []hvac.Call // what was written, refused writes included
	lightErr    error
	lights      []bool
	pollErr     error
	doorsPanic  any
	sensePanic  any
	calling     bool // by an old thermostat
	callWired   bool
	closed      int
	tasks       func() []drivers.Task
}

func (b *fakeBoard) Poll(time.Duration) error { return b.pollErr }

func (b *fakeBoard) Doors() ([hvac.MaxDoors]hvac.Contact, int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.doorsPanic != nil {
		panic(b.doorsPanic)
	}
	return b.doors, b.doorCount
}

func (b *fakeBoard) Buttons() drivers.Buttons {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buttons
}

func (b *fakeBoard) CallForHeat() (calling, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calling, b.callWired
}

func (b *fakeBoard) Latest() (hvac.Reading, hvac.SensorFault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.reading, b.fault
}

func (b *fakeBoard) LatestSecond() (hvac.Reading, hvac.SensorFault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.second, b.secondFault
}

func (b *fakeBoard) Sense(now time.Duration) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sensePanic != nil {
		panic(b.sensePanic)
	}
	b.senses = append(b.senses, now)
	if b.next.Valid {
		b.reading = b.next
		b.reading.At = now
	}
	return nil
}

func (b *fakeBoard) SetRelays(out hvac.Outputs) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := len(b.relays); n == 0 || b.relays[n-1] != out.Call { // changes only: no growth in a steady state
		b.relays = append(b.relays, out.Call)
	}
	return b.relayErr
}

func (b *fakeBoard) SetIndicator(on bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lights = append(b.lights, on)
	return b.lightErr
}

func (b *fakeBoard) Tasks(func() time.Duration) []drivers.Task {
	if b.tasks == nil {
		return nil
	}
	return b.tasks()
}

func (b *fakeBoard) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed++
	b.relays = append(b.relays, hvac.CallNone)
	return nil
}

// do changes the board under its lock.
func (b *fakeBoard) do(change func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change()
}

// last is the call the relays were last told.
func (b *fakeBoard) last() hvac.Call {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.relays) == 0 {
		return hvac.CallNone
	}
	return b.relays[len(b.relays)-1]
}

// room is a plausible sample.
func room(celsius float64) hvac.Reading {
	return hvac.Reading{Valid: true, Temperature: hvac.Celsius(celsius), Humidity: 45, Pressure: 101325}
}

func testConfig(t testing.TB) *config.Config {
	t.Helper()
	c, err := config.Parse("reference.toml", config.Example())
	if err != nil {
		t.Fatal(err)
	}
	c.State.Folder, c.State.Runtime = t.TempDir(), t.TempDir()
	c.Sensor.Second = config.SecondSensor{} // a test that wants one says so
	return c
}

// panelSocket listens like panel.sock.
func panelSocket(t testing.TB) *net.UnixListener {
	t.Helper()
	l, err := net.ListenUnix("unixpacket", &net.UnixAddr{Name: filepath.Join(t.TempDir(), "panel.sock"), Net: "unixpacket"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// openPanel listens there until the test ends.
func openPanel(t testing.TB, l *net.UnixListener) *panel {
	t.Helper()
	p, err := newPanel(l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	return p
}

// keeperAt connects to it like a keeper.
func keeperAt(t testing.TB, l *net.UnixListener) *net.UnixConn {
	t.Helper()
	c, err := net.DialUnix("unixpacket", nil, l.Addr().(*net.UnixAddr))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// ask sends a panel request.
func ask(t testing.TB, c net.Conn, p wire.Panel) {
	t.Helper()
	if err := wire.Send(c, wire.KindPanel, p); err != nil {
		t.Fatal(err)
	}
}

// hear reads the next snapshot.
func hear(t testing.TB, c net.Conn) consent.Snapshot {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	var buf [wire.MaxFrame + 1]byte
	kind, body, err := wire.Receive(c, buf[:])
	if err != nil || kind != wire.KindSnapshot {
		t.Fatalf("got frame %q, %v; want a snapshot", kind, err)
	}
	var s consent.Snapshot
	if err := wire.DecodeSnapshot(body, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// newLoop is a loop on a fake board, with a panel.
func newLoop(t testing.TB, b board, l *net.UnixListener) *loop {
	t.Helper()
	params := hvac.DefaultParams()
	lp := &loop{
		board: b, desk: new(desk), panel: openPanel(t, l), news: newMailbox[record](),
		changed: newBell(), sample: newBell(), sampled: new(atomic.Bool),
		watchdog: func() {}, light: light{set: b.SetIndicator}, frame: make([]byte, 0, 512),
	}
	lp.desk.present.Store(&orders{setpoint: 20, mode: hvac.ModeHeat, params: &params})
	return lp
}

// at is the instant so many seconds after an arbitrary boot.
func at(seconds float64) clock.Instant {
	boot := 1000*time.Second + time.Duration(seconds*float64(time.Second))
	return clock.Instant{Boot: boot, Wall: time.Date(2026, 1, 5, 6, 0, 0, 0, time.UTC).Add(boot), Trusted: true}
}

// running is a role that a test started.
type running struct {
	role *role
	done chan any // its error, or what it panicked with
	stop context.CancelFunc
}

// start runs a role until the test ends.
func start(t testing.TB, o Options, b board) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := newRole(o, b)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	done := make(chan any, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				done <- v
			}
		}()
		done <- r.run(ctx, o.ControlListener)
	}()
	run := &running{role: r, done: done, stop: cancel}
	t.Cleanup(func() { run.end() })
	return run
}

// end stops the role and returns what became of it.
func (r *running) end() any {
	r.stop()
	v := <-r.done
	r.done <- v // for whoever asks again
	return v
}

func socketName(l net.Listener) string { return l.Addr().String() }

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// asUser runs f in a thread with another effective user, as the kernel reports it
// to a peer. It needs root.
func asUser(t *testing.T, uid int, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if err := threadUser(uid); err != nil {
			t.Error(err)
			return
		}
		f()
	}()
	<-done
}

// threadUser sets the effective user of the calling thread alone, which then must
// not be used again: it dies with its goroutine.
func threadUser(uid int) error {
	const same = ^uintptr(0)
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, same, uintptr(uid), same); errno != 0 {
		return errno
	}
	return nil
}
