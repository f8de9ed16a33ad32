package main

import (
	"bytes"
	"go/format"
	"math"
	"strings"
	"testing"

	"quietstat/hvac/bench/peer"
	"quietstat/hvac/bench/trial"
	"quietstat/hvac/house"
)

func TestSimplexFindsTheBottom(t *testing.T) {
	for name, tt := range map[string]struct {
		cost func([]float64) float64
		want []float64
	}{
		"bowl": {func(x []float64) float64 { return (x[0]-3)*(x[0]-3) + 4*(x[1]+1)*(x[1]+1) }, []float64{3, -1}},
		"valley (Rosenbrock)": {func(x []float64) float64 {
			return 100*math.Pow(x[1]-x[0]*x[0], 2) + math.Pow(1-x[0], 2)
		}, []float64{1, 1}},
	} {
		calls := 0
		best := minimise(func(x []float64) float64 { calls++; return tt.cost(x) }, []float64{-1, 1}, .5, 400)
		for i := range tt.want {
			if math.Abs(best.x[i]-tt.want[i]) > 1e-3 {
				t.Errorf("%s: %v, want %v", name, best.x, tt.want)
			}
		}
		if best.cost != tt.cost(best.x) {
			t.Errorf("%s: cost %v is not that of %v", name, best.cost, best.x)
		}
		if calls > 405 {
			t.Errorf("%s: %d evaluations of 400", name, calls)
		}
	}
}

func TestGainsAreWhatIsPrinted(t *testing.T) {
	g := gains(logs(.65432, 2592.6, 63.449, .019249))
	if want := (peer.Gains{Kp: .654, Ti: 2590, Td: 63.4, Ke: .0192}); math.Abs(g.Kp-want.Kp) > 1e-12 || g.Ti != want.Ti || math.Abs(g.Td-want.Td) > 1e-12 || math.Abs(g.Ke-want.Ke) > 1e-12 {
		t.Errorf("%+v, want %+v", g, want)
	}
	if g := gains(logs(1, 1000, 10)); g.Ke != 0 {
		t.Errorf("%+v: feed-forward without a sensor", g)
	}
}

func TestJudgeLikesGoodGains(t *testing.T) {
	scenarios := trial.Scenarios(house.KindA)[:1]
	good, poor := judge(scenarios, peer.Gains{Kp: 3, Ti: 1300, Td: 40}), judge(scenarios, peer.Gains{Kp: .05, Ti: 40000, Td: 1})
	if !(good < 1.5 && poor > 2) {
		t.Errorf("good %v, poor %v", good, poor)
	}
}

func TestWrittenFileIsGo(t *testing.T) {
	var all []find
	for _, outdoor := range []bool{false, true} {
		for _, k := range house.Kinds {
			all = append(all, find{k, outdoor, peer.Gains{Kp: 1.5, Ti: 34200, Td: 40}, 1.11})
		}
	}
	var b bytes.Buffer
	if err := write(&b, all); err != nil {
		t.Fatal(err)
	}
	if tidy, err := format.Source(b.Bytes()); err != nil || !bytes.Equal(tidy, b.Bytes()) {
		t.Errorf("%v\n%s", err, b.String())
	}
	if n := strings.Count(b.String(), "Kp: 1.5, Ti: 34200, Td: 40, Ke: 0}, // 1.11"); n != 8 {
		t.Errorf("%d houses:\n%s", n, b.String())
	}
}
