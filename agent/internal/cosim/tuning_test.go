package cosim

import (
	"strings"
	"testing"

	"quietstat/hvac/house"
	"quietstat/hvac/tune"
)

// TestTuningEndsAndControlGoesOn runs the experiment on house A.
func TestTuningEndsAndControlGoesOn(t *testing.T) {
	p := newPort(t, Options{Tune: true})
	m := newModel(t, p, house.KindA)
	m.house.SetInitial(20)
	var last *Tuning
	ends := 0
	for m.at < 6*3600 {
		r := m.line(10, 20, "")
		switch {
		case r.Tune == nil && last == nil:
			t.Fatal("the first answer says nothing of the experiment")
		case r.Tune == nil:
		case r.Tune.State == "done" || r.Tune.State == "failed":
			ends++
			last = r.Tune
			t.Logf("after %.1f h: %s, applied %v\n%s", r.Tune.ElapsedS/3600, r.Tune.State, r.Tune.Applied, strings.Join(r.Tune.Words, "\n"))
		default:
			last = r.Tune
		}
	}
	memory := p.Memory()
	if ends != 1 || last.Gains == nil || len(last.Words) == 0 || len(memory.Tuning.Entries) != 1 {
		t.Fatalf("%d ends, %+v, history %+v", ends, last, memory.Tuning)
	}
	gains, tuned := memory.Tuning.Gains()
	if tuned != last.Applied || tuned && gains != p.params.Gains || tune.NumbersOf(p.params.Gains) != *last.Gains {
		t.Errorf("applied %v, in memory %v; in force %+v", last.Applied, gains, p.params.Gains)
	}
}

func TestTuningEndsWithAReason(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  string
	}{
		{"too warm", []string{`{"t":0,"temperature":21.5,"setpoint":20}`}, "does not need heating"},
		{"far apart", []string{`{"t":0,"temperature":20,"setpoint":20}`, `{"t":301,"temperature":20,"setpoint":20}`}, "at most 5m0s apart"},
		{"another mode", []string{`{"t":0,"temperature":20,"setpoint":20}`, `{"t":60,"mode":"off"}`}, "only heating is tuned"},
		{"the sensor goes", []string{`{"t":0,"temperature":20,"setpoint":20}`, `{"t":300}`, `{"t":600}`, `{"t":900}`, `{"t":1200}`}, "sensor was silent"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPort(t, Options{Tune: true})
			old := p.base.Gains
			var r reply
			for _, text := range tt.lines {
				r = ask(t, p, text)
			}
			if r.Tune == nil || r.Tune.State != "failed" || !strings.Contains(strings.Join(r.Tune.Words, " "), tt.want) {
				t.Fatalf("%+v", r.Tune)
			}
			if p.base.Gains != old || p.Memory().Tuning.Active != 0 {
				t.Error("the old gains are gone")
			}
			if r = ask(t, p, `{"t":5000,"temperature":20,"setpoint":20,"mode":"heat"}`); r.Tune != nil {
				t.Errorf("it is told twice: %+v", r.Tune)
			}
		})
	}
}

func TestTuningWaitsToBegin(t *testing.T) {
	p := newPort(t, Options{Tune: true})
	for _, text := range []string{`{"t":0,"setpoint":20}`, `{"t":1,"temperature":20,"mode":"cool"}`} {
		if r := ask(t, p, text); r.Tune == nil || r.Tune.State != "waiting" {
			t.Errorf("%s: %+v", text, r.Tune)
		}
	}
	if r := ask(t, p, `{"t":2,"temperature":20,"mode":"heat"}`); r.Tune == nil || r.Tune.State != "watching" {
		t.Errorf("%+v", r.Tune)
	}
	m := p.Memory()
	if e := m.Tuning.Entries; len(e) != 1 || !strings.Contains(e[0].Report[0], "the input ended") {
		t.Errorf("%+v", e)
	}
}
