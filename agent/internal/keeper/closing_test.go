package keeper

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/local"
	"quietstat/consent"
)

// bare is a core that nobody runs, for what must not need it.
func bare(t *testing.T) *core {
	t.Helper()
	c := newCore(Options{Log: slog.New(slog.DiscardHandler)})
	c.running, c.source = t.Context(), clock.System{}
	return c
}

// A core that hangs with its queue full does not hold up whoever closes, and takes
// note of it when it is back.
func TestClosingDoesNotWaitForTheCore(t *testing.T) {
	t.Parallel()
	c := bare(t)
	l := admitted(t, c.fence, "a", 1)
	for range cap(c.work) {
		c.hand(func() {})
	}
	if err := c.closeFromOutside(t.Context(), anyLine, consent.Quiet{}); err != nil {
		t.Error(err)
	}
	if !l.shut.Load() {
		t.Error("it returned, and the line is there")
	}
	if err := c.fence.admit(&openLine{line: new(fakeLine), recipient: "a", epoch: 2}); !errors.Is(err, errFenced) {
		t.Errorf("a line was let in before the core took note: %v", err)
	}
	for range cap(c.work) + 1 {
		(<-c.work)()
	}
	admitted(t, c.fence, "a", 3)
}

// Whoever closes is told when an uplink was not seen to end.
func TestClosingTellsOfAnUplinkThatLives(t *testing.T) {
	c := bare(t)
	admitted(t, c.fence, "a", 1).err = errors.New("still there")
	go pump(t.Context(), c)
	var p *local.Problem
	if err := c.closeFromOutside(t.Context(), anyLine, consent.Quiet{}); !errors.As(err, &p) || p.Code != local.CodeFailed {
		t.Errorf("got %v", err)
	}
}

// pump is all of a core that a closing needs.
func pump(ctx context.Context, c *core) {
	for {
		select {
		case f := <-c.work:
			f()
		case <-ctx.Done():
			return
		}
	}
}

// A core that has been away for too long has its lines shut, so that no connection
// outlasts its session by more than that.
func TestLinesOfAnAbsentCoreAreShut(t *testing.T) {
	c := bare(t)
	go pump(t.Context(), c)
	l := admitted(t, c.fence, "a", 1)
	c.here()
	seen := time.Duration(c.seen.Load())
	for _, test := range []struct {
		after time.Duration
		shut  bool
	}{{coreSilence - 1, false}, {coreSilence, true}, {coreSilence + 1, true}} {
		c.shutUnwatched(t.Context(), seen+test.after)
		if l.shut.Load() != test.shut {
			t.Errorf("after %v: shut is %v", test.after, l.shut.Load())
		}
	}
	admitted(t, c.fence, "a", 2) // and no longer than that
}
