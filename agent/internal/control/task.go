package control

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Task is a long-running part of the role. Run returns nil when its context ends.
type Task interface {
	Run(ctx context.Context) error
	Ready() <-chan struct{} // closed once it does its work
	String() string
}

// task is the Task that every part of this package is.
type task struct {
	name  string
	ready chan struct{}
	once  sync.Once
	run   func(ctx context.Context, ready func()) error
}

var _ Task = (*task)(nil)

func newTask(name string, run func(ctx context.Context, ready func()) error) *task {
	return &task{name: name, ready: make(chan struct{}), run: run}
}

func (t *task) Run(ctx context.Context) error {
	return t.run(ctx, func() { t.once.Do(func() { close(t.ready) }) })
}
func (t *task) Ready() <-chan struct{} { return t.ready }
func (t *task) String() string         { return t.name }

// Waits between two starts of a part that failed.
const (
	firstPause   = time.Second
	longestPause = time.Minute
)

// helper is a task that serves the loop: whatever becomes of it, the loop goes on.
// An error or a panic is logged and the part is started again, after a pause that
// doubles until it has lived for longestPause.
func helper(name string, log *slog.Logger, run func(ctx context.Context) error) *task {
	return newTask(name, func(ctx context.Context, ready func()) error {
		ready()
		pause := firstPause
		for {
			begun := time.Now()
			err := survive(ctx, run)
			if ctx.Err() != nil || err == nil {
				return nil
			}
			if time.Since(begun) >= longestPause {
				pause = firstPause
			}
			log.Error("a part of control failed and is started again; heating goes on", "part", name, "after", pause, "cause", err)
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(pause):
			}
			pause = min(2*pause, longestPause)
		}
	})
}

// survive turns a panic into an error.
func survive(ctx context.Context, run func(ctx context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = crashOf(v)
		}
	}()
	return run(ctx)
}
