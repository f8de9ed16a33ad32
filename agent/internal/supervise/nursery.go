package supervise

import (
	"errors"
	"runtime"
	"sync"
)

// nursery starts every child from one thread that lives as long as the nursery
// does, because the parent-death signal is sent when the thread that forked ends,
// not when the process does (prctl(2), PR_SET_PDEATHSIG).
type nursery struct {
	births chan func()
	ended  chan struct{}
	once   sync.Once
}

// errEnded says that no child is started any more.
var errEnded = errors.New("the parent is stopping")

func newNursery() *nursery {
	n := &nursery{births: make(chan func()), ended: make(chan struct{})}
	go func() {
		// Never unlocked: when this goroutine returns, its thread ends with it, and
		// whatever child is still alive gets its death signal.
		runtime.LockOSThread()
		for {
			select {
			case birth := <-n.births:
				birth()
			case <-n.ended:
				return
			}
		}
	}()
	return n
}

// do runs start on the nursery's thread and waits for it.
func (n *nursery) do(start func() error) error {
	result := make(chan error, 1)
	select {
	case n.births <- func() { result <- start() }:
		return <-result
	case <-n.ended:
		return errEnded
	}
}

// close ends the thread; all children that matter have ended before.
func (n *nursery) close() { n.once.Do(func() { close(n.ended) }) }
