package supervise

import (
	"context"
	"fmt"
	"syscall"
	"time"
)

// Run starts a child once, waits for it and never starts it again. When the
// context ends first, the child is killed.
func (g *Group) Run(ctx context.Context, c Child) error {
	p, err := g.pass(&c)
	if err != nil {
		return err
	}
	select {
	case <-p.Done():
		if p.Err() != nil {
			return fmt.Errorf("%s: %w", c.Name, p.Err())
		}
		return nil
	case <-ctx.Done():
		p.Kill()
		return fmt.Errorf("%s did not end: %w", c.Name, ctx.Err())
	}
}

// pass starts a child that ends by itself and is stopped with the group.
func (g *Group) pass(c *Child) (*Process, error) {
	p, err := g.spawn(c)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	g.passing[p] = true
	g.mu.Unlock()
	go func() {
		<-p.Done()
		g.mu.Lock()
		delete(g.passing, p)
		g.mu.Unlock()
	}()
	return p, nil
}

// passingLimit is what an uplink gets: its window closes in a fraction of this.
const passingLimit = 500 * time.Millisecond

func (g *Group) stopPassing() {
	g.mu.Lock()
	var all []*Process
	for p := range g.passing {
		all = append(all, p)
	}
	g.mu.Unlock()
	for _, p := range all {
		_ = p.Signal(syscall.SIGTERM) // all at once; Stop below sees to the rest
	}
	for _, p := range all {
		p.Stop(passingLimit)
	}
}
