package supervise

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestDiedAfterAnUncleanStop stops children that end in every way, and looks at who
// had Died called, and when.
func TestDiedAfterAnUncleanStop(t *testing.T) {
	for _, test := range []struct {
		part  string
		limit time.Duration
		want  int
	}{
		{"sleeper", time.Minute, 0},
		{"breaker", time.Minute, 1},
		{"stubborn", time.Millisecond, 1},
	} {
		t.Run(test.part, func(t *testing.T) {
			dir := folder(t)
			log := filepath.Join(dir, "words")
			g := group(t, dir)
			died := 0
			c := Child{Name: "control", Args: []string{test.part, log, "control"}, Limit: test.limit}
			c.Died = func() {
				died++
				if g.Process("control") != nil {
					t.Error("Died was called before the end")
				}
				// As safe-outputs: it must still be possible to start a child.
				if err := g.Run(t.Context(), Child{Name: "safe", Args: []string{"files", log}}); err != nil {
					t.Error(err)
				}
			}
			if err := g.Start(c); err != nil {
				t.Fatal(err)
			}
			eventually(t, "it started", func() bool { return count(log, "start") == 1 })
			g.Stop()
			if died != test.want {
				t.Errorf("Died was called %d times, want %d", died, test.want)
			}
			if n := count(log, "files read"); n != test.want {
				t.Errorf("%d children ran in Died, want %d", n, test.want)
			}
			if n := count(log, "start"); n != 1 {
				t.Errorf("%d starts, want 1", n)
			}
		})
	}
}

// TestDiedWhenTheStopMeetsACrash lets a child crash at the moment of the stop, in
// every order the two can be noticed in: Died is called once in each.
func TestDiedWhenTheStopMeetsACrash(t *testing.T) {
	dir := folder(t)
	log := filepath.Join(dir, "words")
	for i := range 20 {
		g := group(t, dir)
		died := 0
		c := sleeper(log, "control")
		c.Died = func() { died++ }
		if err := g.Start(c); err != nil {
			t.Fatal(err)
		}
		p := g.Process("control")
		<-p.Ready()
		if err := p.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			eventually(t, "its end", func() bool { return !alive(p.Pid) })
		}
		g.Stop()
		if died != 1 {
			t.Fatalf("stop %d: Died was called %d times, want once", i, died)
		}
	}
}

func TestHangingChildIsKilledAndStartedAgain(t *testing.T) {
	dir := folder(t)
	log := filepath.Join(dir, "words")
	g := group(t, dir)
	starts := make(chan int, 64) // so many when it died
	c := Child{Name: "control", Args: []string{"hanger", log}, Watchdog: 20 * time.Millisecond, Limit: time.Millisecond}
	c.Died = func() { starts <- count(log, "start") }
	if err := g.Start(c); err != nil {
		t.Fatal(err)
	}
	first := g.Process("control")
	eventually(t, "its end", func() bool { return closed(first.Done()) })
	if status := first.cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGKILL {
		t.Errorf("it ended by %v, want SIGKILL", status.Signal())
	}
	eventually(t, "the second life", func() bool { return count(log, "start") >= 2 })
	if n := <-starts; n != 1 {
		t.Errorf("Died came after %d starts, want 1", n)
	}
}

func TestFeedingChildLives(t *testing.T) {
	t.Parallel() // it takes as long as it takes
	dir := folder(t)
	log := filepath.Join(dir, "words")
	g := group(t, dir)
	c := Child{Name: "control", Args: []string{"feeder", log}, Watchdog: 2 * time.Second}
	c.Died = func() { t.Error("it died") }
	if err := g.Start(c); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it has fed for two limits", func() bool { return count(log, "fed") == 1 })
	g.Stop()
	if n := count(log, "start"); n != 1 {
		t.Errorf("%d starts, want 1: %q", n, words(log))
	}
}
