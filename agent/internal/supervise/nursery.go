package supervise

import (
	"runtime"
	"sync"
)

// nursery starts every child from one thread that lives as long as the nursery
// does, because the parent-death signal is sent when the thread that forked ends,
// not when the process does (prctl(2), PR_SET_PDEATHSIG).
type nursery struct {
	births chan func()
	once   sync.Once
}

func newNursery() *nursery {
	n := &nursery{births: make(chan func())}
	go func() {
		// Never unlocked: when this goroutine returns, its thread ends with it, and
		// whatever child is still alive gets its death signal.
		runtime.LockOSThread()
		for birth := range n.births {
			birth()
		}
	}()
	return n
}

// do runs start on the nursery's thread and waits for it.
func (n *nursery) do(start func() error) error {
	result := make(chan error)
	n.births <- func() { result <- start() }
	return <-result
}

// close ends the thread; all children must have ended before.
func (n *nursery) close() { n.once.Do(func() { close(n.births) }) }
