package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/supervise"
	"quietstat/hvac/house"
)

// show is one running demo. It belongs to the goroutine of Run.
type show struct {
	options Options
	kind    house.Kind
	home    *home
	moment  *moment
	world   *supervise.World
	broker  *broker
	crew    *crew
	caller  *caller
	story   *narrator
	measure *measure
	watched watched

	windows   []*window
	grant     string // the opt-in's id while it stands
	laters    []deed // what is due beside the script
	faults    clock.Fault
	disturbed struct{ door, sensor bool }
	trial     *trial // nil without --fault
	marks     struct{ from, to uint64 }
	problems  []string
	done      time.Duration // virtual time played
}

// deed is something due at a virtual time.
type deed struct {
	at time.Duration
	do func() error
}

// later has something done when so much virtual time has passed.
func (s *show) later(d time.Duration, do func() error) {
	s.laters = append(s.laters, deed{s.moment.since() + d, do})
}

// play runs the day, one instant after the other, until the time is over or the
// context ends.
func (s *show) play(ctx context.Context) error {
	pacer := newPacer(s.options.Speed)
	for elapsed := time.Duration(0); elapsed < s.options.For; elapsed += period {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.instant(elapsed); err != nil {
			return err
		}
		s.done = elapsed + period
		pacer.wait(s.done)
	}
	return nil
}

// instant is one second of everything, in a fixed order: the house moves with the
// relays as they are; control sees it; the keeper sees control's snapshot; the
// broker digests what came; then people do what the script says.
func (s *show) instant(elapsed time.Duration) error {
	s.moment.elapsed.Store(int64(elapsed))
	if elapsed > 0 {
		s.world.Advance(period)
	}
	tick := clock.Tick{Instant: s.moment.instant(), Faults: s.faults}
	ack, err := s.crew.control.beat(tick)
	if err != nil && !errors.Is(err, errAway) {
		s.tell("lost", "%v; it is started again", err)
	}
	tick.Snapshot = ack.Snapshot
	if _, err := s.crew.keeper.beat(tick); err != nil && !errors.Is(err, errAway) {
		s.tell("lost", "%v; it is started again", err)
	}
	if err := s.broker.settle(); err != nil {
		return err
	}
	s.weigh(elapsed)
	if elapsed%watchPeriod == 0 {
		s.watch()
	}
	s.act(elapsed)
	return s.broker.settle()
}

// weigh takes the measures of the instant.
func (s *show) weigh(elapsed time.Duration) {
	truth := float64(s.world.Climate().Sensor)
	if s.disturbed.door || s.disturbed.sensor {
		s.measure.excuse(elapsed)
	}
	if s.trial.active() {
		s.trial.coldest = min(s.trial.coldest, truth)
	}
	asked := s.measure.asked
	if s.measure.instant(elapsed, truth, s.world.Heating(), s.world.Power()) {
		s.tell("warm", "it is warm: %.0f °C, reached in %s.", s.measure.setpoint, span(elapsed-asked))
	}
}

// act does what is due.
func (s *show) act(elapsed time.Duration) {
	for dayNumber := 0; at(dayNumber, 0) <= elapsed; dayNumber++ {
		for i := range s.options.script {
			r := &s.options.script[i]
			if at(dayNumber, r.at) == elapsed && (dayNumber == 0 || !r.once) {
				s.tell(r.kind, "%s", r.text)
				s.try(r.kind, func() error { return r.do(s) })
			}
		}
	}
	s.breakAndMend(elapsed)
	due := slices.Clone(s.laters)
	s.laters = s.laters[:0]
	for _, d := range due {
		if d.at > elapsed {
			s.laters = append(s.laters, d)
		}
	}
	for _, d := range due {
		if d.at <= elapsed {
			s.try("", d.do)
		}
	}
}

// try does something people do. A refusal is part of the story; without a fault
// to explain it, it is a problem too.
func (s *show) try(kind string, do func() error) {
	err := do()
	if err == nil {
		return
	}
	s.tell("refused", "that did not work: %v", err)
	if !s.trial.active() {
		s.problems = append(s.problems, fmt.Sprintf("%s %s: %v", clockFace(s.moment.since()), kind, err))
	}
}

// breakAndMend is the fault's part of the script.
func (s *show) breakAndMend(elapsed time.Duration) {
	t := s.trial
	if t == nil {
		return
	}
	f := t.fault
	switch {
	case elapsed == at(0, f.from):
		t.began = elapsed
		if k, err := s.caller.sharing(); err == nil {
			t.before = k.LastRefusal
		}
		s.tell("fault", "FAULT: %s.", f.broken)
		s.try("fault", func() error { return f.inject(s) })
		// What was decided in this very instant may still be on its way.
		s.later(time.Minute, func() error { s.marks.from = s.broker.mark(); return nil })
	case f.until != 0 && elapsed == at(0, f.until):
		s.marks.to = s.broker.mark()
		t.ended = elapsed
		s.tell("mended", "%s.", f.mended)
		s.try("mended", func() error { return f.lift(s) })
	}
}

// pacer holds the demo back to a speed, by absolute deadlines.
type pacer struct {
	speed float64
	began time.Time
}

func newPacer(speed float64) pacer { return pacer{speed, time.Now()} }

// shortestNap is what a sleep can do; shorter waits are left to the next.
const shortestNap = time.Millisecond

// wait returns when so much virtual time may have passed.
func (p pacer) wait(virtual time.Duration) {
	if p.speed <= 0 {
		return
	}
	due := p.began.Add(time.Duration(float64(virtual) / p.speed))
	if nap := time.Until(due); nap >= shortestNap {
		time.Sleep(nap)
	}
}
