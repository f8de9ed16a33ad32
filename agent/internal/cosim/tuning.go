package cosim

import (
	"fmt"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/tune"
)

// longestStep is how far apart lines may be during an experiment: further, and what
// the room did in between cannot be known (package tune).
const longestStep = 5 * time.Minute

// tuning is the experiment of a run with --tune. A nil one is no experiment.
type tuning struct {
	run  *tune.Experiment // nil: it waits to begin
	over bool
}

// Tuning is the member "tune" of an answer while an experiment runs, and once when it
// has ended.
type Tuning struct {
	State    string        `json:"state"` // waiting, watching, cycling, done, failed
	ElapsedS float64       `json:"elapsed_s"`
	Strokes  int           `json:"strokes"` // undisturbed ways through the band so far
	Needed   int           `json:"needed"`
	Applied  bool          `json:"applied,omitempty"` // better gains were found and are in force
	Gains    *tune.Numbers `json:"gains,omitempty"`   // at the end: those in force
	Words    []string      `json:"words,omitempty"`   // at the end: the result, for people
}

// probe lets the experiment live on to the input, drives it if it runs, and returns
// what the answer says of it: nil for nothing. dt is the time since the last line.
func (t *tuning) probe(p *Port, in *hvac.Input, dt time.Duration) any {
	switch {
	case t == nil || t.over:
		return nil
	case t.run == nil && !(in.Reading.Valid && in.Setpoint.Finite() && (in.Mode == hvac.ModeHeat || in.Mode == hvac.ModeAuto)):
		return Tuning{State: tune.Waiting.String()} // for a temperature, a setpoint and a mode that heats
	case t.run == nil:
		run, err := tune.New(tune.Options{Setpoint: in.Setpoint, MinOn: p.base.MinOn, MinOff: p.base.MinOff}, in.Now, in.Reading.Temperature)
		if err != nil {
			return t.failed(p, tune.Status{}, tune.Aborted, err.Error())
		}
		t.run = run
	case dt > longestStep:
		return t.failed(p, t.run.Abort(), tune.ClockBack, fmt.Sprintf("tuning needs lines at most %v apart", longestStep))
	case in.Mode != hvac.ModeHeat && in.Mode != hvac.ModeAuto:
		return t.failed(p, t.run.Abort(), tune.Aborted, "tuning ended with the mode: only heating is tuned")
	}
	sample := tune.Sample{At: in.Reading.At, Valid: in.Reading.Valid, Temperature: in.Reading.Temperature}
	call, status := t.run.Step(in.Now, sample, p.state.Relay.Call == hvac.CallHeat, held(&p.state))
	if status.Running() {
		in.Probe = hvac.Probe{Active: true, Call: call}
		return told(status)
	}
	if status.Phase != tune.Done {
		return t.failed(p, status, status.Failure, (&tune.FailedError{Failure: status.Failure}).Error())
	}
	result, err := tune.Evaluate(t.run.Record(), p.base, tune.Auto)
	if err != nil && result.Failure == tune.NoFailure {
		return t.failed(p, status, tune.NotIdentifiable, err.Error())
	}
	return t.end(p, status, result)
}

// held reports whether a door keeps the heating off.
func held(s *hvac.State) bool {
	for i := range s.Doors {
		if s.Doors[i].Holds {
			return true
		}
	}
	return false
}

// told is an experiment that runs, in the words of an answer.
func told(s tune.Status) Tuning {
	return Tuning{State: s.Phase.String(), ElapsedS: s.Elapsed.Seconds(), Strokes: s.Strokes, Needed: s.Needed}
}

// failed ends the experiment without a result.
func (t *tuning) failed(p *Port, s tune.Status, f tune.Failure, words string) any {
	return t.end(p, s, tune.Result{
		Old: p.base.Gains, Gains: p.base.Gains, Rule: "old", Failure: f, Took: s.Elapsed,
		Report: []string{words, "the old gains stay"},
	})
}

// end applies the gains, which are the old ones if nothing better was found, and writes
// the end down.
func (t *tuning) end(p *Port, s tune.Status, r tune.Result) any {
	t.over = true
	p.memory.Tuning.Add(tune.EntryOf(r, tune.Auto, time.Time{}, false))
	p.base.Gains, p.params.Gains = r.Gains, r.Gains
	s.Phase = tune.Done
	if r.Failure != tune.NoFailure {
		s.Phase = tune.Failed
	}
	report, gains := told(s), tune.NumbersOf(r.Gains)
	report.Applied, report.Gains, report.Words = r.Improved, &gains, r.Report
	return report
}

// unfinished writes down an experiment that the end of the input cut off.
func (t *tuning) unfinished(p *Port) {
	if t != nil && !t.over {
		t.failed(p, tune.Status{}, tune.Aborted, "the input ended before the experiment did")
	}
}
