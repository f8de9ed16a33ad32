package sim_test

import (
	"net"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"

	"quietstat/drivers"
	"quietstat/drivers/sim"
	"quietstat/hvac"
)

// TestRemoteReadFlipsAnOutput: the habit of gpioioctl is the same from afar.
func TestRemoteReadFlipsAnOutput(t *testing.T) {
	board := sim.New(1)
	hw, _ := connect(t, board)
	for _, look := range []func(gpio.PinIO){func(p gpio.PinIO) { p.Read() }, func(p gpio.PinIO) { _ = p.Function() }} {
		p, err := hw.Pin("", "GPIO17")
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Out(gpio.High); err != nil {
			t.Fatal(err)
		}
		look(p)
		if _, driven := board.Driven("GPIO17"); driven {
			t.Error("still driven after it was read")
		}
	}
}

func TestRemoteWaitForEdge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		board := sim.New(1)
		_ = board.SetLevel("GPIO22", gpio.High)
		hw, served := connect(t, board)
		p, err := hw.Pin("", "GPIO22")
		if err != nil {
			t.Fatal(err)
		}
		if err := p.In(gpio.PullUp, gpio.BothEdges); err != nil || p.Pull() != gpio.PullUp {
			t.Fatal(err, p.Pull())
		}
		if p.Read() != gpio.High {
			t.Fatal("reads low")
		}
		begun := time.Now()
		if p.WaitForEdge(-1) || time.Since(begun) != 0 {
			t.Error("a negative timeout must return at once")
		}
		if p.WaitForEdge(50*time.Millisecond) || time.Since(begun) != 50*time.Millisecond {
			t.Errorf("timeout after %v", time.Since(begun))
		}
		go func() { time.Sleep(45 * time.Millisecond); _ = board.SetLevel("GPIO22", gpio.Low) }()
		begun = time.Now()
		if !p.WaitForEdge(time.Second) || time.Since(begun) > 60*time.Millisecond {
			t.Errorf("no edge within %v", time.Since(begun))
		}
		if p.WaitForEdge(50 * time.Millisecond) {
			t.Error("the same edge twice")
		}
		_ = hw.Close()
		<-served
	})
}

// TestRoundTripsOfATick counts what one control tick costs over a real socket: one round
// trip for all inputs and none for relays that do not change, without allocation.
func TestRoundTripsOfATick(t *testing.T) {
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "board.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err == nil {
			_ = sim.Serve(t.Context(), c, sim.New(1))
		}
	}()
	c, err := net.Dial("unix", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	counted := &countedConn{Conn: c}
	hw := sim.Dial(counted)
	defer hw.Close()
	b, err := drivers.Open(hw, wiring)
	if err != nil {
		t.Fatal(err)
	}
	now, call := time.Duration(0), hvac.CallNone
	tick := func() {
		now += time.Second
		if b.Poll(now) != nil || b.SetRelays(hvac.Outputs{Call: call, Lines: hvac.Lines{Work: [...]hvac.Work{hvac.WorkNone, hvac.WorkHeat, hvac.WorkCool}[call]}}) != nil {
			t.Fatal("a tick failed")
		}
	}
	tick()
	counted.writes, counted.reads = 0, 0
	tick()
	if counted.writes != 1 || counted.reads != 1 {
		t.Errorf("an idle tick: %d writes and %d reads, want one each", counted.writes, counted.reads)
	}
	counted.writes = 0
	call = hvac.CallHeat
	tick()
	if counted.writes != 2 {
		t.Errorf("a tick that switches one relay: %d writes, want 2", counted.writes)
	}
	// The server is in this process too, so its share is counted here as well.
	if n := testing.AllocsPerRun(200, tick); n != 0 {
		t.Errorf("%v allocations per tick, want 0", n)
	}
}

type countedConn struct {
	net.Conn
	writes, reads int
}

func (c *countedConn) Write(b []byte) (int, error) { c.writes++; return c.Conn.Write(b) }
func (c *countedConn) Read(b []byte) (int, error)  { c.reads++; return c.Conn.Read(b) }

// BenchmarkRoundTrip is one batched read of the inputs over a unix socket.
func BenchmarkRoundTrip(b *testing.B) {
	l, err := net.Listen("unix", filepath.Join(b.TempDir(), "board.sock"))
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	go func() {
		if c, err := l.Accept(); err == nil {
			_ = sim.Serve(b.Context(), c, sim.New(1))
		}
	}()
	c, err := net.Dial("unix", l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	board, err := drivers.Open(sim.Dial(c), wiring)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := board.Poll(0); err != nil {
			b.Fatal(err)
		}
	}
}
