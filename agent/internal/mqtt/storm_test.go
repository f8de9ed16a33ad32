package mqtt

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quietstat/agent/internal/wire"
)

// TestRevocationStorm opens hundreds of windows on recipients that read, stall,
// cut the link or never answer, with publishers that do not stop, and closes each
// at a moment that nobody chose. Whoever publishes numbers the messages; the
// numbers that had been given out when Close returned are all that may ever be
// seen, on that connection or any other.
func TestRevocationStorm(t *testing.T) {
	const lanes, rounds = 6, 50
	var attempts, seen atomic.Int64
	var all sync.WaitGroup
	for lane := range lanes {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(lane), 1))
			for round := range rounds {
				a, s := tempest(t, random, fmt.Sprintf("lane %d, round %d", lane, round))
				attempts.Add(a)
				seen.Add(s)
			}
		})
	}
	all.Wait()
	t.Logf("%d windows, %d attempts, %d messages seen", lanes*rounds, attempts.Load(), seen.Load())
	if seen.Load() == 0 || attempts.Load() == seen.Load() {
		t.Error("a storm in which everything or nothing arrives shows nothing")
	}
}

// tempest is one window. It returns how many messages were attempted and how many
// the recipient saw.
func tempest(t *testing.T, random *rand.Rand, name string) (attempts, seen int64) {
	weather := random.IntN(4)
	release := make(chan struct{})
	r := listen(t, func(r *recipient) {
		switch weather {
		case 1:
			r.stalled = true
		case 2:
			r.welcome = func(net.Conn) { <-release }
		}
	})
	pause := func() { time.Sleep(time.Duration(random.IntN(4000)) * time.Microsecond) }

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if weather == 2 { // CONNACK never comes in time: the end of the context must do
		go func() {
			for r.connections() == 0 {
				time.Sleep(50 * time.Microsecond)
			}
			cancel()
		}()
		if c, err := Dial(ctx, options(r.Addr().String())); err == nil {
			c.Close()
			t.Errorf("%s: connected without CONNACK", name)
		}
		close(release)
		r.end()
		if got := r.published(); len(got) != 0 {
			t.Errorf("%s: %d messages before CONNACK", name, len(got))
		}
		return 0, 0
	}

	c := dial(t, options(r.Addr().String()))
	var numbers atomic.Int64
	var stop atomic.Bool
	var publishers sync.WaitGroup
	padding := strings.Repeat(" ", 1<<random.IntN(13))
	for range 4 {
		publishers.Go(func() {
			for !stop.Load() {
				n := numbers.Add(1)
				result, err := c.Publish(delivery(t, epoch, "home/t", strconv.FormatInt(n, 10)+padding))
				if (result == wire.ResultSent) != (err == nil) {
					t.Errorf("%s: result %d, %v", name, result, err)
				}
			}
		})
	}
	pause()
	if weather == 3 {
		r.cut()
	}
	pause()
	c.Close()
	last, line := numbers.Load(), c.fence.line.Load()
	written := line.sent()
	pause() // the publishers go on against a closed window
	stop.Store(true)
	publishers.Wait()
	if late := line.sent() - written; late != 0 {
		t.Errorf("%s: %d bytes were written after Close", name, late)
	}
	close(r.read)

	// The next window to the same recipient: what was left of the first would
	// show here.
	second := options(r.Addr().String())
	second.ClientID, second.Epoch = "window-2", epoch+1
	next := dial(t, second)
	if result, err := next.Publish(delivery(t, epoch+1, "home/t", "next")); result != wire.ResultSent {
		t.Errorf("%s: the next window: result %d, %v", name, result, err)
	}
	next.Close()
	r.end()
	for _, payload := range r.published() {
		if payload == "next" {
			continue
		}
		seen++
		if n, err := strconv.ParseInt(strings.TrimSpace(payload), 10, 64); err != nil || n > last {
			t.Errorf("%s: message %q was seen, %d was the last before Close returned", name, strings.TrimSpace(payload), last)
		}
	}
	return numbers.Load(), seen
}
