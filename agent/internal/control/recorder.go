package control

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/local"
	"quietstat/hvac"
	"quietstat/hvac/trace"
)

const (
	// recordedBytes is what the recorder keeps: with a tick a second and a sample every
	// ten, more than a day and a half. It is memory; nothing of it is written anywhere
	// until the owner asks.
	recordedBytes = 2 << 20
	// recorderPatience is how many ticks wait for the recorder. It has nothing to do but
	// take them; if it does not come to that in so many, the next are not recorded, and a
	// replay begins anew behind them.
	recorderPatience = 16
)

// recorder keeps what Step was told and what it answered. The loop hands every tick
// over and waits for nothing.
type recorder struct {
	passing chan passing
	zone    func() *time.Location // the household's

	mu    sync.Mutex // guards keeps and epoch; never held by the loop on the real clock
	keeps *trace.Recorder
	epoch int64 // ms, of the last tick
}

// passing is one tick on its way to the recorder.
type passing struct {
	now  clock.Instant
	tick trace.Tick
}

func newRecorder(zone func() *time.Location) *recorder {
	return &recorder{passing: make(chan passing, recorderPatience), zone: zone, keeps: trace.NewRecorder(recordedBytes)}
}

// offer hands a tick over, or drops it where too many wait. It does not allocate.
func (r *recorder) offer(now clock.Instant, in *hvac.Input, before *hvac.State, rec *record, out *hvac.Outputs) {
	if r == nil {
		return
	}
	select {
	case r.passing <- passing{now, trace.Tick{In: *in, Before: *before, After: rec.state, Out: *out, Why: rec.reasons}}:
	default:
	}
}

// run takes ticks on the real clock until the context ends.
func (r *recorder) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case p := <-r.passing:
			r.take(&p)
		}
	}
}

// drain takes all that wait, on a virtual clock within the instant.
func (r *recorder) drain() {
	for {
		select {
		case p := <-r.passing:
			r.take(&p)
		default:
			return
		}
	}
}

// driftMS is by how much the wall clock may move against CLOCK_BOOTTIME before the
// recording says so: whoever asks "why at 03:12?" does not mean the second.
const driftMS = 1000

func (r *recorder) take(p *passing) {
	epoch := trace.EpochOf(p.now.Wall.In(r.zone()), p.now.Boot)
	r.mu.Lock()
	defer r.mu.Unlock()
	if d := epoch - r.epoch; d > driftMS || d < -driftMS {
		r.epoch = epoch
	}
	p.tick.Epoch, p.tick.Trusted = r.epoch, p.now.Trusted
	r.keeps.Take(p.tick)
}

// file is the recording so far.
func (r *recorder) file() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.keeps.File()
}

// answerRecord hands out the recording. It is a day of readings and doors, so it is for
// the owner alone.
func (r *role) answerRecord(_ context.Context, caller local.Caller, raw json.RawMessage) (any, error) {
	if err := caller.MustOwn("record"); err != nil {
		return nil, err
	}
	if err := local.Arguments(raw, &struct{}{}); err != nil {
		return nil, err
	}
	return local.Recording{File: r.loop.recorder.file()}, nil
}
