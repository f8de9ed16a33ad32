package control

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/consent"
	"quietstat/hvac"
	"quietstat/hvac/tune"
)

// tuneVerbs are for the household, like the setpoint: they cost warmth for an hour or
// a night at most, and can be undone.
func (r *role) tuneVerbs() map[string]local.Handler {
	return map[string]local.Handler{
		"tune.start":    r.guarded(r.answerTuneStart),
		"tune.status":   r.guarded(r.answerTuneStatus),
		"tune.abort":    r.guarded(r.answerTuneAbort),
		"tune.history":  r.guarded(r.answerTuneHistory),
		"tune.rollback": r.guarded(r.answerTuneRollback),
	}
}

func (r *role) answerTuneStart(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	var a local.TuneStart
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	method, err := tune.ParseMethod(a.Method)
	if err != nil {
		return nil, local.Usage(err.Error(), "for example: quietstat tune start --method auto")
	}
	r.starting.Lock()
	defer r.starting.Unlock()
	if k := r.loop.tuner.session.Load(); k != nil && !k.handled.Load() {
		return nil, local.Refuse("tuning is running already", "see quietstat tune status, or end it with quietstat tune abort")
	}
	o, news := r.desk.load(), r.news.read()
	if r.loop.shadow.on {
		return nil, local.Refuse("an old thermostat drives the house: there is nothing to tune by", "set control.shadow = false in quietstat.toml and restart quietstat-control")
	}
	if err := tunable(o.params, &news); err != nil {
		return nil, err
	}
	// From the last tick on, not from now: the next tick must not come before the start.
	experiment, err := tune.New(tune.Options{
		Setpoint: hvac.Celsius(news.snapshot.Setpoint), MinOn: o.params.MinOn, MinOff: o.params.MinOff,
		Ceiling: min(hvac.Celsius(news.snapshot.Setpoint)+2, o.params.Overheat-1),
	}, news.snapshot.Boot, hvac.Celsius(news.state.Sensor.Good))
	if err != nil {
		return nil, local.Refuse(err.Error(), "see quietstat tune start --help")
	}
	_ = r.tuning.change(func(*tune.History) error { r.tuning.last = nil; return nil })
	r.loop.tuner.session.Store(&session{method: method, params: *o.params, change: o.change, experiment: experiment, first: experiment.Status()})
	return r.tuneStatus(), nil
}

// tunable says why no experiment can begin now, nil if it can.
func tunable(p *hvac.Params, news *record) error {
	s := &news.snapshot
	switch {
	case !p.CanHeat:
		return local.Refuse("only heating can be tuned, and no heating relay is wired", "the shipped gains serve cooling")
	case s.Seq == 0:
		return local.Refuse("the first tick has not come yet", "ask again in a moment")
	case hvac.Mode(s.Mode) == hvac.ModeOff:
		return local.Refuse("the mode is off, so nothing may heat", "choose one first: quietstat mode heat")
	case hvac.Mode(s.Mode) != hvac.ModeHeat && hvac.Mode(s.Mode) != hvac.ModeAuto:
		return local.Refuse("only heating can be tuned", "tune in the mode heat: quietstat mode heat")
	case s.Sensor != consent.HealthOK:
		return local.Refuse("the climate sensor is not to be trusted now: "+healthWords[s.Sensor], "see quietstat explain")
	case news.relay != nil:
		return local.Refuse("a relay line could not be switched", "see quietstat explain")
	case hvac.Action(s.Action) == hvac.ActionPaused:
		return local.Refuse("something open pauses the heating", "shut it and ask again")
	}
	for i := range s.DoorCount {
		if s.Doors[i].Open {
			return local.Refuse("a door is open", "shut it and ask again")
		}
	}
	return nil
}

func (r *role) answerTuneStatus(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	if err := local.Arguments(raw, &struct{}{}); err != nil {
		return nil, err
	}
	return r.tuneStatus(), nil
}

func (r *role) answerTuneAbort(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	if err := local.Arguments(raw, &struct{}{}); err != nil {
		return nil, err
	}
	k := r.loop.tuner.session.Load()
	if k == nil || k.ended.Load() {
		return nil, local.Refuse("no experiment is running", "see quietstat tune status")
	}
	k.abort.Store(true)
	return r.tuneStatus(), nil
}

func (r *role) answerTuneHistory(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	if err := local.Arguments(raw, &struct{}{}); err != nil {
		return nil, err
	}
	h, _, _ := r.tuning.look()
	r.reloading.Lock()
	configured := r.config.HVACParams().Gains
	r.reloading.Unlock()
	return local.TuneHistory{Active: h.Active, Configured: tune.NumbersOf(configured),
		Gains: tune.NumbersOf(r.desk.load().params.Gains), Entries: h.Entries}, nil
}

func (r *role) answerTuneRollback(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	var a local.TuneRollback
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	err := r.tuning.change(func(h *tune.History) error {
		if a.To == nil {
			return h.Rollback()
		}
		return h.RollbackTo(*a.To)
	})
	if err != nil {
		return nil, local.Refuse(err.Error(), "see quietstat tune history")
	}
	r.retune()
	return r.tuneStatus(), nil
}

// tuneStatus is where tuning stands after the last tick.
func (r *role) tuneStatus() local.TuneStatus {
	h, last, _ := r.tuning.look()
	out := local.TuneStatus{Phase: tune.Idle.String(), Result: last, Active: h.Active, Gains: tune.NumbersOf(r.desk.load().params.Gains)}
	k := r.loop.tuner.session.Load()
	if k == nil {
		return out
	}
	s := r.news.read().tune
	if k.ended.Load() {
		s = k.final
	} else if !s.Running() { // it begins with the next tick
		s = k.first
	}
	out.Method = k.method.String()
	out.Phase, out.ElapsedS, out.LeftS = s.Phase.String(), s.Elapsed.Seconds(), s.Left.Seconds()
	out.Strokes, out.Needed, out.NoiseK, out.BandK, out.CentreC = s.Strokes, s.Needed, s.Noise, s.Band, float64(s.Centre)
	switch {
	case k.ended.Load() && last == nil:
		out.Phase = "evaluating"
	case last != nil && last.Failure != tune.NoFailure.Word():
		out.Phase, out.Failure = tune.Failed.String(), last.Failure
		out.Why = last.Report[0]
	}
	return out
}

// tuningLine is what status says of tuning, empty where there is nothing to say.
func (r *role) tuningLine() string {
	switch s := r.tuneStatus(); {
	case s.Phase == "evaluating":
		return "the experiment is over and its result is being worked out"
	case s.Phase == tune.Watching.String(), s.Phase == tune.Cycling.String(), s.Phase == tune.Waiting.String():
		return fmt.Sprintf("an experiment drives the heating: %s, %d of %d strokes, %s so far, see quietstat tune status",
			s.Phase, s.Strokes, s.Needed, time.Duration(s.ElapsedS*float64(time.Second)).Round(time.Minute))
	case s.Active != 0:
		return fmt.Sprintf("the gains of result %d stand above those of quietstat.toml; quietstat tune rollback ends that", s.Active)
	}
	return ""
}

// tuned adds to a status what is to be said of tuning.
func (r *role) tuned(s *local.Status) {
	if s.Tuning = r.tuningLine(); s.Tuning != "" {
		s.Reasons = append(s.Reasons, local.Why{Kind: "tuning", Text: s.Tuning})
	}
	if _, _, err := r.tuning.look(); err != nil {
		s.Reasons = append(s.Reasons, local.Why{Kind: "tuning_file", Text: err.Error()})
	}
}
