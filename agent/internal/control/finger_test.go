package control

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

// buttons are simulated ones that write down what happens to them.
type buttons struct {
	told []string
	err  error
}

func (b *buttons) Press(line string, down bool) error {
	b.told = append(b.told, fmt.Sprintf("%s %v", line, down))
	return b.err
}

func TestFinger(t *testing.T) {
	b := new(buttons)
	f := finger{presser: b, slack: 2, held: map[string]time.Duration{}}
	release := func(now time.Duration) {
		t.Helper()
		if err := f.release(now); err != nil {
			t.Error(err)
		}
	}
	if held, err := f.press("A", 10, 100); held != 12 || err != nil {
		t.Errorf("held for %v, %v", held, err)
	}
	release(111)
	if !slices.Equal(b.told, []string{"A true"}) {
		t.Errorf("before its time is over: %v", b.told)
	}
	if _, err := f.press("A", 20, 105); err != nil { // pressing on holds it longer
		t.Error(err)
	}
	release(112)
	release(126)
	if len(b.told) != 2 {
		t.Errorf("a button pressed on was let go: %v", b.told)
	}
	release(127)
	release(128)
	if !slices.Equal(b.told, []string{"A true", "A true", "A false"}) {
		t.Errorf("at its time and once: %v", b.told)
	}
	for now, want := range map[time.Duration]bool{129: false, 130: true, 131: true} { // let go at 127
		if got := f.rested("A", now-1); got != want {
			t.Errorf("%v: rested %v", now-1, got)
		}
	}
	if _, err := f.press("B", time.Hour, 128); err != nil {
		t.Error(err)
	}
	if f.rested("B", 200) {
		t.Error("a button that is held is at rest")
	}
	release(forever)
	if b.told[len(b.told)-1] != "B false" {
		t.Errorf("at the end: %v", b.told)
	}

	b.err = errors.New("no such line")
	if _, err := f.press("C", 1, 1); !errors.Is(err, b.err) || len(f.held) != 0 {
		t.Errorf("a line that is not there: %v, held %v", err, f.held)
	}
}
