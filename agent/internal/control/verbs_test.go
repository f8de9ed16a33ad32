package control

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
	"quietstat/drivers/sim"
	"quietstat/hvac"
)

// roleOf is a role that nobody runs.
func roleOf(t *testing.T, o Options, b board) *role {
	t.Helper()
	if o.Config == nil {
		o.Config = testConfig(t)
	}
	r, err := newRole(o, b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// caller is this process, as control.sock would see it: an owner.
func answer(t *testing.T, r *role, verb, arguments string) (any, error) {
	t.Helper()
	return r.verbs()[verb](context.Background(), local.Caller{}, json.RawMessage(arguments))
}

func TestSetHoldsFromTheNextTick(t *testing.T) {
	b := &fakeBoard{}
	r := roleOf(t, Options{}, b)
	r.loop.tick(at(0))
	got, err := answer(t, r, "set", `{"setpoint_c":22.5}`)
	if err != nil {
		t.Fatal(err)
	}
	if s := got.(local.Status); s.SetpointC != 22.5 || s.Ticks != 1 {
		t.Errorf("the answer says %.1f °C after %d ticks", s.SetpointC, s.Ticks)
	}
	if s := r.news.read().snapshot; s.Setpoint == 22.5 {
		t.Error("a tick that is over has changed")
	}
	r.loop.tick(at(1))
	if s := r.news.read().snapshot; s.Setpoint != 22.5 {
		t.Errorf("the next tick keeps %.1f °C", s.Setpoint)
	}
	select {
	case <-r.saver.wake:
	default:
		t.Error("nobody was told to save")
	}
}

func TestSetBounds(t *testing.T) {
	p := hvac.DefaultParams()
	low, high := float64(p.SetpointMin), float64(p.SetpointMax)
	for _, c := range []struct {
		setpoint float64
		ok       bool
	}{
		{low, true}, {high, true}, {low - 0.01, false}, {high + 0.01, false}, {20, true},
		{math.NaN(), false}, {math.Inf(1), false}, {math.Inf(-1), false},
	} {
		var d desk
		d.present.Store(&orders{setpoint: 18, params: &p})
		err := d.setpoint(hvac.Celsius(c.setpoint))
		var problem *local.Problem
		switch {
		case c.ok && (err != nil || float64(d.load().setpoint) != c.setpoint):
			t.Errorf("%v: %v, kept %v", c.setpoint, err, d.load().setpoint)
		case !c.ok && (!errors.As(err, &problem) || problem.Code != local.CodeRefused || problem.Hint == ""):
			t.Errorf("%v was answered %v", c.setpoint, err)
		case !c.ok && (d.load().setpoint != 18 || d.load().change != 0):
			t.Errorf("%v was refused and kept", c.setpoint)
		}
	}
}

func TestModeNeedsEquipment(t *testing.T) {
	for _, c := range []struct {
		mode       string
		heat, cool bool
		code       local.Code
	}{
		{"off", false, false, ""},
		{"heat", true, false, ""}, {"heat", false, true, local.CodeRefused},
		{"cool", false, true, ""}, {"cool", true, false, local.CodeRefused},
		{"auto", true, false, ""}, {"auto", false, true, ""}, {"auto", false, false, local.CodeRefused},
		{"HEAT", true, false, ""}, {"warm", true, true, local.CodeUsage}, {"", true, true, local.CodeUsage},
	} {
		p := hvac.DefaultParams()
		p.CanHeat, p.CanCool = c.heat, c.cool
		var d desk
		d.present.Store(&orders{setpoint: 18, params: &p})
		err := d.mode(c.mode)
		var problem *local.Problem
		errors.As(err, &problem)
		switch {
		case c.code == "" && (err != nil || !strings.EqualFold(d.load().mode.String(), c.mode)):
			t.Errorf("mode %q with heat %v, cool %v: %v", c.mode, c.heat, c.cool, err)
		case c.code != "" && (problem == nil || problem.Code != c.code || problem.Hint == "" || d.load().change != 0):
			t.Errorf("mode %q with heat %v, cool %v was answered %v", c.mode, c.heat, c.cool, err)
		}
	}
}

func TestVerbsRefuseWhatTheyDoNotUnderstand(t *testing.T) {
	r := roleOf(t, Options{Simulated: true, Hardware: sim.New(1)}, &fakeBoard{})
	for _, c := range []struct {
		verb, arguments string
		code            local.Code
	}{
		{"status", `{"x":1}`, local.CodeUsage},
		{"explain", `{"x":1}`, local.CodeUsage},
		{"set", ``, local.CodeUsage},
		{"set", `{}`, local.CodeUsage},
		{"set", `{"setpoint_c":"warm"}`, local.CodeUsage},
		{"set", `{"setpoint_c":99}`, local.CodeRefused},
		{"mode", `{"mode":1}`, local.CodeUsage},
		{"mode", `{}`, local.CodeUsage},
		{"press", `{"button":"doorbell"}`, local.CodeUsage},
		{"press", `{"button":"talk","hold_s":-1}`, local.CodeUsage},
		{"press", `{"button":"talk","hold_s":61}`, local.CodeUsage},
		{"reload", ``, local.CodeNotAllowed},
	} {
		_, err := answer(t, r, c.verb, c.arguments)
		var problem *local.Problem
		if !errors.As(err, &problem) || problem.Code != c.code {
			t.Errorf("%s %s was answered %v, want %s", c.verb, c.arguments, err, c.code)
		}
	}
}

func TestPressIsForWiredSimulatedButtons(t *testing.T) {
	oneButton := testConfig(t)
	oneButton.Board.Talk = ""
	for name, c := range map[string]struct {
		o    Options
		hint string
	}{
		"a real board":        {Options{Hardware: sim.New(1)}, "press the real button"},
		"a board without any": {Options{Simulated: true}, "press the real button"},
		"a button not wired":  {Options{Simulated: true, Hardware: sim.New(1), Config: oneButton}, "[board]"},
	} {
		_, err := answer(t, roleOf(t, c.o, &fakeBoard{}), "press", `{"button":"talk"}`)
		var problem *local.Problem
		if !errors.As(err, &problem) || problem.Code != local.CodeRefused || !strings.Contains(problem.Hint, c.hint) {
			t.Errorf("%s answered %v", name, err)
		}
	}
}

func TestVerbsSurviveThemselves(t *testing.T) {
	r := roleOf(t, Options{}, &fakeBoard{})
	h := r.guarded(func(context.Context, local.Caller, json.RawMessage) (any, error) { panic("19.5 °C") })
	_, err := h(t.Context(), local.Caller{}, nil)
	var problem *local.Problem
	if !errors.As(err, &problem) || problem.Code != local.CodeFailed || strings.Contains(problem.Message, "19.5") {
		t.Errorf("a panic in an answer came out as %v", err)
	}
}

func TestReload(t *testing.T) {
	first := testConfig(t)
	next := *first
	var fail error
	o := Options{Config: first, Reload: func() (*config.Config, error) { c := next; return &c, fail }}
	r := roleOf(t, o, &fakeBoard{doorCount: 1})
	if err := r.desk.setpoint(25); err != nil {
		t.Fatal(err)
	}

	next.Tuning.KP = 2.5
	next.Comfort.SetpointMax = 22
	next.Doors = []config.Door{first.Doors[0]}
	next.Doors[0].Label = "Hall"
	if err := r.reload(); err != nil {
		t.Fatal(err)
	}
	if got := r.desk.load(); got.params.Gains.Kp != 2.5 || got.setpoint != 22 {
		t.Errorf("after the reload gain %v, setpoint %v; want 2.5 and the new limit", got.params.Gains.Kp, got.setpoint)
	}
	if s := r.status(); s.Doors[0].Label != "Hall" {
		t.Errorf("the door is called %q", s.Doors[0].Label)
	}

	for key, change := range map[string]func(c *config.Config){
		"state":            func(c *config.Config) { c.State.Folder = "/elsewhere" },
		"board":            func(c *config.Config) { c.Board.Talk = "GPIO5" },
		"sensor.period":    func(c *config.Config) { c.Sensor.Period *= 2 },
		"relays":           func(c *config.Config) { c.Relays.Heat.ActiveLow = true },
		"doors":            func(c *config.Config) { c.Doors = nil },
		"control.period":   func(c *config.Config) { c.Control.Period *= 2 },
		"control.realtime": func(c *config.Config) { c.Control.Realtime = !c.Control.Realtime },
	} {
		before := next
		next.Tuning.KP = 9
		change(&next)
		err := r.reload()
		var problem *local.Problem
		if !errors.As(err, &problem) || !strings.Contains(problem.Message, key) || !strings.Contains(problem.Hint, "restart") {
			t.Errorf("a change of %s was answered %v", key, err)
		}
		if r.desk.load().params.Gains.Kp != 2.5 {
			t.Errorf("a refused file with a change of %s was taken over in part", key)
		}
		next = before
	}

	fail = errors.New("quietstat.toml:3:1: nonsense")
	if err := r.reload(); err == nil || !strings.Contains(err.Error(), ":3:1:") {
		t.Errorf("a broken file was answered %v", err)
	}
	if err := roleOf(t, Options{}, &fakeBoard{}).reload(); err == nil {
		t.Error("there is nothing to read again, and reload says nothing")
	}
}

func TestExplainNamesDoorsAndNumbers(t *testing.T) {
	b := &fakeBoard{doorCount: 1, doors: [hvac.MaxDoors]hvac.Contact{{Known: true, Open: true}}, relayErr: errors.New("line is gone")}
	c := testConfig(t)
	r := roleOf(t, Options{Config: c}, b)
	if err := r.desk.mode("heat"); err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(explain(r.status()).Chain, "\n"); !strings.Contains(text, "measured: nothing yet") {
		t.Errorf("before the first tick:\n%s", text)
	}
	for i := range 60 {
		b.reading = room(18.5)
		b.reading.At = at(float64(i)).Boot
		r.loop.tick(at(float64(i)))
	}
	got, err := answer(t, r, "explain", "")
	if err != nil {
		t.Fatal(err)
	}
	e := got.(Explanation)
	text := strings.Join(e.Chain, "\n")
	for _, want := range []string{"wanted: 19.0 °C, mode heat", "measured: 18.5 °C", "paused: door " + c.Doors[0].Label, "line is gone", "demand", "relays: heat off"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if strings.Contains(text, "proportional") {
		t.Errorf("the controller is not in charge, and its terms are told:\n%s", text)
	}
	if e.Status.Reasons[0].Kind != "relay_fault" || !e.Status.RelayFault || e.Terms != e.Status.Terms {
		t.Errorf("explained %+v", e)
	}
}

// What is explained does not contradict itself.
func TestExplainAgreesWithItself(t *testing.T) {
	b := &fakeBoard{}
	r := roleOf(t, Options{}, b)
	if err := r.desk.mode("heat"); err != nil {
		t.Fatal(err)
	}
	told := func() string {
		return strings.Join(explain(r.status()).Chain, "\n") + "\n"
	}
	began := heated(t, b, r.loop)
	if text := told(); !strings.Contains(text, "\nheating\n") || !strings.Contains(text, "proportional") || !strings.Contains(text, "relays: heat on") {
		t.Errorf("heating:\n%s", text)
	}
	b.relayErr = errors.New("line is gone")
	r.loop.tick(at(began + 1))
	if text := told(); strings.Contains(text, "\nheating\n") || !strings.Contains(text, "line is gone") || !strings.Contains(text, "relays: heat off") {
		t.Errorf("a relay that does not obey:\n%s", text)
	}
	for _, c := range []struct {
		demand float64
		want   string
	}{{-0.004, "demand 0 %"}, {math.Copysign(0, -1), "demand 0 %"}, {0.15, "demand 15 %"}, {-1, "demand -100 %"}} {
		if got := demand(local.Status{Demand: c.demand}); got != c.want {
			t.Errorf("a demand of %v is told as %q", c.demand, got)
		}
	}
}
