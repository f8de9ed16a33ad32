package control

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"quietstat/hvac"
)

// safeBuffer is a log that several goroutines write.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// eventually waits for what other goroutines do.
func eventually(t *testing.T, happened func() bool) {
	t.Helper()
	for limit := time.Now().Add(20 * time.Second); !happened(); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("it never happened")
		}
	}
}

func TestHelperComesBackMoreAndMoreSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		var starts []time.Duration
		lives := 0
		ctx, cancel := context.WithCancel(t.Context())
		h := helper("part", discard(), func(ctx context.Context) error {
			starts = append(starts, time.Since(begun).Round(time.Second))
			lives++
			switch lives {
			case 9: // it lived for long: the next pause is short again
				time.Sleep(longestPause)
			case 11:
				<-ctx.Done()
				return ctx.Err()
			case 2:
				panic("boom")
			}
			return errors.New("broken")
		})
		done := make(chan error)
		go func() { done <- h.Run(ctx) }()
		<-h.Ready()
		time.Sleep(time.Hour)
		cancel()
		if err := <-done; err != nil {
			t.Errorf("a helper ended with %v", err)
		}
		const s = time.Second
		want := []time.Duration{0, 1 * s, 3 * s, 7 * s, 15 * s, 31 * s, 63 * s, 123 * s, 183 * s, 244 * s, 246 * s}
		if !slices.Equal(starts, want) {
			t.Errorf("started at %v, want %v", starts, want)
		}
	})
}

func TestHelperEndsInItsPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		h := helper("part", discard(), func(context.Context) error { return errors.New("broken") })
		done := make(chan error)
		go func() { done <- h.Run(ctx) }()
		synctest.Wait()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("a helper ended with %v", err)
		}
		if h.String() != "part" {
			t.Errorf("the helper is called %q", h)
		}
	})
}

func TestSamplerKeepsItsPeriod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		b := &fakeBoard{}
		s := sampler{
			board: b, now: func() time.Duration { return time.Since(begun) },
			period: 10 * time.Second, wanted: newBell(), sampled: new(atomic.Bool),
			outcome: func(error) {},
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.run(ctx) }()
		synctest.Wait()
		b.do(func() {
			if len(b.senses) != 1 || !s.sampled.Load() {
				t.Errorf("at the start sampled at %v", b.senses)
			}
		})
		time.Sleep(13 * time.Second)
		s.wanted.ring()
		time.Sleep(8 * time.Second)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		want := []time.Duration{0, 10 * time.Second, 13 * time.Second, 20 * time.Second}
		if !slices.Equal(b.senses, want) {
			t.Errorf("sampled at %v, want %v", b.senses, want)
		}
	})
}

func TestBellNeverWaits(t *testing.T) {
	b := newBell()
	for range 3 {
		b.ring()
	}
	<-b
	select {
	case <-b:
		t.Error("three rings were heard twice")
	default:
	}
}

var _ board = (*fakeBoard)(nil)

// Orders read by the loop are never changed under it.
func TestOrdersAreReplacedWhole(t *testing.T) {
	p := hvac.DefaultParams()
	var d desk
	d.present.Store(&orders{setpoint: 20, mode: hvac.ModeOff, params: &p})
	before := d.load()
	if err := d.setpoint(22); err != nil {
		t.Fatal(err)
	}
	if err := d.mode("heat"); err != nil {
		t.Fatal(err)
	}
	d.tune(p)
	if before.setpoint != 20 || before.mode != hvac.ModeOff || before.change != 0 {
		t.Errorf("orders that were read have become %+v", before)
	}
	if now := d.load(); now.setpoint != 22 || now.mode != hvac.ModeHeat || now.change != 2 {
		t.Errorf("the present orders are %+v", now)
	}
}
