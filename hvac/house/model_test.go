package house

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quietstat/hvac"
)

func sampleModel() Model {
	return Model{
		Modes:    [MaxModes]Mode{{5, 20 * time.Minute}, {10, 2 * time.Hour}, {}, {25, 24 * time.Hour}},
		DeadTime: 4 * time.Minute, Lag: 6 * time.Minute, Rest: 2,
	}
}

// The simulated house does what the formula says, whatever the tick.
func TestModelledFollowsTheResponse(t *testing.T) {
	for _, tick := range []time.Duration{time.Second, 7 * time.Second, 30 * time.Second, time.Minute} {
		m := sampleModel()
		h, err := NewModelled(m, tick)
		if err != nil {
			t.Fatal(err)
		}
		for at := tick; at <= 30*time.Hour; at += tick {
			h.Step(true)
			want := float64(m.Rest) + m.Response(at)
			if got := float64(h.Temperature()); math.Abs(got-want) > 0.002+0.02*tick.Minutes() {
				t.Fatalf("tick %v: %.4f °C after %v, want %.4f", tick, got, at, want)
			}
		}
	}
}

func TestModelledDeadTimeToTheSecond(t *testing.T) {
	m := Model{Modes: [MaxModes]Mode{{10, time.Minute}}, DeadTime: 10 * time.Second}
	h, err := NewModelled(m, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	for s := 1; s <= 10; s++ {
		if h.Step(true); h.Temperature() != 0 {
			t.Fatalf("it is warm after %d s", s)
		}
	}
	if h.Step(true); !(h.Temperature() > 0) {
		t.Error("it is cold after 11 s")
	}
}

// Held at a temperature it stays there; other heat is felt at once.
func TestModelledAtRest(t *testing.T) {
	m := sampleModel()
	h, err := NewModelled(m, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	h.SetInitial(20)
	if got := float64(h.Temperature()); math.Abs(got-20) > 1e-9 {
		t.Fatalf("set to 20 °C it is %.3f", got)
	}
	duty, owed := 18/m.Gain(), 0.0
	for range 5 * 8640 {
		owed += duty
		heat := owed >= 1
		if heat {
			owed--
		}
		h.Step(heat)
	}
	if got := float64(h.Temperature()); math.Abs(got-20) > 0.1 {
		t.Errorf("after five days %.3f °C", got)
	}
	before := h.Temperature()
	h.SetOther(0.5)
	h.Step(false)
	if h.Temperature() <= before {
		t.Error("other heat waits for the dead time")
	}
	for _, c := range []struct{ ask, want hvac.Celsius }{{-20, 2}, {500, 42}} { // beyond the heater
		h, _ := NewModelled(m, time.Second)
		if h.SetInitial(c.ask); math.Abs(float64(h.Temperature()-c.want)) > 1e-9 {
			t.Errorf("asked for %v it is at %v", c.ask, h.Temperature())
		}
	}
}

func TestModelValidate(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Model)
		want   string
	}{
		{"as it is", func(*Model) {}, ""},
		{"dead time", func(m *Model) { m.DeadTime = -1 }, "dead time"},
		{"longest dead time", func(m *Model) { m.DeadTime = mostDead }, ""},
		{"longer", func(m *Model) { m.DeadTime = mostDead + 1 }, "dead time"},
		{"no lag", func(m *Model) { m.Lag = 0 }, ""},
		{"lag", func(m *Model) { m.Lag = mostDead + 1 }, "lag"},
		{"lag like a mode", func(m *Model) { m.Lag = 20 * time.Minute }, "equals the lag"},
		{"lag beside a mode", func(m *Model) { m.Lag = 20*time.Minute + 13*time.Second }, ""},
		{"cold", func(m *Model) { m.Rest = -61 }, "without heating"},
		{"no number", func(m *Model) { m.Rest = hvac.Celsius(math.NaN()) }, "without heating"},
		{"quick mode", func(m *Model) { m.Modes[0].TimeConstant = time.Millisecond }, "time constant 1"},
		{"slow mode", func(m *Model) { m.Modes[3].TimeConstant = 31 * 24 * time.Hour }, "time constant 4"},
		{"infinite gain", func(m *Model) { m.Modes[1].Gain = math.Inf(1) }, "gain 2"},
		{"no gain number", func(m *Model) { m.Modes[1].Gain = math.NaN() }, "gain 2"},
		{"cools", func(m *Model) { m.Modes[3].Gain = -15 }, "more than 0"},
		{"nothing at all", func(m *Model) { *m = Model{} }, "more than 0"},
	} {
		m := sampleModel()
		c.change(&m)
		err := m.Validate()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if _, made := NewModelled(m, time.Second); (made == nil) != (err == nil) {
			t.Errorf("%s: a house of it: %v", c.name, made)
		}
	}
	for _, tick := range []time.Duration{0, time.Millisecond, 11 * time.Minute} {
		if _, err := NewModelled(sampleModel(), tick); err == nil {
			t.Errorf("a tick of %v was taken", tick)
		}
	}
}

// A valid model stays valid when it is scaled, and no relay takes it out of its range.
func TestScaledModels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := sampleModel()
		m.Lag = time.Duration(rapid.IntRange(60, int(mostDead.Seconds())).Draw(t, "lag")) * time.Second
		m.DeadTime = time.Duration(rapid.IntRange(0, int(mostDead.Seconds())).Draw(t, "dead time")) * time.Second
		if m.Validate() != nil {
			return
		}
		gain, delay := rapid.Float64Range(0.5, 1.5).Draw(t, "gain"), rapid.Float64Range(0.5, 1.5).Draw(t, "delay")
		s := m.Scaled(gain, delay)
		if err := s.Validate(); err != nil {
			t.Fatal(err)
		}
		if math.Abs(s.Gain()-gain*m.Gain()) > 1e-9 {
			t.Fatalf("gain %v times %v is %v", m.Gain(), gain, s.Gain())
		}
		h, err := NewModelled(s, 10*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		for range 2000 {
			h.Step(rapid.Bool().Draw(t, "heat"))
			if x := float64(h.Temperature()); !(x > 1 && x < 2+s.Gain()+1) {
				t.Fatalf("%v °C", x)
			}
		}
	})
}
