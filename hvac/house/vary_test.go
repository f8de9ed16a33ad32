package house

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quietstat/hvac"
)

func TestVaryByNothingIsNew(t *testing.T) {
	for _, k := range Kinds {
		for name, f := range map[string]Factors{
			"zero": {}, "one": {1, 1, 1, 1, 1, 1, 1, 1, 1},
			"nonsense": {math.NaN(), -1, math.Inf(1), math.Inf(-1), 0, math.NaN(), -5, 0, math.NaN()},
		} {
			a, b := New(k, 5, time.Hour), Vary(k, f, 5, time.Hour)
			a.Step(3600, Inputs{Heat: true})
			b.Step(3600, Inputs{Heat: true})
			if a.Climate() != b.Climate() {
				t.Errorf("house %v, %s: %+v, want %+v", k, name, b.Climate(), a.Climate())
			}
		}
	}
}

func TestVaryChangesWhatItNames(t *testing.T) {
	for _, tt := range []struct {
		name string
		f    Factors
		of   func(*plan) float64
		want float64
	}{
		{"air", Factors{Air: 2}, func(p *plan) float64 { return p.ci }, 2},
		{"envelope", Factors{Envelope: .5}, func(p *plan) float64 { return p.ce }, .5},
		{"emitter", Factors{Emitter: 2}, func(p *plan) float64 { return p.ch }, 2},
		{"lag", Factors{Sensor: 2}, func(p *plan) float64 { return p.lag }, 2},
		{"inner", Factors{Inner: 2}, func(p *plan) float64 { return p.rie }, 2},
		{"walls", Factors{Outer: 2}, func(p *plan) float64 { return p.rea }, 2},
		{"leaks", Factors{Outer: 2}, func(p *plan) float64 { return p.gia }, .5},
		{"heater", Factors{Heater: .5}, func(p *plan) float64 { return p.rih }, .5},
		{"power", Factors{Power: 1.5}, func(p *plan) float64 { return p.power }, 1.5},
		{"dead time", Factors{Delay: 2}, func(p *plan) float64 { return float64(p.delay) }, 2},
		{"too much", Factors{Air: 1e9}, func(p *plan) float64 { return p.ci }, 10},
		{"too little", Factors{Air: 1e-9}, func(p *plan) float64 { return p.ci }, .1},
	} {
		was, is := New(KindR, 1, 0), Vary(KindR, tt.f, 1, 0)
		if got := tt.of(&is.plan) / tt.of(&was.plan); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%s: times %v, want %v", tt.name, got, tt.want)
		}
	}
	if d := Vary(KindU, Factors{Delay: 10}, 1, 0).plan.delay; d != 255 {
		t.Errorf("dead time %d s, more than the pipe holds", d)
	}
	if a, b := New(KindA, 1, 0).plan, plans[KindA]; a != b {
		t.Error("varying changed the published house")
	}
}

// Whatever is changed, the heat has to go somewhere: temperatures stay between the
// outdoors and what the heater could hold.
func TestVariedHousesStayPhysical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := func(name string) float64 { return rapid.Float64Range(.25, 4).Draw(t, name) }
		f := Factors{part("air"), part("envelope"), part("emitter"), part("sensor"), part("inner"), part("outer"), part("heater"), part("power"), part("delay")}
		k := rapid.SampledFrom(Kinds[:]).Draw(t, "kind")
		h := Vary(k, f, 1, 0)
		h.SetWeather(Weather{})
		h.SetLife(Life{})
		h.SetInitial(10)
		warmest := hvac.Celsius(h.Power()/h.Loss()) + 10.1
		for range 20 {
			h.Step(600, Inputs{Heat: true})
			if c := h.Climate(); !(c.Sensor > -0.1 && c.Sensor < warmest && c.Air > -0.1 && c.Air < warmest) {
				t.Fatalf("house %v with %+v: %+v, at most %v", k, f, c, warmest)
			}
		}
	})
}
