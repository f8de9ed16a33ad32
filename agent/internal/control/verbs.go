package control

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/hvac"
)

// longestHold bounds the verb "press".
const longestHold = time.Minute

// verbs are what control.sock answers. Looking, warmth and mode are for everybody
// who reaches the socket: that is the household. None of them waits for the loop.
func (r *role) verbs() map[string]local.Handler {
	verbs := map[string]local.Handler{
		"status":  r.guarded(r.answerStatus),
		"explain": r.guarded(r.answerExplain),
		"set":     r.guarded(r.answerSet),
		"mode":    r.guarded(r.answerMode),
		"press":   r.guarded(r.answerPress),
		"reload":  r.guarded(r.answerReload),

		"record": r.guarded(r.answerRecord),
		"shadow": r.guarded(r.answerShadow),

		"door.bypass": r.guarded(r.answerBypass),
		"door.end":    r.guarded(r.answerBypassEnd),
	}
	maps.Copy(verbs, r.weekVerbs())
	maps.Copy(verbs, r.spotVerbs())
	maps.Copy(verbs, r.tuneVerbs())
	maps.Copy(verbs, r.houseVerbs())
	maps.Copy(verbs, r.calibrateVerbs())
	return verbs
}

// guarded keeps a fault in an answer away from the loop, which lives in the same
// process.
func (r *role) guarded(h local.Handler) local.Handler {
	return func(ctx context.Context, caller local.Caller, raw json.RawMessage) (answer any, err error) {
		defer func() {
			if v := recover(); v != nil {
				c := crashOf(v)
				r.log.Error("a request to control.sock failed", "cause", c.Error())
				answer, err = nil, &local.Problem{Code: local.CodeFailed, Message: "the request failed; heating goes on", Hint: "see the log of quietstat-control"}
			}
		}()
		return h(ctx, caller, raw)
	}
}

func (r *role) answerStatus(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	if err := local.Arguments(raw, &struct{}{}); err != nil {
		return nil, err
	}
	return r.status(), nil
}

func (r *role) answerExplain(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	if err := local.Arguments(raw, &struct{}{}); err != nil {
		return nil, err
	}
	return r.explained(), nil
}

func (r *role) answerSet(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	var a struct {
		SetpointC *float64 `json:"setpoint_c"`
		Nearest   bool     `json:"nearest"`
	}
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	if a.SetpointC == nil {
		return nil, local.Usage("set needs setpoint_c, in °C", "for example: quietstat set 20.5")
	}
	if a.Nearest {
		*a.SetpointC = float64(within(hvac.Celsius(*a.SetpointC), r.desk.load().params))
	}
	if err := r.desk.setpoint(hvac.Celsius(*a.SetpointC)); err != nil {
		return nil, err
	}
	r.saver.wake.ring()
	return r.status(), nil
}

func (r *role) answerMode(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	var a local.ModeArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	if err := r.desk.mode(a.Mode); err != nil {
		return nil, err
	}
	r.saver.wake.ring()
	return r.status(), nil
}

// pressPatience is how long a press waits, in real time, for the last one to end.
const pressPatience = 3 * time.Second

func (r *role) answerPress(ctx context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	var a local.PressArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	if r.finger == nil {
		return nil, local.Refuse("only a simulated board's buttons can be pressed from here", "press the real button")
	}
	line, ok := r.buttons[a.Button]
	switch {
	case !ok:
		return nil, local.Usage(fmt.Sprintf("there is no button %q", a.Button), "use talk or quiet")
	case line == "":
		return nil, local.Refuse(fmt.Sprintf("no %s button is wired", a.Button), "name its pin under [board] in quietstat.toml")
	case !(a.HoldS >= 0 && a.HoldS <= longestHold.Seconds()):
		return nil, local.Usage(fmt.Sprintf("a button is held for 0 to %.0f s", longestHold.Seconds()), "")
	}
	for patience := time.Now().Add(pressPatience); !r.finger.rested(line, r.now()); {
		if ctx.Err() != nil || time.Now().After(patience) {
			return nil, local.Refuse(fmt.Sprintf("the %s button is still held", a.Button), "ask again in a moment")
		}
		time.Sleep(10 * time.Millisecond)
	}
	held, err := r.finger.press(line, time.Duration(a.HoldS*float64(time.Second)), r.now())
	if err != nil {
		return nil, fmt.Errorf("press %s: %w", a.Button, err)
	}
	if r.link == nil { // on a virtual clock the loop lets go
		time.AfterFunc(held, func() { r.letGo(r.now()) })
	}
	return r.status(), nil
}

// letGo releases the buttons whose time is over.
func (r *role) letGo(now time.Duration) {
	if r.finger == nil {
		return
	}
	if err := r.finger.release(now); err != nil {
		r.log.Warn("a simulated button could not be let go", "cause", err)
	}
}

func (r *role) answerReload(_ context.Context, caller local.Caller, raw json.RawMessage) (any, error) {
	if err := caller.MustOwn("reload"); err != nil {
		return nil, err
	}
	if err := local.Arguments(raw, &struct{}{}); err != nil {
		return nil, err
	}
	if err := r.reload(); err != nil {
		return nil, err
	}
	return r.status(), nil
}
