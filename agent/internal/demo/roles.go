package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/supervise"
)

// answerLimit is how long a role may take for one instant, in real time. The
// longest things it does are a handful of fsyncs and the start of an uplink.
const answerLimit = 30 * time.Second

// pulse is the parent's end of one role's clock. A role that died gets a new one
// with its next start.
type pulse struct {
	name string

	mu     sync.Mutex
	master *clock.Master
	deaths int
}

// link makes the clock link of the role's next start.
func (p *pulse) link() (supervise.File, error) {
	master, theirs, err := clock.Pair()
	if err != nil {
		return supervise.File{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.master != nil {
		p.master.Close()
	}
	p.master = master
	return supervise.File{Variable: clock.LinkVariable, File: theirs}, nil
}

// beat gives the role one instant and waits until it is done with it. Without a
// living role it does nothing: the house goes on without it.
func (p *pulse) beat(t clock.Tick) (clock.Ack, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.master == nil {
		return clock.Ack{}, errAway
	}
	err := p.master.Send(t)
	var ack clock.Ack
	if err == nil {
		ack, err = p.master.Wait(answerLimit)
	}
	if err != nil {
		p.deaths++
		p.master.Close()
		p.master = nil
		return clock.Ack{}, fmt.Errorf("%s is gone: %w", p.name, err)
	}
	return ack, nil
}

// errAway says that the role has not come back yet.
var errAway = errors.New("no role there")

func (p *pulse) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.master != nil {
		p.master.Close()
		p.master = nil
	}
}

// lost counts how often the role has died.
func (p *pulse) lost() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.deaths
}

// crew are the demo's children.
type crew struct {
	group   *supervise.Group
	sockets supervise.Sockets
	uplinks *supervise.Uplinks
	control *pulse
	keeper  *pulse
	boards  context.CancelFunc
}

// muster starts the roles of a home: control with its clock and the board, keeper
// with its clock, mdns on the real clock because it has no state and knows nothing.
func muster(h *home, world *supervise.World, words io.Writer) (*crew, error) {
	group, err := supervise.NewGroup(h.runtime, nil)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := &crew{group: group, control: &pulse{name: "control"}, keeper: &pulse{name: "keeper"}, boards: cancel}
	roles := supervise.Roles{
		Config: h.path, Runtime: h.runtime, State: h.state, MDNS: h.config.MDNS.Enabled,
		Stdout: words, Stderr: words,
		Keeper: func() ([]supervise.File, error) {
			link, err := c.keeper.link()
			return []supervise.File{link}, err
		},
		Control: func() ([]supervise.File, error) {
			link, err := c.control.link()
			if err != nil {
				return nil, err
			}
			board, err := world.Link(ctx)
			if err != nil {
				link.File.Close()
				return nil, err
			}
			return []supervise.File{link, board}, nil
		},
	}
	roles.ControlDied = func() {
		board, err := world.Link(ctx)
		if err != nil {
			return
		}
		limit, cancel := context.WithTimeout(ctx, answerLimit)
		defer cancel()
		err = group.Run(limit, supervise.Child{
			Name: "safe-outputs", Args: []string{"safe-outputs", "--config", h.path}, Stdout: words, Stderr: words,
			Prepare: func() ([]supervise.File, error) { return []supervise.File{board}, nil },
		})
		if err != nil {
			fmt.Fprintln(words, err)
		}
	}
	if c.sockets, err = roles.Start(group); err != nil {
		group.Stop()
		cancel()
		return nil, err
	}
	c.uplinks = group.NewUplinks(h.state, supervise.Child{Stdout: words, Stderr: words})
	return c, nil
}

// announced reports whether the mdns role has said that it is registered. That is
// the role's own word, over its notify socket; no pipe leads to it.
func (c *crew) announced(wait time.Duration) bool {
	p := c.group.Process("mdns")
	if p == nil {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-p.Ready():
		return true
	case <-timer.C:
		return false
	}
}

// dismiss ends all children in order and waits for each.
func (c *crew) dismiss() error {
	err := c.uplinks.Close()
	c.group.Stop()
	c.control.close()
	c.keeper.close()
	c.boards()
	return errors.Join(err, c.sockets.Close())
}
