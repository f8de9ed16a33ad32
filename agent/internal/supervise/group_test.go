package supervise

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func sleeper(log, name string) Child {
	return Child{Name: name, Args: []string{"sleeper", log, name}}
}

func TestStopGoesInReverseOrder(t *testing.T) {
	dir := folder(t)
	log := filepath.Join(dir, "words")
	g := group(t, dir)
	for _, name := range []string{"control", "keeper", "mdns"} {
		if err := g.Start(sleeper(log, name)); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "all three started", func() bool { return count(log, "start") == 3 })
	g.Stop()
	var stops []string
	for _, line := range words(log) {
		if f := strings.Fields(line); f[2] == "stop" {
			stops = append(stops, f[1])
		}
	}
	if want := []string{"mdns", "keeper", "control"}; !slices.Equal(stops, want) {
		t.Errorf("stopped in the order %v, want %v", stops, want)
	}
	g.Stop() // a second stop must not hang or panic
}

func TestDeadChildIsStartedAgainAlone(t *testing.T) {
	dir := folder(t)
	log := filepath.Join(dir, "words")
	g := group(t, dir)
	died := make(chan string, 8)
	victim := sleeper(log, "victim")
	victim.Died = func() { died <- strings.Join(words(log), "|") }
	for _, c := range []Child{sleeper(log, "other"), victim} {
		if err := g.Start(c); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "both started", func() bool { return count(log, "start") == 2 })
	first := g.Process("victim")
	other := g.Process("other").Pid
	if err := first.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the victim started again", func() bool { return count(log, "victim start") == 2 })
	if before := <-died; strings.Count(before, "victim start") != 1 {
		t.Errorf("Died came after the next start: %s", before)
	}
	eventually(t, "a new process", func() bool { p := g.Process("victim"); return p != nil && p.Pid != first.Pid })
	if got := g.Process("other").Pid; got != other {
		t.Errorf("the other child was disturbed: pid %d, was %d", got, other)
	}
	if n := count(log, "other", "stop"); n != 0 {
		t.Error("the other child was stopped")
	}
}

func TestCrashingChildIsTriedAgain(t *testing.T) {
	dir := folder(t)
	log := filepath.Join(dir, "words")
	g := group(t, dir)
	if err := g.Start(Child{Name: "crasher", Args: []string{"crasher", log}}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "three starts", func() bool { return count(log, "start") >= 3 })
	g.Stop()
	after := count(log, "start")
	if g.Process("crasher") != nil {
		t.Error("a process is left after Stop")
	}
	if again := count(log, "start"); again != after {
		t.Errorf("started %d times after Stop", again-after)
	}
}

func TestStubbornChildIsKilled(t *testing.T) {
	dir := folder(t)
	log := filepath.Join(dir, "words")
	g := group(t, dir)
	if err := g.Start(Child{Name: "stubborn", Args: []string{"stubborn", log}, Limit: time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it started", func() bool { return count(log, "start") == 1 })
	p := g.Process("stubborn")
	g.Stop()
	if alive(p.Pid) {
		t.Error("it lives on")
	}
	if status := p.cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGKILL {
		t.Errorf("it ended by %v, want SIGKILL", status.Signal())
	}
}

func TestFailedStartIsAnError(t *testing.T) {
	g := group(t, folder(t))
	want := fmt.Errorf("no board")
	err := g.Start(Child{Name: "control", Args: []string{"sleeper"}, Prepare: func() ([]File, error) { return nil, want }})
	if err == nil || !strings.Contains(err.Error(), "prepare control: no board") {
		t.Errorf("Start = %v", err)
	}
	if g.Process("control") != nil {
		t.Error("a child that was never started has a process")
	}
}

func TestReadyIsHeard(t *testing.T) {
	dir := folder(t)
	g := group(t, dir)
	if err := g.Start(sleeper(filepath.Join(dir, "words"), "mdns")); err != nil {
		t.Fatal(err)
	}
	<-g.Process("mdns").Ready()
}

func TestOldNotifySocketIsInNobodysWay(t *testing.T) {
	path := filepath.Join(folder(t), "notify-1")
	for range 2 {
		n, err := listenNotify(path, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer n.conn.Close() // as a killed parent would: the file stays
	}
}

func TestNobodyIsStartedAfterStop(t *testing.T) {
	dir := folder(t)
	g := group(t, dir)
	g.Stop()
	if err := g.Start(sleeper(filepath.Join(dir, "words"), "late")); !errors.Is(err, errEnded) {
		t.Errorf("Start after Stop = %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestSignalIsPassedOn(t *testing.T) {
	dir := folder(t)
	log := filepath.Join(dir, "words")
	g := group(t, dir)
	if err := g.Start(sleeper(log, "keeper")); err != nil {
		t.Fatal(err)
	}
	<-g.Process("keeper").Ready()
	if err := g.Signal("keeper", syscall.SIGUSR2); err != nil {
		t.Fatal(err)
	}
	eventually(t, "quiet arrives", func() bool { return count(log, "hears user defined signal 2") == 1 })
	if err := g.Signal("nobody", syscall.SIGUSR2); err != nil {
		t.Errorf("a signal to nobody: %v", err)
	}
}

func TestRunWaitsAndTellsHowItEnded(t *testing.T) {
	dir := folder(t)
	g := group(t, dir)
	err := g.Run(t.Context(), Child{Name: "crasher", Args: []string{"crasher", filepath.Join(dir, "words")}})
	if err == nil || !strings.Contains(err.Error(), "crasher: exit status 3") {
		t.Errorf("Run = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.Run(ctx, sleeper(filepath.Join(dir, "words"), "slow")); err == nil {
		t.Error("Run of an ended context succeeded")
	}
}

// TestKilledParentLeavesNobody kills a parent that cannot clean up and waits for
// its children to be gone too.
func TestKilledParentLeavesNobody(t *testing.T) {
	dir := folder(t)
	log := filepath.Join(dir, "words")
	g := group(t, dir)
	p, err := g.pass(&Child{Name: "parent", Args: []string{"parent", log}})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "parent and children started", func() bool { return count(log, "start") == 3 })
	var children []int
	for _, line := range words(log) {
		f := strings.Fields(line)
		if f[0] == "sleeper" {
			pid, err := strconv.Atoi(f[3])
			if err != nil {
				t.Fatal(err)
			}
			children = append(children, pid)
		}
	}
	p.Kill()
	eventually(t, "no orphan", func() bool { return !slices.ContainsFunc(children, alive) })
	if count(log, "stop") != 2 {
		t.Errorf("the children were not asked to stop: %q", words(log))
	}
}

// alive reports whether a process runs; a zombie that nobody reaps does not.
func alive(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, state, ok := strings.Cut(string(b), ") ")
	return ok && !strings.HasPrefix(state, "Z") && !strings.HasPrefix(state, "X")
}
