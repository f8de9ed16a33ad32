package supervise

import (
	"context"
	"sync"
	"time"
)

// keeper keeps one child alive.
type keeper struct {
	child  Child
	cancel context.CancelFunc
	ended  chan struct{}

	mu      sync.Mutex
	process *Process // nil between two lives
}

// keep waits for the child's end and starts it again, until the context ends.
func (g *Group) keep(ctx context.Context, k *keeper, p *Process) {
	defer close(k.ended)
	var wait time.Duration
	for {
		if p != nil {
			if !g.outlive(ctx, k, p) {
				return
			}
			wait = pause(wait, time.Since(p.Began))
		} else {
			wait = pause(wait, 0)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
		var err error
		if p, err = g.spawn(&k.child); err != nil {
			g.log.Error("a role cannot be started", "role", k.child.Name, "error", err)
			p = nil
			continue
		}
		k.set(p)
	}
}

// outlive waits for the child's end, and kills a child that is silent for longer
// than its watchdog allows. When the context ends it stops the child and reports
// false: it is not to be started again.
func (g *Group) outlive(ctx context.Context, k *keeper, p *Process) bool {
	select {
	case <-p.Done():
	case <-p.silent:
		if !p.Kill() {
			// In the kernel, on a bus that does not answer. Its outputs can be made
			// safe all the same; a second life must wait for the end of the first.
			k.died()
		}
		select {
		case <-p.Done():
		case <-ctx.Done():
		}
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		k.stop(g, p)
		return false
	}
	k.set(nil)
	select {
	case <-p.silent:
		g.log.Error("a role hung, was killed and is started again", "role", k.child.Name, "watchdog", k.child.Watchdog)
	default:
		g.log.Warn("a role ended unasked and is started again", "role", k.child.Name, "end", ending(p.Err()))
	}
	k.died()
	return true
}

// stop ends the child, which may have ended already. Only exit status 0 says that
// it has left its outputs as they should be.
func (k *keeper) stop(g *Group, p *Process) {
	inTime := p.Stop(k.child.limit())
	k.set(nil)
	switch {
	case p.clean():
		return
	case !inTime:
		g.log.Warn("a role did not end in time and was killed", "role", k.child.Name, "limit", k.child.limit())
	default:
		g.log.Warn("a role did not end cleanly when it was stopped", "role", k.child.Name, "end", ending(p.Err()))
	}
	k.died()
}

func (k *keeper) died() {
	if k.child.Died != nil {
		k.child.Died()
	}
}

func (k *keeper) set(p *Process) {
	k.mu.Lock()
	k.process = p
	k.mu.Unlock()
}

func ending(err error) string {
	if err == nil {
		return "exit status 0"
	}
	return err.Error()
}
