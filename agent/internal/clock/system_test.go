package clock

import (
	"strings"
	"testing"
	"time"
)

func TestSystemMovesForward(t *testing.T) {
	one, two := System{}.Now(), System{}.Now()
	if one.Boot <= 0 || two.Boot < one.Boot {
		t.Errorf("CLOCK_BOOTTIME went from %v to %v", one.Boot, two.Boot)
	}
	if now := Boottime(); now < two.Boot {
		t.Errorf("Boottime is %v after %v", now, two.Boot)
	}
	if one.Wall.Location() != time.UTC || one.Wall.IsZero() {
		t.Errorf("the wall says %v", one.Wall)
	}
	if strings.Contains(one.Wall.String(), "m=") {
		t.Error("the wall carries a monotonic reading, which must not be compared with another boot's")
	}
}

func TestSleepUntil(t *testing.T) {
	for _, deadline := range []time.Duration{0, Boottime() / 2, Boottime(), Boottime() + 5*time.Millisecond} {
		if err := SleepUntil(deadline); err != nil {
			t.Errorf("until %v: %v", deadline, err)
		}
		if now := Boottime(); now < deadline {
			t.Errorf("woke at %v, before %v", now, deadline)
		}
	}
	if err := SleepUntil(-time.Second); err == nil {
		t.Error("a deadline before the boot was slept to")
	}
}

// The control loop calls both at every tick.
func TestClockAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { _ = System{}.Now() }); n != 0 {
		t.Errorf("Now: %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { _ = SleepUntil(1) }); n != 0 {
		t.Errorf("SleepUntil: %v allocations", n)
	}
}
