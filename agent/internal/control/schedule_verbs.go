package control

import (
	"context"
	"encoding/json"

	"quietstat/agent/internal/local"
	"quietstat/hvac/household"
)

// weekVerbs are those about the schedule and everything else that is known ahead.
func (r *role) weekVerbs() map[string]local.Handler {
	return map[string]local.Handler{
		"warmth":          r.warm(nothing),
		"schedule.set":    r.warm(scheduleSet),
		"schedule.add":    r.warm(scheduleAdd),
		"schedule.remove": r.warm(scheduleRemove),
		"schedule.clear":  r.warm(scheduleClear),
		"vacation":        r.warm(r.vacation),
		"vacation.end":    r.warm(vacationEnd),
	}
}

// warm makes a handler of what reads a wish from its arguments; a nil wish only looks.
func (r *role) warm(read func(raw json.RawMessage) (wish, error)) local.Handler {
	return r.guarded(func(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
		w, err := read(raw)
		if err != nil {
			return nil, err
		}
		if w != nil {
			if err := r.desk.wish(w); err != nil {
				return nil, err
			}
			r.saver.wake.ring()
		}
		return r.warmth(), nil
	})
}

func nothing(raw json.RawMessage) (wish, error) { return nil, local.Arguments(raw, &struct{}{}) }

func scheduleSet(raw json.RawMessage) (wish, error) {
	var a local.ScheduleArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	week, err := household.ParseSchedule(a.Text)
	if err != nil {
		return nil, refusal(err)
	}
	if len(week) == 0 {
		return nil, local.Usage("there is no entry in this schedule", "to have none, use quietstat schedule clear")
	}
	return reschedule(func(household.Schedule) (household.Schedule, error) { return week, nil }), nil
}

// reschedule is the wish for a week made of the present one.
func reschedule(change func(household.Schedule) (household.Schedule, error)) wish {
	return func(s household.Settings, _ household.Instant, _ household.Target) (household.Settings, error) {
		if err := s.Open(); err != nil {
			return s, err
		}
		week, err := change(s.Schedule)
		if err != nil {
			return s, err
		}
		return s.Reschedule(week)
	}
}

func scheduleAdd(raw json.RawMessage) (wish, error) {
	var a local.EntryArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	e, err := household.ParseEntry(a.Entry)
	if err != nil {
		return nil, refusal(err)
	}
	return reschedule(func(s household.Schedule) (household.Schedule, error) { return s.Add(e) }), nil
}

func scheduleRemove(raw json.RawMessage) (wish, error) {
	var a local.RemoveArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	return reschedule(func(s household.Schedule) (household.Schedule, error) { return s.Remove(a.Number) }), nil
}

func scheduleClear(raw json.RawMessage) (wish, error) {
	if err := local.Arguments(raw, &struct{}{}); err != nil {
		return nil, err
	}
	return reschedule(func(household.Schedule) (household.Schedule, error) { return nil, nil }), nil
}

func (r *role) vacation(raw json.RawMessage) (wish, error) {
	var a local.VacationArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	v := household.Vacation{Aim: household.Aim{Preset: household.Away}}
	if a.Aim != "" {
		var err error
		if v.Aim, err = aim(a.Aim); err != nil {
			return nil, err
		}
	}
	at, zone := r.desk.now(), r.desk.location()
	var err error
	if v.From, err = household.ParseDate(a.From, zone, at); err == nil {
		v.To, err = household.ParseDate(a.To, zone, at)
	}
	if err != nil {
		return nil, refusal(err)
	}
	return func(s household.Settings, at household.Instant, _ household.Target) (household.Settings, error) {
		return s.Leave(v, at)
	}, nil
}

func vacationEnd(raw json.RawMessage) (wish, error) {
	return func(s household.Settings, _ household.Instant, t household.Target) (household.Settings, error) {
		return s.Return(t)
	}, local.Arguments(raw, &struct{}{})
}
