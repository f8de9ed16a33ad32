package control

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/hvac"
	"quietstat/hvac/household"
)

// spotVerbs are those about what is wanted on the spot, and the child lock.
func (r *role) spotVerbs() map[string]local.Handler {
	return map[string]local.Handler{
		"preset":    r.warm(preset),
		"hold":      r.warm(hold),
		"hold.end":  r.warm(holdEnd),
		"boost":     r.warm(boost),
		"boost.end": r.warm(boostEnd),
		"lock":      r.owned("the child lock", r.warm(lockTo)),
		"lock.off":  r.owned("the child lock", r.warm(lockOff)),
	}
}

// owned refuses everybody but the owner: the kernel says who is asking.
func (r *role) owned(what string, h local.Handler) local.Handler {
	return func(ctx context.Context, caller local.Caller, raw json.RawMessage) (any, error) {
		if err := caller.MustOwn(what); err != nil {
			return nil, err
		}
		return h(ctx, caller, raw)
	}
}

func preset(raw json.RawMessage) (wish, error) {
	var a local.PresetArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	p, err := household.ParsePreset(a.Name)
	if err != nil {
		return nil, refusal(err)
	}
	if a.Cool && a.TemperatureC == nil {
		return nil, local.Usage("cool says which temperature is meant, and there is none", "for example quietstat preset away 28 --cool")
	}
	return func(s household.Settings, at household.Instant, t household.Target) (household.Settings, error) {
		if a.TemperatureC != nil {
			return s.Retune(p, hvac.Celsius(*a.TemperatureC), a.Cool)
		}
		return s.Wish(household.Aim{Preset: p}, at, t)
	}, nil
}

func hold(raw json.RawMessage) (wish, error) {
	var a local.HoldArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	what, err := aim(a.Aim)
	if err != nil {
		return nil, err
	}
	until, known := map[string]household.Until{"": household.UntilNext, "next": household.UntilNext,
		"elapsed": household.UntilElapsed, "ended": household.UntilEnded}[a.Until]
	if !known || (until == household.UntilElapsed) != (a.ForS != 0) {
		return nil, local.Usage(fmt.Sprintf("a hold until %q for %g s cannot be understood", a.Until, a.ForS), "until is next, elapsed or ended; for_s goes with elapsed alone")
	}
	length := span(a.ForS, time.Second)
	return func(s household.Settings, at household.Instant, t household.Target) (household.Settings, error) {
		if a.Until == "" && !s.Comes(at, t) {
			return s.HoldAt(what, household.UntilEnded, 0, at, t)
		}
		return s.HoldAt(what, until, length, at, t)
	}, nil
}

// span is a number of units; what is none, or too many, is longer than anything allowed.
func span(n float64, unit time.Duration) time.Duration {
	if v := n * float64(unit); math.Abs(v) < math.MaxInt64/2 {
		return time.Duration(v)
	}
	return math.MaxInt64
}

func holdEnd(raw json.RawMessage) (wish, error) {
	return func(s household.Settings, _ household.Instant, _ household.Target) (household.Settings, error) {
		return s.EndHold()
	}, local.Arguments(raw, &struct{}{})
}

func boost(raw json.RawMessage) (wish, error) {
	var a local.BoostArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	return func(s household.Settings, at household.Instant, _ household.Target) (household.Settings, error) {
		return s.BoostBy(a.Kelvin, span(a.Minutes, time.Minute), at)
	}, nil
}

func boostEnd(raw json.RawMessage) (wish, error) {
	return func(s household.Settings, _ household.Instant, _ household.Target) (household.Settings, error) {
		return s.EndBoost()
	}, local.Arguments(raw, &struct{}{})
}

func lockTo(raw json.RawMessage) (wish, error) {
	var a local.LockArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	if (a.MinC == nil) != (a.MaxC == nil) || a.MinC == nil && !a.Changes {
		return nil, local.Usage("lock needs min_c and max_c, or changes, or all three", "for example quietstat lock 18 22")
	}
	l := household.Lock{Range: a.MinC != nil, Changes: a.Changes}
	if l.Range {
		l.Min, l.Max = hvac.Celsius(*a.MinC), hvac.Celsius(*a.MaxC)
	}
	return func(s household.Settings, _ household.Instant, _ household.Target) (household.Settings, error) {
		return s.LockTo(l)
	}, nil
}

func lockOff(raw json.RawMessage) (wish, error) {
	return func(s household.Settings, _ household.Instant, _ household.Target) (household.Settings, error) {
		return s.LockTo(household.Lock{})
	}, local.Arguments(raw, &struct{}{})
}
