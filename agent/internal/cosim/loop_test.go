package cosim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quietstat/agent/internal/store"
	"quietstat/hvac"
	"quietstat/hvac/house"
	"quietstat/hvac/tune"
)

// model is a building at the other end of the port.
type model struct {
	t     testing.TB
	port  *Port
	house *house.House
	noise *house.Noise
	at    float64
	on    bool    // the heater, as the last answer had it
	since float64 // of its last change

	runs    int
	warm    float64 // s with the heater on
	squares float64 // K²s
	sum     float64 // Ks
	counted float64 // s
}

func newModel(t testing.TB, p *Port, kind house.Kind) *model {
	m := &model{t: t, port: p, house: house.New(kind, 1, 0), noise: house.NewNoise(1)}
	m.house.SetInitial(19)
	return m
}

// line lets dt seconds pass and asks the port, holding its pin to the dwell times.
func (m *model) line(dt, setpoint float64, extra string) reply {
	m.t.Helper()
	m.house.Step(dt, house.Inputs{Heat: m.on})
	m.at += dt
	if m.on {
		m.warm += dt
	}
	c := m.house.Climate()
	e := float64(c.Sensor) - setpoint
	m.squares, m.sum, m.counted = m.squares+e*e*dt, m.sum+e*dt, m.counted+dt
	r := ask(m.t, m.port, fmt.Sprintf(`{"t":%g,"temperature":%.2f,"setpoint":%g%s}`, m.at, float64(c.Sensor)+m.noise.Sample(dt), setpoint, extra))
	if r.Error != "" {
		m.t.Fatalf("at %g: %s", m.at, r.Error)
	}
	if *r.Heat != m.on {
		if held := m.at - m.since; held < 180-1e-6 {
			m.t.Fatalf("at %g the pin changes to %v after %g s", m.at, *r.Heat, held)
		}
		if m.on, m.since = *r.Heat, m.at; m.on {
			m.runs++
		}
	}
	return r
}

// fresh forgets what was counted.
func (m *model) fresh() { m.runs, m.warm, m.squares, m.sum, m.counted = 0, 0, 0, 0, 0 }

// TestEveryDistanceOfLines keeps each house at 20 °C through lines that are far apart
// or near, and holds the result to what a room can feel. The dwell times are checked
// at every line.
func TestEveryDistanceOfLines(t *testing.T) {
	for _, kind := range []house.Kind{house.KindA, house.KindE, house.KindR, house.KindU} {
		for _, apart := range []float64{1, 10, 60, 300, 900} {
			if apart == 1 && kind != house.KindA {
				continue // half a million lines that differ from those of 10 s in nothing but their number
			}
			t.Run(fmt.Sprintf("%c every %g s", kind, apart), func(t *testing.T) {
				t.Parallel()
				m := newModel(t, newPort(t, Options{}), kind)
				for m.at < 12*3600 {
					m.line(apart, 20, "")
				}
				m.fresh()
				for m.at < 24*3600 {
					m.line(apart, 20, "")
				}
				rms, mean := math.Sqrt(m.squares/m.counted), m.sum/m.counted
				t.Logf("rms %.2f K, mean %+.2f K, %d runs, %.0f %% of the time", rms, mean, m.runs, 100*m.warm/m.counted)
				most := 0.5
				if apart > 300 {
					most = 1.5 // one run of a quarter of an hour warms house A by more than that
				}
				if rms > most || m.runs == 0 {
					t.Errorf("rms %.2f K in %d runs", rms, m.runs)
				}
			})
		}
	}
}

// TestDwellAtUnevenLines changes setpoint, mode and distance at random.
func TestDwellAtUnevenLines(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := newModel(t, newPort(t, Options{}), house.KindA)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		for range 200 {
			dt := []float64{1, 7, 10, 59.5, 60, 179, 180, 181, 300, 900, 901, 4000}[rng.IntN(12)]
			extra := ""
			if rng.IntN(10) == 0 {
				extra = fmt.Sprintf(`,"mode":%q`, []string{"off", "heat"}[rng.IntN(2)])
			}
			m.line(dt, float64(17+rng.IntN(6)), extra)
		}
	})
}

// TestStateGoesOn ends a run, and a next one begins with another t: what was learned
// holds, and the start counts as just switched off.
func TestStateGoesOn(t *testing.T) {
	m := newModel(t, newPort(t, Options{}), house.KindR)
	for m.at < 24*3600 {
		m.line(60, 20, "")
	}
	memory := m.port.Memory()
	if memory.Controller.Heat < 0.1 {
		t.Fatalf("integral %v after a day of heating", memory.Controller.Heat)
	}
	disk, path := new(store.Disk), filepath.Join(t.TempDir(), "state")
	if err := Save(disk, path, memory); err != nil {
		t.Fatal(err)
	}
	back, _, err := Load(disk, path)
	if err != nil {
		t.Fatal(err)
	}
	next := newPort(t, Options{Memory: back})
	m.port, m.at, m.on, m.since = next, -5000, false, -5000+60
	m.fresh()
	m.line(60, 20, "")
	if got := next.state.PID.Heat; math.Abs(got-memory.Controller.Heat) > 0.02 {
		t.Errorf("integral %v, was %v", got, memory.Controller.Heat)
	}
	for m.at < 3600 {
		m.line(60, 20, "") // the pin is held to its pause from the first line on
	}
	if rms := math.Sqrt(m.squares / m.counted); rms > 0.4 {
		t.Errorf("rms %.2f K in the hours after", rms)
	}
}

// TestSamePortSameAnswers runs the same lines twice.
func TestSamePortSameAnswers(t *testing.T) {
	run := func() string {
		p := newPort(t, Options{})
		all := ""
		for i := range 300 {
			all += string(p.Answer(fmt.Appendf(nil, `{"t":%d,"temperature":%g,"setpoint":20}`, i*60, 19+math.Sin(float64(i)/20))))
		}
		return all
	}
	if run() != run() {
		t.Error("not the same")
	}
}

func TestTunedGainsAreInForce(t *testing.T) {
	g := hvac.Gains{Kp: 1, Ti: time.Hour, Td: time.Minute, SetpointWeight: 0.5, FilterTime: time.Minute}
	p := newPort(t, Options{Memory: Memory{Tuning: tuned(g)}})
	ask(t, p, `{"t":0,"temperature":20,"setpoint":20}`)
	if p.params.Gains != g {
		t.Errorf("%+v", p.params.Gains)
	}
	if p = newPort(t, Options{Memory: Memory{Tuning: tuned(hvac.Gains{})}}); p.base.Gains != DefaultParams().Gains {
		t.Errorf("impossible gains are believed: %+v", p.base.Gains)
	}
}

// tuned is a history with these gains in force.
func tuned(g hvac.Gains) (h tune.History) {
	h.Add(tune.EntryOf(tune.Result{Old: DefaultParams().Gains, Gains: g, Improved: true}, tune.Auto, time.Time{}, false))
	return h
}
