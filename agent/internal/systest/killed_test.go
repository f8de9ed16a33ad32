//go:build systest

package systest

import (
	"syscall"
	"testing"
	"time"
)

// A keeper that dies in a window takes the way out with it, and control does not
// notice.
func TestKeeperKilledInAWindow(t *testing.T) {
	t.Parallel()
	endpoint := startMosquitto(t, "", "127.0.0.1")
	a := startAgent(t, "", "100ms", "[mdns]\nenabled = false\n")
	a.quietstat("recipient", "add", "kitchen", endpoint, "--reach", "this-device")
	a.quietstat("policy", "set", "kitchen", "climate.temperature/1s")
	a.quietstat("session", "start")
	a.until("an uplink", 10*time.Second, func() bool { return len(a.processes("uplink")) == 1 })
	before, err := a.status()
	if err != nil {
		t.Fatal(err)
	}

	for _, pid := range a.processes("keeper") {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	killed := time.Now()
	time.Sleep(200 * time.Millisecond)
	if got := a.processes("uplink"); len(got) != 0 {
		t.Errorf("an uplink lives %v after its keeper was killed: %v", time.Since(killed), got)
	}

	a.until("a hundred more ticks", 30*time.Second, func() bool {
		s, err := a.status()
		return err == nil && s.Control != nil && s.Control.Ticks >= before.Control.Ticks+100
	})
	after, err := a.status()
	if err != nil {
		t.Fatal(err)
	}
	if missed := after.Control.TicksMissed - before.Control.TicksMissed; missed != 0 {
		t.Errorf("control missed %d ticks after the keeper was killed", missed)
	}
	t.Logf("%d ticks later: %d missed, %d late, worst lateness %.1f ms", after.Control.Ticks-before.Control.Ticks,
		after.Control.TicksMissed-before.Control.TicksMissed, after.Control.TicksLate-before.Control.TicksLate, 1000*after.Control.LatenessMaxS)

	a.until("the keeper is back, closed", 15*time.Second, func() bool {
		s, err := a.status()
		return err == nil && s.Keeper != nil && s.Keeper.Sharing == "closed" && len(s.Keeper.Windows) == 0
	})
	if got := a.processes("uplink"); len(got) != 0 {
		t.Errorf("a restarted keeper opened a window by itself: %v", got)
	}
}

// Killing the other roles leaves heating undisturbed; killing control closes the
// gate.
func TestAnyRoleKilled(t *testing.T) {
	t.Parallel()
	endpoint := startMosquitto(t, "", "127.0.0.1")
	a := startAgent(t, "", "100ms", "[mdns]\ninterface = \"lo\"\n")
	a.quietstat("recipient", "add", "kitchen", endpoint, "--reach", "this-device")
	a.quietstat("policy", "set", "kitchen", "climate.temperature/1s")

	for _, role := range []string{"uplink", "mdns"} {
		if role == "uplink" {
			a.quietstat("session", "start")
			a.until("an uplink", 10*time.Second, func() bool { return len(a.processes("uplink")) > 0 })
		}
		before, err := a.status()
		if err != nil {
			t.Fatal(err)
		}
		for _, pid := range a.processes(role) {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		time.Sleep(2 * time.Second)
		after, err := a.status()
		if err != nil {
			t.Fatal(err)
		}
		if after.Control == nil || after.Control.TicksMissed != before.Control.TicksMissed || after.Control.Ticks < before.Control.Ticks+15 {
			t.Errorf("killing %s disturbed control: %+v then %+v", role, before.Control, after.Control)
		}
	}
	a.quietstat("quiet")

	a.quietstat("session", "start")
	a.until("an uplink", 10*time.Second, func() bool { return len(a.processes("uplink")) == 1 })
	for _, pid := range a.processes("control") {
		syscall.Kill(pid, syscall.SIGKILL)
	}
	a.until("the gate closes when control is dead", 5*time.Second, func() bool { return len(a.processes("uplink")) == 0 })
}
