package control

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/agent/internal/wire"
	"quietstat/consent"
	"quietstat/drivers"
	"quietstat/drivers/sim"
)

// house is a parent with a simulated board, and control in the same process.
type house struct {
	t       *testing.T
	config  *config.Config
	board   *sim.Board
	master  *clock.Master
	now     time.Duration
	panel   *net.UnixListener
	control string // path of control.sock
	done    chan any
	stop    context.CancelFunc
	next    *config.Config // what a reload reads
}

func newHouse(t *testing.T) *house {
	h := &house{t: t, config: testConfig(t), board: sim.New(1), now: 1000 * time.Second}
	h.board.SetClimate(15, 45, 101325)
	h.closeDoor()
	h.begin(h.board)
	return h
}

func (h *house) closeDoor() {
	h.t.Helper()
	if err := h.board.SetDoor(string(h.config.Doors[0].Pin), false); err != nil {
		h.t.Fatal(err)
	}
}

// begin starts control on the board.
func (h *house) begin(hardware drivers.Hardware) {
	h.t.Helper()
	master, file, err := clock.Pair()
	if err != nil {
		h.t.Fatal(err)
	}
	conn, err := net.FileConn(file)
	if err != nil {
		h.t.Fatal(err)
	}
	file.Close()
	h.master = master
	h.panel = panelSocket(h.t)
	h.control = filepath.Join(h.t.TempDir(), local.ControlSocket)
	listener, err := net.Listen("unix", h.control)
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	h.stop, h.done = cancel, make(chan any, 1)
	done := h.done
	go func() {
		defer close(done)
		done <- Run(ctx, Options{
			Config: h.config, Hardware: hardware, Simulated: true, Link: clock.NewLink(conn),
			Disk: new(store.Disk), StateFolder: h.config.State.Folder,
			ControlListener: listener, PanelListener: h.panel, Log: discard(),
			Reload: func() (*config.Config, error) { return h.next, nil },
		})
	}()
	h.t.Cleanup(func() {
		cancel()
		master.Close()
		for range done { // until control has let go of its folder
		}
	})
}

// tick lets so many seconds pass, one instant each, and returns the last answer.
func (h *house) tick(seconds int) (a clock.Ack) {
	h.t.Helper()
	for range seconds {
		h.now += time.Second
		wall := time.Date(2026, 1, 5, 6, 0, 0, 0, time.UTC).Add(h.now)
		err := h.master.Send(clock.Tick{Instant: clock.Instant{Boot: h.now, Wall: wall, Trusted: true}})
		if err == nil {
			a, err = h.master.Wait(10 * time.Second)
		}
		if err != nil {
			h.t.Fatal(err)
		}
	}
	return a
}

func (h *house) call(verb string, arguments any) (s local.Status) {
	h.t.Helper()
	if err := local.Call(context.Background(), h.control, verb, arguments, &s); err != nil {
		h.t.Fatal(err)
	}
	return s
}

func (h *house) heat() bool {
	level, driven := h.board.Driven(string(h.config.Relays.Heat.Pin))
	return driven && bool(level)
}

// until lets time pass until the heating is as wanted, and returns for how long.
func (h *house) until(heat bool, atMost int) int {
	h.t.Helper()
	for s := range atMost {
		if h.heat() == heat {
			return s
		}
		h.tick(1)
	}
	h.t.Fatalf("heat is still %v after %d s: %+v", !heat, atMost, h.call("status", nil).Reasons)
	return 0
}

func TestLockstepWarmsUpAndPausesForADoor(t *testing.T) {
	h := newHouse(t)
	h.tick(1)
	if s := h.call("status", nil); !s.Sampled || s.Sensor != "ok" || s.Mode != "off" || s.SetpointC != 19 || !s.Simulated || s.Realtime != "virtual clock" {
		t.Errorf("after the first instant: %+v", s)
	}
	h.call("mode", local.ModeArguments{Mode: "heat"})
	if s := h.call("set", local.SetArguments{SetpointC: 20}); s.SetpointC != 20 || s.Mode != "heat" {
		t.Errorf("the answer to set says %.1f, %s", s.SetpointC, s.Mode)
	}
	least := int(h.config.Control.MinOff.Seconds())
	if s := h.until(true, 2*least); s < least-2 {
		t.Errorf("heating began after %d s, the shortest pause after a start is %d s", s, least)
	}
	h.tick(int(h.config.Control.MinOn.Seconds()))
	if s := h.call("status", nil); s.Action != "heating" || !s.Heat {
		t.Errorf("a house at 15 °C that shall have 20: %+v", s)
	}

	pin := string(h.config.Doors[0].Pin)
	if err := h.board.SetDoor(pin, true); err != nil {
		t.Fatal(err)
	}
	h.until(false, 60)
	s := h.call("status", nil)
	if s.Action != "paused" || !s.Doors[0].Open || s.Doors[0].ID != h.config.Doors[0].ID {
		t.Errorf("with an open door: %+v", s)
	}
	h.closeDoor()
	h.until(true, 600)
}

func TestLockstepPress(t *testing.T) {
	h := newHouse(t)
	h.tick(1)
	k := keeperAt(t, h.panel)
	if a := h.tick(1); a.Snapshot != 2 {
		t.Errorf("the answer names snapshot %d, want 2", a.Snapshot)
	}
	if s := hear(t, k); s.Seq != 2 || s.TalkPresses != 0 {
		t.Errorf("before the press: %+v", s)
	}
	if err := h.board.Press(string(h.config.Board.Talk), true); err != nil {
		t.Fatal(err)
	}
	h.tick(2)
	first, second := hear(t, k), hear(t, k)
	if second.TalkPresses != 1 {
		t.Errorf("two instants after the press the counter is %d", second.TalkPresses)
	}
	// The press asks for a sample, whatever the sensor's period.
	if first.SampleBoot == first.Boot || second.SampleBoot != second.Boot {
		t.Errorf("samples of %v at %v and of %v at %v", first.SampleBoot, first.Boot, second.SampleBoot, second.Boot)
	}
}

// A press from control.sock is one press, and a long one a hold.
func TestLockstepPressVerb(t *testing.T) {
	h := newHouse(t)
	h.tick(3) // until the buttons are known to be up
	k := keeperAt(t, h.panel)
	presses := func() (s consent.Snapshot) {
		for range 12 {
			h.tick(1)
			s = hear(t, k)
		}
		return s
	}
	h.call("press", local.PressArguments{Button: "talk"})
	if s := presses(); s.TalkPresses != 1 || s.QuietPresses != 0 {
		t.Errorf("after a press of talk: %d talk, %d quiet", s.TalkPresses, s.QuietPresses)
	}
	h.call("press", local.PressArguments{Button: "quiet"})
	if s := presses(); s.QuietPresses != 1 || s.QuietHolds != 0 {
		t.Errorf("after a press of quiet: %d presses, %d holds", s.QuietPresses, s.QuietHolds)
	}
	h.call("press", local.PressArguments{Button: "quiet", HoldS: 4})
	if s := presses(); s.TalkPresses != 1 || s.QuietHolds != 1 {
		t.Errorf("after holding quiet: %d talk, %d holds", s.TalkPresses, s.QuietHolds)
	}
	h.call("press", local.PressArguments{Button: "talk", HoldS: 60})
	h.stop()
	<-h.done
	if p, err := h.board.Pin("", string(h.config.Board.Talk)); err != nil || !bool(p.Read()) {
		t.Errorf("control is gone and the button is still held: %v", err)
	}
}

func TestLockstepAnswersTheKeeper(t *testing.T) {
	h := newHouse(t)
	h.tick(1)
	k := keeperAt(t, h.panel)
	ask(t, k, wire.Panel{Indicator: consent.IndicatorSession, Epoch: 3, Sample: true})
	h.tick(1)
	s := hear(t, k)
	if s.Indicator != consent.IndicatorSession || s.IndicatorEpoch != 3 || !s.IndicatorOK || s.SampleBoot != s.Boot {
		t.Errorf("asked before the instant, answered in it: %+v", s)
	}
	if level, _ := h.board.Driven(string(h.config.Board.Indicator.Pin)); !bool(level) {
		t.Error("the light is confirmed and dark")
	}
	k.Close()
	if a := h.tick(1); a.Snapshot != 0 {
		t.Errorf("snapshot %d was sent to nobody", a.Snapshot)
	}
	if s := h.call("status", nil); s.Indicator != "fault" {
		t.Errorf("without its keeper the light says %s", s.Indicator)
	}
}

func TestLockstepSurvivesARestart(t *testing.T) {
	h := newHouse(t)
	h.tick(1)
	h.call("mode", local.ModeArguments{Mode: "heat"})
	h.call("set", local.SetArguments{SetpointC: 21.5})
	h.tick(1) // within this instant it is saved
	if _, err := os.Stat(statePath(h.config.State.Folder)); err != nil {
		t.Errorf("a change is not on disk after the next instant: %v", err)
	}
	h.until(true, 400)
	h.stop()
	if v := <-h.done; v != nil {
		t.Fatalf("a clean end gave %v", v)
	}
	if h.heat() {
		t.Error("control is gone and the heating is on")
	}

	h.now += 5 * time.Second
	h.begin(h.board)
	h.tick(1)
	if s := h.call("status", nil); s.SetpointC != 21.5 || s.Mode != "heat" {
		t.Errorf("after a restart %.1f °C, mode %s", s.SetpointC, s.Mode)
	}
	least := int(h.config.Control.MinOff.Seconds())
	if s := h.until(true, 2*least); s < least-2 {
		t.Errorf("on again %d s after a restart, the shortest pause is %d s", s, least)
	}
}

func TestLockstepEndsWithItsParent(t *testing.T) {
	h := newHouse(t)
	h.tick(1)
	h.call("mode", local.ModeArguments{Mode: "heat"})
	h.call("set", local.SetArguments{SetpointC: 20})
	h.until(true, 400)
	h.master.Close()
	if v := <-h.done; v != nil {
		t.Errorf("the parent's end gave %v", v)
	}
	if h.heat() {
		t.Error("control is gone and the heating is on")
	}
}

func TestLockstepDiskFull(t *testing.T) {
	h := newHouse(t)
	h.tick(1)
	h.call("mode", local.ModeArguments{Mode: "heat"})
	h.now += time.Second
	if err := h.master.Send(clock.Tick{Instant: clock.Instant{Boot: h.now}, Faults: clock.FaultDiskFull}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.master.Wait(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	s := h.call("status", nil)
	if s.Mode != "heat" || s.Reasons[len(s.Reasons)-1].Kind != "state_file" {
		t.Errorf("with a full disk: mode %s, %+v", s.Mode, s.Reasons)
	}
	h.until(true, 400)
	if s := h.call("status", nil); s.Reasons[len(s.Reasons)-1].Kind == "state_file" {
		t.Errorf("the disk has room again and was not tried: %+v", s.Reasons)
	}
}

func TestLockstepNeedsASimulatedBoard(t *testing.T) {
	b := sim.New(1)
	c := testConfig(t)
	heat := string(c.Relays.Heat.Pin)
	p, err := b.Pin("", heat)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Out(true); err != nil { // as another program left it
		t.Fatal(err)
	}
	if err := Run(t.Context(), Options{Config: c, Hardware: b, Link: clock.NewLink(nil)}); err == nil {
		t.Error("a virtual clock drives a board that is not simulated")
	}
	if level, driven := b.Driven(heat); bool(level) || !driven {
		t.Error("a start that failed left the heating on")
	}
}

// The same instants give the same snapshots.
func TestLockstepIsReproducible(t *testing.T) {
	day := func() (all []consent.Snapshot) {
		h := newHouse(t)
		k := keeperAt(t, h.panel)
		h.tick(1)
		h.call("mode", local.ModeArguments{Mode: "heat"})
		all = append(all, hear(t, k))
		for i := range 400 {
			h.board.SetClimate(15+float64(i)/100, 45, 101325)
			h.tick(1)
			all = append(all, hear(t, k))
		}
		h.stop()
		<-h.done
		return all
	}
	one, two := day(), day()
	for i := range one {
		if one[i] != two[i] {
			t.Fatalf("instant %d differs:\n%+v\n%+v", i, one[i], two[i])
		}
	}
}
