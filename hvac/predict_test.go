package hvac

import (
	"math"
	"testing"
	"time"
)

// knowing is a state whose house is known, with a room at temp at rest.
func knowing(temp float64) State {
	s := State{Started: true}
	s.House = *taught(example, 48, 3000, wobble)
	s.House.Recent = [Modes]float64{}
	s.House.Watch = drift{Seen: true, Level: temp, Time: s.House.Watch.Time}
	s.Sensor.Known, s.Sensor.Filtered = true, temp
	return s
}

// The law asks for exactly the share that its own model needs.
func TestPredictReachesTheSetpointOfItsModel(t *testing.T) {
	for _, gap := range []float64{0.01, 0.05, 0.2} {
		s := knowing(20)
		terms := s.predict(20+gap, 1)
		u := terms.sum()
		if u <= 0 || u >= 1 {
			t.Fatalf("gap %v: demand %v is at an end; choose another gap", gap, u)
		}
		if got := 20 + u*s.House.Law.Rise; math.Abs(got-20-gap) > 1e-9 {
			t.Errorf("gap %v: demand %v leads to %v", gap, u, got)
		}
	}
}

func TestPredictLetsHeatOnItsWayArrive(t *testing.T) {
	cold, warm := knowing(20), knowing(20)
	warm.House.Recent = [Modes]float64{1, 1, 1, 1, 1, 1}
	warm.House.Watch.Level = 20 - warm.House.explained()
	a, b := cold.predict(20.5, 1), warm.predict(20.5, 1)
	if a.Proportional != b.Proportional {
		t.Errorf("the same room, the same error, but %v and %v", a.Proportional, b.Proportional)
	}
	if a.sum() == b.sum() {
		t.Error("it does not matter what was heated before")
	}
}

// A deadband must not become an offset: the law works on every error.
func TestTheDeadbandDoesNotMoveTheRoom(t *testing.T) {
	for _, band := range []float64{0, 0.5} {
		s := knowing(20)
		p := DefaultParams()
		p.Deadband = band
		in := Input{Mode: ModeHeat, Setpoint: 20.05, Params: &p}
		var out Outputs
		var rs Reasons
		if !s.comfort(&in, 1, &out, &rs) || !rs.Has(HouseKnown) || out.Terms.Proportional <= 0 {
			t.Errorf("deadband %v: %+v", band, out.Terms)
		}
	}
}

// Taking over from the law, the PID must begin where the law ends.
func TestTrackIsBumpless(t *testing.T) {
	p := DefaultParams()
	for _, demand := range []float64{0.2, 0.5, 0.8} {
		var c PID
		m := Sensor{Known: true, Filtered: 20.9, Slope: 1e-5}
		c.track(p.Gains, 21, &m, CallHeat, 1, demand)
		c.track(p.Gains, 21, &m, CallHeat, 1, demand)
		got := c.step(p.Gains, 0, 21, &m, CallHeat, 0, true)
		if math.Abs(got.sum()-demand) > 0.01 {
			t.Errorf("demand %v becomes %v", demand, got.sum())
		}
	}
}

func TestTrustIsTakenAwayFromARoomThatIsNotKept(t *testing.T) {
	h := taught(example, 48, 3000, wobble)
	for range 24 * 3600 {
		h.strain(0.5, 1, true)
	}
	if !h.Known() {
		t.Fatal("half a kelvin is strain enough")
	}
	for range 24 * 3600 {
		h.strain(9, 1, false)
	}
	if !h.Known() {
		t.Fatal("a heater at its end is no fault of the law")
	}
	for range 24 * 3600 {
		h.strain(0.8, 1, true)
	}
	if h.Known() {
		t.Error("0.8 K for a day is accepted")
	}
	h.Trust.Rest = time.Second
	h.judge()
	if h.Known() {
		t.Error("tried again before the rest is over")
	}
	h.Trust.Rest = 0
	h.judge()
	if !h.Known() {
		t.Error("never tried again")
	}
}

func TestQuickHousesMayCycleMore(t *testing.T) {
	p := DefaultParams()
	s := knowing(20)
	quick := s.House.rise(&outlooks[0].effect) >= quickRise
	if got := s.cycles(&p); (got == p.QuickCycles) != quick {
		t.Errorf("%v cycles, quick %v", got, quick)
	}
	s.House.Fact[2] += 10
	if got := s.cycles(&p); got != p.QuickCycles {
		t.Errorf("a quick house has %v cycles", got)
	}
	s.House = Learned{}
	if got := s.cycles(&p); got != p.MostCycles {
		t.Errorf("an unknown house has %v cycles", got)
	}
	p.QuickCycles = 2
	s = knowing(20)
	s.House.Fact[2] += 10
	if got := s.cycles(&p); got != p.MostCycles {
		t.Errorf("being quick makes it %v cycles", got)
	}
}
