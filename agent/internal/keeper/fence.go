package keeper

import (
	"errors"
	"slices"
	"sync"
	"time"

	"quietstat/consent"
)

// shutLimit is how long shutting a line may take, by its confirmation or by a
// kill. It is measured on the real clock.
const shutLimit = 200 * time.Millisecond

// line is one pipe to one uplink process.
type line interface {
	Deliver(frame []byte) error
	Shut(limit time.Duration) error // idempotent; returns when nothing can leave any more
}

// openLine is a line and what it is open for.
type openLine struct {
	line
	recipient string
	epoch     uint64
	bases     []consent.Basis
}

// errFenced is why a message was not handed out.
var errFenced = errors.New("the line was shut")

// fence holds every open line. Its lock is never held during a disk write, a
// shutting or anything else that takes time, so closing always gets it.
type fence struct {
	mu      sync.Mutex
	lines   map[string]*openLine   // by recipient
	leaving map[*openLine]struct{} // taken out, not known to be gone yet
	asked   uint64                 // closings asked for from outside the core
	unnoted map[uint64]struct{}    // those the core has not taken note of
}

func newFence() *fence {
	return &fence{lines: map[string]*openLine{}, leaving: map[*openLine]struct{}{}, unnoted: map[uint64]struct{}{}}
}

// shutWhere shuts every line that matches, at the same time, and returns when all
// are gone. It returns the number of the closing, to be given to took once the
// core has applied the event it stands for.
func (f *fence) shutWhere(matches func(*openLine) bool) (closing uint64, err error) {
	f.mu.Lock()
	f.asked++
	closing = f.asked
	f.unnoted[closing] = struct{}{}
	going := f.take(matches)
	f.mu.Unlock()
	return closing, f.shutAll(going)
}

// shut shuts one recipient's line, if it is of this epoch, for the core.
func (f *fence) shut(recipient string, epoch uint64) error {
	f.mu.Lock()
	going := f.take(func(l *openLine) bool { return l.recipient == recipient && l.epoch == epoch })
	f.mu.Unlock()
	return f.shutAll(going)
}

// take takes the matching lines out. Those somebody else is shutting already count
// too: whoever asks to close waits for them as well.
func (f *fence) take(matches func(*openLine) bool) (going []*openLine) {
	for l := range f.leaving {
		if matches(l) {
			going = append(going, l)
		}
	}
	for recipient, l := range f.lines {
		if matches(l) {
			going = append(going, l)
			f.leaving[l] = struct{}{}
			delete(f.lines, recipient)
		}
	}
	return going
}

func (f *fence) shutAll(lines []*openLine) error {
	errs := make([]error, len(lines))
	var all sync.WaitGroup
	for i, l := range lines {
		all.Go(func() {
			errs[i] = l.Shut(shutLimit)
			f.mu.Lock()
			delete(f.leaving, l)
			f.mu.Unlock()
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// took says that the core has applied the closing.
func (f *fence) took(closing uint64) {
	f.mu.Lock()
	delete(f.unnoted, closing)
	f.mu.Unlock()
}

// closing reports whether a closing from outside is on its way to the core.
func (f *fence) closing() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.unnoted) > 0
}

// admit lets a line in, unless a closing is on its way to the core.
func (f *fence) admit(l *openLine) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.unnoted) > 0 {
		return errFenced
	}
	f.lines[l.recipient] = l
	return nil
}

// deliver hands a frame to a recipient's line, if that line is still open in this
// epoch and nobody has asked to close since. The frame is small and the socket's
// queue is deep, so this does not block; a full queue is an error.
func (f *fence) deliver(recipient string, epoch uint64, frame []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	l, ok := f.lines[recipient]
	if !ok || l.epoch != epoch || len(f.unnoted) > 0 {
		return errFenced
	}
	return l.Deliver(frame)
}

// cover notes what a line is open for, so that ending one basis from outside
// finds it.
func (f *fence) cover(recipient string, bases []consent.Basis) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if l, ok := f.lines[recipient]; ok {
		l.bases = slices.Clone(bases)
	}
}

// has reports whether a line of this epoch is open.
func (f *fence) has(recipient string, epoch uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	l, ok := f.lines[recipient]
	return ok && l.epoch == epoch
}

// anyOpen reports whether there is a line at all.
func (f *fence) anyOpen() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.lines) > 0
}

// any matches every line.
func anyLine(*openLine) bool { return true }

// ofBasis matches the lines a basis keeps open.
func ofBasis(matches func(consent.Basis) bool) func(*openLine) bool {
	return func(l *openLine) bool { return slices.ContainsFunc(l.bases, matches) }
}
