package main

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"quietstat/hvac/bench/trial"
	"quietstat/hvac/house"
)

// follow solves the equations of a programme for given shares, as they come: every
// equation has one column that none before it had, but for the two parts of the error,
// whose difference is what it gives. It returns over - under for every interval.
func follow(p *programme, shares []float64) []float64 {
	rows := make([]map[int]float64, len(p.rows))
	for i := range rows {
		rows[i] = map[int]float64{}
	}
	for i, c := range p.columns {
		for _, e := range c.entries {
			rows[e.row][i] = e.value
		}
	}
	x := map[int]float64{}
	for i, u := range shares {
		x[i] = u
	}
	var errors []float64
	for r, row := range rows {
		left, unknown := p.rows[r], -1
		for i, v := range row {
			switch value, known := x[i]; {
			case known:
				left -= v * value
			case unknown < 0 || i < unknown:
				unknown = i
			}
		}
		if !p.columns[unknown].free { // the parts of an error
			errors = append(errors, left)
			x[unknown], x[unknown+1] = max(left, 0), max(-left, 0)
			continue
		}
		x[unknown] = left / row[unknown]
	}
	return errors
}

// Whatever the shares, the programme must say what the simulator does: with dead time,
// doors, clouds and people.
func TestProgrammeIsTheHouse(t *testing.T) {
	for _, k := range house.Kinds {
		sc := trial.Scenarios(k)[2]
		sc.Settle = 0 // so that the door opens at 10:00 of the first day already, 22 h in
		z := horizon{sc: &sc, from: 0, to: 24 * time.Hour, step: 5 * time.Minute, setpoint: sc.Setpoint, idle: 1}
		h := sc.House(3)
		p := z.programme(h)
		n := int((z.to - z.from) / z.step)
		if len(p.rows) != 5*n || len(p.columns) != 7*n {
			t.Fatalf("house %v: %d rows, %d columns", k, len(p.rows), len(p.columns))
		}
		shares := make([]float64, n)
		for i := range shares {
			shares[i] = math.Mod(float64(i)*0.37, 1)
		}
		for i, e := range follow(p, shares) {
			for s := range 300 {
				at := time.Duration(300*i+s) * time.Second
				trial.Heat(h, shares[i], sc.DoorsOpen(at))
			}
			if got := float64(h.Climate().Sensor - trial.Comfort); math.Abs(got-e) > 1e-6 {
				t.Fatalf("house %v, interval %d: error %v, the programme says %v", k, i, got, e)
			}
		}
	}
}

func TestHorizons(t *testing.T) {
	all := trial.Scenarios(house.KindA)
	for _, tt := range []struct {
		sc      trial.Scenario
		preview bool
		want    []time.Duration // from, in hours
	}{
		{all[0], false, []time.Duration{0, 6}},
		{all[0], true, []time.Duration{0, 6}}, // nobody knew
		{all[1], false, []time.Duration{0, 6, 22, 30, 46, 54, 70}},
		{all[1], true, []time.Duration{0}},
		{all[2], true, []time.Duration{0}},
	} {
		got := horizons(&tt.sc, tt.preview)
		if len(got) != len(tt.want) {
			t.Fatalf("%s, preview %v: %d horizons", tt.sc.Name, tt.preview, len(got))
		}
		for i, z := range got {
			from := tt.want[i] * time.Hour
			until := tt.sc.Length
			if i+1 < len(got) {
				until = tt.want[i+1]*time.Hour + beyond
			}
			if z.from != from || z.to != until || z.setpoint(from) != tt.sc.Setpoint(from) {
				t.Errorf("%s, preview %v, horizon %d: %v to %v", tt.sc.Name, tt.preview, i, z.from, z.to)
			}
			if !tt.preview && z.setpoint(from+20*time.Hour) != tt.sc.Setpoint(from) {
				t.Errorf("%s, horizon %d knows the future", tt.sc.Name, i)
			}
		}
	}
}

func TestPerfectFollowsTheSolver(t *testing.T) {
	sc := trial.Scenarios(house.KindA)[0]
	calls := 0
	p, err := perfect(&sc, false, 1, func(p *programme) ([]float64, error) {
		calls++
		x := make([]float64, len(p.columns))
		for i := range x {
			x[i] = float64(calls) / 4
		}
		return x, nil
	})
	if err != nil || calls != 2 || p.share(6*time.Hour-1) != .25 || p.share(6*time.Hour) != .5 || len(p.shares) != 36*30 {
		t.Errorf("%v, %d calls, %d shares", err, calls, len(p.shares))
	}
	broken := errors.New("no licence")
	if _, err := perfect(&sc, false, 1, func(*programme) ([]float64, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	load := trial.Scenarios(house.KindU)[4]
	if p, err := perfect(&load, false, 1, nil); err != nil || p.share(50*time.Hour) != .5 {
		t.Errorf("a load is its own plan: %v, %v", p, err)
	}
}

func TestAllowedKeepsDwell(t *testing.T) {
	for owed, want := range map[float64]time.Duration{
		-100: 0, 0: 0, 89: 0, 90: 180, 179: 180, 180: 180, 181: 181, 419: 419, 420: 420, 421: 420, 509: 420, 510: 600, 600: 600, 900: 600,
	} {
		if got := allowed(owed); got != want*time.Second {
			t.Errorf("owed %v s: %v", owed, got)
		}
	}
}

func TestPlayerGivesTheDutyAndKeepsDwell(t *testing.T) {
	for _, u := range []float64{0, .05, .25, .5, .8, .97, 1} {
		p := player{plan: &plan{step: time.Hour, shares: []float64{u}}}
		var w trial.Witness
		on := 0
		const length = 200 * 600
		for s := range length {
			now := time.Duration(s) * time.Second
			is := p.Tick(now, trial.Sight{})
			w.See(now, is, true)
			if is {
				on++
			}
		}
		if got := float64(on) / length; math.Abs(got-u) > 0.01 || w.Short != 0 {
			t.Errorf("share %v gives %v, %d violations", u, got, w.Short)
		}
	}
}

func TestOneProgramme(t *testing.T) {
	for name, want := range map[string]string{
		"A/step/none": "NAME A-step-none FREE\n", "u/setback/preview": "NAME u-setback-preview FREE\n",
	} {
		var b strings.Builder
		if err := bound(&b, name); err != nil || !strings.HasPrefix(b.String(), want) || !strings.HasSuffix(b.String(), "ENDATA\n") {
			t.Errorf("%s: %v, %.60q", name, err, b.String())
		}
	}
	for name, want := range map[string]string{
		"A": "write it like", "A/step/later": "write it like", "X/step/none": "use one of A, E, R, U", "A/load 25 %/none": "use one of step",
	} {
		if err := bound(&strings.Builder{}, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
