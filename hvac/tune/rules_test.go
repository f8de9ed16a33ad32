package tune

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quietstat/hvac"
)

// The rules' own arithmetic, for a process of rate 3.6 K/h (0.001 K/s), lag 1 h, short
// lag 5 min and dead time 100 s, with a relay of 180 s (half a swing: 90 s).
func TestRules(t *testing.T) {
	p := hvac.DefaultParams()
	second := SecondOrder{Rate: 3.6, Gain: 3.6, Lag: time.Hour, Short: 5 * time.Minute, DeadTime: 100 * time.Second, Confidence: Confidence{OK: true}}
	first := FirstOrder{Rate: 3.6, Gain: 3.6, Lag: time.Hour, DeadTime: 100 * time.Second, Confidence: Confidence{OK: true}}
	r := Record{Period: 30 * time.Minute, Swing: 0.2}
	all := proposals(r, first, second, &p, Auto)
	find := func(rule string) hvac.Gains {
		i := slices.IndexFunc(all, func(q proposal) bool { return q.rule == rule })
		if i < 0 {
			t.Fatalf("no rule %q among %v", rule, all)
		}
		return all[i].gains
	}
	// SIMC: dead time 190 s, closed loop 190 s, Kc 1/(0.001·380), Ti 4·380 = 1520 s, Td 300 s, in series.
	f := 1 + 300./1520
	g := find("simc")
	near1(t, "simc Kp", g.Kp, f/0.38, 0.01)
	near1(t, "simc Ti", g.Ti.Seconds(), 1520*f, 0.01)
	near1(t, "simc Td", g.Td.Seconds(), 300/f, 0.01)
	g = find("simc-pi")
	near1(t, "simc-pi Kp", g.Kp, 1/0.38, 0.01)
	if g.Td != 0 {
		t.Errorf("a PI rule gives Td %v", g.Td)
	}
	// AMIGO with the half rule: lag 3750 s, dead time 100+150+90 s, gain 3.6 K.
	g = find("amigo")
	near1(t, "amigo Kp", g.Kp, (0.2+0.45*3750/340)/3.6, 0.01)
	near1(t, "amigo Ti", g.Ti.Seconds(), (0.4*340+0.8*3750)/(340+375)*340, 0.01)
	near1(t, "amigo Td", g.Td.Seconds(), 0.5*340*3750/(0.3*340+3750), 0.01)
	g = find("relay")
	near1(t, "relay Kp", g.Kp, 2/(math.Pi*0.2)/2.2, 0.01)
	if g.SetpointWeight != p.Gains.SetpointWeight || g.FilterTime != p.Gains.FilterTime {
		t.Error("a rule changed weight or filter")
	}
	for m, word := range map[Method]string{SIMC: "simc", AMIGO: "amigo"} {
		for _, q := range proposals(r, first, second, &p, m) {
			if !strings.HasPrefix(q.rule, word) {
				t.Errorf("%v proposes %s", m, q.rule)
			}
		}
	}
}

// Whatever a fit says, proposals are gains that hvac accepts.
func TestProposalsAreValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		span := func(name string) time.Duration { return seconds(rapid.Float64Range(0, 2e5).Draw(t, name)) }
		num := func(name string) float64 {
			return rapid.OneOf(rapid.Float64Range(1e-6, 1e4), rapid.SampledFrom([]float64{0, math.Inf(1), math.NaN(), 1e-300})).Draw(t, name)
		}
		second := SecondOrder{Rate: num("rate"), Lag: span("lag"), Short: span("short"), DeadTime: span("dead"), Confidence: Confidence{OK: rapid.Bool().Draw(t, "ok")}}
		first := FirstOrder{Rate: num("first"), Lag: span("lag 1"), DeadTime: span("dead 1")}
		p := hvac.DefaultParams()
		r := Record{Period: span("period"), Swing: num("swing")}
		for _, q := range proposals(r, first, second, &p, Auto) {
			for _, n := range append(neighbours(q), q) {
				v := p
				v.Gains = n.gains
				if err := v.Validate(); err != nil {
					t.Fatalf("%s: %v", n.rule, err)
				}
			}
		}
	})
}

func TestParseMethod(t *testing.T) {
	for _, m := range []Method{Auto, SIMC, AMIGO} {
		if got, err := ParseMethod(m.String()); got != m || err != nil {
			t.Errorf("%v: %v, %v", m, got, err)
		}
	}
	if got, err := ParseMethod(""); got != Auto || err != nil {
		t.Errorf("nothing: %v, %v", got, err)
	}
	if _, err := ParseMethod("guess"); err == nil || !strings.Contains(err.Error(), "auto, simc, amigo") {
		t.Errorf("nonsense: %v", err)
	}
}
