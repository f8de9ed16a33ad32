package hvac

import (
	"math"
	"testing"
	"time"
)

func near(a, b, tol float64) bool { return math.Abs(a-b) <= tol }

var plain = Gains{Kp: 0.5, Ti: 1000 * time.Second, Td: 100 * time.Second, SetpointWeight: 1, FilterTime: 30 * time.Second}

func TestPIDTerms(t *testing.T) {
	c := PID{}
	m := Sensor{Filtered: 20, Slope: 0.001}
	terms := c.step(plain, 0, 21, &m, CallHeat, 1, false)
	if !near(terms.Proportional, 0.5, 1e-12) {
		t.Errorf("proportional %v, want 0.5", terms.Proportional)
	}
	if !near(terms.Derivative, -0.05, 1e-12) {
		t.Errorf("derivative %v, want -0.05", terms.Derivative)
	}
	if !near(terms.Integral, 0.0005, 1e-12) { // Kp·e·dt/Ti
		t.Errorf("integral %v, want 0.0005", terms.Integral)
	}
}

func TestIntegralFreezes(t *testing.T) {
	tests := []struct {
		name     string
		setpoint float64
		temp     float64
		band     float64
		heat     float64
		hold     bool
		dt       float64
		moves    bool
	}{
		{"in command", 21, 20.5, 0, 0.5, false, 1, true},
		{"held", 21, 20.5, 0, 0.5, true, 1, false},
		{"across a gap", 21, 20.5, 0, 0.5, false, 0, false},
		{"saturated", 21, 19, 0, 0.5, false, 1, false},
		{"saturated below", 21, 24, 0, 0.5, false, 1, false},
		{"inside the deadband", 21, 20.96, 0.05, 0.5, false, 1, false},
		{"outside the deadband", 21, 20.94, 0.05, 0.5, false, 1, true},
	}
	for _, tt := range tests {
		c := PID{Active: true, Setpoint: tt.setpoint, Reference: tt.setpoint, Heat: tt.heat, Gains: plain, Side: CallHeat}
		m := Sensor{Filtered: tt.temp}
		c.step(plain, tt.band, tt.setpoint, &m, CallHeat, tt.dt, tt.hold)
		if moved := c.Heat != tt.heat; moved != tt.moves {
			t.Errorf("%s: integral %v -> %v", tt.name, tt.heat, c.Heat)
		}
	}
}

func TestIntegralIgnoresWhatTheRoomIsAlreadyClosing(t *testing.T) {
	for _, tt := range []struct{ e, trend, least, most float64 }{
		{0.5, 0, 0.5, 0.5},
		{0.5, 1, 0, 0},           // arrives long before standTime
		{0.5, -1, 0.5, 0.5},      // moving away: the whole error counts
		{-0.5, -1, 0, 0},         // the same from above
		{-0.5, 1e-5, -0.5, -0.5}, // moving away upwards
		{0.5, 1e-5, 0.4, 0.499},  // a slow approach takes a part
	} {
		if got := standing(tt.e, tt.trend); got < tt.least || got > tt.most {
			t.Errorf("standing(%v, %v) = %v, want %v to %v", tt.e, tt.trend, got, tt.least, tt.most)
		}
	}
}

func TestSetpointWeight(t *testing.T) {
	g := plain
	g.SetpointWeight = 0.4
	c := PID{Active: true, Setpoint: 20, Reference: 20, Gains: g, Side: CallHeat}
	m := Sensor{Filtered: 20}
	terms := c.step(g, 0, 21, &m, CallHeat, 0, false)
	if !near(terms.Proportional, 0.5*0.4, 1e-12) {
		t.Errorf("a step of 1 K gives %v at once, want 0.2", terms.Proportional)
	}
	for range 5000 {
		c.step(g, 0, 21, &m, CallHeat, 1, true)
	}
	if !near(c.Reference, 21, 0.01) {
		t.Errorf("reference %v after 5 Ti, want 21", c.Reference)
	}
}

func TestGainsChangeIsBumpless(t *testing.T) {
	d := newDrive(t, 20.8, 21, ModeHeat)
	d.run(2 * time.Hour)
	before := d.out.Demand
	if before <= 0.1 || before >= 0.9 {
		t.Fatalf("demand %v proves nothing", before)
	}
	d.params.Gains.Kp *= 1.5
	d.params.Gains.Td /= 2
	d.params.Gains.Ti *= 2
	d.step()
	if !near(d.out.Demand, before, 0.002) {
		t.Errorf("demand jumped from %v to %v with the gains", before, d.out.Demand)
	}
}

func TestModeChangeIsBumpless(t *testing.T) {
	d := newDrive(t, 20.8, 21, ModeHeat)
	d.run(2 * time.Hour)
	before := d.out
	d.in.Mode = ModeAuto
	d.step()
	if !near(d.out.Demand, before.Demand, 0.002) {
		t.Errorf("heat to auto: demand %v, was %v", d.out.Demand, before.Demand)
	}
	d.in.Mode = ModeOff
	d.run(10 * time.Minute)
	if d.out.Demand != 0 || d.out.Terms != (Terms{}) || d.out.Action != ActionOff {
		t.Errorf("off: %+v", d.out)
	}
	d.in.Mode = ModeHeat
	d.step()
	if !near(d.out.Terms.Integral, before.Terms.Integral, 0.002) {
		t.Errorf("back on: integral %v, was %v", d.out.Terms.Integral, before.Terms.Integral)
	}
}

func TestBothSidesKeepTheirIntegral(t *testing.T) {
	c := PID{Heat: 0.4, Cool: -0.3}
	m := Sensor{Filtered: 20}
	if got := c.step(plain, 0, 20, &m, CallCool, 1, false).Integral; got != -0.3 {
		t.Errorf("cooling integral %v", got)
	}
	if got := c.step(plain, 0, 20, &m, CallHeat, 1, false).Integral; got != 0.4 {
		t.Errorf("heating integral %v", got)
	}
}

func TestDamagedPIDStartsAfresh(t *testing.T) {
	c := PID{Active: true, Heat: math.NaN(), Reference: math.Inf(1)}
	m := Sensor{Filtered: 20}
	c.repair()
	if terms := c.step(plain, 0, 21, &m, CallHeat, 1, false); !finite(terms.Integral + terms.Proportional) {
		t.Errorf("terms %+v", terms)
	}
}
