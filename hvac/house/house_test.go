package house

import (
	"math"
	"testing"
	"time"

	"quietstat/hvac"
)

// quiet is a house without weather or people.
func quiet(k Kind) *House {
	h := New(k, 1, 0)
	h.SetWeather(Weather{})
	h.SetLife(Life{})
	h.SetInitial(20)
	return h
}

func TestLossIsThePublishedUA(t *testing.T) {
	for k, want := range map[Kind]float64{KindA: .186, KindE: .186, KindR: .230, KindU: .113} {
		if got := quiet(k).Loss(); math.Abs(got-want) > 0.001 {
			t.Errorf("house %v: UA %.4f kW/K, want %.3f", k, got, want)
		}
	}
}

// Held at a temperature by exactly UA·ΔT, a house must stay there.
func TestSteadyState(t *testing.T) {
	for _, k := range Kinds {
		h := quiet(k)
		duty := h.Loss() * 20 / h.Power()
		owed := 0.0
		for range 48 * 3600 {
			owed += duty
			heat := owed >= 1
			if heat {
				owed--
			}
			h.Step(1, Inputs{Heat: heat})
		}
		if got := float64(h.Climate().Air); math.Abs(got-20) > 0.05 {
			t.Errorf("house %v: %.3f °C after two days at the load of 20 °C", k, got)
		}
	}
}

// What the heater gives must be what the walls keep and what they lose.
func TestEnergyBalance(t *testing.T) {
	for _, k := range Kinds {
		h := quiet(k)
		p := h.plan
		stored := func() float64 { return p.ci*h.ti + p.ce*h.te + p.ch*h.th + p.cs*h.ts }
		before, lost, given := stored(), 0.0, 0.0
		for s := range 24 * 3600 {
			heat := s%1800 < 900
			doors := 0
			if s > 7200 && s < 9000 {
				doors = 2
			}
			in := Inputs{Heat: heat, DoorsOpen: doors, OutdoorSet: true, Outdoor: -3}
			lost += ((h.ti+3)*(p.gia+float64(doors)*doorLoss) + (h.te+3)/p.rea) / 3600
			given += p.power * h.pipe[(h.head+len(h.pipe)-p.delay)%len(h.pipe)] / 3600
			h.Step(1, in)
		}
		// given is read one second before the pipe moves on, so it may be off by one of 86 400.
		if got := stored() - before - (given - lost); math.Abs(got) > 0.01 {
			t.Errorf("house %v: %.4f kWh out of balance of %.1f given", k, got, given)
		}
	}
}

func TestSameSeedSameHouse(t *testing.T) {
	a, b, other := New(KindA, 7, time.Hour), New(KindA, 7, time.Hour), New(KindA, 8, time.Hour)
	differs := false
	for s := range 20 * 3600 {
		in := Inputs{Heat: s%900 < 300, DoorsOpen: s / 3600 % 2}
		a.Step(1, in)
		b.Step(1, in)
		other.Step(1, in)
		if a.Climate() != b.Climate() {
			t.Fatalf("second %d: %+v, %+v", s, a.Climate(), b.Climate())
		}
		differs = differs || a.Climate() != other.Climate()
	}
	if !differs {
		t.Error("another seed gives the same house")
	}
}

// Short and uneven calls add up to the same seconds.
func TestStepSizeDoesNotMatter(t *testing.T) {
	whole, tenth, long := quiet(KindR), quiet(KindR), quiet(KindR)
	for s := range 3600 {
		in := Inputs{Heat: s/600%2 == 0}
		whole.Step(1, in)
		for range 10 {
			tenth.Step(0.1, in)
		}
		if s%600 == 0 {
			long.Step(600, in)
		}
	}
	for _, h := range []*House{tenth, long} {
		if d := math.Abs(float64(h.Climate().Air - whole.Climate().Air)); d > 1e-9 {
			t.Errorf("%v K apart", d)
		}
	}
	before := whole.Climate()
	whole.Step(0, Inputs{Heat: true})
	whole.Step(-5, Inputs{Heat: true})
	if whole.Climate() != before {
		t.Error("no time passed, and yet something changed")
	}
}

func TestDeadTime(t *testing.T) {
	for k, delay := range map[Kind]int{KindA: 45, KindE: 1, KindR: 60, KindU: 180} {
		h, idle := quiet(k), quiet(k)
		h.SetInitial(0) // no load at 0 °C outside, so nothing is in the pipe
		idle.SetInitial(0)
		for s := range 400 {
			h.Step(1, Inputs{Heat: true})
			idle.Step(1, Inputs{})
			if warm := h.th != idle.th; warm != (s >= delay) {
				t.Fatalf("house %v: emitter warm %v after %d s, dead time is %d s", k, warm, s, delay)
			}
		}
	}
}

func TestHeatingCoolingAndDoorsPushTheRightWay(t *testing.T) {
	for _, k := range Kinds {
		run := func(kW float64, in Inputs) hvac.Celsius {
			h := quiet(k)
			h.SetCooling(kW)
			h.Step(3600, in)
			return h.Climate().Air
		}
		rest := run(0, Inputs{})
		if got := run(0, Inputs{Heat: true}); got <= rest {
			t.Errorf("house %v: heating leads to %v, rest to %v", k, got, rest)
		}
		if got := run(0, Inputs{Cool: true}); got != rest {
			t.Errorf("house %v: cools without a cooling plant: %v, rest %v", k, got, rest)
		}
		if got := run(5, Inputs{Cool: true}); got >= rest {
			t.Errorf("house %v: cooling leads to %v, rest to %v", k, got, rest)
		}
		one, two := run(0, Inputs{DoorsOpen: 1}), run(0, Inputs{DoorsOpen: 2})
		if one >= rest || two >= one {
			t.Errorf("house %v: one door %v, two doors %v, rest %v", k, one, two, rest)
		}
		if got := run(0, Inputs{DoorsOpen: -3}); got != rest {
			t.Errorf("house %v: fewer than no doors matter", k)
		}
	}
}

func TestSensorLags(t *testing.T) {
	for _, k := range Kinds {
		h := quiet(k)
		h.Step(1800, Inputs{Heat: true})
		if c := h.Climate(); c.Sensor >= c.Air {
			t.Errorf("house %v: sensor %v ahead of the air %v", k, c.Sensor, c.Air)
		}
	}
}

func TestHumidityFallsWhenAired(t *testing.T) {
	h := New(KindA, 1, 10*time.Hour)
	before := h.Climate().Humidity
	if before < 30 || before > 60 {
		t.Errorf("humidity begins at %v %%", before)
	}
	h.Step(600, Inputs{DoorsOpen: 1, Heat: true})
	if after := h.Climate().Humidity; after >= before {
		t.Errorf("airing a winter house takes humidity from %v to %v %%", before, after)
	}
	for range 7 * 24 {
		h.Step(3600, Inputs{Heat: h.Climate().Air < 20})
		if rh := h.Climate().Humidity; rh < 10 || rh > 90 {
			t.Fatalf("humidity %v %%", rh)
		}
	}
}

func TestPressure(t *testing.T) {
	h := quiet(KindA)
	h.Step(3600, Inputs{})
	before := h.Climate().Pressure
	h.Step(1, Inputs{DoorsOpen: 1})
	if d := float64(h.Climate().Pressure - before); d > -3 || d < -8 {
		t.Errorf("an opening door changes the pressure by %v Pa", d)
	}
	h.Step(60, Inputs{DoorsOpen: 1})
	if d := math.Abs(float64(h.Climate().Pressure - before)); d > 2 {
		t.Errorf("a minute later %v Pa remain", d)
	}
	for range 30 * 24 {
		h.Step(3600, Inputs{})
		if p := h.Climate().Pressure; p < 95000 || p > 107000 {
			t.Fatalf("pressure %v Pa", p)
		}
	}
}

func TestKinds(t *testing.T) {
	for _, k := range Kinds {
		for _, s := range []string{k.String(), " " + string(rune(k)+32)} {
			if got, err := ParseKind(s); got != k || err != nil {
				t.Errorf("%q: %v, %v", s, got, err)
			}
		}
		if New(k, 0, 0).plan != plans[k] {
			t.Errorf("house %v is another", k)
		}
	}
	_, err := ParseKind("X")
	if want := `house "X" is not known: use one of A, E, R, U`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if New('x', 0, 0).plan != plans[KindA] {
		t.Error("an unknown kind is not house A")
	}
}

func TestADayEndsAtMidnight(t *testing.T) {
	h := New(KindA, 1, 23*time.Hour+59*time.Minute)
	h.Step(90, Inputs{})
	if h.second != 30 {
		t.Errorf("%v s after midnight, want 30", h.second)
	}
}

func BenchmarkStep(b *testing.B) {
	h := New(KindA, 1, 0)
	b.ReportAllocs()
	for b.Loop() {
		h.Step(1, Inputs{})
	}
}
