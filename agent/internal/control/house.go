package control

import (
	"context"
	"encoding/json"

	"quietstat/agent/internal/local"
	"quietstat/hvac"
)

// houseVerbs show what was learned of the house, to everybody, and let the owner have it
// forgotten: after a new boiler, or in a new house.
func (r *role) houseVerbs() map[string]local.Handler {
	return map[string]local.Handler{
		"house":        r.guarded(r.answerHouse),
		"house.forget": r.guarded(r.owned("what was learned of the house", r.answerForget)),
	}
}

func (r *role) answerHouse(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	if err := local.Arguments(raw, &struct{}{}); err != nil {
		return nil, err
	}
	rec := r.news.read()
	return learned(rec.remembers(r.desk.load())), nil
}

func (r *role) answerForget(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	if err := local.Arguments(raw, &struct{}{}); err != nil {
		return nil, err
	}
	r.desk.forget()
	rec := r.news.read()
	return learned(rec.remembers(r.desk.load())), nil
}

// forget asks the loop to forget the house in its next tick.
func (d *desk) forget() {
	d.changing.Lock()
	defer d.changing.Unlock()
	o := *d.load()
	o.forgets++
	o.change++
	d.publish(&o)
}

// forgets takes the house away if somebody has asked for it since the last tick.
func (l *loop) forgets(o *orders) {
	if l.forgot != o.forgets {
		l.forgot = o.forgets
		l.state.Forget()
	}
}

// remembers is the state as the next tick will begin with it: whoever asks or saves
// before that tick must not see, or keep, what was to be forgotten.
func (r *record) remembers(o *orders) hvac.State {
	s := r.state
	if r.forgot != o.forgets {
		s.Forget()
	}
	return s
}

func learned(s hvac.State) local.House {
	k := s.Known()
	h := local.House{
		LearnedS: k.Informed.Seconds(), Drives: k.Drives, DistrustS: k.Distrust.Seconds(),
		AheadS: k.Ahead.Seconds(), Doubt: k.Doubt, Load: k.Load,
		SignaturePerK: k.Signature, WeatherS: k.Weathered.Seconds(),
	}
	for _, r := range k.Rises {
		h.Rises = append(h.Rises, local.HouseRise{AfterS: r.After.Seconds(), K: r.By, DoubtK: r.Doubt})
	}
	for _, a := range k.Times {
		h.Answers = append(h.Answers, local.HouseAnswer{TimeS: a.Time.Seconds(), K: a.Share, DoubtK: a.Doubt})
	}
	return h
}
