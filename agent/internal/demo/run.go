package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"quietstat/agent/internal/supervise"
	"quietstat/hvac/house"
)

// The verdicts of a Summary.
const (
	verdictKept        = "kept"
	verdictBroken      = "broken"
	verdictInterrupted = "interrupted"
)

// announceLimit is how long the mdns role may take to register, in real time, when
// the demo is over before it is.
const announceLimit = 6 * time.Second

// Run plays the demo and returns the exit status: 0 when every promise held, 1
// when one did not, 2 for options that make no sense, 130 when the context ended
// first (the summary is then that of the time so far). All children have ended and
// the temporary folder is gone when it returns.
func Run(ctx context.Context, o Options) (exit int) {
	kind, fault, err := o.check()
	if err != nil {
		fmt.Fprintln(o.Stderr, "quietstat demo:", err)
		return exitUsage
	}
	words := new(tail)
	exit, err = run(ctx, o, kind, fault, words)
	if err != nil {
		fmt.Fprintln(o.Stderr, "quietstat demo:", err)
		if exit == exitKept {
			exit = exitBroken
		}
	}
	if exit == exitBroken {
		words.print(o.Stderr)
	}
	return exit
}

// run is Run with the options in order.
func run(ctx context.Context, o Options, kind house.Kind, f *fault, words io.Writer) (exit int, err error) {
	s := &show{options: o, kind: kind, measure: newMeasure(), story: &narrator{out: o.Stdout, json: o.JSON}}
	struck := false
	defer func() {
		if !struck {
			err = errors.Join(err, s.strike())
		}
	}()
	if err := s.prepare(words); err != nil {
		return exitBroken, err
	}
	// A call must not hang on a context that has ended: closing is done after it.
	s.caller = &caller{ctx: context.WithoutCancel(ctx), runtime: s.home.runtime}
	c := s.home.config
	if f != nil {
		s.trial = newTrial(f, limits{minOn: c.Control.MinOn, stale: c.Sensor.StaleAfter, pause: c.Pause.Maximum, frost: float64(c.Safety.FrostFloor)})
	}
	began := time.Now()
	s.begin()
	played := s.play(ctx)
	interrupted := played != nil && ctx.Err() != nil
	if played != nil && !interrupted {
		return exitBroken, played
	}
	if err := s.lastLook(); err != nil {
		s.problems = append(s.problems, err.Error())
	}
	out := s.sum(time.Since(began))
	out.MDNSRegistered = s.crew.announced(announceLimit)
	struck = true
	account, err := s.curtain(&out)
	if err != nil {
		return exitBroken, err
	}
	out.promises(account, s.measure.relay.kept(c.Control.MinOn, c.Control.MinOff))
	switch {
	case interrupted:
		out.Verdict, exit = verdictInterrupted, exitInterrupted
	case len(out.Problems) > 0:
		out.Verdict, exit = verdictBroken, exitBroken
	default:
		out.Verdict, exit = verdictKept, exitKept
	}
	s.story.end(out)
	return exit, nil
}

// lastLook closes what is open and asks the roles once more, while they live.
func (s *show) lastLook() error {
	err := s.closeAll()
	s.watch()
	k, sharing := s.caller.sharing()
	if sharing == nil {
		s.watched.entries = k.Ledger.Entries
	}
	return err
}

// curtain stops the roles, counts what the broker has seen in the end, verifies
// the ledger the keeper has left, and clears the stage.
func (s *show) curtain(out *Summary) (account, error) {
	s.caller.close()
	err := s.crew.dismiss()
	s.crew = nil
	err = errors.Join(err, s.broker.settle())
	seen := s.broker.seen()
	a := judge(seen, s.windows)
	out.receive(a)
	if entries, ok := s.home.verifyLedger(); ok {
		out.LedgerEntries, out.LedgerVerified = max(entries, out.LedgerEntries), true
	}
	if t := s.trial; t != nil {
		t.during, t.sessions = s.split(between(seen, s.marks.from, s.marks.to))
		t.afterwards = len(between(seen, s.marks.to, 0))
		report, problems := t.line()
		out.Fault, out.FaultReport = t.fault.name, report
		out.Problems = append(out.Problems, problems...)
	}
	err = errors.Join(err, s.home.remember(s.moment, s.done))
	return a, errors.Join(err, s.strike())
}

// between are the messages of a part of the sequence; to 0 is the end. A part that
// never began is empty.
func between(s sightings, from, to uint64) (part []message) {
	for _, m := range s.Messages {
		if from != 0 && m.Number > from && (to == 0 || m.Number < to) {
			part = append(part, m)
		}
	}
	return part
}

// split counts messages outside and inside of voice sessions.
func (s *show) split(messages []message) (outside, inside int) {
	for _, m := range messages {
		if slices.ContainsFunc(s.windows, func(w *window) bool { return w.Name == voiceSession && w.holds(m.Number) }) {
			inside++
		} else {
			outside++
		}
	}
	return outside, inside
}

// prepare builds everything a show needs. What it has built is taken down again by
// strike, also after an error.
func (s *show) prepare(words io.Writer) (err error) {
	if s.home, err = settleIn(s.options.StateFolder); err != nil {
		return err
	}
	if s.moment, err = s.home.recall(); err != nil {
		return err
	}
	if s.world, err = supervise.NewWorld(s.home.config, s.kind, s.options.Seed, startOfDay); err != nil {
		return err
	}
	s.world.Board.SetClock(s.moment.bootTime)
	meter, err := newMeter(s.moment.since)
	if err != nil {
		return err
	}
	if s.broker, err = newBroker(meter); err != nil {
		return errors.Join(err, meter.Close())
	}
	s.crew, err = muster(s.home, s.world, words)
	return err
}

// strike takes everything down: roles in order, broker, folder.
func (s *show) strike() error {
	var errs []error
	if s.caller != nil {
		s.caller.close()
	}
	if s.crew != nil {
		errs = append(errs, s.crew.dismiss())
	}
	if s.broker != nil {
		errs = append(errs, s.broker.close())
	}
	if s.home != nil {
		errs = append(errs, s.home.leave())
	}
	return errors.Join(errs...)
}
