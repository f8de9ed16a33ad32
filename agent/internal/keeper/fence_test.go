package keeper

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quietstat/consent"
)

// fakeLine counts what passes; it takes nothing once it is shut.
type fakeLine struct {
	shut   atomic.Bool
	passed atomic.Int64
	late   atomic.Int64
	err    error
}

func (l *fakeLine) Deliver([]byte) error {
	if l.shut.Load() {
		l.late.Add(1)
	}
	l.passed.Add(1)
	return nil
}

func (l *fakeLine) Shut(time.Duration) error {
	l.shut.Store(true)
	return l.err
}

func admitted(t *testing.T, f *fence, recipient string, epoch uint64, bases ...consent.Basis) *fakeLine {
	t.Helper()
	l := new(fakeLine)
	if err := f.admit(&openLine{line: l, recipient: recipient, epoch: epoch, bases: bases}); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestFenceDeliversToTheOpenEpochOnly(t *testing.T) {
	f := newFence()
	l := admitted(t, f, "a", 7)
	for _, test := range []struct {
		recipient string
		epoch     uint64
		passes    bool
	}{{"a", 7, true}, {"a", 6, false}, {"a", 8, false}, {"b", 7, false}} {
		err := f.deliver(test.recipient, test.epoch, nil)
		if (err == nil) != test.passes {
			t.Errorf("%s in epoch %d: %v", test.recipient, test.epoch, err)
		}
	}
	if l.passed.Load() != 1 {
		t.Errorf("%d messages passed, want 1", l.passed.Load())
	}
}

func TestFenceShutsOneWindowOnly(t *testing.T) {
	f := newFence()
	a, b := admitted(t, f, "a", 1), admitted(t, f, "b", 2)
	if err := f.shut("a", 2); err != nil || a.shut.Load() {
		t.Errorf("a window of another epoch was shut: %v", err)
	}
	if err := f.shut("a", 1); err != nil || !a.shut.Load() || b.shut.Load() {
		t.Errorf("a %v, b %v, %v", a.shut.Load(), b.shut.Load(), err)
	}
	if f.has("a", 1) || !f.has("b", 2) {
		t.Error("the fence has lost count of its lines")
	}
}

// From the moment somebody asked to close until the core has taken note, nothing
// comes in and nothing goes out, whatever the core still has in its queue.
func TestFenceWaitsForTheCore(t *testing.T) {
	f := newFence()
	a := admitted(t, f, "a", 1)
	admitted(t, f, "b", 2)
	onlyA := func(l *openLine) bool { return l.recipient == "a" }
	closing, err := f.shutWhere(onlyA)
	if err != nil || !a.shut.Load() {
		t.Fatalf("not shut: %v", err)
	}
	if err := f.admit(&openLine{line: new(fakeLine), recipient: "a", epoch: 3}); !errors.Is(err, errFenced) {
		t.Errorf("a line was let in during a closing: %v", err)
	}
	if err := f.deliver("b", 2, nil); !errors.Is(err, errFenced) {
		t.Errorf("a message passed during a closing: %v", err)
	}
	f.took(closing)
	if err := f.deliver("b", 2, nil); err != nil {
		t.Errorf("a line nobody asked to close stays shut: %v", err)
	}
	second, _ := f.shutWhere(onlyA)
	third, _ := f.shutWhere(onlyA)
	f.took(second)
	if err := f.deliver("b", 2, nil); !errors.Is(err, errFenced) {
		t.Errorf("the fence opened with a closing outstanding: %v", err)
	}
	f.took(third)
	if err := f.deliver("b", 2, nil); err != nil {
		t.Error(err)
	}
}

// Closings are noted one by one: that a later one is noted says nothing of an
// earlier one.
func TestFenceWaitsForEveryClosing(t *testing.T) {
	f := newFence()
	first, _ := f.shutWhere(anyLine)
	second, _ := f.shutWhere(anyLine)
	f.took(second)
	if err := f.admit(&openLine{line: new(fakeLine), recipient: "a", epoch: 1}); !errors.Is(err, errFenced) {
		t.Errorf("a line was let in with a closing outstanding: %v", err)
	}
	f.took(first)
	admitted(t, f, "a", 1)
}

// slowLine takes its time to shut.
type slowLine struct {
	fakeLine
	begun, freed chan struct{}
	once         sync.Once
}

func (l *slowLine) Shut(limit time.Duration) error {
	l.once.Do(func() { close(l.begun) })
	<-l.freed
	return l.fakeLine.Shut(limit)
}

// Whoever asks to close waits for the line also when somebody else is shutting it.
func TestFenceClosersWaitForOneAnother(t *testing.T) {
	for name, second := range map[string]func(*fence){
		"from outside": func(f *fence) { f.shutWhere(anyLine) },
		"the core":     func(f *fence) { f.shut("a", 1) },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFence()
			l := &slowLine{begun: make(chan struct{}), freed: make(chan struct{})}
			if err := f.admit(&openLine{line: l, recipient: "a", epoch: 1}); err != nil {
				t.Fatal(err)
			}
			var closers sync.WaitGroup
			closers.Go(func() { f.shutWhere(anyLine) })
			<-l.begun
			closers.Go(func() {
				second(f)
				if !l.shut.Load() {
					t.Error("it returned while the line was still there")
				}
			})
			time.Sleep(5 * time.Millisecond) // the second one is waiting, or has wrongly returned
			close(l.freed)
			closers.Wait()
			if len(f.leaving) != 0 {
				t.Error("a line that is gone is still waited for")
			}
		})
	}
}

func TestFenceFindsLinesByBasis(t *testing.T) {
	session := consent.Basis{Kind: consent.BasisSession, ID: "s"}
	grant := consent.Basis{Kind: consent.BasisGrant, ID: "g"}
	f := newFence()
	a, b := admitted(t, f, "a", 1, session), admitted(t, f, "b", 2, grant)
	f.cover("b", []consent.Basis{grant, session})
	f.shutWhere(ofBasis(func(b consent.Basis) bool { return b.ID == "g" }))
	if a.shut.Load() || !b.shut.Load() {
		t.Errorf("revoking a grant shut a %v, b %v", a.shut.Load(), b.shut.Load())
	}
	f.shutWhere(ofBasis(func(b consent.Basis) bool { return b.Kind == consent.BasisSession }))
	if !a.shut.Load() {
		t.Error("ending the session did not shut its line")
	}
}

func TestFenceTellsWhatDidNotConfirm(t *testing.T) {
	f := newFence()
	l := admitted(t, f, "a", 1)
	l.err = errors.New("still there")
	if _, err := f.shutWhere(anyLine); !errors.Is(err, l.err) {
		t.Errorf("got %v", err)
	}
	if f.has("a", 1) {
		t.Error("a line that did not confirm is still used")
	}
}

// Deliverers that never stop, against closings from every side: nothing is handed
// to a line after shutWhere returned for it.
func TestFenceUnderLoad(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := newFence()
		rounds := rapid.IntRange(1, 2).Draw(rt, "rounds")
		for epoch := uint64(1); epoch <= uint64(rounds); epoch++ {
			l := new(fakeLine)
			if err := f.admit(&openLine{line: l, recipient: "a", epoch: epoch}); err != nil {
				rt.Fatal(err)
			}
			var senders sync.WaitGroup
			stop := make(chan struct{})
			for range 3 {
				senders.Go(func() {
					for {
						select {
						case <-stop:
							return
						default:
							f.deliver("a", epoch, nil)
						}
					}
				})
			}
			closing, _ := f.shutWhere(anyLine)
			passed := l.passed.Load()
			for range 100 {
				f.deliver("a", epoch, nil)
			}
			close(stop)
			senders.Wait()
			if l.passed.Load() != passed || l.late.Load() != 0 {
				rt.Fatalf("%d messages passed after the closing returned", l.passed.Load()-passed)
			}
			f.took(closing)
		}
	})
}
