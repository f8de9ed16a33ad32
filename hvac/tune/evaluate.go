package tune

import (
	"time"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

// Result is what came of an experiment. Gains are always usable: the old ones if
// nothing better was found.
type Result struct {
	Old      hvac.Gains // in force during the experiment
	Gains    hvac.Gains // proposed
	Improved bool       // Gains are not Old
	Rule     string     // where Gains come from: "simc", "amigo", "relay", with + if varied, or "old"
	Failure  Failure    // why there is no fit; NoFailure if there is

	First  FirstOrder
	Second SecondOrder
	Steps  Steps
	House  house.Model // the house the gains were tried on
	Fit    Confidence  // of House

	Before Score   // the old gains on the fitted house
	After  Score   // Gains there
	Tried  []Score // every candidate that went through all variants, Old first

	Report []string // sentences for people, without any temperature that was measured

	Noise   float64       // K, of the sensor
	Took    time.Duration // the experiment
	Strokes int           // undisturbed ways up or down
	Period  time.Duration // of the last relay wave
}

// Evaluate fits the record, proposes gains and tries them on the fitted house. params
// hold the old gains and the limits the relay keeps to. It takes seconds on a small
// computer and must not run in a control loop. On an error, which is a *FailedError
// unless params are invalid, the result still holds the old gains.
func Evaluate(r Record, params hvac.Params, m Method) (Result, error) {
	out := Result{
		Old: params.Gains, Gains: params.Gains, Rule: "old", Noise: r.Noise,
		Took: time.Duration(len(r.Cells)) * cellTime, Strokes: r.Strokes, Period: r.Period,
	}
	if err := params.Validate(); err != nil {
		return out, err
	}
	out.Failure = out.fit(r)
	if out.Failure == NoFailure && out.choose(r, params, m) != nil {
		out.Failure = NotIdentifiable // the house cannot even be simulated
	}
	out.Report = out.sentences()
	if out.Failure != NoFailure {
		return out, &FailedError{Failure: out.Failure}
	}
	return out, nil
}

// fit fills in the models.
func (o *Result) fit(r Record) Failure {
	s, ok := newSeries(r)
	if !ok {
		return TooShort
	}
	// The watch saw the noise for minutes only: what the best model leaves tells more.
	if full, ok := s.fit(s.modal(true)); ok {
		s.spread = max(s.spread, full.RMS)
	}
	first, ok1 := s.fit(s.firstOrder())
	second, ok2 := s.fit(s.secondOrder())
	steps, ok3 := s.fit(s.modal(false))
	full, ok4 := s.fit(s.modal(true))
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return NotIdentifiable
	}
	o.First, o.Second, o.Steps = first.first(), second.second(), steps.steps(&s)
	o.House, o.Fit = full.model(&s, true), full.Confidence
	o.Fit.OK = full.Whole <= mostWhole && full.Explains >= leastExplain && o.House.Validate() == nil
	// Proposals may come from a fit whose numbers are uncertain: what counts is how the
	// gains do on the house that explains the record.
	if !o.Fit.OK || o.First.Explains < leastExplain && o.Second.Explains < leastExplain {
		return NotIdentifiable
	}
	return NoFailure
}

// rounds of variation around the best candidate so far.
const rounds = 3

// choose tries the candidates and takes the best.
func (o *Result) choose(r Record, params hvac.Params, m Method) error {
	t := newTrial(params, o.House, r.Period)
	old := proposal{"old", params.Gains}
	candidates := proposals(r, o.First, o.Second, &params, m)
	// A quick look at all, in the house as fitted and in the hardest one, then at the
	// neighbours of the best.
	best, bestScore, err := t.best(candidates)
	if err != nil {
		return err
	}
	for range rounds {
		if m != Auto || best.rule == "" {
			break
		}
		near, score, err := t.best(neighbours(best))
		if err != nil {
			return err
		}
		if !score.better(bestScore) {
			break
		}
		best, bestScore = near, score
		candidates = append(candidates, near)
	}
	if best.rule != "" {
		candidates = append([]proposal{best}, candidates...)
	}
	if o.Before, err = t.score(old, variants...); err != nil {
		return err
	}
	o.After, o.Tried = o.Before, []Score{o.Before}
	seen := map[hvac.Gains]bool{old.gains: true}
	for _, c := range candidates {
		if seen[c.gains] {
			continue
		}
		seen[c.gains] = true
		s, err := t.score(c, variants...)
		if err != nil {
			return err
		}
		o.Tried = append(o.Tried, s)
		if s.good() && s.better(o.After) && s.Error <= float64(leastGain*o.Before.Error) || s.good() && !o.After.good() {
			o.Gains, o.Rule, o.Improved, o.After = c.gains, c.rule, true, s
		}
	}
	return nil
}

// leastGain is the share of the old error that must not be exceeded for a change.
const leastGain = 0.98

// best is the candidate that does best at a quick look; rule "" if there is none.
func (t *trial) best(candidates []proposal) (best proposal, score Score, err error) {
	for _, c := range candidates {
		s, err := t.score(c, asFitted, hardest)
		if err != nil {
			return best, score, err
		}
		if best.rule == "" || s.better(score) {
			best, score = c, s
		}
	}
	return best, score, nil
}

// good reports whether gains may be put in force at all.
func (s Score) good() bool { return s.Stable && s.Overshoot <= mostOver }

// better compares: what is allowed comes before what is not.
func (s Score) better(than Score) bool {
	if s.good() != than.good() {
		return s.good()
	}
	return s.Error < than.Error
}
