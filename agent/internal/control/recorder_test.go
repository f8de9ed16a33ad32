package control

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/hvac"
	"quietstat/hvac/trace"
)

// recorded decodes what a loop has recorded and holds it to its replay.
func recorded(t *testing.T, r *recorder) (*trace.Day, trace.Report) {
	t.Helper()
	day, err := trace.Decode(r.file())
	if err != nil {
		t.Fatal(err)
	}
	report, err := day.Replay(nil)
	if err != nil || report.Difference != nil || !report.Exact {
		t.Fatalf("%+v, %v, %v", report, report.Difference, err)
	}
	return day, report
}

func inUTC() *time.Location { return time.UTC }

func TestLoopIsRecorded(t *testing.T) {
	b := &fakeBoard{next: room(18), doorCount: 1}
	l := newLoop(t, b, nil)
	l.recorder = newRecorder(inUTC)
	for i := range 1000 {
		if i%10 == 0 {
			_ = b.Sense(at(float64(i)).Boot)
		}
		if i == 400 {
			b.do(func() { b.doors[0] = hvac.Contact{Known: true, Open: true} })
		}
		l.step(at(float64(i)))
		l.recorder.drain()
	}
	day, report := recorded(t, l.recorder)
	if report.Ticks != 1000 || report.Blocks != 1 {
		t.Errorf("%+v", report)
	}
	begin := at(0).Wall.UTC()
	if got := report.From.Format(time.DateTime); got != begin.Format(time.DateTime) {
		t.Errorf("it begins at %s, want %s", got, begin)
	}
	tick, ok, err := day.At(begin.Add(300 * time.Second).Sub(begin.Truncate(24 * time.Hour)))
	if err != nil || !ok || tick.Out.Call != hvac.CallHeat {
		t.Errorf("five minutes later: %v, %v, %v", tick.Out, ok, err)
	}
}

// TestRecorderBearsLostTicks fills what waits for a recorder that does not come.
func TestRecorderBearsLostTicks(t *testing.T) {
	l := newLoop(t, &fakeBoard{next: room(18)}, nil)
	l.recorder = newRecorder(inUTC)
	for i := range 3 * recorderPatience {
		l.step(at(float64(i)))
	}
	l.recorder.drain()
	for i := range 10 {
		l.step(at(float64(100 + i)))
		l.recorder.drain()
	}
	if _, report := recorded(t, l.recorder); report.Ticks != recorderPatience+10 || report.Blocks != 2 {
		t.Errorf("%+v", report)
	}
}

// TestRecorderFollowsARelayThatFails: what the driver does behind Step's back is no
// difference.
func TestRecorderFollowsARelayThatFails(t *testing.T) {
	b := &fakeBoard{next: room(15)}
	l := newLoop(t, b, nil)
	l.recorder = newRecorder(inUTC)
	for i := range 900 {
		_ = b.Sense(at(float64(i)).Boot)
		b.do(func() {
			if b.relayErr = nil; i >= 300 && i < 310 {
				b.relayErr = errBroken
			}
		})
		l.step(at(float64(i)))
		l.recorder.drain()
	}
	if _, report := recorded(t, l.recorder); report.Ticks != 900 || report.Blocks < 2 {
		t.Errorf("%+v", report)
	}
}

var errBroken = local.Refuse("broken", "")

func TestOfferAllocatesNothing(t *testing.T) {
	r := newRecorder(inUTC)
	rec, in, out, before := new(record), new(hvac.Input), new(hvac.Outputs), new(hvac.State)
	n := testing.AllocsPerRun(3*recorderPatience, func() { r.offer(at(1), in, before, rec, out) })
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
	var none *recorder
	none.offer(at(1), in, before, rec, out)
}

// TestRecorderKeepsTheWallThroughSlewing: a clock that is being set right slowly costs
// nothing; one that jumps is followed.
func TestRecorderKeepsTheWallThroughSlewing(t *testing.T) {
	r := newRecorder(inUTC)
	now := at(0)
	for _, tt := range []struct {
		shift time.Duration
		moves bool
	}{{0, true}, {999 * time.Millisecond, false}, {-1000 * time.Millisecond, false}, {1001 * time.Millisecond, true}, {time.Hour, true}} {
		was := r.epoch
		p := passing{now: now}
		p.now.Wall = time.UnixMilli(was).Add(now.Boot + tt.shift)
		if was == 0 {
			p.now.Wall = now.Wall
		}
		r.take(&p)
		if moved := r.epoch != was; moved != tt.moves {
			t.Errorf("shifted by %v: moved %v", tt.shift, moved)
		}
	}
}

func TestRecordIsForTheOwner(t *testing.T) {
	h := newHouse(t)
	h.tick(30)
	var got local.Recording
	h.ask("record", &got)
	day, err := trace.Decode(got.File)
	if err != nil {
		t.Fatal(err)
	}
	if report, err := day.Replay(nil); err != nil || report.Ticks < 30 || report.Difference != nil {
		t.Errorf("%+v, %v", report, err)
	}
	r := &role{loop: &loop{recorder: newRecorder(inUTC)}}
	_, err = r.answerRecord(t.Context(), local.Caller{}, nil) // nobody the kernel knows
	var problem *local.Problem
	if !errors.As(err, &problem) || problem.Code != local.CodeNotAllowed {
		t.Errorf("a stranger: %v", err)
	}
}

// ask is call for answers that are no status.
func (h *house) ask(verb string, into any) {
	h.t.Helper()
	if err := local.Call(context.Background(), h.control, verb, nil, into); err != nil {
		h.t.Fatal(err)
	}
}

func TestExplainTellsTheWholeChain(t *testing.T) {
	h := newHouse(t)
	h.tick(1)
	h.call("mode", local.ModeArguments{Mode: "heat"})
	h.tick(30)
	var e Explanation
	h.ask("explain", &e)
	text := strings.Join(e.Chain, "\n")
	place := -1
	for _, want := range []string{"wanted: ", "measured: ", "demand ", ": proportional ", "integral ", "derivative ", "feed-forward ",
		"filtered: ", "the pause has lasted ", "the next run may begin in ", "relays: heat off"} {
		i := strings.Index(text, want)
		if i < place {
			t.Errorf("%q is missing or out of order in\n%s", want, text)
		}
		place = max(place, i)
	}
}
